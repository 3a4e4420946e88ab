"""Saving a log: complete, private, and never over another file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.store.output import Output
from tui.store.output_file import save_output

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def output() -> Output:
    made = Output()
    made.extend([(1, b"2026-11-24T10:11:12.1Z", b"one"), (2, b"2026-11-24T10:11:12.2Z", b"\xff two")])
    return made


def test_a_file_holds_the_bytes_as_they_came(tmp_path: Path) -> None:
    path, lines = save_output((tmp_path,), "web-1", output().chunks())
    assert (path, lines) == (tmp_path / "web-1.log", 2)
    assert path.read_bytes() == b"one\n\xff two\n"
    assert path.stat().st_mode & 0o077 == 0


def test_times_stand_before_the_lines(tmp_path: Path) -> None:
    path, _ = save_output((tmp_path,), "web-1", output().chunks(times=True))
    assert path.read_bytes().startswith(b"2026-11-24T10:11:12.1Z one\n")


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "web-1.log").write_bytes(b"mine")
    path, _ = save_output((tmp_path,), "web-1", output().chunks())
    again, _ = save_output((tmp_path,), "web-1", output().chunks())
    assert [path.name, again.name] == ["web-1-2.log", "web-1-3.log"]
    assert (tmp_path / "web-1.log").read_bytes() == b"mine"


def test_the_next_folder_takes_it_when_the_first_is_not_there(tmp_path: Path) -> None:
    path, _ = save_output((tmp_path / "gone", tmp_path), "web-1", output().chunks())
    assert path.parent == tmp_path
    with pytest.raises(OSError, match="gone"):
        save_output((tmp_path / "gone",), "web-1", output().chunks())


def test_nothing_is_left_of_a_file_that_could_not_be_completed(tmp_path: Path) -> None:
    def failing() -> Iterator[bytes]:
        yield b"one\n"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        save_output((tmp_path,), "web-1", failing())
    assert list(tmp_path.iterdir()) == []


def test_lines_that_come_meanwhile_do_not_change_what_is_saved(tmp_path: Path) -> None:
    made = output()
    chunks = made.chunks()
    made.extend([(1, b"", b"later")] * 3000)
    _, lines = save_output((tmp_path,), "web-1", chunks)
    assert lines == 2
