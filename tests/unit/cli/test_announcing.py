"""What the command line tells the terminal besides its output."""

from __future__ import annotations

import json
import os
import sys

import pytest

from tests.support.terminal import Terminal
from tui.cli.announcing import Announced, announced
from tui.cli.rendering import JsonLines
from tui.model.operation import DONE, RUNNING, Ended, Failure, Logged, PlanStep, Started, StepChanged
from tui.settings.schema import NotifySettings, Settings

PUSH, POP = b"\x1b[22;0t", b"\x1b[23;0t"
TREE = os.path.abspath(f"{__file__}/../../../..")
XTERM = {"TERM": "xterm-256color"}
STARTED = Started(1.0, "op", "deploy", "web", "e", "anna", "h", 7, (PlanStep("a", "A"), PlanStep("b", "B")))


class Kept:
    """A rendering that keeps what is written beside it."""

    def __init__(self):
        self.written = b""
        self.events = []
        self.closed = False

    def tell(self, event):
        self.events.append(event)

    def stopping(self, sentence):
        pass

    def write(self, content, fd):
        assert fd == 2
        self.written += content

    def close(self):
        self.closed = True


def told(settings, *events):
    kept = Kept()
    one = Announced(kept, settings, 2, XTERM)
    for event in (STARTED, *events):
        one.tell(event)
    one.close()
    assert kept.closed
    assert kept.events == [STARTED, *events]
    return kept.written


def test_the_title_follows_the_steps_and_comes_back():
    steps = StepChanged(2.0, "a", DONE), StepChanged(2.0, "b", RUNNING), Logged(2.0, "b", 1, "x")
    written = told(Settings(), *steps, Ended(9.0, True, 3.0))
    assert written == (PUSH + b"\x1b]2;deploy web 0/2\x07" + b"\x1b]2;deploy web 1/2\x07" + POP)


def test_it_comes_back_where_the_operation_has_not_ended():
    assert told(Settings()).endswith(POP)
    assert told(Settings(title=False)) == b""


@pytest.mark.parametrize(
    ("ended", "rings"),
    [
        (Ended(9.0, True, 60.0), True),
        (Ended(9.0, True, 3.0), False),
        (Ended(9.0, False, 60.0, error=Failure(1, "broken")), True),
        (Ended(9.0, False, 60.0, error=Failure(130, "cancelled")), False),
    ],
)
def test_the_end_of_a_long_one_rings(ended, rings):
    written = told(Settings(title=False, notify=NotifySettings(bell=True, terminal="osc9")), ended)
    assert (written != b"") is rings
    if rings:
        assert written.startswith(b"\x07\x1b]9;holdfast: web ")


def test_nothing_is_told_where_no_terminal_is(monkeypatch):
    monkeypatch.setattr("tui.cli.announcing.moves", lambda fd: fd == 1)
    inner = JsonLines()
    assert announced(inner, Settings(), plain_out=True) is inner
    assert announced(inner, Settings(), plain_out=False) is not inner
    inner.close()


RUN = """
import asyncio, sys, time
from tests.support.refs import ref
from tests.unit.cli.slow import slow
from tui.cli import foreground, rendering
from tui.cli.announcing import announced
from tui.journal.folder import new_id
from tui.operations.process.request import Request
from tui.settings.schema import Settings

async def run(kind):
    request = Request(new_id("build", "web", time.time()), "build", "web", ref("unix:///s"))
    inner = getattr(rendering, kind)(*() if kind == "JsonLines" else (None,))
    shown = announced(inner, Settings(), plain_out=kind == "JsonLines")
    try:
        await foreground.run(slow(float(sys.argv[2]), 0.0), request, shown)
    finally:
        shown.close()

asyncio.run(run(sys.argv[1]))
"""


def test_ctrl_c_gives_the_title_back(tmp_path):
    environ = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "PYTHONPATH": TREE}
    with Terminal([sys.executable, "-c", RUN, "Live", "30"], env=environ) as terminal:
        terminal.wait_for("| tick")
        assert b"\x1b]2;build web 0/2\x07" in terminal.output
        terminal.send("\x03")
        terminal.wait_end()
        output = bytes(terminal.output)
    assert (output.count(PUSH), output.count(POP)) == (1, 1)


def test_json_lines_stay_json_beside_a_title(tmp_path):
    environ = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "PYTHONPATH": TREE}
    out = tmp_path / "out"
    command = ["sh", "-c", f'exec "$0" "$@" > {out}', sys.executable, "-c", RUN, "JsonLines", "0.2"]
    with Terminal(command, env=environ) as terminal:
        terminal.wait_end()
        assert PUSH in terminal.output
    kinds = [json.loads(line)["kind"] for line in out.read_text().splitlines()]
    assert kinds[-1] == "outcome"
