"""What titles of panes say of lists that are not known yet."""

from __future__ import annotations

from tui.commands.keymap import Keymap
from tui.presentation.titles import containers_title

USUAL = Keymap()


def test_nothing_is_counted_before_anything_is_known() -> None:
    assert containers_title(USUAL, 0, 0, complete=False)[0].endswith("Containers  …")
    assert "1 running of 3…" in containers_title(USUAL, 3, 1, complete=False)[0]
    assert "0 running of 0" in containers_title(USUAL, 0, 0)[0]
