"""What a running operation tells: its steps, output and progress, as events for the journal."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui.journal.writer import JournalFailed
from tui.model.operation import (
    DONE,
    FAILED,
    RUNNING,
    Logged,
    Paused,
    Progressed,
    StepChanged,
    Warned,
)
from tui.model.secrets import mask_sentence, mask_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from tui.model.operation import Event

GATHER = 0.04
"""Seconds for which output of one step is gathered into one event in a flood; the first comes at once."""

GATHERED_BYTES = 64 * 1024

PROGRESS_SECONDS = 0.1
"""Time between two events about how far a step has come."""


class Ending:
    """How a step ends, where nothing is raised."""

    __slots__ = ("state",)

    def __init__(self) -> None:
        self.state = DONE


class Report:
    """Turns what happens into events, in order. Call it on the event loop.

    What was given to `hide` never gets through, nor do credentials in URLs and the like.
    """

    def __init__(self, write: Callable[[Event], None], clock: Callable[[], float] = time.time) -> None:
        self._into = write
        self._outer: Report | None = None
        self._settled = self._silent = False
        self._settles_all = True
        self._clock = clock
        self._hidden: list[str] = []
        self._lines: list[str] = []
        self._size = 0
        self._from = ("", 0)
        self._timer: asyncio.TimerHandle | None = None
        self._logged_at = 0.0
        self._progress: dict[str, tuple[float, Progressed | None]] = {}

    def settle(self) -> None:
        """What was to be done is done, and on record elsewhere: a journal that fails now changes nothing.

        It is told once, to whoever looks on.
        """
        self._settled = True
        if self._outer is not None and self._settles_all:
            self._outer.settle()

    def _write(self, event: Event) -> None:
        try:
            self._into(event)
        except JournalFailed as error:
            if not self._settled:
                raise
            if not self._silent:
                self._silent = True
                self.warn(f"{error.message}: what is done is not all in it")

    def hide(self, values: Iterable[str]) -> None:
        """Never let these texts through, nor a line of them: output comes line by line.

        Such as are shorter than 4 characters hide nothing worth it.
        """
        lines = {part.strip() for value in values for part in (value, *value.splitlines())}
        known = {*self._hidden, *(value for value in lines if len(value) >= 4)}
        self._hidden[:] = sorted(known, key=len, reverse=True)  # the list is one for all parts

    def clean(self, text: str) -> str:
        """A text from outside without secrets."""
        return mask_text(self._without_hidden(text))

    def clean_sentence(self, text: str) -> str:
        """A sentence of ours without secrets: the words about a secret stay."""
        return mask_sentence(self._without_hidden(text))

    def _without_hidden(self, text: str) -> str:
        for value in self._hidden:
            text = text.replace(value, "***")
        return text

    @asynccontextmanager
    async def step(self, id: str) -> AsyncIterator[Ending]:
        """A planned step: it runs, and is done, or has failed where the block raises.

        The block may say that it ends otherwise than done: CACHED where nothing was left to do.
        """
        began, ending = self._clock(), Ending()
        self.state(id, RUNNING)
        try:
            yield ending
        except BaseException:
            self.state(id, FAILED, seconds=self._clock() - began)
            raise
        self.state(id, ending.state, seconds=self._clock() - began)

    def state(
        self,
        id: str,
        state: str,
        *,
        title: str = "",
        parent: str = "",
        seconds: float | None = None,
        started: float | None = None,
    ) -> None:
        """A step has another state; one that was not planned is announced by its title and its parent."""
        self._let_go(id)
        self.flush()
        self._write(
            StepChanged(
                t=self._clock(),
                step=id,
                state=state,
                seconds=seconds,
                title=self.clean(title),
                parent=parent,
                started=started,
            )
        )

    def log(self, step: str, text: str, stream: int = 1) -> None:
        """Output: one or more whole lines, the last newline left out or not."""
        if (step, stream) != self._from:
            self.flush()
            self._from = step, stream
        text = text.removesuffix("\n")
        self._lines.append(text)
        self._size += len(text)
        now = time.monotonic()
        if self._size >= GATHERED_BYTES or now - self._logged_at >= GATHER:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER, self.flush)

    def flush(self) -> None:
        """Write the output that was gathered."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._lines:
            text, self._lines, self._size = "\n".join(self._lines), [], 0
            self._logged_at = time.monotonic()
            self._write(Logged(self._clock(), *self._from, self.clean(text)))

    def progress(self, step: str, current: int, total: int, unit: str = "bytes") -> None:
        """How far a step has come; told a few times a second, and when the step changes its state."""
        now = self._clock()
        event = Progressed(t=now, step=step, current=current, total=total, unit=unit)
        told, _ = self._progress.get(step, (0.0, None))
        if now - told >= PROGRESS_SECONDS:
            self._write(event)
            self._progress[step] = now, None
        else:
            self._progress[step] = told, event

    def _let_go(self, step: str) -> None:
        _, waiting = self._progress.pop(step, (0.0, None))
        if waiting is not None:
            self._write(waiting)

    def warn(self, message: str) -> None:
        """Something to know that stops nothing."""
        self.flush()
        self._write(Warned(self._clock(), self.clean_sentence(message)))

    def pause(self, *, paused: bool) -> None:
        """It is paused from now on, or goes on."""
        self.flush()
        self._write(Paused(self._clock(), paused))

    def within(self, step: str, label: str = "") -> Report:
        """A report for a part of the operation: its steps stand beneath `step`; what is hidden stays so.

        label   stands before every title and warning, where several parts go on at the same time: then what
                one of them has done says nothing of the others
        """
        before = f"{label}: " if label else ""

        def tell(event: Event) -> None:
            match event:
                case StepChanged():
                    parent = f"{step}/{event.parent}" if event.parent else step
                    title = f"{before}{event.title}" if event.title else ""
                    self._write(event._replace(step=f"{step}/{event.step}", parent=parent, title=title))
                case Logged() | Progressed():
                    self._write(event._replace(step=f"{step}/{event.step}"))
                case Warned():
                    self._write(event._replace(message=f"{before}{event.message}"))
                case _:
                    self._write(event)

        inner = Report(tell, self._clock)
        inner._hidden = self._hidden
        inner._outer = self
        inner._settles_all = not label
        return inner

    def close(self) -> None:
        """Write what is still held back."""
        for step in tuple(self._progress):
            self._let_go(step)
        self.flush()
