"""What containers wrote: messages as the json-file driver keeps them, and floods made on demand."""

from __future__ import annotations

import time
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from tui.demo.objects import SECOND
from tui.demo.stream import STDERR, STDOUT, Signal, frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEPT = 20_000
"""Messages kept per container."""

PIECE = 16 * 1024
"""The engine cuts lines into messages of this many bytes (moby/daemon/logger/copier.go)."""


class Message(NamedTuple):
    """One message: `text` with its newline, or without where the line was cut or never ended."""

    time: int
    stream: int
    text: bytes


class Wanted(NamedTuple):
    """What a reader asked for: its streams, times (ns), stamps, and frames (not on a terminal's log)."""

    streams: frozenset[int] = frozenset((STDOUT, STDERR))
    since: int = 0
    until: int = 0
    stamps: bool = False
    framed: bool = True

    def encode(self, message: Message) -> bytes:
        text = stamp_bytes(message.time) + message.text if self.stamps else message.text
        return frame(message.stream, text) if self.framed else text

    def takes(self, message: Message) -> bool:
        if message.stream not in self.streams or message.time < self.since:
            return False
        return not self.until or message.time <= self.until


_seconds: dict[int, bytes] = {}


def _second(whole: int) -> bytes:
    text = _seconds.get(whole)
    if text is None:
        if len(_seconds) > 100:
            _seconds.clear()
        text = _seconds[whole] = time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(whole)).encode()
    return text


def stamp_bytes(nanoseconds: int) -> bytes:
    """The stamp before a line: nine digits always, and a space."""
    whole, rest = divmod(nanoseconds, SECOND)
    return b"%b%09dZ " % (_second(whole), rest)


class Flood:
    """`count` lines at `rate` a second from `start` (ns) on; the last one is "END-" and the tag.

    Nothing is held: line k and its time follow from k. The text has a fixed width, so that a frame's
    header is known before; 50,000 lines a second must cost the engine little.
    """

    TAILS = tuple(
        b" GET /api/v1/items/%04d 200 %03dms user=u%02d trace=%032x\n"
        % (k % 9973, k % 311, k % 100, k * 2654435761)
        for k in range(997)
    )
    WIDTH = 8 + len(TAILS[0])

    def __init__(self, start: int, count: int, rate: float, tag: str) -> None:
        self.start = start
        self.count = count
        self.rate = rate
        self.tag = tag.encode()
        self.step = SECOND / rate
        self.sent = 0
        self.finished: float | None = None

    def due(self, now: int) -> int:
        """How many lines are written by `now`."""
        return max(0, min(self.count, int((now - self.start) / self.step)))

    def at(self, time: int) -> int:
        """The first line that is not older than `time`."""
        k = max(0, min(self.count, int((time - self.start) / self.step)))
        while k < self.count and self.start + int(k * self.step) < time:
            k += 1
        return k

    def message(self, k: int) -> Message:
        when = self.start + int(k * self.step)
        if k == self.count - 1:
            return Message(when, STDOUT, b"END-%b\n" % self.tag)
        return Message(when, STDOUT, b"%08d%b" % (k, self.TAILS[k % 997]))

    def chunk(self, first: int, end: int, wanted: Wanted) -> bytes:
        """Lines `first` to `end` (exclusive), encoded in one go."""
        last = end if end < self.count else self.count - 1
        tails, start, step = self.TAILS, self.start, self.step
        if wanted.stamps:
            head = frame(STDOUT, b" " * (31 + self.WIDTH))[:8] if wanted.framed else b""
            parts = []
            for k in range(first, last):
                whole, rest = divmod(start + int(k * step), SECOND)
                parts.append(b"%b%b%09dZ %08d%b" % (head, _second(whole), rest, k, tails[k % 997]))
        else:
            head = frame(STDOUT, b" " * self.WIDTH)[:8] if wanted.framed else b""
            parts = [b"%b%08d%b" % (head, k, tails[k % 997]) for k in range(first, last)]
        if last < end:
            parts.append(wanted.encode(self.message(last)))
        if end > self.sent:
            self.sent = end
            if end == self.count:
                self.finished = time.perf_counter()
        return b"".join(parts)


class Book:
    """The log of one container. Messages are numbered from 0; `first` is the oldest that is kept."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self.clock = clock
        self.messages: deque[Message] = deque(maxlen=KEPT)
        self.written = 0
        self.flood: Flood | None = None
        self.wrote = Signal()
        self._rest: dict[int, bytes] = {}

    @property
    def first(self) -> int:
        return self.written - len(self.messages)

    def write(self, text: bytes, stream: int = STDOUT, time: int = 0) -> None:
        """Append what a container wrote, cut into messages as the engine cuts it.

        A line that has not ended yet is held until it does, as the engine's copier does.
        """
        time = time or self.clock()
        text = self._rest.pop(stream, b"") + text
        *lines, rest = text.split(b"\n")
        for line in lines:
            pieces = [line[at : at + PIECE] for at in range(0, len(line), PIECE)] or [b""]
            for piece in pieces[:-1]:
                self._append(Message(time, stream, piece))
            self._append(Message(time, stream, pieces[-1] + b"\n"))
        while len(rest) >= PIECE:
            self._append(Message(time, stream, rest[:PIECE]))
            rest = rest[PIECE:]
        if rest:
            self._rest[stream] = rest
        self.wrote.fire()

    def close(self, stream: int = STDOUT) -> None:
        """The writer ended: what it wrote without a newline becomes a message."""
        rest = self._rest.pop(stream, b"")
        if rest:
            self._append(Message(self.clock(), stream, rest))
        self.wrote.fire()

    def _append(self, message: Message) -> None:
        self.messages.append(message)
        self.written += 1

    def after(self, number: int) -> Iterator[Message]:
        """The kept messages from that number on."""
        return islice(self.messages, max(0, number - self.first), None)

    def past(self, wanted: Wanted, tail: int | None, flooded: int) -> bytes:
        """What was written before now, encoded: `tail` lines (None: all), `flooded` of the flood's."""
        kept = [message for message in self.messages if wanted.takes(message)]
        flood = self.flood
        if flood is None or not flooded or STDOUT not in wanted.streams:
            chosen = kept if tail is None else kept[-tail:] if tail else []
            return b"".join(map(wanted.encode, chosen))
        low = flood.at(wanted.since) if wanted.since else 0
        if tail is None:
            before = [message for message in kept if message.time < flood.start]
            after = [message for message in kept if message.time >= flood.start]
            return b"".join(
                [*map(wanted.encode, before), flood.chunk(low, flooded, wanted), *map(wanted.encode, after)]
            )
        if not tail:
            return b""
        last = [flood.message(k) for k in range(max(low, flooded - tail), flooded)]
        merged = sorted([*kept[-tail:], *last], key=lambda message: message.time)[-tail:]
        flood.sent = max(flood.sent, flooded)
        if flooded == flood.count and flood.finished is None:
            flood.finished = time.perf_counter()
        return b"".join(map(wanted.encode, merged))
