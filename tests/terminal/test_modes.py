"""--read-only changes nothing and says so; --demo leaves nothing behind; and idle costs nothing."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]
import pytest

from tests.support.engine_calls import until
from tests.support.http import Http
from tests.terminal.conftest import TREE
from tui.demo.launch import DemoEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.engine_calls import EngineCalls
    from tests.support.terminal import Terminal
    from tests.terminal.conftest import OpenTerminal

REASON = "read-only: Holdfast was started with --read-only"


def flat(text: str) -> str:
    """Text that a small box has broken into lines, as one line."""
    return " ".join(re.sub("[│▌▎▐]", " ", text).split())


# -- read-only


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_read_only_says_why_not(open_holdfast: OpenTerminal, api: EngineCalls, size: tuple[int, int]) -> None:
    api.run(name="web")
    terminal = open_holdfast("--read-only", "--host", api.url, size=size)
    terminal.wait_for(re.compile(r"web +● running"))
    terminal.wait_for("READ-ONLY")
    terminal.wait_for("● live")
    terminal.press("x")
    terminal.wait(lambda text: f"Open a shell in the container: {REASON}" in flat(text))
    terminal.press("X", "t")
    terminal.wait(lambda text: f"Stop: {REASON}" in flat(text))
    terminal.press("k")
    terminal.wait(lambda text: f"Kill (SIGKILL, at once): {REASON}" in flat(text))
    terminal.press("escape")
    terminal.wait_until_gone("Rename")
    terminal.press("i")  # looking is allowed
    terminal.wait_for("web · details")
    assert api.inspect("web")["State"]["Running"]


# -- a crash

CRASHING = """
import sys
from tui.screens.main import MainScreen

def crash(self, command):
    raise ZeroDivisionError("what nobody has thought of")

MainScreen.perform = crash
sys.argv[1:] = ["--demo"]
from tui.__main__ import command
command()
"""


def test_a_crash_exits_with_1_and_says_what_it_was(open_terminal: OpenTerminal, tmp_path: Path) -> None:
    env = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": TREE}
    terminal = open_terminal(sys.executable, "-c", CRASHING, env=env, cwd=tmp_path)
    terminal.wait_for("First steps")
    terminal.press("enter")
    terminal.wait_until_gone("First steps")
    terminal.press("i")
    assert terminal.wait_end() == 1
    assert "what nobody has thought of" in terminal.text()


# -- the demo


def demo_of(terminal: Terminal) -> tuple[psutil.Process, Path]:
    """The process of the simulated engine, and its folder."""
    [child] = [
        process
        for process in psutil.Process(terminal.pid).children(recursive=True)
        if "tui.demo" in process.cmdline()
    ]
    words = child.cmdline()
    return child, Path(words[words.index("tui.demo") + 1]).parent


def gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_the_demo_tells_a_story(open_holdfast: OpenTerminal) -> None:
    terminal = open_holdfast("--demo")
    terminal.wait_for(re.compile(r"\bDEMO\b"))
    terminal.wait_for("● live")
    terminal.wait_for("● healthy")
    terminal.wait_for("storefront")
    terminal.press("4")
    terminal.press("end")
    terminal.wait_for(re.compile(r"■ exited \d"))
    terminal.press("home", "down")  # the first row is the heading of a project, which has no log
    terminal.wait_for(re.compile(r"5 Log +\S+ +[\d,]+ lines"))
    terminal.wait_for(re.compile(r"● (healthy|running) .* \d[\d.]*% [ ▁-█]*\d[\d.]*[kMG]B"))


@pytest.mark.parametrize("ending", ["q", "kill -9", "hang up"])
def test_the_demo_leaves_nothing_behind(open_holdfast: OpenTerminal, ending: str) -> None:
    terminal = open_holdfast("--demo")
    terminal.wait_for("● live")
    process, folder = demo_of(terminal)
    assert folder.exists()
    if ending == "q":
        terminal.press("q")
        assert terminal.wait_end() == 0
    else:
        os.kill(terminal.pid, signal.SIGKILL if ending == "kill -9" else signal.SIGHUP)
    until(lambda: gone(process), 3)
    until(lambda: not folder.exists(), 3)


# -- idle


@pytest.fixture
def quiet_engine() -> Iterator[str]:
    """An engine on which nothing changes, statistics neither; its endpoint."""
    demo = DemoEngine(containers=30, running=0.5)
    url = demo.start_process().url
    try:
        demo.wait_ready()
        Http(url).ask("POST", "/_ctl/freeze?on=1")
        yield url
    finally:
        demo.stop_process()


def quiet_for(terminal: Terminal, seconds: float, patience: float) -> None:
    """Wait until nothing was written for so long; an age on the screen may pass a minute meanwhile."""
    limit = time.monotonic() + patience
    before, since = len(terminal.output), time.monotonic()
    while time.monotonic() - since < seconds:
        if len(terminal.output) != before:
            before, since = len(terminal.output), time.monotonic()
        assert time.monotonic() < limit, f"still written: {bytes(terminal.output[-200:])!r}"
        time.sleep(0.01)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
def test_nothing_is_written_while_nothing_changes(
    open_holdfast: OpenTerminal, quiet_engine: str, size: tuple[int, int]
) -> None:
    terminal = open_holdfast("--host", quiet_engine, size=size)
    terminal.wait_for("● live")
    terminal.wait_for(re.compile(r"● running .* \d[\d.]*% [ ▁-█]*\d[\d.]*[kMG]B"))
    quiet_for(terminal, 3, 20)
    quiet_for(terminal, 2, 8)


def test_nothing_is_asked_of_the_engine_while_nothing_changes(
    open_holdfast: OpenTerminal, quiet_engine: str
) -> None:
    terminal = open_holdfast("--host", quiet_engine)
    terminal.wait_for(re.compile(r"● running .* \d[\d.]*% [ ▁-█]*\d[\d.]*[kMG]B"))
    quiet_for(terminal, 2, 20)
    engine = Http(quiet_engine)
    engine.ask("POST", "/_ctl/reset")
    end = time.monotonic() + 3
    until(lambda: time.monotonic() > end)
    asked = engine.ask("POST", "/_ctl/stat").json["req"]
    assert {name: count for name, count in asked.items() if "_ctl" not in name and "_ping" not in name} == {}
