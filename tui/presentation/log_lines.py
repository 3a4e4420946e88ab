"""One line of an output as rows of the screen: gutter, time, text; cut or wrapped; matches marked."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from tui.presentation.ansi import spans
from tui.presentation.style import Line
from tui.presentation.text import fit, width
from tui.store.output import OutputLine

MAX_ROWS = 256
"""How many rows of one wrapped line are shown: a line of 16 KiB, where the engine itself cuts, at 64 cells."""

_ROLES = {0: "log.notice", 2: "log.stderr"}
_GUTTER = {2: "▌"}  # standard error is told apart without colours too
_TIME = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)")
_TIME_CELLS = len("08:46:00.123 ")


class Needle(NamedTuple):
    """What is searched for: as typed, as bytes for Output.search, and as it is found in shown text."""

    text: str
    raw: bytes
    pattern: re.Pattern[str]


def needle(text: str) -> Needle:
    """A needle; one without upper-case ASCII letters is found whatever the case, as Output.search does."""
    raw = text.encode("utf-8", "replace")
    flags = re.IGNORECASE | re.ASCII if raw == raw.lower() else re.NOFLAG
    return Needle(text, raw, re.compile(re.escape(text), flags))


class Look(NamedTuple):
    """How lines are shown.

    wrap      long lines continue on the next row
    times     with the local time before them
    offset    cells scrolled to the right; 0 while wrapping
    needle    what is marked in them
    current   the number of the line whose matches are marked as the current one, -1 for none
    """

    wrap: bool = False
    times: bool = False
    offset: int = 0
    needle: Needle | None = None
    current: int = -1

    def text_cells(self, cells: int) -> int:
        """How many of so many cells are left for the text."""
        return max(cells - 1 - _TIME_CELLS * self.times, 1)


def rows(line: OutputLine, cells: int, look: Look) -> list[Line]:
    """The rows of a line, each exactly so many cells; one row unless wrapped."""
    room = look.text_cells(cells)
    if look.wrap:
        texts = _wrapped(line, room, look)
    else:
        texts = [window(_text(line, look.offset + room, look), look.offset, room, _role(line))]
    if cells < look.text_cells(cells) + 1 + _TIME_CELLS * look.times:
        return [window(text, 0, cells, _role(line)) for text in texts]  # no room for what comes before
    return [[*_lead(line, look, row), *text] for row, text in enumerate(texts)]


def row_count(line: OutputLine, cells: int, look: Look) -> int:
    """How many rows a line has."""
    if not look.wrap:
        return 1
    room = look.text_cells(cells)
    if len(line.text) <= room and line.text.isascii() and line.text.decode("ascii").isprintable():
        return 1
    return len(_wrapped(line, room, look._replace(needle=None)))


def overflows(line: OutputLine, cells: int, look: Look) -> bool:
    """Whether an unwrapped line goes on beyond the right edge."""
    edge = look.offset + look.text_cells(cells)
    return sum(width(text) for text, _ in spans(line.text, "log", edge + 1)) > edge


def match_cell(line: OutputLine, look: Look) -> int | None:
    """How many cells of the text stand before its first match; None where none is shown."""
    if look.needle is None:
        return None
    text = "".join(text for text, _ in spans(line.text, "log", len(line.text)))
    found = look.needle.pattern.search(text)
    return _cells(text[: found.start()]) if found else None


def match_row(line: OutputLine, cells: int, look: Look) -> int:
    """The row of a wrapped line that shows its first match, 0 where none does."""
    marked = rows(line, cells, look._replace(current=line.number))
    return next((i for i, row in enumerate(marked) if any("match.current" in style for _, style in row)), 0)


def local_time(at: bytes) -> str:
    """HH:MM:SS.mmm in the local time zone of an RFC 3339 timestamp, blanks for anything else."""
    found = _TIME.fullmatch(at)
    minute = _local_minute(found[1] + found[4]) if found else ""
    if found is None or not minute:
        return " " * (_TIME_CELLS - 1)
    return f"{minute}:{found[2].decode()}.{(found[3] or b'').decode()[:3]:0<3}"


def window(line: Line, offset: int, cells: int, role: str) -> Line:
    """Exactly so many cells of a line from `offset` on, filled with blanks in `role`.

    Of a wide character that is cut in two the visible half is a blank.
    """
    shown: Line = []
    for text, style in line:
        if cells == 0:
            break
        if offset:
            head, text = _split(text, offset)
            offset -= _cells(head)
            if not text:
                continue
            if offset:  # a wide character stands across the edge
                text = " " * (width(text[0]) - offset) + text[1:]
                offset = 0
        head, rest = _split(text, cells)
        cells -= _cells(head)
        if rest and cells:
            head, cells = head + " " * cells, 0
        if head:
            shown.append((head, style))
    if cells:
        shown.append((" " * cells, role))
    return shown


def wrap(line: Line, cells: int, role: str, limit: int) -> tuple[list[Line], bool]:
    """The first `limit` rows of a line, each exactly so many cells, and whether that was all.

    Broken where the edge is, as a terminal does: an identifier can so be copied in one piece.
    """
    done: list[Line] = []
    row: Line = []
    room = cells
    for text, style in line:
        while text:
            head, text = _split(text, room)
            if not head and room == cells:
                head, text = "…", text[1:]  # a wide character where there is one cell
            if head:
                row.append((head, style))
                room -= _cells(head)
            if text:
                done.append([*row, (" " * room, role)] if room else row)
                row, room = [], cells
                if len(done) == limit:
                    return done, False
    done.append([*row, (" " * room, role)] if room else row)
    return done, True


def highlight(line: Line, pattern: re.Pattern[str], style: str) -> Line:
    """The line with every match of the pattern in `style`, also where it crosses spans."""
    whole = "".join(text for text, _ in line)
    edges = [(found.start(), found.end()) for found in pattern.finditer(whole) if found.end() > found.start()]
    if not edges:
        return line
    marked: Line = []
    position = 0
    for text, own in line:
        end = position + len(text)
        while edges and position < end:
            start, stop = edges[0]
            inside = start <= position
            until = min(stop if inside else start, end)
            marked.append((whole[position:until], f"{own} {style}" if inside else own))
            position = until
            if position == stop:
                del edges[0]
        if position < end:
            marked.append((whole[position:end], own))
            position = end
    return marked


def _role(line: OutputLine) -> str:
    return _ROLES.get(line.stream, "log")


def _text(line: OutputLine, cells: int, look: Look) -> Line:
    """So many cells of the text or a little more, its matches marked."""
    if look.needle is None:
        return spans(line.text, _role(line), cells)
    text = spans(line.text, _role(line), cells + len(look.needle.text))
    return highlight(
        text, look.needle.pattern, "match.current" if line.number == look.current else "match"
    )


def _lead(line: OutputLine, look: Look, row: int) -> Line:
    """What stands before the text: the gutter, and on the first row the time."""
    gutter = (_GUTTER.get(line.stream, " "), _role(line))
    if not look.times:
        return [gutter]
    time = local_time(line.at) + " " if row == 0 else " " * _TIME_CELLS
    return [gutter, (time, "log.time")]


def _wrapped(line: OutputLine, cells: int, look: Look) -> list[Line]:
    done, whole = wrap(_text(line, MAX_ROWS * cells + 1, look), cells, _role(line), MAX_ROWS)
    if not whole:
        done.append([(fit(f"… {_size(len(line.text))} line, the rest is not shown", cells), "log.notice")])
    return done


def _size(count: int) -> str:
    return f"{count / 2**20:.1f} MiB" if count >= 2**20 else f"{count / 2**10:.1f} KiB"


def _cells(text: str) -> int:
    return len(text) if text.isascii() else sum(map(width, text))


def _split(text: str, cells: int) -> tuple[str, str]:
    """The longest beginning that fits into so many cells, and the rest."""
    if text.isascii():
        return text[:cells], text[cells:]
    taken = 0
    for index, character in enumerate(text):
        taken += width(character)
        if taken > cells:
            return text[:index], text[index:]
    return text, ""


@lru_cache(256)
def _local_minute(stamp: bytes) -> str:
    """HH:MM of a minute such as b"2026-11-24T08:46Z" in the local time zone, "" if there is no such time."""
    try:
        return datetime.fromisoformat(stamp.decode()).astimezone().strftime("%H:%M")
    except (ValueError, OverflowError):
        return ""
