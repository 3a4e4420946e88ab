"""The terminal's title: kept, changed while the dashboard is there, and given back however it ends."""

from __future__ import annotations

import os
import re
import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.engine_calls import until
from tui.demo.launch import DemoEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.terminal import Terminal
    from tests.terminal.conftest import OpenTerminal

PUSH, POP = b"\x1b[22;0t", b"\x1b[23;0t"
TITLE = re.compile(rb"\x1b\]2;holdfast: [^\x07\x1b]*\x07")


@pytest.fixture(scope="module")
def engine() -> Iterator[str]:
    demo = DemoEngine(containers=3, running=1.0)
    url = demo.start_process().url
    demo.wait_ready()
    yield url
    demo.stop_process()


def pairs(terminal: Terminal) -> tuple[int, int]:
    output = bytes(terminal.output)
    return output.count(PUSH), output.count(POP)


def shown(open_holdfast: OpenTerminal, engine: str) -> Terminal:
    terminal = open_holdfast("--host", engine)
    terminal.wait_for("● live")
    until(lambda: TITLE.search(bytes(terminal.output)))
    assert pairs(terminal) == (1, 0)
    return terminal


@pytest.mark.parametrize("ending", ["q", signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGUSR1])
def test_it_comes_back_at_every_ending(
    open_holdfast: OpenTerminal, engine: str, ending: str | signal.Signals
) -> None:
    terminal = shown(open_holdfast, engine)
    if isinstance(ending, str):
        terminal.press(ending)
    else:
        os.kill(terminal.pid, ending)
    terminal.wait_end()
    assert pairs(terminal) == (1, 1)
    output = bytes(terminal.output)
    assert output.rindex(POP) > output.rindex(b"\x1b]2;")


def test_a_second_signal_that_ends_it_at_once_gives_it_back_too(
    open_holdfast: OpenTerminal, engine: str
) -> None:
    terminal = shown(open_holdfast, engine)
    os.kill(terminal.pid, signal.SIGSTOP)
    os.kill(terminal.pid, signal.SIGTERM)
    os.kill(terminal.pid, signal.SIGHUP)
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.wait_end()
    pushed, popped = pairs(terminal)
    assert popped >= 1
    assert pushed <= popped


def test_it_is_left_alone_where_that_is_wanted(
    open_holdfast: OpenTerminal, engine: str, tmp_path: Path
) -> None:
    (tmp_path / "plain.toml").write_text("title = false\n")
    terminal = open_holdfast("--host", engine, "--config", str(tmp_path / "plain.toml"))
    terminal.wait_for("● live")
    terminal.press("q")
    terminal.wait_end()
    assert pairs(terminal) == (0, 0)
    assert b"\x1b]2;" not in terminal.output
