"""What the command line tells the terminal besides: a title, a bell or a notice at an operation's end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.cli.output import moves
from tui.model.notice import ending, is_wanted
from tui.model.operation import Ended, Logged, Started
from tui.presentation.announcing import (
    BELL,
    POP,
    PUSH,
    doing_words,
    means_of,
    notice,
    progress,
    title,
)
from tui.presentation.operation_words import ended_words
from tui.store.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.cli.rendering import Rendering
    from tui.model.operation import Event
    from tui.settings.schema import Settings

OUT, ERR = 1, 2


class Announced:
    """A rendering on a terminal, which is told by its title too how far an operation has come.

    fd   where the terminal is: standard error, unless that goes elsewhere
    """

    def __init__(
        self, inner: Rendering, settings: Settings, fd: int, environ: Mapping[str, str] = os.environ
    ) -> None:
        self._inner = inner
        self._settings = settings
        self._fd = fd
        self._means = means_of(environ)
        self._operation: Operation | None = None
        self._shown = ""

    def write(self, content: bytes, fd: int) -> None:
        self._inner.write(content, fd)

    def tell(self, event: Event) -> None:
        self._inner.tell(event)
        if isinstance(event, Started):
            self._operation = Operation(event)
        elif self._operation is not None and not isinstance(event, Logged):  # output is shown, and kept, once
            self._operation.feed((event,))
        if self._operation is None:
            return
        if isinstance(event, Ended):
            self._end(event, self._operation)
        else:
            self._title(self._operation)

    def stopping(self, sentence: str) -> None:
        self._inner.stopping(sentence)

    def close(self) -> None:
        self._leave()
        self._inner.close()

    def _title(self, operation: Operation) -> None:
        if not (self._settings.title and self._means.titles):
            return
        running = (operation,)
        shown = title(doing_words(running)) + progress(running, self._means)
        if shown != self._shown:
            self._put(shown if self._shown else PUSH + shown)
            self._shown = shown

    def _leave(self) -> None:
        if self._shown:
            self._shown = ""
            self._put(progress((), self._means) + POP)

    def _end(self, ended: Ended, operation: Operation) -> None:
        self._leave()
        wanted = self._settings.notify
        state = ending(ok=ended.ok, error=ended.error)
        if not is_wanted(state, ended.seconds, after=wanted.after, on=wanted.on):
            return
        if wanted.bell:
            self._put(BELL)
        self._put(notice(ended_words(operation), self._means, wanted.terminal))

    def _put(self, sequence: str) -> None:
        if sequence:
            self._inner.write(sequence.encode("utf-8", "replace"), self._fd)


def announced(inner: Rendering, settings: Settings, *, plain_out: bool) -> Rendering:
    """The rendering, on a terminal with what that shows around it.

    plain_out   whether standard output is for results alone: nothing else may stand there
    """
    for fd in (ERR, *(() if plain_out else (OUT,))):
        if moves(fd):
            return Announced(inner, settings, fd)
    return inner
