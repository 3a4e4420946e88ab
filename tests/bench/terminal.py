"""A program in a pseudo-terminal, seen as its user sees it: the screen, and when each change of it came.

A thread of its own empties the terminal and stamps every chunk when it is read, so that interpreting the
chunks here neither holds up the program under test nor shifts a stamp. All times are `clock()` seconds.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import psutil
import ptyprocess  # type: ignore[import-untyped]

from tests.support.screen import Screen, answers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

clock = time.perf_counter

COLUMNS, LINES = 120, 40

sys.setswitchinterval(0.0005)  # the reading threads must not wait for the interpreting one


class Look(NamedTuple):
    """How a cell looks, as far as programs mark a selected row with it."""

    background: str
    reverse: bool
    bold: bool


class Terminal:
    """Starts `command`.

    started       the moment before it was started
    first_bytes   when its first bytes came
    received      the number of bytes that it has written
    ended         whether it has closed the terminal
    """

    def __init__(self, command: Sequence[str], env: Mapping[str, str], folder: str) -> None:
        self.received = 0
        self.first_bytes: float | None = None
        self.ended = False
        self._screen = Screen(COLUMNS, LINES)
        self._chunks: deque[tuple[float, bytes]] = deque()
        self._arrived = threading.Event()
        self.started = clock()
        self._last = self.started
        self._child = ptyprocess.PtyProcess.spawn(
            list(command), cwd=folder, env=dict(env), dimensions=(LINES, COLUMNS)
        )
        self._process = psutil.Process(self._child.pid)
        threading.Thread(target=self._read, daemon=True).start()

    # ---- bytes

    def _read(self) -> None:
        descriptor = self._child.fd
        while True:
            try:
                chunk = os.read(descriptor, 1 << 16)
            except OSError:  # how Linux reports the end of a pseudo-terminal
                chunk = b""
            now = clock()
            if not chunk:
                self.ended = True
                self._arrived.set()
                return
            self.received += len(chunk)
            self.first_bytes = self.first_bytes or now
            self._chunks.append((now, chunk))
            self._arrived.set()
            if b"\x1b" in chunk and (said := answers(chunk)):
                with contextlib.suppress(OSError):
                    os.write(descriptor, said)

    def press(self, keys: str) -> float:
        """Type `keys`: the moment before they are written."""
        now = clock()
        with contextlib.suppress(OSError):  # it has ended: nothing will answer
            os.write(self._child.fd, keys.encode())
        return now

    # ---- screen

    @property
    def stamp(self) -> float:
        """When the newest chunk came of those that the screen shows."""
        return self._last

    def _next(self) -> float | None:
        """Interpret one chunk: its stamp, or None when there is none."""
        if not self._chunks:
            return None
        self._last, chunk = self._chunks.popleft()
        self._screen.feed(chunk)
        return self._last

    def lines(self) -> list[str]:
        """The screen as text."""
        return self._screen.lines()

    def look(self, y: int, x: int) -> Look:
        cell = self._screen.cell(y, x)
        return Look(cell.bg, cell.reverse, cell.bold)

    def until(self, true: Callable[[], bool], seconds: float) -> float | None:
        """When the chunk came that made `true()` so; None when none did within `seconds`."""
        limit = clock() + seconds
        if true():
            return self._last
        while True:
            stamp = self._next()
            if stamp is not None:
                if stamp > limit:
                    return None
                if true():
                    return stamp
                continue
            left = limit - clock()
            if left <= 0 or self.ended:
                return None
            self._arrived.clear()
            if not self._chunks:
                self._arrived.wait(min(left, 0.25))

    def watch(self, seconds: float) -> None:
        """Let `seconds` pass, keeping the screen up to date."""
        self.until(lambda: False, seconds)

    # ---- what it costs

    def _family(self) -> list[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            return [self._process, *self._process.children(recursive=True)]
        return []

    def cpu_seconds(self) -> float:
        """Processor seconds so far of the program and all its children."""
        spent = 0.0
        for process in self._family():
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                spent += times.user + times.system + times.children_user + times.children_system
        return spent

    def memory(self) -> float:
        """Resident megabytes (2**20 bytes) of all its processes."""
        total = 0
        for process in self._family():
            with contextlib.suppress(psutil.Error):
                total += process.memory_info().rss
        return total / 2**20

    def end(self) -> None:
        """End the program and whatever it started."""
        family = self._family()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGTERM)
        _, alive = psutil.wait_procs(family[1:], timeout=0)
        limit = clock() + 2
        while not self.ended and clock() < limit:
            time.sleep(0.02)
        for process in [*family[:1], *alive]:
            with contextlib.suppress(psutil.Error):
                process.kill()
        self._child.close(force=True)
