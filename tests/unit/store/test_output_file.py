"""Saving a log: complete, private, and never over another file unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.store.output import Output, marked
from tui.store.output_file import save_output

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def output() -> Output:
    made = Output()
    made.extend([(1, b"2026-11-24T10:11:12.1Z", b"one"), (2, b"2026-11-24T10:11:12.2Z", b"\xff two")])
    return made


def test_a_file_holds_the_bytes_as_they_came(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    assert save_output(path, output().chunks()) == 2
    assert path.read_bytes() == b"one\n\xff two\n"
    assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [path]


def test_times_stand_before_the_lines_and_names_of_several(tmp_path: Path) -> None:
    save_output(tmp_path / "web.log", output().chunks(times=True))
    assert (tmp_path / "web.log").read_bytes().startswith(b"2026-11-24T10:11:12.1Z one\n")
    both = Output(names=("web", "db"))
    both.extend([(1, b"t1", b"one"), (marked(1) + 2, b"t2", b"two")])
    save_output(tmp_path / "both.log", both.chunks(times=True))
    assert (tmp_path / "both.log").read_bytes() == b"t1 web | one\nt2 db | two\n"


def test_a_file_is_replaced_only_where_that_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        save_output(path, output().chunks())
    assert path.read_bytes() == b"mine"
    save_output(path, output().chunks(), replace=True)
    assert path.read_bytes() == b"one\n\xff two\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_comes_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "web.log"

    def chunks() -> Iterator[bytes]:
        path.write_bytes(b"mine")
        yield b"one\n"

    with pytest.raises(FileExistsError):
        save_output(path, chunks())
    assert path.read_bytes() == b"mine"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_a_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="there is no such folder"):
        save_output(tmp_path / "gone" / "web.log", output().chunks())
    with pytest.raises(IsADirectoryError, match="it is no file"):
        save_output(tmp_path, output().chunks(), replace=True)


def test_nothing_is_left_of_a_file_that_could_not_be_completed(tmp_path: Path) -> None:
    def failing() -> Iterator[bytes]:
        yield b"one\n"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        save_output(tmp_path / "web.log", failing())
    assert list(tmp_path.iterdir()) == []


def test_lines_that_come_meanwhile_do_not_change_what_is_saved(tmp_path: Path) -> None:
    made = output()
    chunks = made.chunks()
    made.extend([(1, b"", b"later")] * 3000)
    assert save_output(tmp_path / "web.log", chunks) == 2
