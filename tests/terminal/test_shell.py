"""A shell in a container takes the terminal, and gives the dashboard back."""

from __future__ import annotations

import os
import re
import signal
import tarfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from tests.support.busybox import BUSYBOX
from tests.support.engine_calls import until
from tests.support.terminal import SIZES

if TYPE_CHECKING:
    from tests.support.engine_calls import EngineCalls
    from tests.support.terminal import Terminal
    from tests.terminal.conftest import OpenTerminal

AT_ONCE = 5.0


@pytest.fixture
def dashboard(open_holdfast: OpenTerminal, api: EngineCalls) -> Terminal:
    api.run(name="web")
    terminal = open_holdfast("--host", api.url)
    terminal.wait_for(re.compile(r"▌ web +● running"))
    terminal.wait_for("● live")
    return terminal


def open_shell(terminal: Terminal) -> None:
    terminal.press("x")
    until(lambda: b"Shell in web" in terminal.output)
    until(lambda: re.search(rb"/ # ", terminal.output))


@pytest.mark.parametrize("size", SIZES)
def test_a_shell_answers_and_exit_comes_back(
    open_holdfast: OpenTerminal, api: EngineCalls, size: tuple[int, int]
) -> None:
    id = api.run(name="web")
    terminal = open_holdfast("--host", api.url, size=size)
    terminal.wait_for(re.compile(r"▌ web +● running"))
    terminal.wait_for("● live")
    open_shell(terminal)
    terminal.send("echo hello-$((6*7))\r")
    until(lambda: b"hello-42" in terminal.output)
    terminal.send("stty size\r")
    until(lambda: b"\n%d %d\r" % (size[1], size[0]) in terminal.output)
    terminal.send("hostname; exit\r")
    until(lambda: f"\n{id[:12]}".encode() in terminal.output)

    terminal.wait_for("the shell in web has ended")
    terminal.wait(lambda text: "hello-42" not in text, what="a screen without the shell's")
    for wanted in ("4 Containers", "5 Log", "● live", "? help"):
        terminal.wait_for(wanted)
    terminal.wait_for(re.compile(r"▌ web +● running"))
    api.run(name="later")  # live again, and its keys work
    terminal.wait_for(re.compile(r"later +● running"), AT_ONCE)
    terminal.press("?")
    terminal.wait_for("Help")


def test_ctrl_c_is_the_shells_and_its_status_is_said(dashboard: Terminal) -> None:
    open_shell(dashboard)
    dashboard.send("sleep 60\r")
    until(lambda: b"sleep 60" in dashboard.output)
    prompts = dashboard.output.count(b"/ # ")

    def interrupted() -> bool:
        # Not once: the echo comes before the shell has started the program that is to be interrupted.
        dashboard.send("\x03")
        return dashboard.output.count(b"/ # ") > prompts

    until(interrupted)
    dashboard.send("exit 7\r")
    dashboard.wait_for("the shell in web ended with 7")
    dashboard.wait_for(re.compile(r"▌ web +● running"))


def test_the_shell_sees_a_new_size(dashboard: Terminal) -> None:
    open_shell(dashboard)
    dashboard.resize(90, 30)

    def told() -> bool:
        dashboard.send("stty size\r")
        return b"\n30 90\r" in dashboard.output

    until(told)
    dashboard.send("exit\r")
    dashboard.wait_for("the shell in web has ended")
    dashboard.wait(lambda text: "? help" in text.split("\n")[29], what="the footer at the last line")


def test_a_container_that_dies_takes_its_shell_along(dashboard: Terminal, api: EngineCalls) -> None:
    open_shell(dashboard)
    api.kill("web")
    dashboard.wait_for(re.compile(r"▌ web +■ exited 137"))
    dashboard.wait_for("● live")


def test_modes_that_a_program_left_on_are_off_again(dashboard: Terminal, api: EngineCalls) -> None:
    open_shell(dashboard)
    dashboard.send(r"printf '\033[?1049h\033[?25l\033[?1003h\033[31m'; echo don''e" + "\r")
    until(lambda: b"done" in dashboard.output)
    dashboard.send("exit\r")
    dashboard.wait_for("the shell in web has ended")
    dashboard.press("q")
    assert dashboard.wait_end() == 0
    for mode in (b"?1049", b"?1003"):
        assert dashboard.output.rfind(b"\x1b[%sl" % mode) > dashboard.output.rfind(b"\x1b[%sh" % mode)
    assert dashboard.output.rfind(b"\x1b[?25h") > dashboard.output.rfind(b"\x1b[?25l")


def _only_sleep() -> bytes:
    """An image's files: a busybox that is called sleep, and nothing else."""
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add(BUSYBOX.resolve(), "sleep")
    return packed.getvalue()


def test_a_container_without_a_shell_is_given_one_beside_it(
    open_holdfast: OpenTerminal, api: EngineCalls
) -> None:
    api.ask("POST", "/images/create?fromSrc=-&repo=no-shell&tag=1", _only_sleep())
    api.run("/sleep", "600", name="bare", Image="no-shell:1")
    terminal = open_holdfast("--host", api.url)
    terminal.wait_for(re.compile(r"▌ bare +● running"))
    terminal.wait_for("● live")
    terminal.press("x")
    terminal.wait_for("bare has no shell: Debug bare from which image?")
    terminal.press("1")
    text = terminal.wait_for("--pid container:bare --network container:bare")
    assert "its files are in /proc/1/root" in text
    terminal.press("y")
    until(lambda: re.search(rb"Beside bare.*# ", terminal.output, re.DOTALL))
    assert len(api.containers()) == 2
    terminal.send("ls /proc/1/root; echo pid-one $(cat /proc/1/comm)\r")
    until(lambda: b"pid-one sleep" in terminal.output)
    terminal.send("exit\r")
    terminal.wait_for("the shell beside bare has ended")
    assert len(api.containers()) == 1
    terminal.wait_for("● live")
    terminal.press("?")
    terminal.wait_for("Help")


@pytest.mark.parametrize("ending", ["hang up", "kill"])
def test_a_debug_container_goes_with_the_dashboard(
    open_holdfast: OpenTerminal, api: EngineCalls, ending: str
) -> None:
    api.run(name="web")
    terminal = open_holdfast("--host", api.url)
    terminal.wait_for(re.compile(r"▌ web +● running"))
    terminal.wait_for("● live")
    terminal.press("X", "x")
    terminal.wait_for("Debug web from which image?")
    terminal.press("1")
    terminal.wait_for("--volumes-from web")
    terminal.press("y")
    until(lambda: re.search(rb"Beside web.*# ", terminal.output, re.DOTALL))
    assert len(api.containers()) == 2
    if ending == "kill":
        os.kill(terminal.pid, signal.SIGKILL)
    else:
        os.kill(terminal.pid, signal.SIGHUP)
    until(lambda: [one["Names"] for one in api.containers()] == [["/web"]])


def test_a_container_that_does_not_run_says_so(open_holdfast: OpenTerminal, api: EngineCalls) -> None:
    api.create(name="idle")
    terminal = open_holdfast("--host", api.url)
    terminal.wait_for(re.compile(r"▌ idle +○ created"))
    terminal.press("x")
    terminal.wait_for("idle is not running")
