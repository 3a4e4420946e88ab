"""The keys that move in a list, on every screen whose keys can not be set."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.widgets.list_view import ListView


def moved(rows: ListView, key: str) -> bool:
    """Move the cursor by a key that is for it; False for any other."""
    match key:
        case "j" | "down":
            rows.move(1)
        case "k" | "up":
            rows.move(-1)
        case "pagedown" | "space" | "ctrl+f":
            rows.page(1)
        case "pageup" | "ctrl+b":
            rows.page(-1)
        case "g" | "home":
            rows.move_to(0)
        case "G" | "end":
            rows.move_to(len(rows.ordering) - 1)
        case _:
            return False
    return True
