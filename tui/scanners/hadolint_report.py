"""hadolint's JSON: what it says of the lines of a Dockerfile. Pure."""

from __future__ import annotations

import json

from tui.model.finding import Remark
from tui.scanners.reading import text, unreadable

NAME = "hadolint"

LEVELS = ("error", "warning", "info", "style")

REMARKS = 2_000
"""The most remarks on one file."""


def read_remarks(raw: bytes) -> tuple[Remark, ...]:
    """Raises ScanFailed."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise unreadable(NAME, "it is no JSON") from None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise unreadable(NAME, "it is no list of objects")
    if len(found) > REMARKS:
        raise unreadable(NAME, f"it has more than {REMARKS:,} remarks")
    remarks = []
    for one in found:
        level, line = text(one, "level"), one.get("line")
        remarks.append(
            Remark(
                text(one, "code"),
                level if level in LEVELS else "warning",
                line if isinstance(line, int) and 0 <= line < 2**31 else 0,
                text(one, "message"),
            )
        )
    return tuple(sorted(remarks, key=lambda one: (LEVELS.index(one.level), one.line)))
