"""pyte's screen and stream with short ways for what programs write most: the outcome is pyte's own.

pyte makes every cell anew and reads every sequence one character at a time; a dashboard writes megabytes.
"""

from __future__ import annotations

import re
from typing import Any

import pyte
from pyte import charsets, modes
from pyte.screens import Char, wcwidth

_SINGLE = frozenset(
    char for char in map(chr, (*range(0x20, 0x7F), *range(0xA1, 0x2C00))) if wcwidth(char) == 1
)
"""Characters that fill one cell; of others pyte itself decides."""

_SEQUENCE = re.compile(r"\x1b\[([0-9;]*)([@-~])")

_MOST = 20_000
"""Looks that are remembered: more than any program has."""


class _Cells(dict[str, Char]):
    """Cells of one look, by their characters."""

    def __init__(self, look: Char) -> None:
        super().__init__()
        self._look = look

    def __missing__(self, char: str) -> Char:
        cell = self[char] = self._look._replace(data=char)
        return cell


class QuickScreen(pyte.Screen):
    """Draws what fits into its line by cells that were made before."""

    def __init__(self, columns: int, lines: int) -> None:
        self._cells: dict[Char, _Cells] = {}
        self._looks: dict[tuple[Char, tuple[int, ...]], Char] = {}
        super().__init__(columns, lines)

    def draw(self, data: str) -> None:
        cursor = self.cursor
        begin, end = cursor.x, cursor.x + len(data)
        if (
            end > self.columns
            or modes.IRM in self.mode
            or self.charset
            or self.g0_charset is not charsets.LAT1_MAP
            or not _SINGLE.issuperset(data)
        ):
            super().draw(data)
            return
        cells = self._cells.get(cursor.attrs)
        if cells is None:
            if len(self._cells) >= _MOST:
                self._cells.clear()
            cells = self._cells[cursor.attrs] = _Cells(cursor.attrs)
        self.buffer[cursor.y].update(zip(range(begin, end), map(cells.__getitem__, data), strict=True))
        cursor.x = end
        self.dirty.add(cursor.y)

    def select_graphic_rendition(self, *attrs: int) -> None:
        key = self.cursor.attrs, attrs
        look = self._looks.get(key)
        if look is None:
            super().select_graphic_rendition(*attrs)
            if len(self._looks) >= _MOST:
                self._looks.clear()
            look = self._looks[key] = self.cursor.attrs
        self.cursor.attrs = look


class QuickStream(pyte.Stream):
    """Takes whole sequences, where they are whole and have numbers alone, past the parser of characters."""

    def attach(self, screen: pyte.Screen) -> None:
        super().attach(screen)
        self._handlers = {final: getattr(screen, name) for final, name in self.csi.items()}
        self._read: dict[str, tuple[Any, tuple[int, ...]]] = {}

    def feed(self, data: str) -> None:
        assert self.listener is not None
        draw, send = self.listener.draw, self._send_to_parser
        text, sequence = self._text_pattern.match, _SEQUENCE.match
        plain, offset, length = self._taking_plain_text, 0, len(data)
        while offset < length:
            if not plain:
                plain = send(data[offset])
                offset += 1
            elif match := text(data, offset):
                offset = match.end()
                draw(match.group())
            elif match := sequence(data, offset):
                offset = match.end()
                handler, numbers = self._understood(match)
                handler(*numbers)
            else:
                plain = send(data[offset])
                offset += 1
        self._taking_plain_text = plain

    def _understood(self, match: re.Match[str]) -> tuple[Any, tuple[int, ...]]:
        whole = match.group()
        found = self._read.get(whole)
        if found is None:
            assert self.listener is not None
            numbers = tuple(min(int(number or 0), 9999) for number in match[1].split(";"))
            found = self._handlers.get(match[2], self.listener.debug), numbers
            if len(self._read) >= _MOST:
                self._read.clear()
            self._read[whole] = found
        return found
