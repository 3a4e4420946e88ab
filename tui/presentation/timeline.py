"""The releases of an app as bars in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.timeline import Fate, cells_of
from tui.presentation.amounts import age, date, duration
from tui.presentation.table import Column
from tui.presentation.text import safe

if TYPE_CHECKING:
    from tui.model.timeline import Span, Window
    from tui.presentation import style

COLUMNS = (
    Column("release", "RELEASE", 14, grow=1, most=26),
    Column("bar", "", 16, grow=6),
    Column("lasted", "FOR", 4, right=True),
    Column("fate", "WHAT BECAME OF IT", 24, grow=2, most=60),
)

_LOOKS = {
    Fate.LIVE: ("█", "●", "ok"),
    Fate.REPLACED: ("▓", "✓", "text"),
    Fate.ROLLED_BACK: ("▒", "↶", "warn"),
    Fate.FAILED: ("×", "✗", "bad"),
    Fate.OPEN: ("░", "◌", "busy"),
    Fate.UNREADABLE: ("?", "?", "warn"),
}
"""Of each fate: what its bar is made of, its sign, its style. No two are told apart by the style alone."""


def cell(column: str, span: Span, looked: Window, now: float, cells: int) -> style.Span:
    """The text and style of one cell; `cells` is how wide the column of bars is."""
    filling, sign, look = _LOOKS[span.fate]
    match column:
        case "release":
            return safe(f"r{span.number} {span.version}".strip()), "strong"
        case "bar":
            first, last = cells_of(span, looked, now, cells)
            if span.begin and first == last and cells > 0:  # out of sight: where it would be found
                return ("<" if span.begin < looked.begin else " " * (cells - 1) + ">"), "muted"
            return " " * first + filling * (last - first), look
        case "lasted":
            return (age(span.lasted(now)) if span.begin else ""), "muted"
        case "fate":
            return f"{sign} {safe(fate_words(span))}", look
    raise KeyError(column)


def fate_words(span: Span) -> str:
    """E.g. "live, gap 1.2s", "rolled back to r3", "failed: exit code 1", "good, back to r3"."""
    match span.fate:
        case Fate.FAILED:
            words = ["failed, undone" + (f": {span.message}" if span.message else "")]
        case Fate.ROLLED_BACK:
            words = [f"rolled back to r{span.left_for}"]
        case Fate.REPLACED:
            words = ["good"]
        case Fate.OPEN:
            words = ["begun, not ended"]
        case Fate.UNREADABLE:
            words = ["its record cannot be read"]
        case _:
            words = ["live"]
    if span.back_to:
        words.insert(1, f"→ r{span.back_to} again")
    if span.gap is not None and span.fate is not Fate.UNREADABLE:
        words.append(f"gap {duration(span.gap)}")
    return ", ".join(words)


def window_words(looked: Window, now: float) -> str:
    """Which part of time the bars are of."""
    end = "now" if now - looked.end < 1 else date(looked.end, "%Y-%m-%d %H:%M")
    return f"{date(looked.begin, '%Y-%m-%d %H:%M')} to {end}"
