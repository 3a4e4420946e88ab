"""Apps as rows: what is live, how it is, what was done last; beneath them their releases.

Light, for the first paint, which knows nothing but names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.presentation.table import Column
from tui.presentation.text import safe, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.model.app import AppSpec
    from tui.model.image import Image
    from tui.presentation.app_row import AppRow
    from tui.presentation.style import Span
    from tui.store.operation import Operation

LAST = 26
"""Cells of the longest words on what was done last: "✓ rolled back 12m untested"."""

COLUMNS: tuple[Column, ...] = (
    Column("app", "APP", 8, grow=1, most=24),
    Column("version", "VERSION", 8, grow=1, most=20),
    Column("state", "STATE", 13),
    Column("digest", "DIGEST", 12, rank=6),
    Column("age", "AGE", 4, rank=5, right=True),
    Column("by", "BY", 8, rank=7),
    Column("test", "TEST", 4, rank=2),
    Column("back", "BACK TO", 9, grow=1, most=22, rank=3),
    Column("drift", "DRIFT", 5, rank=4),
    Column("last", "LAST DONE", 17, grow=6, wanted=LAST),
)
SORTS = ("app", "last")

FOLD = 2
"""Cells of the sign before a name."""

LONGEST = 40
"""Cells that a name takes before other columns grow."""


def columns(names: Iterable[str]) -> tuple[Column, ...]:
    """The columns, that of the names as wide as the longest needs where there is room to spare."""
    longest = max((width(safe(name)) for name in names), default=0)
    return (COLUMNS[0]._replace(wanted=min(FOLD + longest, LONGEST)), *COLUMNS[1:])


def newest_version(app: AppSpec, images: Iterable[Image]) -> str:
    """The highest version among the tags of an app's repository on this engine, "" where there is none."""
    from tui.model.version import Version  # not before the first paint, which knows no images

    tags = [tag for image in images for tag in app.versions_of(image.tags)]
    found = [version for tag in tags if (version := Version.parse(tag)) is not None]
    return str(max(found, key=lambda version: version.precedence)) if found else ""


def cell(column: str, row: AppRow, now: float) -> Span:
    """The text and style of one cell of an app."""
    if column == "app":
        fold = "  "
        if row.releases is not None and row.releases.numbers:
            fold = "▾ " if row.opened else "▸ "
        return fold + safe(row.name), "strong"
    # As in the first paint: nothing heavy is imported.
    if row.releases is None and not row.operations and not row.elsewhere:
        return (safe(row.newest), "muted") if column == "version" else ("", "muted")
    from tui.presentation.releases import app_cell

    return app_cell(column, row, now)


def sort_key(order: str, name: str, operations: Sequence[Operation]) -> tuple[Any, ...]:
    """What apps are sorted by."""
    if order == "last":
        return (-operations[0].started.t if operations else 0.0, name)
    return (name,)
