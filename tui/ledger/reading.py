"""The files of an app's ledger as entries, and what is wrong with them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from tui.ledger.bounds import LONGEST, short, short_claims
from tui.ledger.records import (
    Damaged,
    ParsedRecord,
    breaks,
    decode_outcome,
    decode_release,
    digest,
    numbers,
    outcome_file,
    release_file,
    strays,
)
from tui.model.release import FROM_LABELS, WHOLE, Entry, Integrity, Outcome, Release, Soundness, last_said

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


FAR = 1000
"""How far beyond the one before it a record's number is believed: numbers go up one by one."""

SAID = 5
"""Of so many records it is said what is wrong, of the others how many there are."""


class Reading(NamedTuple):
    """The entries, newest first, and sentences about what is wrong with them."""

    entries: list[Entry]
    notes: list[str]


class Sound(NamedTuple):
    """Records that can be read, and their outcomes.

    files   all of them, by the names of their files
    whole   those that stand on one another: what is copied, and restored from a copy
    """

    files: dict[str, bytes]
    whole: dict[str, bytes]


def sound(app: str, files: Mapping[str, bytes]) -> Sound:
    """What of an app's files is no forgery at first sight."""
    kept, _ = _decoded(app, files)
    readable = {release_file(number): files[release_file(number)] for number in kept}
    for number in kept:
        raw = files.get(outcome_file(number))
        if raw is not None and _is_outcome(number, raw, readable[release_file(number)]):
            readable[outcome_file(number)] = raw
    stray = {release_file(number) for number in strays(readable, kept)}
    return Sound(readable, {name: raw for name, raw in readable.items() if name not in stray})


def _decoded(app: str, files: Mapping[str, bytes]) -> tuple[dict[int, ParsedRecord], dict[int, str]]:
    """The records that can be read, and why the others cannot."""
    kept: dict[int, ParsedRecord] = {}
    damaged: dict[int, str] = {}
    before = 0
    for number in numbers(files):
        try:
            one = decode_release(files[release_file(number)])
            release = cast(Release, one.value)
            if (release.app, release.number) != (app, number):
                raise Damaged(f"it is that of r{release.number} of {release.app}")
            if before and number - before > FAR:
                raise Damaged(f"its number is far beyond that of the record before it, r{before}")
            kept[number] = one
            before = number
        except Damaged as error:
            damaged[number] = short(str(error))
    return kept, damaged


def _is_outcome(number: int, raw: bytes, record: bytes) -> bool:
    try:
        kept = decode_outcome(raw)
    except Damaged:
        return False
    return cast(Outcome, kept.value).number == number and kept.prior == digest(record)


def read_entries(app: str, files: Mapping[str, bytes], unread: Mapping[str, str] | None = None) -> Reading:
    """What the files of an app say; a record that cannot be read stands as a failed release of its number.

    unread   files that are there and were not read: name -> why
    """
    notes: list[str] = []
    kept, damaged = _decoded(app, files)
    unread = unread or {}
    damaged |= {number: unread[release_file(number)] for number in numbers(unread)}
    for number, one in kept.items():
        notes += _unknown(app, number, one)
    broken = breaks(files, kept)
    notes += bounded([f"the ledger of {app} is not whole: {why}" for why in broken.values()])
    wrong = [f"the record of r{number} of {app} cannot be read: {why}" for number, why in damaged.items()]
    notes += bounded(wrong)
    entries = []
    for number in sorted({*kept, *damaged}, reverse=True):
        if number in damaged:
            entries.append(unreadable(app, number, damaged[number]))
            continue
        release = _shown(cast(Release, kept[number].value))
        integrity = FROM_LABELS if release.from_labels else WHOLE
        if number in broken:
            integrity = Integrity(Soundness.CHAIN_BROKEN, broken[number])
        entries.append(Entry(release, _outcome(app, number, files, unread, notes), integrity))
    return Reading(entries, notes)


def bounded(sentences: Iterable[str]) -> list[str]:
    """The first few of them, and how many more there are."""
    said = [*sentences]
    more = [f"and {len(said) - SAID} more like that"] if len(said) > SAID else []
    return said[:SAID] + more


def _outcome(
    app: str, number: int, files: Mapping[str, bytes], unread: Mapping[str, str], notes: list[str]
) -> Outcome | None:
    name = outcome_file(number)
    raw = files.get(name)
    if raw is None and name not in unread:
        return None
    try:
        if raw is None:
            raise Damaged(unread[name])
        kept = decode_outcome(raw)
        outcome = cast(Outcome, kept.value)
        if outcome.number != number or kept.prior != digest(files[release_file(number)]):
            raise Damaged("it is that of another record")
    except Damaged as error:
        why = f"the outcome of r{number} of {app} cannot be trusted: {short(str(error))}"
        notes.append(why)
        return Outcome(number, False, 0.0, message=why)
    notes += _unknown(app, number, kept)
    return outcome._replace(
        message=outcome.message[: 10 * LONGEST],
        container=short(outcome.container),
        said=last_said(outcome.said),
    )


def _unknown(app: str, number: int, kept: ParsedRecord) -> list[str]:
    if not kept.unknown:
        return []
    return [
        f"r{number} of {app} was recorded by a newer Holdfast: "
        f"{short(', '.join(kept.unknown))} is not understood here, and not applied by a roll back to it"
    ]


def unreadable(app: str, number: int, why: str) -> Entry:
    """What stands for a record that is there and cannot be read."""
    release = Release(app, number, version="", reference="", digest="", image="")
    outcome = Outcome(number, False, 0.0, message=f"its record cannot be read: {why}")
    return Entry(release, outcome, Integrity(Soundness.DAMAGED, why))


def _shown(release: Release) -> Release:
    """With names and evidence of a length that can be shown."""
    return release._replace(
        by=short(release.by),
        host=short(release.host),
        op=short(release.op),
        version=short(release.version),
        container=short(release.container),
        evidence=short_claims(release.evidence),
    )
