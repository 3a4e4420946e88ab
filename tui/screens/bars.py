"""Header, tabs and footer of the main screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.presentation.header import (
    footer_commands,
    footer_fits,
    footer_keys,
    footer_line,
    header_line,
    tabs_line,
)
from tui.presentation.operation_words import busy_words
from tui.presentation.text import width
from tui.presentation.titles import tabs
from tui.widgets.bars import Bar

if TYPE_CHECKING:
    from tui.presentation.style import Line
    from tui.screens.main import MainScreen


class Bars:
    """Draws the bars anew from what the screen knows, and does what a click on them stands for."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self.header = Bar(self._draw_header, id="header")
        self.tabs = Bar(self._draw_tabs, id="tabs", pressed=self._press_tab)
        self.footer = Bar(self._draw_footer, id="footer", pressed=self._press_footer)

    def _draw_header(self, width: int) -> Line:
        screen = self._screen
        running = [operation for operation in screen.store.operations.values() if operation.running]
        return header_line(
            width,
            screen.store.link,
            screen.clock(),
            demo=screen.demo,
            read_only=screen.read_only,
            busy=screen.busy or busy_words(running),
        )

    def _draw_tabs(self, width: int) -> Line:
        return tabs_line(width, tabs(self._screen.keymap), self._screen.focus_on)

    def _draw_footer(self, width: int) -> Line:
        return footer_line(width, footer_keys(self._screen.keymap, self._screen.situation()))

    def _press_footer(self, x: int) -> None:
        screen = self._screen
        situation = screen.situation()
        keys = footer_keys(screen.keymap, situation)
        shown = footer_fits(self.footer.size.width, keys)
        end = 0
        commands = footer_commands(screen.keymap, situation)[:shown]
        for command, (key, word, _) in zip(commands, keys, strict=False):
            end += width(key) + width(word) + 3
            if x < end:
                screen.perform(command)
                return

    def _press_tab(self, x: int) -> None:
        end = 0
        for pane, words in tabs(self._screen.keymap):
            end += len(words) + 3
            if x < end:
                self._screen.go(pane)
                return
