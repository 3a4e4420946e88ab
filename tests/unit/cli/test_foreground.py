"""Ctrl+C, a closed terminal, and a reader that goes away, while an operation runs in the foreground."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.support.refs import ref
from tests.support.terminal import Terminal
from tests.unit.cli.slow import slow
from tui.cli import foreground
from tui.journal.folder import new_id, operations_folder
from tui.journal.reader import summaries
from tui.journal.writer import Journal, JournalFailed
from tui.model.operation import Ended, Warned
from tui.operations.process.request import Request

TREE = os.path.abspath(f"{__file__}/../../../..")


@pytest.fixture
def environ(tmp_path):
    return {**os.environ, "XDG_STATE_HOME": str(tmp_path), "PYTHONPATH": TREE}


def command(kind, seconds, undo_seconds=0.0):
    return [sys.executable, "-m", "tests.unit.cli.slow", kind, str(seconds), str(undo_seconds)]


def outcome(environ, seconds=10.0):
    """How the only operation ended, once it has."""
    limit = time.monotonic() + seconds
    while True:
        found = summaries(operations_folder(environ))
        if found and found[0].ended is not None:
            return found[0].ended
        assert time.monotonic() < limit, found
        time.sleep(0.02)


def started(process):
    """The first line of its output: from there on it is under way."""
    return process.stdout.readline()


def test_ctrl_c_cancels_and_undoes(environ):
    with Terminal(command("Live", 30, 0.5), env=environ) as terminal:
        terminal.wait_for("| tick")
        terminal.send("\x03")
        text = terminal.wait_for("stopping: what was begun is being undone")
        assert terminal.wait_end() == 130
        text = terminal.text()
    assert "cancelled after" in text
    assert "stopped" in text
    assert "^C" not in text
    assert outcome(environ).error.code == 130


def test_a_second_ctrl_c_does_not_disturb_the_undoing(environ):
    with Terminal(command("Live", 30, 1.5), env=environ) as terminal:
        terminal.wait_for("| tick")
        terminal.send("\x03")
        terminal.wait_for("stopping")
        terminal.send("\x03")
        terminal.wait_for("still undoing what was begun")
        assert terminal.wait_end() == 130
        assert "done       1.5s  Undo" in terminal.text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_signals_cancel(environ, number):
    process = subprocess.Popen(command("JsonLines", 30), env=environ, stdout=subprocess.PIPE, text=True)
    started(process)
    process.send_signal(number)
    lines = process.communicate(timeout=10)[0].splitlines()
    assert process.returncode == 130
    last = json.loads(lines[-1])
    assert (last["kind"], last["ok"], last["error"]["code"]) == ("outcome", False, 130)


def test_a_hangup_does_not_reach_it(environ):
    process = subprocess.Popen(command("PlainLines", 1), env=environ, stdout=subprocess.PIPE, text=True)
    started(process)
    process.send_signal(signal.SIGHUP)
    assert process.communicate(timeout=10)[0].splitlines()[-2].startswith("web built in")
    assert process.returncode == 0


def test_closing_the_terminal_does_not_reach_it(environ):
    terminal = Terminal(command("Live", 1.5), env=environ)
    terminal.wait_for("| tick")
    terminal.take_away()
    assert outcome(environ).ok


def test_a_reader_that_goes_away_does_not_stop_it(environ):
    process = subprocess.Popen(command("JsonLines", 1.5), env=environ, stdout=subprocess.PIPE, text=True)
    started(process)
    process.stdout.close()
    assert process.wait(10) == 0
    assert outcome(environ).ok


def test_what_was_shown_is_what_was_journalled(environ):
    done = subprocess.run(command("JsonLines", 0.3), env=environ, capture_output=True, check=True)
    [path] = operations_folder(environ).glob("*.jsonl")
    assert path.read_bytes() == done.stdout


def test_nothing_is_done_that_cannot_be_journalled(environ, tmp_path):
    (tmp_path / "file").write_text("")
    done = subprocess.run(
        command("PlainLines", 0.3), env={**environ, "XDG_STATE_HOME": str(tmp_path / "file")},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "the journal cannot be written" in done.stderr
    assert "tick" not in done.stdout


async def test_a_journal_that_fails_at_the_end_does_not_make_it_a_failure(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    write, shown = Journal.write, []

    def full(journal, event):
        if isinstance(event, Ended):
            raise JournalFailed("the journal cannot be written: No space left on device")
        write(journal, event)

    class Shown:
        tell = staticmethod(shown.append)

    monkeypatch.setattr(Journal, "write", full)
    request = Request(new_id("build", "web", time.time()), "build", "web", ref("unix:///s"))
    assert await foreground.run(slow(0.1, 0), request, Shown()) is None
    warned, ended = shown[-2:]
    assert isinstance(warned, Warned)
    assert "No space left" in warned.message
    assert ended.ok
