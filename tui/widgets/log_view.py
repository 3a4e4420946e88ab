"""A log on the screen: follows, scrolls back, wraps, searches; draws only the lines that are looked at."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.presentation.frame import Scroll
from tui.presentation.highlights import Highlights
from tui.presentation.log_lines import (
    Look,
    RowPlace,
    dropped_row,
    last_top,
    log_rows,
    log_state,
    log_title,
    match_at,
    moved,
    places_from,
    plain_text,
    source_names,
    text_width,
)
from tui.presentation.text import safe, width
from tui.store.filtered import Filtered
from tui.widgets.output_view import OutputView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.highlight import Highlight
    from tui.model.line_match import LineMatch
    from tui.presentation.style import Line
    from tui.store.output import Output

FRAME_CELLS = 4
"""Cells of a title line that hold neither of its ends."""

REACH = 1 << 20
"""Cells of a line within which one can scroll sideways."""


class LogView(OutputView):
    """Shows one Output. It follows until one scrolls back; at the end it follows again.

    source   what it shows, None for nothing
    output   the same, or those of its lines that are wanted
    between  of which time it is, "" for no certain one
    until    when that ends, seconds since the epoch; None where it does not
    """

    def __init__(self, head: str, *, wrap: bool = False, times: bool = False, id: str | None = None) -> None:
        """`head`: what its title begins with."""
        super().__init__(id=id)
        self.head = head
        self.source: Output | None = None
        self.output: Output | None = None
        self.subject = ""
        self.between = ""
        self.until: float | None = None
        self._filtered: Filtered | None = None
        self._placing: asyncio.Task[None] | None = None
        self._fields = False
        self._marks = Highlights()
        self._wrap = wrap
        self._times = times
        self._top = RowPlace(0)
        self._current: int | None = None
        self._paused_at = 0
        self._made: dict[int, list[Line]] = {}
        self._made_for: tuple[Look, int | None] | None = None

    def on_mount(self) -> None:
        self.describe()

    # What is shown

    def show(self, name: str, output: Output, between: str = "", until: float | None = None) -> None:
        """Show another output, from its end."""
        self.leave()
        self.source = self.output = output
        self.subject, self.between, self.until, self._words = name, between, until, ""
        self.following, self._scrolled, self._current = True, 0, None
        self._unsubscribe = output.subscribe(self.arrived)
        self.draw()

    def leave(self) -> None:
        super().leave()
        self._end_filter()
        self.source = self.output = None
        self._made_for = None

    def _look(self) -> Look:
        cells = self.body_size.width
        return Look(
            cells=cells,
            wrap=self._wrap,
            times=self._times,
            left=self._scrolled,
            needle=self.needle,
            fields=self._fields,
            names=source_names(self.output.names, cells) if self.output is not None else (),
            marks=self._marks,
        )

    @staticmethod
    def _start(output: Output) -> int:
        """The first line; before the oldest that is kept stands a note when others have left."""
        return output.first - 1 if output.dropped else output.first

    def _rows_of(self, number: int) -> int:
        return len(self._rows_at(number)) if self._wrap else 1

    def _rows_at(self, number: int) -> list[Line]:
        """The rows of a line; those on the screen are kept, because a long line takes long to wrap."""
        assert self.output is not None
        if number < self.output.first:
            return [dropped_row(self.output.dropped, self.body_size.width)]
        made_for = self._look(), self._current
        if made_for != self._made_for:
            self._made, self._made_for = {}, made_for
        if number not in self._made:
            self._made[number] = log_rows(self.output[number], made_for[0], number == self._current)
        return self._made[number]

    # Drawing

    def visible_rows(self) -> list[Line]:
        output, height, width = self.output, self.body_size.height, self.body_size.width
        if output is None or not height or not width:
            return []
        first, end = self._start(output), output.end
        if self.following:
            self._top = last_top(height, self._rows_of, first, end)
        elif self._top.line < first:
            self._top = RowPlace(first)
        places = places_from(self._top, height, self._rows_of, end)
        rows = [self._rows_at(place.line)[place.row] for place in places]
        shown = {place.line for place in places}
        self._made = {number: made for number, made in self._made.items() if number in shown}
        return rows

    def scroll_position(self) -> Scroll:
        if self.output is None:
            return Scroll(0, 0, 0)
        first = self._start(self.output)
        return Scroll(self._top.line - first, self.body_size.height, self.output.end - first)

    def describe(self) -> None:
        if self.output is None:
            self.set_title(self.head, self._words)
            return
        below = 0 if self.following else self.output.end - self._paused_at
        found = self._filtered
        wanted, of = (found.match.text, found.looked_at) if found is not None else ("", 0)
        ended = self.until is not None and time.time() >= self.until
        state = log_state(self._words, self.following, below, ended=ended)
        cells = self.size.width - width(state) - FRAME_CELLS
        title = log_title(self.head, self.subject, self.output.end, self.between, wanted, of, cells)
        self.set_title(title, state, state=True)

    # Moving

    def scroll_rows(self, delta: int) -> None:
        """Move by some rows; up pauses following, the end takes it up again."""
        output = self.output
        if output is None or not len(output):
            return
        first = self._start(output)
        end = last_top(self.body_size.height, self._rows_of, first, output.end)
        target = moved(self._top, delta, self._rows_of, first, output.end)
        self._go(min(target, end), follow=target >= end)

    def _go(self, place: RowPlace, *, follow: bool) -> None:
        if self.following and not follow and self.output is not None:
            self._paused_at = self.output.end
        self.following = follow
        self._top = place
        self.draw()

    # What keys do

    def move(self, rows: int) -> None:
        """Go some rows down, or up."""
        self.scroll_rows(rows)

    def page(self, pages: int) -> None:
        """Go on by the rows of a screen."""
        self.scroll_rows(pages * max(self.body_size.height - 1, 1))

    def to_first(self) -> None:
        if self.output is not None:
            self._go(RowPlace(self._start(self.output)), follow=False)

    def to_last(self) -> None:
        self._go(self._top, follow=True)

    def follow_or_pause(self) -> None:
        self._go(self._top, follow=not self.following)

    def wrap_or_cut(self) -> None:
        self._wrap = not self._wrap
        self._scrolled = 0
        self._top = RowPlace(self._top.line)
        self.draw()

    def configure(self, *, wrap: bool, times: bool) -> None:
        """Wrap long lines and show timestamps, or not."""
        if wrap is not self._wrap:
            self.wrap_or_cut()
        if times is not self._times:
            self.show_or_hide_times()

    def show_or_hide_times(self) -> None:
        self._times = not self._times
        self.draw()

    def fields_or_lines(self) -> None:
        """Show JSON lines and the like as fields, or as they came."""
        self._fields = not self._fields
        self._scrolled = 0
        self._top = RowPlace(self._top.line)
        self.draw()

    def highlight(self, rules: Sequence[Highlight]) -> None:
        """Highlight by other rules."""
        self._marks = Highlights(rules)
        self.draw()

    def draw(self) -> None:
        super().draw()
        for rule in self._marks.slow:
            self.notify(f"the highlight {safe(rule)} takes too long: it is left out", markup=False, timeout=8)
        self._marks.slow.clear()

    def sideways(self, delta: int) -> None:
        """Scroll by some cells to the right, or to the left."""
        output = self.output
        if self._wrap or output is None:
            return
        look = self._look()
        last = min(self._top.line + self.body_size.height, output.end)
        lines = range(max(self._top.line, output.first), last)

        def widest(limit: int) -> int:
            return max((text_width(output[number], look, limit) for number in lines), default=0)

        self.scroll_sideways(delta, widest, REACH)

    # Filtering

    @property
    def filter_text(self) -> str:
        """What lines are wanted, "" for all of them."""
        return self._filtered.match.text if self._filtered is not None else ""

    def set_filter(self, match: LineMatch | None) -> None:
        """Show the lines alone that match, None for all; where one has scrolled back, one stays there."""
        if self.source is None or self.filter_text == (match.text if match is not None else ""):
            return
        following, at = self.following, self._source_number(self._top.line)
        self._end_filter()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._made_for, self._current, self._scrolled = None, None, 0
        self.output, self.following = self.source, True
        if match is None:
            self._unsubscribe = self.source.subscribe(self.arrived)
            self._go(RowPlace(max(at, self.source.first)), follow=following)
            return
        self._filtered = found = Filtered(self.source, match, self._looked)
        self.output = found.lines
        if not following:
            self._placing = asyncio.create_task(self._place(found, at))
        self.draw()

    def clear_filter(self) -> bool:
        """Show all lines again: whether some were hidden."""
        filtered = self._filtered is not None
        self.set_filter(None)
        return filtered

    def _source_number(self, line: int) -> int:
        """The number in the source of a line that is shown."""
        found = self._filtered
        if found is None or not len(found.lines):
            return line if found is None else found.source.first
        return found.number_of(min(max(line, found.lines.first), found.lines.end - 1))

    async def _place(self, found: Filtered, number: int) -> None:
        """Go to where one was, once that has been looked at."""
        await found.caught_up()
        self._go(RowPlace(found.nearest(number)), follow=False)

    def _looked(self) -> None:
        found = self._filtered
        if found is not None and found.slow is not None:
            self.notify(str(found.slow), severity="warning", markup=False, timeout=8)
            self.set_filter(None)
        else:
            self.arrived()

    def _end_filter(self) -> None:
        if self._placing is not None:
            self._placing.cancel()
        if self._filtered is not None:
            self._filtered.close()
        self._filtered = self._placing = None

    # Copying

    def copied(self) -> list[str]:
        """The line that the search stands on, else those on the screen, as they are read."""
        output = self.output
        if output is None:
            return []
        numbers = {
            place.line for place in places_from(self._top, self.body_size.height, self._rows_of, output.end)
        }
        if self._current in numbers:
            numbers = {self._current}
        return [
            plain_text(output[number], output.names) for number in sorted(numbers) if number >= output.first
        ]

    # Searching

    def find(self, needle: str) -> None:
        """Highlight a text, and go to the newest line on or before the screen that holds it."""
        self.needle = needle
        self._current = None
        bottom = self._top.line + self.body_size.height - 1
        self._seek(bottom, backwards=True)

    def clear_search(self) -> bool:
        """Take the highlights away: whether there were any."""
        if not self.needle:
            return False
        self.find("")
        self.draw()
        return True

    def find_next(self) -> None:
        self._seek((self._current if self._current is not None else self._top.line - 1) + 1, backwards=False)

    def find_previous(self) -> None:
        current = self._current if self._current is not None else self._top.line
        self._seek(current - 1, backwards=True)

    def _seek(self, start: int, *, backwards: bool) -> None:
        output = self.output
        self.search(self._sought(output, start, backwards) if output is not None and self.needle else None)

    async def _sought(self, output: Output, start: int, backwards: bool) -> None:
        """Search a block at a time, with the loop free between two."""
        needle = self.needle.encode("utf-8", "surrogateescape")
        around = output.end - 1 if backwards else output.first
        for turn, begin in enumerate((start, around)):
            for number in output.search(needle, begin, backwards=backwards):
                if number is None:
                    await asyncio.sleep(0)
                    continue
                self._current = number
                self._reveal(output, number)
                if turn:
                    end = "end" if backwards else "beginning"
                    self.notify(f"no more of it: searched on from the {end}", markup=False, timeout=3)
                return
        self.draw()
        self.say_not_found()

    def _reveal(self, output: Output, number: int) -> None:
        """Bring the place of the needle in a line onto the screen."""
        look = self._look()
        height, cells = self.body_size.height, look.text_cells
        at = match_at(output[number], look)
        place = RowPlace(number)
        if self._wrap:
            place = RowPlace(number, min(at // cells, self._rows_of(number) - 1))
        else:
            self.bring_into_sight(at, cells)
        if self._wrap or not self._top.line <= number < self._top.line + height:
            self._top = moved(place, -(height // 2), self._rows_of, self._start(output), output.end)
        self._go(self._top, follow=False)
