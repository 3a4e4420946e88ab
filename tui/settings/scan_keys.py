"""The keys of `[apps.NAME.scan]`."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tui.model.severity import SEVERITIES
from tui.settings import units
from tui.settings.app_keys import folder
from tui.settings.reading import by, file_path, many, one, record
from tui.settings.schema import FLAG, TEXT, one_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.settings.reading import Reader, SettingsPlace

KNOWN = ("trivy", "grype")


def _scanner(value: Any, spot: SettingsPlace) -> Any:
    """A name, or the path of a binary that is called so."""
    said = f'it takes "{KNOWN[0]}" or "{KNOWN[1]}", or the path of one of them'
    if not isinstance(value, str) or not value.rpartition("/")[2].startswith(KNOWN) or "\0" in value:
        spot.refuse(value, said)
        return None
    if "/" in value or value.startswith("~"):
        return spot.source.path(value)
    if value not in KNOWN:
        spot.refuse(value, said)
    return value


def _until(value: Any) -> str:
    if isinstance(value, datetime):
        raise ValueError
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str) or len(value) != len("2026-12-31"):
        raise ValueError
    return date.fromisoformat(value).isoformat()


def _digest(value: Any) -> str:
    digits = value.removeprefix("sha256:").lower() if isinstance(value, str) else ""
    if len(digits) != 64 or digits.strip("0123456789abcdef"):
        raise ValueError
    return digits


def _filled(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value.strip()


_ignore = record(
    {
        "id": one('the ID of a finding such as "CVE-2026-1234"', _filled),
        "package": by(TEXT),
        "reason": one("a text that is not empty", _filled),
        "until": one("a day such as 2026-12-31", _until),
    }
)


def _ignored(value: Any, spot: SettingsPlace) -> Any:
    """What is ignored has a reason: whoever reads it later cannot ask."""
    found = _ignore(value, spot)
    for name in ("id", "reason"):
        if isinstance(value, dict) and name not in value:
            spot.say(f" is not allowed: {name} is missing")
    return found


def _age(value: Any) -> float:
    found = units.duration(value)
    if not found:
        raise ValueError
    return found


SCAN: Mapping[str, Reader] = {
    "scanner": _scanner,
    "fail_on": by(one_of(*SEVERITIES, "none")),
    "only_fixable": by(FLAG),
    "only_new": by(FLAG),
    "ignore": many(_ignored, single=False),
    "vex": many(file_path),
    "max_db_age": one(f"{units.DURATION}, more than 0", _age),
    "timeout": one(f"{units.DURATION}, more than 0", _age),
    "sha256": one("the SHA-256 of the scanner's binary, 64 hex digits", _digest),
    "dockerfile": by(FLAG),
    "database": folder,
}
