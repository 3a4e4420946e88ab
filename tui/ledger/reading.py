"""The files of an app's ledger as entries, and what is wrong with them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from tui.ledger.records import (
    Damaged,
    Kept,
    breaks,
    decode_outcome,
    decode_release,
    digest,
    numbers,
    outcome_file,
    release_file,
)
from tui.model.release import CHAIN, DAMAGED, Entry, Outcome, Release

if TYPE_CHECKING:
    from collections.abc import Mapping


class Reading(NamedTuple):
    """The entries, newest first, and sentences about what is wrong with them."""

    entries: list[Entry]
    notes: list[str]


def read_entries(app: str, files: Mapping[str, bytes]) -> Reading:
    """What the files of an app say; a record that cannot be read stands as a failed release of its number."""
    notes: list[str] = []
    kept: dict[int, Kept] = {}
    damaged: dict[int, str] = {}
    for number in numbers(files):
        try:
            one = decode_release(files[release_file(number)])
            release = cast(Release, one.value)
            if (release.app, release.number) != (app, number):
                raise Damaged(f"it is that of r{release.number} of {release.app}")
            kept[number] = one
            notes += _unknown(app, number, one)
        except Damaged as error:
            damaged[number] = str(error)
    broken = breaks(files, kept)
    notes += [f"the ledger of {app} is not whole: {why}" for why in broken.values()]
    notes += [f"the record of r{number} of {app} cannot be read: {why}" for number, why in damaged.items()]
    entries = []
    for number in reversed(numbers(files)):
        if number in damaged:
            entries.append(_unreadable(app, number, damaged[number]))
            continue
        release = cast(Release, kept[number].value)
        if number in broken:
            release = release._replace(evidence={**release.evidence, CHAIN: broken[number]})
        entries.append(Entry(release, _outcome(app, number, files, notes)))
    return Reading(entries, notes)


def _outcome(app: str, number: int, files: Mapping[str, bytes], notes: list[str]) -> Outcome | None:
    raw = files.get(outcome_file(number))
    if raw is None:
        return None
    try:
        kept = decode_outcome(raw)
        outcome = cast(Outcome, kept.value)
        if outcome.number != number or kept.prior != digest(files[release_file(number)]):
            raise Damaged("it is that of another record")
    except Damaged as error:
        why = f"the outcome of r{number} of {app} cannot be trusted: {error}"
        notes.append(why)
        return Outcome(number, False, 0.0, message=why)
    notes += _unknown(app, number, kept)
    return outcome


def _unknown(app: str, number: int, kept: Kept) -> list[str]:
    if not kept.unknown:
        return []
    return [
        f"r{number} of {app} was recorded by a newer Holdfast: "
        f"{', '.join(kept.unknown)} is not understood here, and not applied by a roll back to it"
    ]


def _unreadable(app: str, number: int, why: str) -> Entry:
    release = Release(app, number, "", "", "", "", evidence={DAMAGED: why})
    return Entry(release, Outcome(number, False, 0.0, message=f"its record cannot be read: {why}"))
