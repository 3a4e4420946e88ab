"""`[fleets.NAME]`, as it stands in a file. Read only where a file has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.model.fleet import ALL, Carriage, Fleet, OnFailure, Share, Unreachable
from tui.settings import units
from tui.settings.reading import SettingsPlace, bare, by, many, one, record
from tui.settings.schema import TEXT, number, one_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from enum import StrEnum

    from tui.settings.reading import Reader, SettingsFile

SHARE = 'a number of engines, or a percentage such as "25%"'


def _share(value: Any) -> Share:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1000:
        return Share(value)
    if not isinstance(value, str) or not value.endswith("%") or not value[:-1].isascii():
        raise ValueError
    if not value[:-1].isdigit() or not 1 <= int(value[:-1][:4]) <= 100:
        raise ValueError
    return Share(int(value[:-1]), percent=True)


_shares = many(one(SHARE, _share), single=False)


def _waves(value: Any, spot: SettingsPlace) -> Any:
    found = _shares(value, spot)
    if found is None or None in found:
        return None
    if not found:
        spot.refuse(value, "it takes at least one wave")
        return None
    for kind in (True, False):
        amounts = [share.amount for share in found if share.percent is kind]
        if amounts != sorted(set(amounts)):
            spot.say(
                " is not allowed: each wave says how many have it after it, so each is more than the last"
            )
            return None
    if found[-1] != ALL:
        spot.say(' is not allowed: the last wave is "100%", or some engines would never have it')
        return None
    return found


_names = many(by(TEXT), single=False)


def _engines(value: Any, spot: SettingsPlace) -> Any:
    found = _names(value, spot)
    if found is None:
        return None
    if not found:
        spot.say(" is not allowed: a fleet has at least one engine")
    twice = sorted({name for name in found if found.count(name) > 1 and isinstance(name, str)})
    if twice:
        spot.say(f" is not allowed: {', '.join(twice)} is named twice")
    return found


def _one_of(kind: type[StrEnum]) -> Reader:
    return one(one_of(*kind).allowed, kind)


_read = record(
    {
        "engines": _engines,
        "waves": _waves,
        "parallel": by(number(0, 1000)),
        "bake": one(units.DURATION, units.duration),
        "max_failures": by(number(0, 1000)),
        "on_unreachable": _one_of(Unreachable),
        "on_failure": _one_of(OnFailure),
        "transport": _one_of(Carriage),
    }
)


def read_fleets(value: Mapping[str, Any], source: SettingsFile) -> dict[str, dict[str, Any]]:
    """The tables of a file by name; what is wrong is told."""
    found = {}
    for name, table in value.items():
        where = f"fleets.{bare(name)}"
        if not isinstance(table, dict):
            SettingsPlace(source, where).say(f" is a table: write [{where}] above its keys")
            continue
        spot = SettingsPlace(source, f"[{where}]")
        found[name] = _read(table, spot)
    return found


def fleet_problems(tables: Mapping[str, Mapping[str, Any]], origin: Mapping[str, str]) -> list[str]:
    """What is wrong with the fleets of all files together."""
    return [
        f"{origin.get(f'fleets.{name}', 'the configuration')}: [fleets.{bare(name)}] engines is missing: "
        'a fleet has at least one, e.g. engines = ["web-1", "web-2"]'
        for name, table in tables.items()
        if "engines" not in table
    ]


def put_into_apps(apps: Mapping[str, dict[str, Any]], fleets: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """An app of a fleet lives on its engines; what is wrong with that is returned."""
    problems = []
    for name, table in apps.items():
        fleet = table.get("fleet")
        if fleet is None:
            continue
        where = f"{table['origin']}: [apps.{bare(name)}] fleet"
        if fleet not in fleets:
            known = f": there are {', '.join(fleets)}" if fleets else ""
            problems.append(f"{where} names {fleet!r}, and there is no [fleets.{bare(fleet)}]{known}")
        elif table.get("engines"):
            problems.append(f"{where} is not allowed beside engines: its fleet has them")
        else:
            table["engines"] = tuple(fleets[fleet].get("engines", ()))
    return problems


def fleets_of(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Fleet]:
    """The tables as values."""
    return {name: Fleet(name, **table) for name, table in tables.items()}


def apps_fleet(name: str, engines: Sequence[str], fleets: Mapping[str, Fleet]) -> Fleet | None:
    """The fleet of an app: the one that it names, or its several engines; None where it lives on one."""
    if name:
        return fleets[name]
    return Fleet("", tuple(engines)) if len(engines) > 1 else None
