"""Log lines as rows of the screen, and the way from one row to another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from tui.presentation.ansi import ansi_line
from tui.presentation.lines import clip, plain, wrapped
from tui.presentation.log_fields import fields_line
from tui.presentation.text import cut, fit, safe, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.presentation.highlights import Highlights
    from tui.presentation.style import Line, Span
    from tui.store.output import OutputLine

MAX_ROWS = 200
"""Rows that one wrapped line takes at most, a note after them."""

MATCH_REACH = 65_536
"""Cells of a line within which the place of a match is looked for."""

COPIED = 65_536
"""Cells of a line that are copied."""

TIME_CELLS = 13
_BASES = ("log.notice", "log", "log.stderr")


class Look(NamedTuple):
    """How lines are shown.

    cells   of a row
    left    cells of the text that are scrolled out at the left; only when not wrapped
    needle  text whose places are highlighted; any case when it has no capital letter
    fields  whether JSON lines and the like are shown as fields
    names   what stands before the lines of each source: equally wide spans, () for nothing
    marks   what else is highlighted, None for nothing
    """

    cells: int
    wrap: bool = False
    times: bool = False
    left: int = 0
    needle: str = ""
    fields: bool = False
    names: tuple[Span, ...] = ()
    marks: Highlights | None = None

    @property
    def text_cells(self) -> int:
        """Cells that are left for the text; two at least, for the widest character."""
        named = width(self.names[0][0]) if self.names else 0
        return max(self.cells - 1 - (TIME_CELLS if self.times else 0) - named, 2)


def log_rows(line: OutputLine, look: Look, current: bool = False) -> list[Line]:
    """The rows of a line, each exactly as wide as the look says: one unless it is wrapped.

    The first cell tells the streams apart, without colour too: ▌ is standard error. `current` says that
    this is the line that the search stands on.
    """
    base = _BASES[line.stream] if line.stream < len(_BASES) else "log"
    cells = look.text_cells
    reach = (MAX_ROWS * cells if look.wrap else look.left + cells) + 1
    text = _text_of(line, look, base, reach + len(look.needle))
    if look.marks is not None and (places := look.marks.places(text)):
        text = list(_restyled(text, places))
    text = highlighted(text, look.needle, "match.current" if current else "match")
    if look.wrap:
        rows = list(islice(wrapped(text, cells), MAX_ROWS + 1))
        if len(rows) > MAX_ROWS:
            rows[MAX_ROWS:] = [[("… the line goes on", "log.notice")]]
    else:
        rows = [window(text, look.left, cells)]
    glyph = ("▌", "log.stderr") if line.stream == 2 else (" ", base)
    first: Line = [glyph, (local_time(line.at), "log.time")] if look.times else [glyph]
    later: Line = [glyph, (" " * TIME_CELLS, "log.time")] if look.times else [glyph]
    if look.names:
        name = look.names[min(line.source, len(look.names) - 1)]
        first.append(name)
        later.append((" " * width(name[0]), base))
    return [clip([*(later if number else first), *row], look.cells, base) for number, row in enumerate(rows)]


def _text_of(line: OutputLine, look: Look, base: str, limit: int) -> Line:
    """The first cells of a line's text, or a little more."""
    fields = fields_line(line.text, base, limit) if look.fields else None
    return ansi_line(line.text, base, limit) if fields is None else fields


def plain_text(line: OutputLine, names: Sequence[str]) -> str:
    """A line for the clipboard: its container where there are several, and what is read of it, whole."""
    text = plain(ansi_line(line.text, "log", COPIED))
    return f"{safe(names[line.source])} | {text}" if names else text


def text_width(line: OutputLine, look: Look, limit: int) -> int:
    """Cells of a line's text; what is over the limit may not be counted."""
    return sum(width(text) for text, _ in _text_of(line, look, "log", limit))


def match_at(line: OutputLine, look: Look) -> int:
    """The cell of a line's text where the needle stands first; 0 when it is further than MATCH_REACH."""
    text = plain(_text_of(line, look, "log", MATCH_REACH))
    found = _matcher(look.needle).search(text)
    return width(text[: found.start()]) if found else 0


def dropped_row(count: int, cells: int) -> Line:
    """The note in place of lines that have left the memory."""
    words = f" {count:,} line{'' if count == 1 else 's'} not shown: no longer in memory"
    return clip([(words, "log.notice")], cells, "log")


def log_title(
    head: str, name: str, seen: int, between: str = "", wanted: str = "", of: int = 0, cells: int = 1 << 16
) -> str:
    """E.g. "5 Log  web  12,340 lines · since 14:30"; name is what the engine says.

    With what is wanted of `of` lines: "5 Log  web  12 of 12,340 lines · &error". Where there
    are not cells enough the name gives way.
    """
    lines = of if wanted else seen
    count = f"{seen:,} of {of:,}" if wanted else f"{seen:,}"
    more = [f" · {part}" for part in (f"&{safe(wanted)}" if wanted else "", between) if part]
    behind = f"  {count} line{'' if lines == 1 else 's'}{''.join(more)}"
    named = safe(name)
    room = max(cells - width(head) - 2 - width(behind), NAME_LEAST)
    return f"{head}  {fit(named, min(width(named), room))}{behind}"


NAME_LEAST = 8
"""Cells that a name keeps in a title."""

NAME_CELLS = 20
"""Cells that a name takes before a line at most."""

NAME_COLOURS = (
    "cyan", "green", "magenta", "yellow", "blue", "bright_cyan", "bright_green", "bright_magenta",
    "bright_blue",
)  # fmt: skip


@lru_cache(8)
def source_names(names: tuple[str, ...], cells: int) -> tuple[Span, ...]:
    """What stands before the lines of each source in so many cells: its name, in a colour of its own.

    A name has its colour wherever it is; where two would have the same, the second has the next one.
    """
    shown = [safe(name) for name in names]
    widest = min(max(map(width, shown), default=0), NAME_CELLS, max(cells // 3, 4))
    colours: dict[str, str] = {}
    taken: set[int] = set()
    for name in sorted(set(names)):
        at = crc32(name.encode("utf-8", "replace")) % len(NAME_COLOURS)
        while at in taken and len(taken) < len(NAME_COLOURS):
            at = (at + 1) % len(NAME_COLOURS)
        taken.add(at)
        colours[name] = NAME_COLOURS[at]
    return tuple(
        (fit(text, widest) + " ", f"log {colours[name]}") for name, text in zip(names, shown, strict=True)
    )


def log_state(words: str, following: bool, below: int, *, ended: bool = False) -> str:
    """E.g. "the container is exited · paused, 1,234 new below"; `ended`: nothing more can come."""
    if ended:
        return safe(words) or "ended"
    state = "following" if following else f"paused, {below:,} new below" if below else "paused"
    return f"{safe(words)} · {state}" if words else state


def local_time(at: bytes) -> str:
    """E.g. "14:03:22.123 " for an RFC 3339 moment, in local time; blank for what is none."""
    found = _MOMENT.fullmatch(at)
    if found is None or not (minute := _local_minute(found[1] + found[4])):
        return " " * TIME_CELLS
    return f"{minute}:{found[2].decode()}.{(found[3] or b'').ljust(3, b'0').decode()} "


_MOMENT = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d):(\d\d)(?:\.(\d{1,3})\d*)?(Z|[+-]\d\d:\d\d)")


@lru_cache(64)
def _local_minute(minute: bytes) -> str:
    try:
        return datetime.fromisoformat(minute.decode("ascii")).astimezone().strftime("%H:%M")
    except (ValueError, OverflowError):
        return ""


def window(line: Line, left: int, cells: int) -> Line:
    """The part of a line from cell `left` on, `cells` at most; halves of wide characters are blank."""
    out: Line = []
    at = 0
    right = left + cells
    for text, style in line:
        if at >= right:
            break
        start, at = at, at + width(text)
        if at <= left:
            continue
        if start < left:
            gone = cut(text, left - start)
            half = left - start - width(gone)
            text = " " * half + text[len(gone) + half :]
            start = left
        if at > right:
            text = cut(text, right - start)
            text += " " * (right - start - width(text))
        out.append((text, style))
    return out


@lru_cache(16)
def _matcher(needle: str) -> re.Pattern[str]:
    """Finds a needle as the store's search does: in any case unless it has an ASCII capital."""
    ignore = not any("A" <= char <= "Z" for char in needle)
    return re.compile(re.escape(needle), re.ASCII | re.IGNORECASE if ignore else re.ASCII)


def highlighted(line: Line, needle: str, style: str) -> Line:
    """The line with a style over each place of the needle."""
    if not needle:
        return line
    places = [(found.span(), style) for found in _matcher(needle).finditer(plain(line))]
    return list(_restyled(line, places)) if places else line


def _restyled(line: Line, places: list[tuple[tuple[int, int], str]]) -> Iterator[Span]:
    """The line with a style over each place; they stand in order, and none in another."""
    edges = iter(places)
    (first, last), style = next(edges)
    begin = 0
    for text, old in line:
        end = begin + len(text)
        while begin < end:
            while last <= begin:
                (first, last), style = next(edges, ((end + 1, end + 1), style))
            inside = first <= begin
            stop = min(end, last if inside else first)
            yield text[begin - end : stop - end or None], f"{old} {style}" if inside else old
            begin = stop


class RowPlace(NamedTuple):
    """A row: the number of its line, and the number of the row inside the line."""

    line: int
    row: int = 0


Rows = Callable[[int], int]
"""How many rows a line takes, by its number; asked only for lines on the way."""


def moved(place: RowPlace, delta: int, rows_of: Rows, first: int, end: int) -> RowPlace:
    """The place so many rows further down, or up; lines go from `first` to `end` (excluded)."""
    line, row = place
    row += delta
    while row < 0 and line > first:
        line -= 1
        row += rows_of(line)
    row = max(row, 0)
    while line < end - 1 and row >= (count := rows_of(line)):
        row -= count
        line += 1
    return RowPlace(line, min(row, rows_of(line) - 1) if first <= line < end else 0)


def last_top(height: int, rows_of: Rows, first: int, end: int) -> RowPlace:
    """The place at the top of the screen when the last row is at its bottom."""
    if end <= first:
        return RowPlace(first)
    last = RowPlace(end - 1, rows_of(end - 1) - 1)
    return moved(last, 1 - height, rows_of, first, end)


def places_from(top: RowPlace, height: int, rows_of: Rows, end: int) -> list[RowPlace]:
    """The places on the screen, from its top; fewer than `height` when the lines end."""
    found: list[RowPlace] = []
    line, row = top
    while line < end and len(found) < height:
        count = rows_of(line)
        found += [RowPlace(line, number) for number in range(row, min(count, row + height - len(found)))]
        line, row = line + 1, 0
    return found
