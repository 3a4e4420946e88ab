"""Lines cut and filled to a number of cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.presentation.text import cut, width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.presentation.style import Line, Span


def clip(line: Line, cells: int, style: str) -> Line:
    """Exactly so many cells: cut, or filled up with blanks of a style."""
    clipped: Line = []
    left = cells
    for text, span_style in line:
        taken = width(text)
        if taken > left:
            text = cut(text, left)
            taken = width(text)
        if taken:
            clipped.append((text, span_style))
        left -= taken
        if left <= 0:
            break
    if left > 0:
        clipped.append((" " * left, style))
    return clipped


def wrapped(line: Line, cells: int, indent: int = 0) -> Iterator[Line]:
    """The line broken to so many cells; what follows the first line is indented. Breaks at any cell.

    Joined again without the indents it is the line. Where there is hardly any room the indent gives way.
    """
    indent = max(min(indent, cells - 2), 0)
    current: Line = []
    used = start = 0
    for text, style in line:
        while text:
            piece = cut(text, max(cells, 1) - used)
            if not piece and used == start:
                piece = text[0]  # a wide character that no line can hold
            if piece:
                current.append((piece, style))
                used += width(piece)
                text = text[len(piece) :]
            if text:
                yield current
                current, used, start = ([(" " * indent, "text")] if indent else []), indent, indent
    yield current


def folded(line: Line, cells: int, indent: int = 0) -> Iterator[Line]:
    """As `wrapped`, for sentences: broken between words, the blank there left out; a word that no line can
    hold is broken at any cell."""
    text, at = plain(line), 0
    used = 0
    indent = max(min(indent, cells - 2), 0)
    while True:
        room = max(cells - used, 1)
        piece = cut(text[at : at + room * 8], room) or text[at : at + 1]
        end = at + len(piece)
        if end < len(text) and text[end] != " " and piece.strip():
            blank = text.rfind(" ", at, end)
            if blank > at and text[at:blank].strip():
                end = blank
        yield [*([(" " * used, "text")] if used else []), *_part(line, at, end)]
        at = end
        while at < len(text) and text[at] == " ":
            at += 1
        if at >= len(text):
            return
        used = indent


def _part(line: Line, start: int, end: int) -> Line:
    """The characters of a line from `start` to `end`."""
    part, at = [], 0
    for text, style in line:
        if piece := text[max(start - at, 0) : max(end - at, 0)]:
            part.append((piece, style))
        at += len(text)
    return part


def plain(line: Line) -> str:
    """The text of a line."""
    return "".join(text for text, _ in line)


def restyled(line: Line, start: int, end: int, style: str) -> Line:
    """The line with the characters from `start` to `end` in another style."""
    out: list[Span] = []
    at = 0
    for text, old in line:
        for first, last, now in (
            (at, min(at + len(text), start), old),
            (max(at, start), min(at + len(text), end), f"{old} {style}"),
            (max(at, end), at + len(text), old),
        ):
            if first < last:
                out.append((text[first - at : last - at], now))
        at += len(text)
    return out
