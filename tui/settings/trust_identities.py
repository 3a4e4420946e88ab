"""`identities` of `[trust]`, as they stand in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.model.trust import ListedIdentity
from tui.settings.reading import many, one, record
from tui.settings.units import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.settings.reading import Reader, SettingsPlace

LONGEST = 2048
"""Characters of an issuer or a subject."""

EXAMPLE = (
    '{ name = "ci", issuer = "https://token.actions.githubusercontent.com", '
    'subject = "https://github.com/team/web/.github/workflows/release.yml@refs/heads/main" }'
)


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= LONGEST or " " in value:
        raise ValueError
    return value


def _issuer(value: Any) -> str:
    if "*" in _word(value):
        raise NotAllowed("whoever can be any issuer can be any subject; name one")
    return _word(value)


def _subject(value: Any) -> str:
    if not _word(value).strip("*"):
        raise NotAllowed("everybody whom the issuer knows would count")
    return _word(value)


_PLACES: Mapping[str, Reader] = {
    "issuer": one("the URL of an issuer as certificates have it", _issuer),
    "subject": one('a subject as certificates have it; "*" in it is anything without "/" and "@"', _subject),
}


def identities(name: Reader, until: Reader) -> Reader:
    """Reads the list; of each, name and end as of a key."""
    table = record({"name": name, "until": until, **_PLACES})

    def read(value: Any, spot: SettingsPlace) -> Any:
        found = table(value, spot)
        if found is None:
            return None
        if missing := [key for key in ("name", *_PLACES) if key not in found]:
            spot.say(f" is not allowed: {' and '.join(missing)} is missing, e.g. {EXAMPLE}")
        if not all(found.get(key) for key in ("name", *_PLACES)):
            return None
        return ListedIdentity(
            name=found["name"],
            issuer=found["issuer"],
            subject=found["subject"],
            until=found.get("until") or 0.0,
        )

    return many(read, single=False)
