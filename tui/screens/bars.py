"""Header, tabs and footer of the main screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
    from collections.abc import Callable

    from tui.commands.command import Command, Situation
    from tui.commands.keymap import Keymap
    from tui.presentation.style import Line
    from tui.store.operation import Operation
    from tui.store.store import Link


class BarState(NamedTuple):
    """What header and tabs say.

    running    the operations that run
    busy       what is under way besides, "" for nothing
    focus_on   the focused pane
    called     the engine by its name, "" where it has none
    colour     the engine's, "" for none
    is_open    whether others can read and write what is said to the engine
    unread     whether the configuration could not be read when it was read last
    """

    link: Link
    now: float
    running: tuple[Operation, ...]
    busy: str
    focus_on: str
    demo: bool = False
    read_only: bool = False
    called: str = ""
    colour: str = ""
    is_open: bool = False
    unread: bool = False


class Bars:
    """Draws the bars from what is so now, and does what a click on them stands for.

    `situation` says what the keys in the footer can be used for.
    """

    def __init__(
        self,
        keymap: Keymap,
        now: Callable[[], BarState],
        situation: Callable[[], Situation],
        perform: Callable[[Command], None],
        go: Callable[[str], None],
    ) -> None:
        self._keymap = keymap
        self._now = now
        self._situation = situation
        self._perform = perform
        self._go = go
        self.header = Bar(self.draw_header, id="header")
        self.tabs = Bar(self._draw_tabs, id="tabs", pressed=self._press_tab)
        self.footer = Bar(self._draw_footer, id="footer", pressed=self._press_footer)

    def update(self) -> None:
        """Draw all of them again."""
        for bar in (self.header, self.tabs, self.footer):
            bar.update()

    def draw_header(self, width: int) -> Line:
        """The first line, in so many cells."""
        state = self._now()
        return header_line(
            width,
            state.link,
            state.now,
            called=state.called,
            colour=state.colour,
            demo=state.demo,
            read_only=state.read_only,
            is_open=state.is_open,
            unread=state.unread,
            busy=state.busy or busy_words(state.running),
        )

    def _draw_tabs(self, width: int) -> Line:
        return tabs_line(width, tabs(self._keymap), self._now().focus_on)

    def _draw_footer(self, width: int) -> Line:
        return footer_line(width, footer_keys(self._keymap, self._situation()))

    def _press_footer(self, x: int) -> None:
        situation = self._situation()
        keys = footer_keys(self._keymap, situation)
        shown = footer_fits(self.footer.size.width, keys)
        end = 0
        commands = footer_commands(self._keymap, situation)[:shown]
        for command, (key, word) in zip(commands, keys, strict=False):
            end += width(key) + width(word) + 3
            if x < end:
                self._perform(command)
                return

    def _press_tab(self, x: int) -> None:
        end = 0
        for pane, words in tabs(self._keymap):
            end += len(words) + 3
            if x < end:
                self._go(pane)
                return
