"""Writing to a terminal in a thread of its own, so that nobody waits for one that is slow or stands still."""

from __future__ import annotations

import os
import queue
import select
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 1 << 18
"""Characters that may wait to be written before no further frame is taken."""

PATIENCE = 2.0
"""Seconds that the end waits for a terminal."""


class Writer:
    """Writes what it is given, in order, and as much at once as has come together.

    drained  is told when nothing is left after a frame was refused, in the thread
    gone     is told when the terminal takes nothing any more and never will, in the thread
    pair     what begins and what ends something, each as a text of its own: how often it is begun is counted
    """

    def __init__(
        self,
        fd: int,
        drained: Callable[[], object],
        gone: Callable[[], object],
        pair: tuple[bytes, bytes] = (b"", b""),
    ) -> None:
        self._fd = fd
        self._drained = drained
        self._gone = gone
        self._begin, self._end = pair
        self._begun = 0
        self._texts: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._given = 0
        self._taken = 0
        self._refused = False
        self._silent = False
        self._writing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="terminal output", daemon=True)
        self._thread.start()

    def takes_frames(self) -> bool:
        """False where so much waits that a frame would only come late: draw everything when drained.

        None is taken until then: it would be the change of a picture that the terminal never had.
        """
        if self._refused:
            return False
        self._refused = True  # before looking: the thread looks the other way round
        if self._given - self._taken > MOST:
            return False
        self._refused = False
        return True

    def write(self, text: str) -> None:
        """Have it written; it waits for nothing, and can be called anywhere, by a signal's handler too."""
        self._given += len(text)
        self._texts.put(text)

    def finish(self) -> bool:
        """Write what is left, and end; whether the terminal took it all in time."""
        self._texts.put(None)
        self._thread.join(PATIENCE)
        return not self._thread.is_alive() and not self._silent

    def silence(self) -> int:
        """Write nothing more. What is being written is waited for a moment.

        How often was begun what has not been ended.
        """
        self._silent = True
        if self._writing.acquire(timeout=PATIENCE):
            self._writing.release()
        return self._begun

    def _run(self) -> None:
        while (text := self._texts.get()) is not None:
            texts = [text]
            last = False
            while not self._texts.empty():
                if (more := self._texts.get()) is None:
                    last = True
                    break
                texts.append(more)
            joined = "".join(texts)
            self._write(joined.encode("utf-8", "replace"))
            self._taken += len(joined)
            if last:
                return
            if self._refused and self._texts.empty():
                self._refused = False
                self._drained()

    def _write(self, text: bytes) -> None:
        left = memoryview(text)
        with self._writing:
            while left and not self._silent:
                try:
                    left = left[os.write(self._fd, left) :]
                except BlockingIOError:  # somebody made it so, for all who have it
                    select.select([], [self._fd], [], PATIENCE)
                except OSError:
                    self._silent = True
                    self._gone()
            if self._begin:
                taken = text[: len(text) - len(left)]
                self._begun += taken.count(self._begin) - taken.count(self._end)
