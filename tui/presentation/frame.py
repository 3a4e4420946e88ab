"""The frame of a pane: a title line above the body, a scroll bar at its right when there is more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.presentation.text import cut, fit, width

if TYPE_CHECKING:
    from tui.presentation.style import Line


class Scroll(NamedTuple):
    """What part of a list is visible: `shown` rows from `top`, of `total`."""

    top: int
    shown: int
    total: int

    def thumb(self) -> tuple[int, int]:
        """First row and number of rows of the thumb; (0, 0) when everything is visible."""
        if self.total <= self.shown or self.shown <= 0:
            return 0, 0
        size = max(1, self.shown * self.shown // self.total)
        room = self.shown - size
        last_top = self.total - self.shown
        return (min(room, (self.top * room + last_top // 2) // last_top), size)


NAMED = 12
"""Cells that a title keeps for a name, however long the state is."""


def title_line(left: str, right: str, cells: int, focused: bool, *, state: bool = False) -> Line:
    """The title of a pane; `left` wins where both do not fit, but `right` where it is a `state`."""
    style = "title.focus" if focused else "title"
    if state:
        left = fit(left, min(width(left), max(cells - width(right) - 4, NAMED)))
    left = cut(f" {left} ", cells)
    room = cells - width(left)
    right = cut(right, room - 1) + " " if right and room > 3 else ""
    return [(left, style), (fit("", room - width(right)) + right, style if focused else f"{style} muted")]


def bar(row: int, scroll: Scroll) -> tuple[str, str]:
    """One cell of the scroll bar."""
    first, size = scroll.thumb()
    if size == 0:
        return (" ", "text")
    return ("┃", "border.focus") if first <= row < first + size else ("│", "border")
