"""Tables without a widget: columns fitted to a width, a heading, rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.presentation.text import fit, fit_end

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.presentation.style import Line, Span


class Column(NamedTuple):
    """A column.

    width    cells it needs at least, the gap of one cell after it not counted
    wanted   cells that it has before any other grows, where there are so many
    grow     its share of the cells left over, 0 for a column that never grows
    most     cells that it grows to at most, 0 for no limit
    rank     columns of the highest rank are left out first when cells are short; rank 0 always stays
    roomy    cells that the whole table must have for this column to be shown
    end      whether a text that is too long keeps its end instead of its beginning
    """

    id: str
    title: str
    width: int
    grow: int = 0
    most: int = 0
    rank: int = 0
    roomy: int = 0
    wanted: int = 0
    right: bool = False
    end: bool = False


class Placed(NamedTuple):
    """A column that fits: where it starts and how wide it is, in cells of the body."""

    column: Column
    x: int
    width: int


def with_width(name: str, width: int) -> str:
    """A column as `[columns]` says it; 0 for its own width."""
    return f"{name}:{width}" if width else name


def chosen(columns: Sequence[Column], wanted: Sequence[str]) -> Sequence[Column]:
    """Those that `[columns]` wants, in that order, the last left out first; all as designed for none.

    >>> [one.id for one in chosen((Column("a", "A", 3), Column("b", "B", 3)), ("b:9", "a"))]
    ['b', 'a']
    """
    known = {column.id: column for column in columns}
    found = []
    for rank, word in enumerate(wanted):
        name, _, width = word.partition(":")
        if name in known:  # some lists have some of them at times
            column = known[name]._replace(rank=rank, roomy=0)
            found.append(column._replace(width=int(width), grow=0, wanted=0) if width else column)
    return found or columns


MARGIN = 2
"""Cells before the first column: the cursor's and the mark's sign."""


def place(columns: Sequence[Column], cells: int) -> tuple[Placed, ...]:
    """Fit columns into so many cells: leave out by rank, then share what is left over."""
    kept = [column for column in columns if cells >= column.roomy]
    room = cells - MARGIN

    def needed() -> int:
        return sum(column.width + 1 for column in kept) - 1

    while needed() > room and (droppable := [column for column in kept if column.rank]):
        kept.remove(max(droppable, key=lambda column: (column.rank, columns.index(column))))
    widths = {column.id: column.width for column in kept}
    spare = room - needed()
    for column in kept:
        if column.wanted > column.width:
            given = max(0, min(column.wanted - column.width, spare))
            widths[column.id] += given
            spare -= given
    while spare > 0:
        growing = [c for c in kept if c.grow and (not c.most or widths[c.id] < c.most)]
        total = sum(column.grow for column in growing)
        if not total:
            break
        given = 0
        for column in growing:
            share = max(1, spare * column.grow // total)
            if column.most:
                share = min(share, column.most - widths[column.id])
            share = min(share, spare - given)
            widths[column.id] += share
            given += share
        spare -= given
    placed = []
    x = MARGIN
    for column in kept:
        placed.append(Placed(column, x, max(0, min(widths[column.id], cells - x))))
        x += widths[column.id] + 1
    return tuple(placed)


def heading(placed: Sequence[Placed], cells: int, sorted_by: str) -> Line:
    """The line of column titles; the one that rows are sorted by bears an arrow."""
    texts = [" " * MARGIN]
    for column, _, width in placed:
        title = column.title + ("▾" if column.id == sorted_by else "")
        texts.append(fit(title, width, "right" if column.right else "left"))
        texts.append(" ")
    return [(fit("".join(texts[:-1]), cells), "column")]


def whole_row(cells: int, text: str, style: str, *, cursor: str = "") -> Line:
    """A row that is one text (safe), without columns."""
    over = f" {cursor}" if cursor else ""
    sign: Line = [("▌" if cursor else " ", f"accent{over}"), (" ", f"mark{over}")]
    return [*sign, (fit(text, max(cells - MARGIN, 0)), style + over)]


def row(
    placed: Sequence[Placed],
    cells: int,
    cell: Callable[[str], Span],
    *,
    cursor: str = "",
    marked: bool = False,
) -> Line:
    """One row: `cell` gives the text (safe, any length) and style of a column.

    cursor is the style laid over the row: "cursor", "cursor.unfocused", or "" for a row without the cursor.
    """
    over = f" {cursor}" if cursor else ""
    line: Line = [("▌" if cursor else " ", f"accent{over}"), ("●" if marked else " ", f"mark{over}")]
    x = MARGIN
    for column, start, width in placed:
        if start > x:
            line.append((" " * (start - x), f"text{over}"))
        text, style = cell(column.id)
        if column.end:
            text = fit_end(text, width)
        else:
            text = fit(text, width, "right" if column.right else "left")
        line.append((text, style + over))
        x = start + width
    if x < cells:
        line.append((" " * (cells - x), f"text{over}"))
    return line
