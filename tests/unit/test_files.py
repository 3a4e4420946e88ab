"""A file is whole or as it was."""

from __future__ import annotations

import os
import stat

import pytest

from tui.files import write_whole


def test_it_takes_the_place_of_what_was_there_and_is_private(tmp_path):
    path = tmp_path / "file"
    path.write_text("before")

    write_whole(path, b"after")

    assert path.read_bytes() == b"after"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["file"]


def test_where_it_fails_everything_is_as_before(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_text("before")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"after")

    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["file"]
