"""What a container or an operation writes: numbered lines, bounded, kept as bytes.

The newest lines are kept as they came; once there are enough of them they are joined into a block of
three bytes objects, because one object for each line would cost more memory than the lines themselves.
Blocks are never changed, so that a thread can write them to a file while lines go on coming.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from tui.store.matching import by_expression, by_needle, shown

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Iterator, Sequence

MAX_LINES = 100_000
MAX_BYTES = 24 * 2**20
_BLOCK_LINES = 1024
_BLOCK_BYTES = 256 * 2**10
_BLOCK_OVERHEAD = 256  # the objects around a block's bytes
_OPEN_BLOCKS = 3  # a screen of lines touches two at most, and a search one

SOURCES = 64
"""Containers whose lines one output tells apart: their number and the stream share a byte."""


def marked(source: int) -> int:
    """What is added to the stream of a line that comes from a source."""
    return source << 2


class OutputLine(NamedTuple):
    """A line and its number, counted from 0 at the first line ever added.

    stream   0 Holdfast's own remark, 1 standard output, 2 standard error
    at       when it was written, RFC 3339 as the engine sent it; b"" if unknown
    text     any bytes but a newline
    source   the place of its container in `Output.names`; 0 where there is one alone
    """

    number: int
    stream: int
    at: bytes
    text: bytes
    source: int = 0


class _Block(NamedTuple):
    """Lines `first` to `end` (excluded), each part joined by newlines."""

    first: int
    end: int
    streams: bytes
    stamps: bytes
    texts: bytes

    @classmethod
    def of(cls, first: int, lines: Sequence[tuple[int, bytes, bytes]]) -> _Block:
        streams, stamps, texts = zip(*lines, strict=True)
        return cls(first, first + len(lines), bytes(streams), joined(stamps), joined(texts))

    @property
    def size(self) -> int:
        return len(self.streams) + len(self.stamps) + len(self.texts) + _BLOCK_OVERHEAD

    def written(self, first: int, times: bool, names: Sequence[bytes]) -> bytes:
        """The lines from number `first` on as a file holds them, each behind its name of `names`."""
        texts = self.texts.split(b"\n")
        if names:
            sources = [names[mark >> 2] for mark in self.streams]
            texts = [b"%b | %b" % pair for pair in zip(sources, texts, strict=True)]
        if times:
            texts = [b"%b %b" % pair for pair in zip(self.stamps.split(b"\n"), texts, strict=True)]
        return b"\n".join([*texts[max(first - self.first, 0) :], b""])


class Output:
    """At most `max_lines` lines and `max_bytes` bytes; the oldest lines leave, and are counted.

    The bytes are those of texts, timestamps and blocks. A text over a quarter of them is cut. `names` are
    those of the containers whose lines it has, () where it is one alone.
    """

    def __init__(
        self, max_lines: int = MAX_LINES, max_bytes: int = MAX_BYTES, names: Sequence[str] = ()
    ) -> None:
        self.names = tuple(names)
        self.max_lines = max_lines
        self.max_bytes = max_bytes
        self._block_bytes = max(min(_BLOCK_BYTES, max_bytes // 8), 1)
        self._line_bytes = max_bytes // 4
        self._blocks: list[_Block] = []
        self._blocks_size = 0
        self._tail: list[tuple[int, bytes, bytes]] = []
        self._tail_bytes = 0
        self._first = 0
        self._end = 0
        self._open: dict[int, tuple[list[bytes], list[bytes]]] = {}
        self._readers: list[Callable[[], None]] = []

    @property
    def first(self) -> int:
        """The number of the oldest line that is kept."""
        return self._first

    @property
    def end(self) -> int:
        """One more than the number of the newest line."""
        return self._end

    @property
    def dropped(self) -> int:
        """How many lines have left."""
        return self._first

    @property
    def size(self) -> int:
        """Bytes held."""
        return self._blocks_size + self._tail_bytes

    def __len__(self) -> int:
        return self._end - self._first

    def __getitem__(self, number: int) -> OutputLine:
        """The line of a number. Raises IndexError unless first <= number < end."""
        if not self._first <= number < self._end:
            raise IndexError(number)
        index = number - self._tail_first
        if index >= 0:
            mark, at, text = self._tail[index]
            return OutputLine(number, stream=mark & 3, at=at, text=text, source=mark >> 2)
        block = self._block_of(number)
        stamps, texts = self._opened(block)
        index = number - block.first
        mark = block.streams[index]
        return OutputLine(number, stream=mark & 3, at=stamps[index], text=texts[index], source=mark >> 2)

    def lines_from(self, number: int) -> list[tuple[int, bytes, bytes]]:
        """A kept line and those after it that lie together with it in memory, as `extend` takes them."""
        index = number - self._tail_first
        if index >= 0:
            return self._tail[index:]
        block = self._block_of(number)
        stamps, texts = self._opened(block)
        index = number - block.first
        return list(zip(block.streams[index:], stamps[index:], texts[index:], strict=True))

    def subscribe(self, reader: Callable[[], None]) -> Callable[[], None]:
        """Call `reader` whenever lines were added; returns the call that ends it."""
        self._readers.append(reader)
        return lambda: self._readers.remove(reader) if reader in self._readers else None

    def extend(self, lines: Iterable[tuple[int, bytes, bytes]]) -> None:
        """Add lines (stream, at, text), oldest first; readers are told once.

        The stream of a line from one of several sources is added to what `marked` says of that.
        """
        batch = list(lines)
        if not batch:
            return
        size = sum([len(at) + len(text) for _, at, text in batch])
        if size > self._line_bytes:
            batch = [(stream, at, text[: self._line_bytes]) for stream, at, text in batch]
            size = sum([len(at) + len(text) for _, at, text in batch])
        self._tail += batch
        self._tail_bytes += size
        self._end += len(batch)
        while len(self._tail) >= _BLOCK_LINES or self._tail_bytes >= self._block_bytes:
            self._join_tail()
        self._drop()
        for reader in tuple(self._readers):
            reader()

    def search(
        self, pattern: bytes | re.Pattern[str], start: int, *, backwards: bool = False
    ) -> Iterator[int | None]:
        """Yield the numbers of the lines that match, `start` first, and None after each block.

        At a None the caller can let others run: lines may come and leave meanwhile. A needle of bytes
        is found whatever its case when it has no upper-case ASCII letter. Searched is what is shown:
        colours and what carriage returns overwrite are no part of a line.
        """
        hits = by_needle(pattern) if isinstance(pattern, bytes) else by_expression(pattern)
        number = min(start, self._end - 1) if backwards else max(start, self._first)
        while self._first <= number < self._end:
            block = self._block_of(number)
            found = [block.first + index for index in hits(shown(block.texts))]
            for match in reversed(found) if backwards else found:
                if (match <= number if backwards else match >= number) and match >= self._first:
                    yield match
            yield None
            number = block.first - 1 if backwards else max(block.end, self._first)

    def chunks(self, *, times: bool = False) -> Iterator[bytes]:
        """The lines of this moment as the bytes of a file, with their timestamps before them or not.

        Can be read in a thread while lines go on coming.
        """
        first, blocks = self._first, self._blocks.copy()
        if self._tail:
            blocks.append(_Block.of(self._tail_first, self._tail))
        names = [name.encode("utf-8", "replace") for name in self.names]
        return (block.written(first, times, names) for block in blocks)

    @property
    def _tail_first(self) -> int:
        return self._end - len(self._tail)

    def _block_of(self, number: int) -> _Block:
        """The block of a kept line; for the newest lines one is made."""
        if number >= self._tail_first:
            return _Block.of(self._tail_first, self._tail)
        return self._blocks[bisect_right(self._blocks, number, key=attrgetter("first")) - 1]

    def _opened(self, block: _Block) -> tuple[list[bytes], list[bytes]]:
        parts = self._open.get(block.first)
        if parts is None:
            while len(self._open) >= _OPEN_BLOCKS:
                del self._open[next(iter(self._open))]
            parts = self._open[block.first] = block.stamps.split(b"\n"), block.texts.split(b"\n")
        return parts

    def _join_tail(self) -> None:
        lines = self._tail[:_BLOCK_LINES]
        sizes = list(accumulate([len(at) + len(text) for _, at, text in lines]))
        count = max(bisect_right(sizes, self._block_bytes), 1)
        block = _Block.of(self._tail_first, lines[:count])
        self._blocks.append(block)
        self._blocks_size += block.size
        self._tail_bytes -= sizes[count - 1]
        del self._tail[:count]

    def _drop(self) -> None:
        self._first = max(self._first, self._end - self.max_lines)
        gone = 0
        for block in self._blocks:
            if self.size <= self.max_bytes and block.end > self._first:
                break
            gone += 1
            self._first = max(self._first, block.end)
            self._blocks_size -= block.size
            self._open.pop(block.first, None)
        del self._blocks[:gone]


def joined(parts: Sequence[bytes]) -> bytes:
    """Lines behind one another, a newline between two."""
    whole = b"\n".join(parts)
    if whole.count(b"\n") >= len(parts):  # a newline inside a line would shift all lines after it
        whole = b"\n".join([part.replace(b"\n", b" ") for part in parts])
    return whole
