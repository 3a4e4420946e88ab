"""What is shown of an operation while it runs in the foreground: live, as plain lines, as JSON, or little."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING, Protocol

from tui.cli.output import Sink, colours, line, moves
from tui.cli.plainness import is_plain
from tui.journal.format import encode
from tui.model.operation import (
    CACHED,
    DONE,
    FAILED,
    RUNNING,
    Ended,
    Logged,
    Progressed,
    Started,
    StepChanged,
    Warned,
)
from tui.model.operation_id import short_op
from tui.presentation import console
from tui.presentation.amounts import duration
from tui.presentation.fleet_table import fleet_table
from tui.presentation.operation_words import FINAL
from tui.presentation.text import safe
from tui.store.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.model.operation import Event
    from tui.presentation.style import Line

OUT, ERR = 1, 2

FRAME_SECONDS = 0.1
"""Time between two redraws of the live area."""

PROGRESS_SECONDS = 10.0
"""Time between two lines about how far a step has come, in a log."""

STOPPED = "stopped"
"""How a step ended that was stopped because the operation was cancelled."""


class Rendering(Protocol):
    """Shows one operation. Called on the event loop; never waits for whoever reads."""

    def tell(self, event: Event) -> None:
        """Show an event."""
        ...

    def stopping(self, sentence: str) -> None:
        """The operation was asked to stop; what is said about it."""
        ...

    def write(self, content: bytes, fd: int) -> None:
        """Write something else, in order with what is shown."""
        ...

    def close(self) -> None:
        """Nothing comes any more: write what is left. Blocks while the reader does."""
        ...


class JsonLines:
    """Every event as the line that the journal has of it."""

    def __init__(self) -> None:
        self._sink = Sink()
        self._left_out = 0

    def tell(self, event: Event) -> None:
        if self._sink.full and isinstance(event, Logged | Progressed):
            self._left_out += 1
            return
        if self._left_out:
            count, self._left_out = self._left_out, 0
            self._sink.write(
                encode(Warned(event.t, f"{count:,} events were left out: they were not read fast enough"))
            )
        self._sink.write(encode(event))

    def stopping(self, sentence: str) -> None:
        """The outcome says it."""

    def write(self, content: bytes, fd: int) -> None:
        self._sink.write(content, fd)

    def close(self) -> None:
        self._sink.close()


class _ForPeople:
    """What renderings for people share: the operation as known so far, the two outputs, the end."""

    def __init__(self, before: float | None) -> None:
        self._before = before
        self._sink = Sink()
        self._colours = {fd: colours(fd) for fd in (OUT, ERR)}
        self._operation: Operation | None = None
        self._cancelled = False

    def _feed(self, event: Event) -> Operation:
        if isinstance(event, Started) or self._operation is None:
            assert isinstance(event, Started), "an operation begins with its start"
            self._operation = Operation(event)
        else:
            self._operation.feed((event,))
        return self._operation

    def _put(self, lines: Iterable[Line], fd: int = OUT) -> None:
        shown = self._colours[fd]
        self._sink.write(b"".join([line(console.painted(one, colours=shown)) for one in lines]), fd)

    def _end(self, ended: Ended, operation: Operation, *, output: bool) -> None:
        """The result on standard output, or why it failed on standard error.

        output   whether the output of failed steps was not shown yet
        """
        table = [*fleet_table(ended.result.engines)]
        if ended.error is None:
            self._put(console.result_lines(operation, ended, self._before))
            self._put(table)
        elif ended.error.cancelled:
            serves, said = ended.error.serves, ended.error.message
            what = f"{serves} serves" if serves else "what was begun is undone"
            hint: list[Line] = []
            if ended.result.engines:  # some may have it and others not: that is what has to be known
                what = said.removeprefix("cancelled: ")
                hint += [[(safe(ended.error.hint), "strong")]] if ended.error.hint else []
            words = f"cancelled after {duration(ended.seconds)}; {what}"
            self._put([[(safe(words), "warn")], *table, *hint], ERR)
        else:
            if output:
                self._put(console.failed_output(operation, ended.error), ERR)
            self._put([*table, *console.failure_lines(ended.error)], ERR)
            self._put([[(f"all of it: holdfast history --show {short_op(operation.id)}", "muted")]], ERR)

    def write(self, content: bytes, fd: int) -> None:
        self._sink.write(content, fd)

    def close(self) -> None:
        self._sink.close()


class Quiet(_ForPeople):
    """Nothing but the result: the digest where there is one, else the image's ID."""

    def tell(self, event: Event) -> None:
        operation = self._feed(event)
        if not isinstance(event, Ended):
            return
        if event.error is None:
            made = event.result.digest or event.result.image
            self._sink.write(line(made) if made else b"")
        else:
            self._end(event, operation, output=True)

    def stopping(self, sentence: str) -> None:
        """The end says it."""


class PlainLines(_ForPeople):
    """A log that nobody watches: a line for each thing that happens, without escape sequences."""

    def __init__(self, before: float | None) -> None:
        super().__init__(before)
        self._read_out = is_plain()
        self._shown: dict[str, str] = {}
        self._progress: dict[str, float] = {}
        self._left_out = 0

    def tell(self, event: Event) -> None:
        operation = self._feed(event)
        match event:
            case Started():
                self._put([[(safe(event.title or f"{event.verb} {event.app}"), "strong")]])
            case StepChanged():
                self._changed(operation, event)
            case Logged():
                self._log(operation, event)
            case Progressed():
                self._progressed(operation, event)
            case Warned():
                self._put([console.warning_line(event.message)])
            case Ended():
                self._end(event, operation, output=False)

    def stopping(self, sentence: str) -> None:
        self._cancelled = True
        self._put([[(sentence, "warn")]], ERR)

    def _changed(self, operation: Operation, event: StepChanged) -> None:
        step = operation.steps[event.step]
        before = self._shown.get(step.id, "")
        if step.state not in (RUNNING, *FINAL) or _says_nothing_new(before, step.state):
            return
        if step.state == RUNNING and self._read_out:  # a line for each step, once it is known how it ended
            return
        self._shown[step.id] = step.state
        word = STOPPED if step.state == FAILED and self._cancelled else step.state
        took = f" ({duration(step.seconds)})" if step.seconds and step.state != CACHED else ""
        self._put([[(f"{console.title_of(step)}: {word}{took}", "text")]])

    def _log(self, operation: Operation, event: Logged) -> None:
        if self._sink.full:
            self._left_out += event.text.count("\n") + 1
            return
        if self._left_out:
            count, self._left_out = self._left_out, 0
            self._put([[(f"{count:,} lines not shown: they were not read fast enough", "muted")]])
        title = console.title_of(operation.steps[event.step])
        mark = ": " if self._read_out else " | "
        self._put(console.output_lines(title, event.stream, event.text, mark))

    def _progressed(self, operation: Operation, event: Progressed) -> None:
        since = self._progress.setdefault(event.step, event.t)
        if event.t - since < PROGRESS_SECONDS:
            return
        self._progress[event.step] = event.t
        step = operation.steps[event.step]
        said = f"{console.short(console.title_of(step))}: {console.progress_text(step, event.t)}"
        self._put([[(said, "text")]])


class Live(_ForPeople):
    """On a terminal: finished steps stand above, what runs now is redrawn in place beneath them."""

    def __init__(self, before: float | None, clock: Callable[[], float] = time.time) -> None:
        super().__init__(before)
        self._clock = clock
        self._above: list[Line] = []
        self._height = 0
        self._talking = ""
        self._stopping = ""
        self._printed: dict[str, str] = {}
        self._timer: asyncio.TimerHandle | None = None

    def tell(self, event: Event) -> None:
        operation = self._feed(event)
        match event:
            case Started():
                self._above.append([(safe(event.title or f"{event.verb} {event.app}"), "strong")])
                self._draw()
            case StepChanged():
                self._changed(operation, event)
            case Logged():
                self._talking = event.step
            case Warned():
                self._above.append(console.warning_line(event.message))
            case Ended():
                self._finish(event, operation)

    def stopping(self, sentence: str) -> None:
        self._cancelled = True
        self._stopping = "stopping"
        self._above.append([(sentence, "warn")])

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        super().close()

    def _changed(self, operation: Operation, event: StepChanged) -> None:
        step = operation.steps[event.step]
        if step.state in FINAL and not _says_nothing_new(self._printed.get(step.id, ""), step.state):
            self._printed[step.id] = step.state
            depth = 1 if step.parent in operation.steps else 0
            stopped = STOPPED if step.state == FAILED and self._cancelled else ""
            columns, _ = _size(OUT)
            ended = console.finished_line(step, depth, stopped)
            self._above.append(console.cut_line(ended, max(columns - 1, 1), ellipsis=True))

    def _draw(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(FRAME_SECONDS, self._draw)
        if self._operation is not None and not self._sink.waiting:
            columns, rows = _size(OUT)
            now = self._clock()
            area = console.live_area(
                self._operation,
                now,
                columns,
                rows,
                talking=self._talking,
                stopping=self._stopping,
            )
            self._frame(area)

    def _frame(self, area: list[Line]) -> None:
        """Everything that is new above, and the live area beneath; the cursor stays behind its last line."""
        shown = self._colours[OUT]
        above, self._above = self._above, []
        parts = ["\r" + (f"\x1b[{self._height - 1}A" if self._height > 1 else "")]
        parts += [f"{console.painted(one, colours=shown)}\x1b[K\n" for one in above]
        if area:  # no line breaks by itself: the terminal may have become narrower just now
            lines = [console.painted(one, colours=shown) for one in area]
            parts.append("\x1b[?7l" + "\x1b[K\n".join(lines) + "\x1b[K\x1b[?7h")
        parts.append("\x1b[J")
        self._height = len(area)
        self._sink.write("".join(parts).encode("utf-8", "replace"))

    def _finish(self, ended: Ended, operation: Operation) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._frame([])
        self._end(ended, operation, output=True)


def _says_nothing_new(before: str, state: str) -> bool:
    """Whether a step's new state need not be said: BuildKit says afterwards that what is done was cached."""
    return state in (before, CACHED if before == DONE else before)


def _size(fd: int) -> tuple[int, int]:
    """Columns and rows of a terminal, whatever its size is by now."""
    try:
        columns, rows = os.get_terminal_size(fd)
    except OSError:
        return 80, 24
    return columns or 80, rows or 24


def rendering(*, json: bool, quiet: bool, before: float | None) -> Rendering:
    """The rendering for where standard output goes."""
    if json:
        return JsonLines()
    if quiet:
        return Quiet(before)
    return Live(before) if moves(OUT) else PlainLines(before)
