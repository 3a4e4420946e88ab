"""What people and programs see of an operation in the foreground."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time

import pytest

from tests.support.terminal import Terminal
from tests.unit.cli.story import IMAGE, beginning, failed, success
from tui.cli import output
from tui.cli.rendering import JsonLines, PlainLines, Quiet
from tui.model.fleet import EngineOutcome, EngineState
from tui.model.operation import Logged
from tui.presentation import console

TREE = os.path.abspath(f"{__file__}/../../../..")


def show(shown, *events):
    for event in events:
        shown.tell(event)
    shown.close()


# -- plain lines


def test_a_log_has_a_line_for_each_thing_and_no_escapes(capfd):
    show(PlainLines(None), *beginning(100.0), *success(103.0))

    said = capfd.readouterr()
    assert "\x1b" not in said.out
    assert said.err == ""
    assert said.out.splitlines() == [
        "Build web",
        "warning: python:3 is named by a tag that moves",
        "Build with BuildKit: running",
        "[1/3] FROM python:3: cached",
        "[2/3] COPY . .: running",
        "[2/3] COPY . .: done (1.0s)",
        "[3/3] RUN make: running",
        "[3/3] RUN make | compiling one",
        "[3/3] RUN make | compiling two^[[2J",
        "[3/3] RUN make: done (2.0s)",
        "Build with BuildKit: done (3.0s)",
        "Name the image: running",
        "Name the image: done (0.1s)",
        "web built in 3.1s",
        f"  image  {IMAGE}",
        "  tag    registry:5000/web:build-abababababab",
    ]


def test_a_failure_says_why_where_and_what_to_do(capfd):
    show(PlainLines(None), *beginning(100.0), *failed(103.0))

    said = capfd.readouterr()
    assert "[3/3] RUN make: failed (2.0s)" in said.out
    assert said.err.splitlines() == [
        "failed: RUN make failed with 2",
        "   3 | RUN make",
        "     | ^^^^",
        "  mend the Dockerfile",
        "all of it: holdfast history --show 3f2a9c",
    ]


def test_a_long_title_is_cut_before_output(capfd):
    events = beginning(100.0)
    long = events[6]._replace(title="[3/3] RUN " + "make && " * 30)
    show(PlainLines(None), *events[:6], long, *events[7:])

    lines = [line for line in capfd.readouterr().out.splitlines() if line.endswith("| compiling one")]
    assert lines == ["[3/3] RUN make && make && make …| compiling one".replace("…|", "… |")]


def test_progress_is_said_every_ten_seconds(capfd):
    events = beginning(100.0)
    later = [events[-1]._replace(t=101.0 + second, current=600_000) for second in range(25)]
    show(PlainLines(None), *events, *later)

    told = [line for line in capfd.readouterr().out.splitlines() if "600kB" in line]
    assert len(told) == 2
    assert told[0] == "[3/3] RUN make: 600kB of 1.0MB, 60kB/s"


def test_a_cancelled_operation_shows_no_failure(capfd):
    shown = PlainLines(None)
    for event in beginning(100.0):
        shown.tell(event)
    shown.stopping("stopping: what was begun is being undone")
    show(shown, *failed(103.0, code=130))

    said = capfd.readouterr()
    assert "[3/3] RUN make: stopped (2.0s)" in said.out
    assert said.err.splitlines() == [
        "stopping: what was begun is being undone",
        "cancelled after 3.1s; what was begun is undone",
    ]


@pytest.mark.parametrize("kind", [PlainLines, Quiet])
def test_a_cancelled_deploy_says_what_serves(kind, capfd):
    shown = kind(None)
    *events, ended = [*beginning(100.0), *failed(103.0, code=130)]
    problem = ended.error._replace(serves="r1 v1.0.0")
    for event in events:
        shown.tell(event)
    show(shown, ended._replace(error=problem))

    assert capfd.readouterr().err.splitlines()[-1] == "cancelled after 3.1s; r1 v1.0.0 serves"


@pytest.mark.parametrize("kind", [PlainLines, Quiet])
def test_a_cancelled_fleet_says_how_many_have_it_and_what_to_do(kind, capfd):
    shown = kind(None)
    *events, ended = [*beginning(100.0), *failed(103.0, code=130)]
    engines = (
        EngineOutcome("edge-1", EngineState.DONE, "r1 v1", "r2 v2"),
        EngineOutcome("edge-2", EngineState.UNDONE, "r1 v1", "r1 v1"),
    )
    problem = ended.error._replace(
        message="cancelled: v2 of web is on 1 of 2 engines",
        hint="holdfast deploy web --only behind finishes it",
    )
    for event in events:
        shown.tell(event)
    show(shown, ended._replace(error=problem, result=ended.result._replace(engines=engines)))

    head, *table, hint = capfd.readouterr().err.splitlines()[-4:]
    assert head == "cancelled after 3.1s; v2 of web is on 1 of 2 engines"
    assert len(table) == 2
    assert hint == "holdfast deploy web --only behind finishes it"


# -- quiet, JSON


def test_quiet_says_the_image_only(capfd):
    show(Quiet(None), *beginning(100.0), *success(103.0))

    assert capfd.readouterr().out == f"{IMAGE}\n"


def test_quiet_shows_what_a_failed_step_said(capfd):
    events = failed(103.0)
    bare = events[-1]._replace(error=events[-1].error._replace(detail=()))
    show(Quiet(None), *beginning(100.0), *events[:-1], bare)

    said = capfd.readouterr()
    assert said.out == ""
    assert "output of [3/3] RUN make\n  | compiling one\n  | compiling two" in said.err


def test_json_is_a_line_for_each_event_and_the_outcome_last(capfd):
    show(JsonLines(), *beginning(100.0), *success(103.0))

    said = capfd.readouterr()
    events = [json.loads(line) for line in said.out.splitlines()]
    assert len(events) == len(beginning(0.0)) + len(success(0.0))
    assert [event["kind"] for event in events][:3] == ["start", "warning", "step"]
    assert events[-1]["kind"] == "outcome"
    assert events[-1]["ok"] is True
    assert events[-1]["image"] == IMAGE
    assert said.err == ""


def test_a_reader_that_stands_still_misses_output_but_no_outcome(monkeypatch):
    """What can wait is bounded; the rest is counted, and the operation is never held up."""
    monkeypatch.setattr(output, "WAITING_BYTES", 100_000)
    reading, writing = os.pipe()
    saved = os.dup(1)
    os.dup2(writing, 1)
    try:
        shown = JsonLines()
        for event in beginning(100.0):
            shown.tell(event)
        before = time.monotonic()
        for number in range(3000):
            shown.tell(Logged(102.0, "c", 1, f"line {number} " + "x" * 200))
        for event in success(103.0):
            shown.tell(event)
        assert time.monotonic() - before < 60  # it would be for ever
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            said = b""
            while b'"outcome"' not in said:
                said += pipe.read1(1 << 16)
        shown.close()
    finally:
        os.dup2(saved, 1)
        os.close(saved)
    events = [json.loads(line) for line in said.splitlines()]
    assert events[-1]["kind"] == "outcome"
    said = [re.match(r"([\d,]+) events were left out", event.get("message", "")) for event in events]
    logged = sum("line " in event.get("text", "") for event in events)
    assert sum(int(one[1].replace(",", "")) for one in said if one) == 3000 - logged > 0


def test_a_reader_that_has_gone_stops_nothing():
    reading, writing = os.pipe()
    os.close(reading)
    saved = os.dup(1)
    os.dup2(writing, 1)
    try:
        show(JsonLines(), *beginning(100.0), *success(103.0))  # neither raises nor hangs
    finally:
        os.dup2(saved, 1)
        os.close(saved)
        os.close(writing)


# -- live


@pytest.fixture
def live():
    opened = []

    def start(seconds, size=(80, 24), **env):
        command = (sys.executable, "-m", "tests.unit.cli.story", "Live", str(seconds))
        opened.append(Terminal(command, size, {**os.environ, **env}, cwd=TREE))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()


def test_what_runs_is_redrawn_beneath_what_has_ended(live):
    terminal = live(2.5)
    terminal.wait_for(re.compile(r"running +1\.\ds +\[3/3\] RUN make +500kB of 1.0MB"))
    text = terminal.wait_for("| compiling two^[[2J")
    assert re.search(r"cached +\[1/3\] FROM python:3\n", text)
    assert re.search(r"done +1.0s +\[2/3\] COPY \. \.\n", text)
    assert re.search(r"build web +2 of 4 steps +\d\.\ds +Ctrl\+C stops it", text)
    assert terminal.wait_end() == 0

    text = terminal.text()
    assert "running" not in text
    assert "Ctrl+C" not in text
    assert text.count("[3/3] RUN make") == 1
    assert re.search(r"done +0.1s +Name the image\n", text)
    assert "web built in 3.1s (12.5s the last time)" in text
    assert "warning: python:3" in text


def test_what_has_ended_stays_when_the_size_changes(live):
    terminal = live(3, size=(100, 30))
    terminal.wait_for("500kB of 1.0MB")
    terminal.resize(40, 30)
    terminal.wait_for(re.compile(r"build web +2 of 4 steps +\d\.\ds +Ctrl\+C s\n"))
    terminal.resize(120, 30)
    terminal.wait_for("web built in")
    assert terminal.wait_end() == 0
    assert "[2/3] COPY . ." in terminal.text()


def test_no_colour_where_none_is_wanted(live):
    terminal = live(0.3, NO_COLOR="1")
    assert terminal.wait_end() == 0
    assert b"m" not in b"".join(re.findall(rb"\x1b\[[\d;]*([a-zA-Z])", bytes(terminal.output)))

    coloured = live(0.3)
    assert coloured.wait_end() == 0
    assert b"\x1b[0;32m" in coloured.output


def test_frames_are_few(live):
    terminal = live(1.0)
    assert terminal.wait_end() == 0
    assert 5 <= terminal.output.count(b"\x1b[J") <= 14


# -- many steps on a small screen


def test_the_live_area_fits_the_screen():
    from tui.store.operation import Operation

    first, *others = beginning(100.0)
    operation = Operation(first)
    operation.feed(others)
    step = others[5]
    operation.feed(
        [step._replace(step=f"x{number}", title=f"layer {number} " + "é" * 90) for number in range(30)]
    )
    for columns, rows in ((80, 24), (20, 5), (5, 2)):
        area = console.live_area(operation, 105.0, columns, rows, talking="c")
        assert 1 <= len(area) <= max(rows - 2, 2)
        assert all(sum(map(len, (text for text, _ in line))) < columns for line in area)
        assert "build web"[: columns - 1] in console.painted(area[-1], colours=False)


def test_a_closed_terminal_does_not_end_the_program(tmp_path):
    """The last thing that it does after its terminal has gone is to write this file."""
    mark = tmp_path / "mark"
    code = (
        "import asyncio, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from tests.unit.cli.story import _show\n"
        "asyncio.run(_show('Live', 1.0)); open(sys.argv[1], 'w').close()"
    )
    terminal = Terminal((sys.executable, "-c", code, str(mark)), env={**os.environ, "PYTHONPATH": TREE})
    terminal.wait_for("500kB of 1.0MB")
    terminal.take_away()
    limit = time.monotonic() + 10
    while not mark.exists():
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_plain_lines_where_the_terminal_cannot_move():
    code = (
        "from tui.cli.rendering import rendering\n"
        "print(type(rendering(json=False, quiet=False, before=None)).__name__)"
    )
    terminal = Terminal((sys.executable, "-c", code), env={**os.environ, "TERM": "dumb", "PYTHONPATH": TREE})
    assert terminal.wait_end() == 0
    assert "PlainLines" in terminal.text()
    piped = subprocess.run([sys.executable, "-c", code], cwd=TREE, capture_output=True, text=True, check=True)
    assert piped.stdout == "PlainLines\n"
