"""An operation on the screen: steps with their output beneath, live; draws only the rows looked at."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING

from tui.model.operation import FAILED
from tui.presentation.frame import Scroll
from tui.presentation.log_lines import Look, match_at, text_width
from tui.presentation.operation_rows import OperationRows
from tui.presentation.operation_words import operation_state, operation_title
from tui.presentation.operations import over
from tui.presentation.outline import HEAD, Spot, lines
from tui.widgets.operation_search import matches
from tui.widgets.output_view import OutputView

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events

    from tui.commands.keymap import Keymap
    from tui.presentation.outline import Outline
    from tui.presentation.style import Line
    from tui.store.operation import Operation

TICK = 1.0
"""Seconds between two drawings of the seconds that count, while something runs and is seen."""

REACH = 1 << 16
"""Cells of a line within which one can scroll sideways."""

_ERROR = re.compile(r"(?ai)\b(?:error|fatal|fail(?:ed|ure)?|panic|exception|traceback|cannot)\b")


class OperationView(OutputView):
    """Shows one Operation. It follows the running step until one moves, and again from the end on."""

    def __init__(
        self, keymap: Keymap, *, clock: Callable[[], float] = time.time, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._keymap = keymap
        self.operation: Operation | None = None
        self.before: float | None = None
        self._clock = clock
        self._all = OperationRows(keymap)
        self._cursor = Spot()
        self._top = Spot()
        self._first = 0
        self._tick: asyncio.TimerHandle | None = None

    # What is shown

    def show(self, operation: Operation, before: float | None = None) -> None:
        """Show an operation; the same one again stays where it is.

        `before` is how many seconds the same took the last time it went well.
        """
        same = self.operation is not None and self.operation.id == operation.id
        self.leave()
        if not same:
            self.following, self._scrolled = True, 0
            self._all.unfold()
            self._cursor = self._top = Spot()
        self.operation, self.before, self._words = operation, before, ""
        self._unsubscribe = operation.subscribe(self.arrived)
        self.draw()

    def leave(self) -> None:
        super().leave()
        if self._tick is not None:
            self._tick.cancel()
        self._tick = self.operation = None
        self._all.leave()

    @property
    def _outline(self) -> Outline:
        return self._all.outline

    def _look(self) -> Look:
        return Look(self.body_size.width, left=self._scrolled, needle=self.needle)

    # Drawing

    def draw(self) -> None:
        if self._tick is not None:
            self._tick.cancel()
            self._tick = None
        if self.is_placed and self.operation is not None and self.operation.running:
            self._tick = asyncio.get_running_loop().call_later(TICK, self.draw)
        super().draw()

    def _count(self) -> None:
        """Bring the arithmetic of rows up to date."""
        if self.operation is not None:
            self._all.count(self.operation, self.body_size.width, self.before)

    def visible_rows(self) -> list[Line]:
        height, width = self.body_size.height, self.body_size.width
        if self.operation is None or not height or not width:
            return []
        self._count()
        outline = self._outline
        last_top = max(outline.total - height, 0)
        if self.following:
            goal = self._all.goal(self.operation)
            self._cursor = outline.at(goal)
            top = min(max(goal - height + 1 + min(2, height // 3), 0), last_top)
        else:
            top = min(outline.row_of(self._top), last_top)
        self._first = top
        self._top = outline.at(top)
        cursor = outline.row_of(self._cursor) if self.has_focus else -1
        now = self._clock()
        rows = [self._row(row, now) for row in range(top, min(top + height, outline.total))]
        if rows and top < outline.steps_end and (head := outline.head_above(top)) != top:
            rows[0] = over(self._row(head, now), "cursor.unfocused")  # whose output it is stays in sight
        if 0 <= cursor - top < len(rows):
            rows[cursor - top] = over(rows[cursor - top], "cursor")
        return rows

    def _row(self, row: int, now: float) -> Line:
        assert self.operation is not None
        current = self._cursor if self.needle else None
        return self._all.row(row, self._look(), now, current, alive=self.operation.running)

    def scroll_position(self) -> Scroll:
        return Scroll(self._first, self.body_size.height, self._outline.total if self.operation else 0)

    def describe(self) -> None:
        operation = self.operation
        if operation is not None:
            keymap, now = self._keymap, self._clock()
            state = operation_state(operation, now, keymap, following=self.following, words=self._words)
            self.set_title(operation_title(operation, keymap), state, state=True)

    def on_focus(self) -> None:
        self.draw()
        super().on_focus()

    def on_blur(self) -> None:
        self.draw()
        super().on_blur()

    # Moving

    def _go(self, row: int, *, follow: bool = False, centred: bool = False) -> None:
        """Put the cursor on a row and bring it onto the screen."""
        if self.operation is None:
            return
        self._count()
        outline, height = self._outline, max(self.body_size.height, 1)
        row = max(0, min(row, outline.total - 1))
        self.following = follow
        self._cursor = outline.at(row)
        # The first row may be covered by the title of the step whose output stands there.
        above = 1 if row < outline.steps_end and outline.head_above(row) != row and height > 1 else 0
        top = self._first
        if not top + above <= row < top + height:
            top = row - height // 2 if centred else row - above if row < top + above else row - height + 1
        self._top = outline.at(max(0, min(top, outline.total - height)))
        self.draw()

    def _moved(self, delta: int) -> None:
        if self.operation is None or not self._outline.total:
            return
        row = self._outline.row_of(self._cursor) + delta
        self._go(row, follow=delta > 0 and row >= self._outline.total - 1)

    def scroll_rows(self, delta: int) -> None:
        """Move what is seen by some rows, as a mouse wheel does; the cursor comes along at the edges."""
        if self.operation is None:
            return
        outline, height = self._outline, self.body_size.height
        last = max(outline.total - height, 0)
        top = max(0, min(self._first + delta, last))
        self.following = delta > 0 and top == last and self._first == last
        self._top = outline.at(top)
        cursor = outline.row_of(self._cursor)
        self._cursor = outline.at(max(top + 1 if top else top, min(cursor, top + height - 1)))
        self.draw()

    # What keys do

    def move(self, rows: int) -> None:
        """Go some rows down, or up."""
        self._moved(rows)

    def page(self, pages: int) -> None:
        """Go on by the rows of a screen."""
        self._moved(pages * max(self.body_size.height - 2, 1))

    def to_first(self) -> None:
        self._go(0)

    def to_last(self) -> None:
        self._go(self._outline.total - 1, follow=True)

    def follow_or_pause(self) -> None:
        self.following = not self.following
        self.draw()

    def sideways(self, delta: int) -> None:
        """Scroll by some cells to the right, or to the left."""
        shown = self._all.output_lines(self._first, self.body_size.height)
        look = self._look()

        def widest(limit: int) -> int:
            return max((text_width(line, look, limit) for line in shown), default=0)

        self.scroll_sideways(delta, widest, REACH)

    def fold_step(self) -> None:
        """Show or hide the output of the step at the cursor; from a line of output, hide it."""
        if self.operation is None or not self._cursor.step:
            return
        step = self.operation.steps[self._cursor.step]
        if not lines(step):
            self.notify("this step has written nothing", markup=False, timeout=3)
            return
        self._all.fold(step.id, opened=not self._all.is_open(step))
        self._count()
        self._go(self._outline.row_of(Spot(step.id)))

    def to_error(self) -> None:
        """To the first line of the first failed step that speaks of an error, else to its last one."""
        operation = self.operation
        failed = [step for step, _ in self._outline.entries if step.state == FAILED] if operation else []
        if not failed:
            self.notify("no step has failed", markup=False, timeout=3)
            return
        step = next((step for step in failed if lines(step)), failed[-1])
        self._all.fold(step.id, opened=True)
        self._count()
        line = HEAD
        if step.output is not None and lines(step):
            found = (number for number in step.output.search(_ERROR, step.output.first) if number is not None)
            line = next(found, step.output.end - 1)
        self._go(self._outline.row_of(Spot(step.id, line)), centred=True)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.y > 0 and self._first + event.y - 1 < self._outline.total:
            self._go(self._first + event.y - 1)

    def on_click(self, event: events.Click) -> None:
        if event.chain == 2 and event.y > 0:
            self.fold_step()

    # Searching

    def find(self, needle: str) -> None:
        """Highlight a text, and go to its next place in titles and output."""
        self.needle = needle
        self.draw()
        self._seek(backwards=False, here=True)

    def clear_search(self) -> bool:
        """Take the highlights away: whether there were any."""
        if not self.needle:
            return False
        self.needle = ""
        self.draw()
        return True

    def find_next(self) -> None:
        self._seek(backwards=False)

    def find_previous(self) -> None:
        self._seek(backwards=True)

    def _seek(self, *, backwards: bool, here: bool = False) -> None:
        wanted = self.operation is not None and self.needle
        self.search(self._sought(backwards, here) if wanted else None)

    async def _sought(self, backwards: bool, here: bool) -> None:
        """Search, and go where it is found; folded output is opened there."""
        steps = [entry.step for entry in self._outline.entries]
        async for spot in matches(steps, self.needle, self._cursor, backwards=backwards, here=here):
            if spot.line != HEAD:
                self._all.fold(spot.step, opened=True)
                self._reveal(spot)
            self._count()
            self._go(self._outline.row_of(spot), centred=True)
            return
        self.say_not_found()

    def _reveal(self, spot: Spot) -> None:
        """Bring the place of the needle in a line between the left and the right edge."""
        assert self.operation is not None
        output = self.operation.steps[spot.step].output
        if output is None or spot.line < output.first:
            return
        at, cells = match_at(output[spot.line], self._look()), max(self.body_size.width * 2 // 3, 1)
        self.bring_into_sight(at, cells)

    def end_texts(self) -> list[str]:
        """How it ended, in words."""
        return self._all.end_texts()
