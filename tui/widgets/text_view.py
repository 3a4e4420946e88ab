"""A text to read: scrolled, wrapped, searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.presentation.frame import Scroll
from tui.presentation.lines import clip, folded, plain, restyled
from tui.widgets.framed import Framed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.presentation.style import Line

INDENT = 4
"""Cells before the continuation of a wrapped line."""

MARGIN = 1
"""Cells before every line."""


class TextView(Framed):
    """Shows lines of spans; long ones are wrapped."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: Sequence[Line] = ()
        self._made: Callable[[int, int], Sequence[Line]] | None = None
        self._wrapped: list[Line] = []
        self._needle = ""
        self._found: list[int] = []
        self.top = 0

    def show(self, lines: Sequence[Line]) -> None:
        """Show another text from its beginning."""
        self._made = None
        self._lines = lines
        self.top = 0
        self._wrap()

    def draw(self, lines: Callable[[int, int], Sequence[Line]]) -> None:
        """Show what is made for so many cells and rows, from its beginning."""
        self._made = lines
        self.top = 0
        self._wrap()

    def draw_again(self) -> None:
        """Have it made anew: it is something else now. What is shown of it stays where it is."""
        self._wrap()

    def _wrap(self) -> None:
        width = self.body_size.width - MARGIN
        if self._made is not None and width > 0:
            self._lines = self._made(width, self.body_size.height)
        self._wrapped = (
            [part for line in self._lines for part in folded(line, width, INDENT)] if width > 0 else []
        )
        self._search()
        self.scroll_rows(0)
        self.refresh_body()

    def _search(self) -> None:
        needle = self._needle.lower()
        self._found = [
            number for number, line in enumerate(self._wrapped) if needle and needle in plain(line).lower()
        ]

    def find(self, needle: str) -> int:
        """Highlight a text and go to its first place from here on; the number of lines that hold it."""
        self._needle = needle
        self._search()
        if self._found:
            self.scroll_to_line(next((n for n in self._found if n >= self.top), self._found[0]))
        self.refresh_body()
        return len(self._found)

    def find_next(self) -> None:
        """To the next line with a match, from the end back to the beginning."""
        if self._found:
            self.scroll_to_line(next((n for n in self._found if n > self.top), self._found[0]))

    def find_previous(self) -> None:
        """To the line with a match before this one."""
        if self._found:
            self.scroll_to_line(next((n for n in reversed(self._found) if n < self.top), self._found[-1]))

    def scroll_to_line(self, number: int) -> None:
        self.top = max(0, min(number, len(self._wrapped) - self.body_size.height))
        self.refresh_body()

    def scroll_rows(self, delta: int) -> None:
        """Scroll by some lines."""
        self.scroll_to_line(self.top + delta)

    def take(self, key: str) -> bool:
        """Scroll by a key that is for it; False for any other."""
        page = max(self.body_size.height - 1, 1)
        match key:
            case "j" | "down":
                self.scroll_rows(1)
            case "k" | "up":
                self.scroll_rows(-1)
            case "pagedown" | "space" | "ctrl+f":
                self.scroll_rows(page)
            case "pageup" | "ctrl+b":
                self.scroll_rows(-page)
            case "g" | "home":
                self.scroll_to_line(0)
            case "G" | "end":
                self.scroll_to_line(len(self._wrapped))
            case _:
                return False
        return True

    def scroll_position(self) -> Scroll:
        return Scroll(self.top, self.body_size.height, len(self._wrapped))

    def body_line(self, row: int, width: int) -> Line:
        number = self.top + row
        line = self._wrapped[number] if number < len(self._wrapped) else []
        if self._needle:
            text, needle = plain(line).lower(), self._needle.lower()
            at = text.find(needle)
            while at >= 0:
                line = restyled(line, at, at + len(needle), "match")
                at = text.find(needle, at + len(needle))
        return clip([(" " * MARGIN, "text"), *line], width, "text")

    def on_resize(self) -> None:
        self._wrap()
