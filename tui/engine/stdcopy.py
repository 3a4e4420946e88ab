"""The engine's log streams taken apart into lines.

Framed (containers without a TTY): each frame has a head of eight bytes, the stream (1 stdout, 2 stderr, 3 an
error of the engine itself), three zeros and the size as a big-endian number; see "Stream format" under
ContainerAttach in the Engine API. Raw (with a TTY): just bytes. Both with timestamps=1, so that every message
begins with an RFC 3339 moment and a space. The engine splits lines over 16 KiB into several messages, each
with a moment of its own, of which only the last ends with a newline; here they become one line again.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

from tui.engine.errors import MalformedAnswer, StreamBroken

LONGEST = 1 << 20
"""Bytes after which a line that goes on is cut into the next."""

PIECE = 16 * 1024
"""Bytes that the engine puts into one message of a longer line."""

_STDIN, _STDOUT, _STDERR, _SYSTEM = 0, 1, 2, 3
_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) ")


class LogLine(NamedTuple):
    """One line of a container's output.

    stream   1 stdout, 2 stderr; with a TTY everything is stdout
    at       the moment as the engine sent it, RFC 3339; b"" where it sent none
    text     without the newline; at most LONGEST bytes, a longer line goes on as the next, same moment
    """

    stream: int
    at: bytes
    text: bytes


class LogReader(Protocol):
    """Turns chunks, cut anywhere, into lines."""

    def feed(self, chunk: bytes) -> list[LogLine]:
        """The lines that this chunk completes. Raises MalformedAnswer, and StreamBroken for the engine's own
        error in the stream."""
        ...

    def rest(self) -> list[LogLine]:
        """After the last chunk: the lines that never got a newline."""
        ...

    @property
    def cut(self) -> bool:
        """Whether the stream stopped inside a message."""
        ...


class _Line:
    """A line that is not complete: its moment and the pieces that have come."""

    __slots__ = ("at", "pieces", "size", "stream")

    def __init__(self, stream: int) -> None:
        self.stream = stream
        self.at = b""
        self.pieces: list[bytes] = []
        self.size = 0

    def add(self, at: bytes, piece: bytes, lines: list[LogLine]) -> None:
        """Add a piece; lines come out while it is longer than allowed."""
        if not self.pieces:
            self.at = at
        while self.size + len(piece) > LONGEST:
            room = LONGEST - self.size
            self.pieces.append(piece[:room])
            piece = piece[room:]
            moment = self.at
            self.end(lines)
            self.at = moment
        self.pieces.append(piece)
        self.size += len(piece)

    def end(self, lines: list[LogLine]) -> None:
        """The line is complete."""
        lines.append(LogLine(self.stream, self.at, b"".join(self.pieces)))
        self.pieces = []
        self.size = 0


class FramedLog:
    """Reads the output of a container without a TTY; stdout and stderr are put together each by itself."""

    def __init__(self) -> None:
        self._pending: list[bytes] = []
        self._missing = 0
        self._open = {_STDOUT: _Line(_STDOUT), _STDERR: _Line(_STDERR)}
        self._any_open = False

    @property
    def cut(self) -> bool:
        return bool(self._pending)

    def feed(self, chunk: bytes) -> list[LogLine]:
        """As LogReader says.

        The loop is the program's hottest: nearly all frames hold exactly one line, and those take only a
        handful of calls.
        """
        if self._pending:
            self._pending.append(chunk)
            self._missing -= len(chunk)
            if self._missing > 0:
                return []
            chunk = b"".join(self._pending)
            self._pending = []
        lines: list[LogLine] = []
        append, find, number, line = lines.append, chunk.find, int.from_bytes, LogLine
        at, length = 0, len(chunk)
        stop = 0
        while (start := at + 8) <= length:
            stream = chunk[at]
            stop = start + number(chunk[at + 4 : start])
            if stop > length:
                if stop - start > LONGEST:
                    raise MalformedAnswer("the engine sent a log whose next message is longer than any")
                break
            space = find(b" ", start, start + 40)
            if (
                space > 0
                and find(b"\n", start, stop) == stop - 1
                and (stream == 1 or stream == 2)
                and not self._any_open
                and stop - start <= PIECE
                and chunk[start + 10] == 84  # T
            ):
                append(line(stream, chunk[start:space], chunk[space + 1 : stop - 1]))
            else:
                self._message(stream, chunk[start:stop], lines)
            at = stop
        if at < length:
            self._pending = [chunk[at:]]
            self._missing = (stop if start <= length else start) - length
        return lines

    def _message(self, stream: int, message: bytes, lines: list[LogLine]) -> None:
        if stream == _SYSTEM:
            said = message.decode("utf-8", "replace").strip()
            raise StreamBroken(f"the engine stopped sending the log: {said}")
        if stream not in (_STDIN, _STDOUT, _STDERR):
            raise MalformedAnswer("the engine sent a log that is not framed as the Engine API says")
        line = self._open[stream or _STDOUT]
        found = _MOMENT.match(message)
        moment, text = (found[0][:-1], message[found.end() :]) if found else (b"", message)
        *complete, last = text.split(b"\n")
        for piece in complete:
            line.add(moment, piece, lines)
            line.end(lines)
        if last:
            line.add(moment, last, lines)
        self._any_open = any(each.pieces for each in self._open.values())

    def rest(self) -> list[LogLine]:
        lines: list[LogLine] = []
        for line in self._open.values():
            if line.pieces:
                line.end(lines)
        return lines


class RawLog:
    """Reads the output of a container with a TTY.

    Its stream has no frames: where the engine went on with a long line in another message is recognised by a
    moment exactly PIECE bytes after the one before.
    """

    cut = False

    def __init__(self) -> None:
        self._open = _Line(_STDOUT)

    def feed(self, chunk: bytes) -> list[LogLine]:
        lines: list[LogLine] = []
        first, *others = chunk.split(b"\n")
        raw = self._open
        raw.add(b"", first, lines)
        for piece in others:
            raw.end(lines)
            raw.add(b"", piece, lines)
        return [_joined(line.text) for line in lines]

    def rest(self) -> list[LogLine]:
        lines: list[LogLine] = []
        if self._open.size:
            self._open.end(lines)
        return [_joined(line.text) for line in lines]


def _joined(raw: bytes) -> LogLine:
    """A line of a TTY without its carriage return and the moments inside it."""
    found = _MOMENT.match(raw)
    at = found[0][:-1] if found else b""
    text = raw[found.end() :] if found else raw
    text = text.removesuffix(b"\r")
    pieces = []
    while len(text) > PIECE and (inner := _MOMENT.match(text, PIECE)):
        pieces.append(text[:PIECE])
        text = text[inner.end() :]
    return LogLine(_STDOUT, at, b"".join((*pieces, text)) if pieces else text)
