"""The form of an app: its rows, and what is said of the field under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.secrets import mask_text
from tui.presentation.lines import clip, folded
from tui.presentation.table import Column
from tui.presentation.text import safe
from tui.settings.form import FIELDS, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.presentation.style import Line, Span
    from tui.settings.form import Draft, Faults, Field

COLUMNS = (
    Column("group", "", 6),
    Column("field", "FIELD", 11),
    Column("value", "VALUE", 20, grow=1),
)

DETAILS = 4
"""Lines that tell of the field under the cursor."""

_GROUPS = {"": "APP", "build": "BUILD", "run": "RUN", "ready": "READY", "test": "TEST", "scan": "SCAN"}
FIRST = {field.table: field.id for field in reversed(FIELDS)}
"""The first field of each group."""

_TITLES = {"more": "further", "mem_limit": "memory"}

BETWEEN = "/"
"""Between a field and the number of its row in a row's key."""


def row_key(id: str, row: int) -> str:
    return f"{id}{BETWEEN}{row}"


def place_of(key: str) -> tuple[str, int]:
    """The field and the number of a row."""
    id, _, row = key.rpartition(BETWEEN)
    return id, int(row)


def row_keys(draft: Draft) -> list[str]:
    """Every row: one of each field, and one more than are filled where it may have several."""
    keys = []
    for field in FIELDS:
        rows = draft.get(field.id, [])
        count = len(rows) + 1 if field.many and (not rows or rows[-1].strip()) else max(len(rows), 1)
        keys += [row_key(field.id, row) for row in range(count)]
    return keys


def title(field: Field) -> str:
    return _TITLES.get(field.key, field.key)


def cell(column: str, field: Field, row: int, draft: Draft, fault: str, *, here: bool, doubt: str) -> Span:
    """One cell; `here`: it is being written, and shown as it is; `doubt`: what is odd, and no fault."""
    match column:
        case "group":
            first = FIRST[field.table] == field.id and not row
            return (_GROUPS[field.table] if first else ""), "column"
        case "field":
            return ("" if row else title(field)), "bad" if fault else "strong"
        case "value":
            rows = draft.get(field.id, [])
            text = rows[row] if row < len(rows) else ""
            if not text:
                return ("" if row else field.default), "muted"
            shown = safe(text if here else mask_text(text))
            return (f"! {shown}", "bad" if fault else "warn") if fault or doubt else (shown, "text")
    raise KeyError(column)


def detail_lines(
    field: Field, fault: str, suggested: Sequence[str], cells: int, *, fixed: str = "", doubt: str = ""
) -> list[Line]:
    """What the field is for, what is wrong with it, what may be put there: DETAILS lines. `fixed`: why it
    cannot be changed; `doubt`: what is odd about it, and refuses nothing."""
    lines: list[Line] = [[(f" {field.id}: {field.about}", "text")]]
    if fixed:
        lines.append([(f" {fixed}", "muted")])
    elif fault or doubt:
        said = (f" ! {safe(fault or doubt)}", "bad" if fault else "warn")
        lines += [*folded([said], max(cells, 10), 3)][:2]
    elif field.kind is Kind.MORE:
        lines.append([(" a row for each; what an app can have is in holdfast init --example", "muted")])
    elif field.many:
        lines.append([(" a row for each", "muted")])
    if suggested and not fixed:
        lines.append([(f" Ctrl+N puts in: {safe('  '.join(suggested))}", "muted")])
    lines += [[] for _ in range(DETAILS - len(lines))]
    return [clip(line, cells, "text") for line in lines[:DETAILS]]


def toml_lines(text: str) -> list[Line]:
    """The file that will be written; its text is without secrets already."""
    lines: list[Line] = []
    for line in text.rstrip("\n").split("\n"):
        style = "muted" if line.startswith("#") else "strong" if line.startswith("[") else "text"
        lines.append([(safe(line), style)])
    return lines


def heading(name: str, faults: Faults, *, new: bool, changed: bool) -> str:
    """The title of the form."""
    said = f"New app  {safe(name)}" if new else f"App  {safe(name)}"
    if faults:
        return f"{said.rstrip()} · {len(faults)} to mend"
    return f"{said.rstrip()} · not saved" if changed else said.rstrip()


def matching(suggestions: Mapping[str, Sequence[str]], id: str, text: str) -> list[str]:
    """What may be put into a field that holds a text: what has it in it, what begins with it first."""
    lower = text.strip().lower()
    found = [one for one in suggestions.get(id, ()) if lower in one.lower() and one != text.strip()]
    return sorted(found, key=lambda one: not one.lower().startswith(lower))


STANDING: Mapping[str, tuple[str, ...]] = {
    "order": ("stop-first", "start-first"),
    "run.restart": ("unless-stopped", "always", "on-failure", "no"),
    "scan.fail_on": ("critical", "high", "medium", "low", "none"),
    "scan.scanner": ("trivy", "grype"),
}
"""What may be put into some fields, whatever there is on the engine."""


def left_behind(name: str, releases: int, live: str, kept: Sequence[str]) -> list[str]:
    """What stays on the engine of an app that is removed from the configuration."""
    facts = [f"nothing on the engine is touched: {name} is only forgotten here"]
    if live:
        facts.append(f"its container {live} stays as it is")
    if kept:
        more = f" and {len(kept) - 3} more" if len(kept) > 3 else ""
        facts.append(f"its earlier releases stay: {', '.join(kept[:3])}{more}")
    if releases:
        facts.append(f"its ledger stays: {releases} releases, found again by an app of this name")
    return facts
