"""A demo that cannot start says so."""

from __future__ import annotations

import tempfile

import pytest

from tui.demo.launch import DemoEngine, DemoFailed


def test_a_full_disk_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    with pytest.raises(DemoFailed, match="No space left on device"):
        DemoEngine().start_process()
