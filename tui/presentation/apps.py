"""Apps as rows: the newest version on this engine, what was done last. Light, for the first paint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.model.reference import split_reference
from tui.presentation.table import Column
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.model.app import AppSpec
    from tui.model.image import Image
    from tui.presentation.style import Span
    from tui.store.operation import Operation

COLUMNS = (
    Column("app", "APP", 5, grow=2, most=24),
    Column("version", "VERSION", 7, grow=1, most=20, rank=1),
    Column("last", "LAST DONE", 21, grow=4),
)
SORTS = ("app", "last")


def newest_version(app: AppSpec, images: Iterable[Image]) -> str:
    """The highest version among the tags of an app's repository on this engine, "" where there is none."""
    from tui.model.version import Version  # not before the first paint, which knows no images

    found: list[Version] = []
    for image in images:
        for tag in image.tags:
            name = split_reference(tag)
            if name.repository == app.image and (version := Version.parse(name.tag)) is not None:
                found.append(version)
    return str(max(found, key=lambda version: version.precedence)) if found else ""


def cell(column: str, name: str, version: str, operations: Sequence[Operation], now: float) -> Span:
    """The text and style of one cell of an app."""
    match column:
        case "app":
            return safe(name), "strong"
        case "version":
            return safe(version), "text"
        case "last":
            if not operations:
                return "", "muted"
            from tui.presentation.last_done import last_done  # not before the first paint either

            return last_done(operations, now)
    raise KeyError(column)


def sort_key(order: str, name: str, operations: Sequence[Operation]) -> Any:
    """What apps are sorted by."""
    if order == "last":
        return (-operations[0].started.t if operations else 0.0, name)
    return (name,)
