"""Reading what scanners write: JSON of any size and shape that somebody else may have had a hand in. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tui.model.severity import SEVERITIES
from tui.scanners.errors import ScanFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

REPORT_BYTES = 64 * 2**20
"""The largest report that is read; one of a large image with all its packages has about 10 MiB."""

FINDINGS = 20_000
"""The most findings of one image."""

TEXT = 300
"""Characters of a text that are kept."""


def document(raw: bytes, scanner: str) -> Mapping[str, Any]:
    """A report's outermost object. Raises ScanFailed."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise unreadable(scanner, "it is no JSON") from None
    if not isinstance(found, dict):
        raise unreadable(scanner, "it is no JSON object")
    return found


def unreadable(scanner: str, why: str) -> ScanFailed:
    """A report that is none."""
    return ScanFailed(f"the report of {scanner} cannot be read: {why}", f"{scanner} --version works?")


def objects(table: Mapping[str, Any], key: str, scanner: str) -> list[Mapping[str, Any]]:
    """A list of objects; nothing where the key is missing or null. Raises ScanFailed for anything else: what
    was not understood could be a finding."""
    found = table.get(key)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise unreadable(scanner, f"{key} is no list of objects")
    return found


def table(outer: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """An object in objects; an empty one where any is missing or something else."""
    found: Any = outer
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def text(outer: Mapping[str, Any], key: str) -> str:
    """One line of text of bounded length, "" where it is missing or something else."""
    found = outer.get(key)
    if not isinstance(found, str):
        return ""
    return " ".join(found[: 4 * TEXT].encode("utf-8", "replace").decode().split())[:TEXT]


def named(outer: Mapping[str, Any], key: str, scanner: str) -> str:
    """A text that has to be there. Raises ScanFailed."""
    if not (found := text(outer, key)):
        raise unreadable(scanner, f"{key} of a finding is missing")
    return found


def texts(outer: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """A list of texts, of which those are left out that are none."""
    found = outer.get(key)
    if not isinstance(found, list):
        return ()
    return tuple(one for item in found if (one := text({key: item}, key)))


def severity(word: str) -> str:
    """One of SEVERITIES. What is not known could be anything."""
    found = word.casefold()
    return found if found in SEVERITIES else "unknown"


def number(value: Any) -> float | None:
    """A number from 0 to 1, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        return None
    return float(value)
