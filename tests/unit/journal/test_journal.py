"""Journals on the disk: private, locked while the operation lives, whole lines only, the newest kept."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest

from tui.journal import writer
from tui.journal.folder import journal_path, listed, new_id, operations_folder
from tui.journal.reader import Tail, events, is_alive, summaries, summary
from tui.journal.writer import Journal, JournalFailed
from tui.model.operation import Ended, Logged, Result, Started, StepChanged, Warned

STARTED = Started(1.0, "op-1", "build", "web", "unix:///x", "me", "here", 7)
ENDED = Ended(9.0, True, 8.0, Result(image="sha256:ab"))


def test_a_journal_is_nobody_elses_business(tmp_path):
    folder = tmp_path / "operations"

    journal = Journal.create(folder, "op-1")

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    journal.close()


def test_an_operation_is_alive_as_long_as_its_journal_is_open(tmp_path):
    journal = Journal.create(tmp_path, "op-1")
    journal.write(STARTED)
    assert is_alive(journal.path)

    journal.close()

    assert not is_alive(journal.path)
    assert not is_alive(tmp_path / "never.jsonl")


def test_one_that_was_killed_is_interrupted(tmp_path):
    code = f"""
import os, signal, pathlib
from tui.journal.writer import Journal
from tui.model.operation import Started
Journal.create(pathlib.Path({str(tmp_path)!r}), "op-1").write(
    Started(1.0, "op-1", "build", "web", "e", "me", "here", os.getpid()))
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], check=False)

    (found,) = summaries(tmp_path)

    assert found.interrupted
    assert found.started.app == "web"


def test_a_summary_has_the_beginning_and_the_end(tmp_path):
    journal = Journal.create(tmp_path, "op-1")
    journal.write(STARTED)
    for number in range(10_000):
        journal.write(Logged(2.0, "build", 1, f"line {number} " * 10))
    journal.write(ENDED)
    journal.close()

    found = summary(journal.path)

    assert found is not None
    assert (found.started, found.ended, found.alive) == (STARTED, ENDED, False)


def test_a_tail_gives_whole_events_however_the_file_grows(tmp_path):
    path = tmp_path / "op-1.jsonl"
    written = [STARTED, StepChanged(2.0, "build", "running"), Warned(3.0, "ü"), ENDED]
    whole = b"".join(writer.encode(event) for event in written)
    path.write_bytes(b"")
    tail = Tail(path)
    found = []

    for at in range(len(whole)):
        with path.open("ab") as file:
            file.write(whole[at : at + 1])
        found += tail.read()

    assert found == written


def test_lines_that_a_crash_has_spoilt_do_not_hide_the_others(tmp_path):
    path = tmp_path / "op-1.jsonl"
    path.write_bytes(writer.encode(STARTED) + b"\x00\x00\x00\n" + b'{"kind":"st\n' + writer.encode(ENDED))

    assert list(events(path)) == [STARTED, ENDED]


def test_the_newest_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "KEPT", 3)

    for number in range(6):
        journal = Journal.create(tmp_path, f"2026010{number}")
        journal.write(STARTED)
        journal.close()

    assert [path.stem for path in listed(tmp_path)] == ["20260105", "20260104", "20260103"]


def test_an_old_one_that_still_runs_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "KEPT", 1)
    old = Journal.create(tmp_path, "1")

    for number in range(2, 5):
        Journal.create(tmp_path, str(number)).close()

    assert old.path.exists()
    old.close()


def test_a_flood_is_bounded_and_what_is_left_out_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "LOG_BYTES", 10_000)
    journal = Journal.create(tmp_path, "op-1")
    journal.write(STARTED)
    for _ in range(1000):
        journal.write(Logged(2.0, "build", 1, "x" * 100 + "\n" + "y" * 100))
    journal.write(ENDED)
    journal.close()

    found = list(events(journal.path))

    assert journal.path.stat().st_size < 12_000
    kept = sum(isinstance(event, Logged) for event in found)
    (warning,) = [event for event in found if isinstance(event, Warned)]
    assert warning.message.startswith(f"{2 * (1000 - kept):,} lines")
    assert found[-1] == ENDED


def test_a_folder_that_cannot_be_written_is_said_with_a_remedy(tmp_path):
    (tmp_path / "state").write_text("a file")

    with pytest.raises(JournalFailed) as caught:
        Journal.create(tmp_path / "state" / "operations", "op-1")

    assert str(tmp_path / "state") in caught.value.message
    assert "XDG_STATE_HOME" in caught.value.hint


def test_output_may_be_lost_to_a_full_disk_but_not_a_step():
    journal = Journal(journal_path(operations_folder(), "op-1"), os.open("/dev/full", os.O_WRONLY))

    journal.write(Logged(2.0, "build", 1, "text"))
    with pytest.raises(JournalFailed):
        journal.write(StepChanged(2.0, "build", "running"))

    journal.close()


def test_ids_sort_by_time_and_differ():
    ids = [new_id("build", "web", 1e9 + second) for second in range(5)]

    assert ids == sorted(ids)
    assert new_id("build", "web", 1e9) != new_id("build", "web", 1e9)


def test_the_folder_follows_the_xdg_specification():
    assert str(operations_folder({"XDG_STATE_HOME": "/s"})) == "/s/holdfast/operations"
    assert (
        str(operations_folder({"XDG_STATE_HOME": "s", "HOME": "/h"})) == "/h/.local/state/holdfast/operations"
    )
