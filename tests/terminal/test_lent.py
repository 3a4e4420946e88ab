"""While another program has the terminal nothing is drawn; whatever ends ours, the terminal is as it was."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import sys
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]
import pytest

from tests.support.engine_calls import until
from tests.support.http import Http
from tests.terminal.conftest import TREE
from tui.demo.launch import DemoEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.terminal import Terminal
    from tests.terminal.conftest import OpenTerminal

TEXTUAL = b"\x1b[?1000h"
ON = (b"?1049", b"?1000", b"?1003", b"?1006", b"?2004", b"?1004")
OFF = (b"?25", b"?7")
READY = "ready> "

SECONDS_OF_SHELL = float(os.environ.get("HOLDFAST_SHELL_SECONDS", "0"))
"""How long a shell stays open while containers come and go, beyond what the test needs: 120 by hand."""


@pytest.fixture(scope="module")
def engine() -> Iterator[str]:
    """A simulated engine; its endpoint."""
    demo = DemoEngine(containers=6, running=1.0)
    url = demo.start_process().url
    demo.wait_ready()
    yield url
    demo.stop_process()


def command(*arguments: str) -> str:
    return shlex.join([sys.executable, "-m", "tui", *arguments])


def environment(home: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "HOME": str(home), "PYTHONPATH": TREE, "PS1": READY, "ENV": "", **more}


@pytest.fixture
def in_shell(open_terminal: OpenTerminal, tmp_path: Path) -> OpenTerminal:
    """Start it from a shell that says before and afterwards how its terminal is set, and the exit status."""

    def start(*arguments: str, **options: object) -> Terminal:
        words = command(*arguments)
        script = f"echo before $(stty -g); {words}; echo ended $?; echo after $(stty -g); read end"
        return open_terminal("sh", "-c", script, env=environment(tmp_path), cwd=tmp_path, **options)

    return start


def assert_given_back(terminal: Terminal, status: int) -> None:
    """The shell's own screen is there, the terminal is set as before, and keys are echoed."""
    until(lambda: re.search(rb"after \S+\r\n", terminal.output))
    output = bytes(terminal.output)
    for mode in ON:
        assert output.rfind(b"\x1b[%sl" % mode) >= output.rfind(b"\x1b[%sh" % mode), f"{mode!r} is still on"
    for mode in OFF:
        assert output.rfind(b"\x1b[%sh" % mode) >= output.rfind(b"\x1b[%sl" % mode), f"{mode!r} is still off"
    pushed, popped = len(re.findall(rb"\x1b\[>\d+u", output)), output.count(b"\x1b[<u")
    assert pushed == popped, f"the keyboard's mode was pushed {pushed} times, popped {popped} times"
    [before] = re.findall(rb"before (\S+)\r\n", output)
    [(ended, after)] = re.findall(rb"ended (\d+)\r\n(?:.*\r\n)*?after (\S+)\r\n", output)
    assert after == before
    assert int(ended) == status
    terminal.send("typed")
    until(lambda: terminal.output.endswith(b"typed"))


def program(terminal: Terminal) -> psutil.Process:
    """The dashboard's process below the shell."""
    found: list[psutil.Process] = []

    def there() -> bool:
        for child in psutil.Process(terminal.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):  # another one, that has just ended
                if child.cmdline()[1:3] == ["-m", "tui"]:
                    found.append(child)
        return bool(found)

    until(there)
    return found[0]


def open_shell(terminal: Terminal, name: str) -> None:
    terminal.wait_for("● live")
    terminal.wait_for(re.compile(rf"▌ {name} +● "))
    terminal.press("x")
    until(lambda: f"Shell in {name}".encode() in terminal.output)
    until(lambda: re.search(rb"[#$] $", terminal.output))


def selected(terminal: Terminal) -> str:
    """The name of the container under the cursor."""
    text = terminal.wait_for(re.compile(r"▌ \S+ +● "))
    found = re.search(r"▌ (\S+) +● ", text)
    assert found is not None
    return found[1]


# -- the shell


@pytest.mark.parametrize("synchronised", [True, False], ids=["synchronised", "plain"])
def test_nothing_is_drawn_into_a_shell_however_much_changes(
    open_holdfast: OpenTerminal, engine: str, synchronised: bool
) -> None:
    terminal = open_holdfast("--host", engine)
    terminal.synchronised = synchronised
    http = Http(engine)
    name = selected(terminal)
    open_shell(terminal, name)
    begun = len(terminal.output)
    for number in range(150):  # each of them a frame at least, where frames are drawn: 30 froze it
        other = f"come-{number}"
        http.ask("POST", f"/_ctl/create?name={other}")
        terminal.send(f"echo said-{number}\r")
        until(lambda number=number: b"said-%d\r\n" % number in terminal.output)  # type: ignore[misc]
        http.ask("POST", f"/_ctl/remove?name={other}")
    if SECONDS_OF_SHELL:
        terminal.send(f"sleep {SECONDS_OF_SHELL:g}; echo slept\r")
        http.ask("POST", "/_ctl/rate?r=20")
        until(lambda: terminal.output.count(b"slept") > 1, SECONDS_OF_SHELL + 30)
        http.ask("POST", "/_ctl/rate?r=0")
    http.ask("POST", "/_ctl/create?name=latest")
    written = bytes(terminal.output[begun:])
    assert b"\x1b[?2026" not in written
    assert b"Containers" not in written
    terminal.send("exit\r")
    terminal.wait_for(f"the shell in {name} has ended")
    terminal.wait_for(re.compile(r" latest +○ "))
    terminal.wait(lambda text: "said-149" not in text, what="a screen without the shell's")
    http.ask("POST", "/_ctl/remove?name=latest")
    terminal.press("?")
    terminal.wait_for("Help")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_it_out_of_a_shell(in_shell: OpenTerminal, engine: str, number: signal.Signals) -> None:
    terminal = in_shell("--host", engine)
    open_shell(terminal, selected(terminal))
    program(terminal).send_signal(number)
    assert_given_back(terminal, 128 + number)


# -- signals


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1, signal.SIGALRM]
)
def test_a_signal_gives_the_terminal_back(
    in_shell: OpenTerminal, engine: str, number: signal.Signals
) -> None:
    terminal = in_shell("--host", engine)
    terminal.wait_for("● live")
    program(terminal).send_signal(number)
    assert_given_back(terminal, 128 + number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
@pytest.mark.parametrize("bytes_written", [4000, 12000], ids=["painted", "Textual"])
def test_a_signal_at_the_start_gives_the_terminal_back(
    in_shell: OpenTerminal, engine: str, number: signal.Signals, bytes_written: int
) -> None:
    terminal = in_shell("--host", engine)
    dashboard = program(terminal)
    until(lambda: len(terminal.output) >= bytes_written)
    dashboard.send_signal(number)
    assert_given_back(terminal, 128 + number)


def test_a_second_signal_ends_it_at_once(in_shell: OpenTerminal, engine: str) -> None:
    terminal = in_shell("--host", engine)
    terminal.wait_for("● live")
    dashboard = program(terminal)
    dashboard.send_signal(signal.SIGSTOP)
    for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGCONT):
        dashboard.send_signal(number)
    until(lambda: re.search(rb"ended (143|131)\r\n", terminal.output))
    status = 143 if b"ended 143" in terminal.output else 131
    assert_given_back(terminal, status)


# -- Ctrl+Z


@pytest.fixture
def job(open_terminal: OpenTerminal, tmp_path: Path, engine: str) -> Terminal:
    """It was started from a shell with job control, and is live."""
    terminal = open_terminal("bash", "--norc", "--noediting", "-i", env=environment(tmp_path), cwd=tmp_path)
    terminal.wait_for(READY.strip())
    terminal.send(f"stty -g > before; {command('--host', engine)}\r")
    terminal.wait_for("● live")
    return terminal


def assert_suspended(terminal: Terminal, tmp_path: Path) -> None:
    """The shell is there, with a terminal as it was before, and typed text is echoed."""
    terminal.wait_for("Stopped")
    terminal.send("stty -g > after; echo all-$((6*7))\r")
    terminal.wait_for("all-42")
    output = bytes(terminal.output)
    for mode in ON:
        assert output.rfind(b"\x1b[%sl" % mode) >= output.rfind(b"\x1b[%sh" % mode), f"{mode!r} is still on"
    assert (tmp_path / "after").read_text() == (tmp_path / "before").read_text()


def test_ctrl_z_suspends_and_fg_comes_back_whole(job: Terminal, engine: str, tmp_path: Path) -> None:
    http = Http(engine)
    job.press("\x1a")
    assert_suspended(job, tmp_path)
    for number in range(50):
        http.ask("POST", f"/_ctl/create?name=while-{number}")
    job.send("fg\r")
    job.wait_for("● live")
    job.wait_for("while-")
    job.wait(lambda text: "all-42" not in text, what="a screen without the shell's")
    job.press("?")
    job.wait_for("Help")
    job.press("\x1a")  # and from any other screen
    assert_suspended(job, tmp_path)
    job.send("fg\r")
    job.wait_for("Help")
    job.press("q")
    job.wait_until_gone("Help · keys")  # what is typed before that is not for what is beneath
    for number in range(50):
        http.ask("POST", f"/_ctl/remove?name=while-{number}")
    job.press("q")
    job.wait_for("ready>")


def test_in_the_background_it_stays_stopped(job: Terminal, tmp_path: Path) -> None:
    job.press("\x1a")
    assert_suspended(job, tmp_path)
    begun = len(job.output)
    job.send("bg\r")

    def said() -> bool:
        job.send("\r")  # the shell says it before its next prompt
        return b"Stopped" in job.output[begun:]

    until(said)
    assert b"\x1b[?1049h" not in job.output[begun:]
    job.send("fg\r")
    job.wait_for("● live")


def test_a_suspended_one_can_be_ended(job: Terminal, tmp_path: Path) -> None:
    job.press("\x1a")
    assert_suspended(job, tmp_path)
    begun = len(job.output)
    job.send("kill -TERM %1; fg; echo ended-$?\r")
    until(lambda: b"ended-143" in job.output[begun:])
    job.send("stty -g > after; echo all-$((7*7))\r")
    job.wait_for("all-49")
    assert (tmp_path / "after").read_text() == (tmp_path / "before").read_text()


def test_one_that_was_stopped_unheard_comes_back_whole(job: Terminal) -> None:
    dashboard = program(job)
    job.press("?")
    job.wait_for("Help")  # what the terminal has answered is read by now: the shell would take it for typed
    job.press("q")
    job.wait(lambda text: "Help" not in text, what="the main screen")
    dashboard.send_signal(signal.SIGSTOP)
    until(lambda: b"Stopped" in job.output)
    begun = len(job.output)
    job.send("fg\r")
    until(lambda: b"\x1b[?1004h" in job.output[begun:])  # what is typed before is dropped
    job.wait(lambda text: "Stopped" not in text, what="a screen of its own")
    job.wait_for("● live")
    job.press("?")
    job.wait_for("Help")


def test_where_nothing_could_continue_it_says_why_not(open_holdfast: OpenTerminal, engine: str) -> None:
    terminal = open_holdfast("--host", engine)
    terminal.wait_for("● live")
    terminal.press("\x1a")
    terminal.wait_for("not suspended: nothing would bring it back")
    terminal.press("?")
    terminal.wait_for("Help")


# -- sizes


def test_the_terminals_own_size_counts(open_terminal: OpenTerminal, engine: str, tmp_path: Path) -> None:
    env = environment(tmp_path, COLUMNS="40", LINES="10")
    terminal = open_terminal(
        sys.executable, "-m", "tui", "--host", engine, size=(120, 40), env=env, cwd=tmp_path
    )
    terminal.wait_for("● live")
    terminal.wait(lambda text: "? help" in text.split("\n")[39], what="the footer at the last line")
    terminal.resize(90, 30)
    terminal.wait(lambda text: "? help" in text.split("\n")[29], what="the footer at the last line")


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (2, 2), (80, 2), (80, 1), (1, 24)])
def test_a_terminal_of_any_size_is_one(
    open_holdfast: OpenTerminal, engine: str, size: tuple[int, int]
) -> None:
    terminal = open_holdfast("--host", engine, size=size)
    until(lambda: TEXTUAL in terminal.output)
    terminal.resize(120, 40)
    terminal.wait_for("● live")
    terminal.resize(*size)
    terminal.press("q")
    assert terminal.wait_end() == 0
