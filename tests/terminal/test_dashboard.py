"""The dashboard on a real engine follows what others do, at every size, and gives the terminal back."""

from __future__ import annotations

import os
import re
import shlex
import signal
import sys
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]
import pytest

from tests.support.busybox import IMAGE
from tests.support.engine_calls import until
from tests.support.terminal import SIZES
from tests.terminal.conftest import TREE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls
    from tests.support.terminal import Terminal
    from tests.terminal.conftest import OpenTerminal

AT_ONCE = 5.0
"""Seconds that a change may take to the screen; it takes milliseconds, but the machine may be busy."""


def row(name: str, state: str) -> re.Pattern[str]:
    """A container's row."""
    return re.compile(rf"{re.escape(name)} +{re.escape(state)}")


def gone(terminal: Terminal, row: re.Pattern[str]) -> None:
    terminal.wait(lambda text: not row.search(text), AT_ONCE, f"a screen without {row.pattern}")


@pytest.mark.parametrize("size", SIZES)
def test_containers_follow_what_others_do(
    open_holdfast: OpenTerminal, api: EngineCalls, size: tuple[int, int]
) -> None:
    terminal = open_holdfast("--host", api.url, size=size)
    terminal.wait_for("no containers on this engine")
    terminal.wait_for("● live")

    id = api.run(name="shop-web")
    terminal.wait_for(row("shop-web", "● running"), AT_ONCE)
    terminal.wait_for("1 running of 1", AT_ONCE)
    api.ask("POST", f"/containers/{id}/pause")
    terminal.wait_for(row("shop-web", "‖ paused"), AT_ONCE)
    api.ask("POST", f"/containers/{id}/unpause")
    terminal.wait_for(row("shop-web", "● running"), AT_ONCE)
    api.stop(id)
    terminal.wait_for(row("shop-web", "■ exited 137"), AT_ONCE)
    terminal.wait_for("0 running of 1", AT_ONCE)
    api.start(id)
    terminal.wait_for(row("shop-web", "● running"), AT_ONCE)
    api.kill(id)
    terminal.wait_for(row("shop-web", "■ exited 137"), AT_ONCE)

    api.rename(id, "shop-web-old")
    terminal.wait_for(row("shop-web-old", "■ exited 137"), AT_ONCE)
    gone(terminal, row("shop-web", "■ exited 137"))
    api.run("sh", "-c", "exit 3", name="job")
    terminal.wait_for(row("job", "■ exited 3"), AT_ONCE)

    api.remove(id)
    gone(terminal, row("shop-web-old", "■ exited 137"))
    terminal.wait_for(row("job", "■ exited 3"))


@pytest.mark.parametrize("size", SIZES)
def test_tags_follow_what_others_do(
    open_holdfast: OpenTerminal, api: EngineCalls, size: tuple[int, int]
) -> None:
    terminal = open_holdfast("--host", api.url, size=size)
    terminal.wait_for("● live")
    terminal.press("3")
    terminal.wait_for(re.compile(r"3 Tags +1 of 1 images"))
    terminal.wait_for("busybox:1")

    api.tag(IMAGE, "shop/web:1.0.1")
    terminal.wait_for("shop/web:1.0.1", AT_ONCE)
    terminal.wait_for("2 of 1 images", AT_ONCE)
    api.untag("shop/web:1.0.1")
    terminal.wait_until_gone("shop/web:1.0.1", AT_ONCE)
    terminal.wait_for("busybox:1")


@pytest.mark.parametrize("size", SIZES)
def test_the_log_of_the_container_under_the_cursor_runs(
    open_holdfast: OpenTerminal, api: EngineCalls, size: tuple[int, int]
) -> None:
    talking = "while :; do n=$((n+1)); echo the line $n; usleep 100000; done"
    api.run("sh", "-c", talking, name="talker")
    terminal = open_holdfast("--host", api.url, size=size)
    text = terminal.wait_for(re.compile(r"the line \d"))
    last = max(map(int, re.findall(r"the line (\d+)", text)))
    terminal.wait(lambda text: any(int(n) > last + 9 for n in re.findall(r"the line (\d+)", text)))


def test_statistics_show_of_running_containers(open_holdfast: OpenTerminal, api: EngineCalls) -> None:
    api.run("sh", "-c", "while :; do :; done", name="busy")
    terminal = open_holdfast("--host", api.url)
    terminal.wait_for(re.compile(r"busy +● running .* \d[\d.]*% [ ▁-█]*\d[\d.]*[kM]B"))


# -- keys that come all at once, as over a slow line


def test_keys_typed_ahead_go_where_they_belong(open_holdfast: OpenTerminal, api: EngineCalls) -> None:
    for name in ("web", "db", "cache"):
        api.run(name=name)
    terminal = open_holdfast("--host", api.url)
    terminal.wait_for("3 running of 3")
    terminal.wait_for("● live")
    terminal.send("/db\r")
    terminal.wait_for("/db 1")
    gone(terminal, row("web", "● running"))
    terminal.wait_for(re.compile(r"▌ db +● running"))
    terminal.send("Xt")
    terminal.answer("y", "Stop db?")
    terminal.wait_for(re.compile(r"▌ db +■ exited 137"))
    terminal.send("\x1b")
    terminal.wait_for(row("web", "● running"))
    terminal.send("?q")
    terminal.wait_until_gone("Help ·")
    terminal.send("zz11114jjkk")
    terminal.wait_for("4 Containers  2 running of 3")


# -- size


def test_it_can_be_made_tiny_and_large_again(open_holdfast: OpenTerminal, api: EngineCalls) -> None:
    for number in range(3):
        api.run(name=f"web-{number}")
    terminal = open_holdfast("--host", api.url)
    terminal.wait_for("● live")
    for columns, lines in [(90, 30), (60, 20), (40, 10), (20, 5), (200, 60), (20, 5)]:
        terminal.resize(columns, lines)
        terminal.wait(
            lambda text, columns=columns: (
                "Hold" in text.split("\n")[0]  # type: ignore[misc]
                and all(len(line) <= columns for line in text.split("\n"))
            ),
            what=f"the header at {columns}x{lines}",
        )
        terminal.press("j", "k", "5", "4")
    terminal.resize(120, 40)
    for wanted in ("1 Apps", "2 Images", "3 Tags", "4 Containers", "5 Log", "● live"):
        terminal.wait_for(wanted)
    for number in range(3):
        terminal.wait_for(row(f"web-{number}", "● running"))
    terminal.wait(lambda text: "? help" in text.split("\n")[39], what="the footer")
    terminal.press("q")
    assert terminal.wait_end() == 0


def test_the_configuration_is_read_again(
    open_holdfast: OpenTerminal, api: EngineCalls, tmp_path: Path
) -> None:
    configuration = tmp_path / "holdfast.toml"
    configuration.write_text('[apps.first]\nimage = "shop/first"\n')
    terminal = open_holdfast("--host", api.url)
    terminal.wait_for("● live")
    terminal.wait_for(row("first", "-"))

    configuration.write_text("[apps.first\n")
    terminal.send("\x12")
    terminal.wait_for("Not read")
    terminal.wait_for(row("first", "-"))

    configuration.write_text('[apps.second]\nimage = "shop/second"\n')
    terminal.send("\x12")
    terminal.wait_for(row("second", "-"))
    terminal.wait_until_gone("first")
    terminal.wait_for("● live")
    terminal.press("q")
    assert terminal.wait_end() == 0


# -- leaving


@pytest.fixture
def in_shell(open_terminal: OpenTerminal, tmp_path: Path) -> OpenTerminal:
    """Start it from a shell that says before and afterwards how its terminal is set, and the exit status."""

    def start(*arguments: str) -> Terminal:
        command = shlex.join([sys.executable, "-m", "tui", *arguments])
        script = f"echo before $(stty -g); {command}; echo ended $?; echo after $(stty -g); read end"
        env = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": TREE}
        return open_terminal("sh", "-c", script, env=env, cwd=tmp_path)

    return start


def assert_given_back(terminal: Terminal, status: int) -> None:
    """The shell's own screen is there again, the terminal is set as before, and keys are echoed."""
    until(lambda: re.search(rb"after \S+\r\n", terminal.output))
    output = bytes(terminal.output)
    for mode in (b"?1049", b"?1000", b"?1003", b"?1006", b"?2004", b"?1004"):
        assert output.rfind(b"\x1b[%sl" % mode) >= output.rfind(b"\x1b[%sh" % mode), f"{mode!r} is still on"
    for mode in (b"?25", b"?7"):
        assert output.rfind(b"\x1b[%sh" % mode) >= output.rfind(b"\x1b[%sl" % mode), f"{mode!r} is still off"
    [before] = re.findall(rb"before (\S+)\r\n", output.partition(b"\x1b[?1049h")[0])
    left = output.rpartition(b"\x1b[?1049l")[2]
    [(ended, after)] = re.findall(rb"ended (\d+)\r\nafter (\S+)\r\n", left)
    assert after == before
    assert int(ended) == status
    terminal.send("typed")
    until(lambda: terminal.output.endswith(b"typed"), AT_ONCE)


def program(terminal: Terminal) -> psutil.Process:
    """The dashboard's process below the shell."""
    [child] = psutil.Process(terminal.pid).children()
    return child


@pytest.mark.parametrize("key", ["q", "\x03"], ids=["q", "Ctrl+C"])
def test_leaving_gives_the_terminal_back(in_shell: OpenTerminal, api: EngineCalls, key: str) -> None:
    api.run(name="web")
    terminal = in_shell("--host", api.url)
    terminal.wait_for("● live")
    terminal.send(key)
    assert_given_back(terminal, 0)


def test_leaving_at_once_gives_the_terminal_back(in_shell: OpenTerminal, api: EngineCalls) -> None:
    api.run(name="web")
    terminal = in_shell("--host", api.url)
    until(lambda: b"web" in terminal.output)  # painted, but Textual is not yet there
    terminal.send("q")
    assert_given_back(terminal, 0)


def test_being_ended_gives_the_terminal_back(in_shell: OpenTerminal, api: EngineCalls) -> None:
    api.run(name="web")
    terminal = in_shell("--host", api.url)
    terminal.wait_for("● live")
    program(terminal).send_signal(signal.SIGTERM)
    assert_given_back(terminal, 143)


def test_it_ends_with_its_terminal(open_holdfast: OpenTerminal, api: EngineCalls) -> None:
    api.run(name="web")
    terminal = open_holdfast("--host", api.url)
    terminal.wait_for("● live")
    process = psutil.Process(terminal.pid)
    os.kill(terminal.pid, signal.SIGHUP)
    terminal.wait_end()
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
