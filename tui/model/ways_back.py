"""Which releases an app can go back to, which one a roll back chooses by itself, why not the others. Pure.

Everybody asks here: roll back, status, the dashboard and the undoing of a deploy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.release import Soundness

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from tui.model.release import Entry, Release
    from tui.model.standing import Standing


class WayBack(NamedTuple):
    """A release that there is something to make anew of: its image is on the engine, or a registry had it.

    why_not     why a roll back does not go there by itself, "" where it may
    untrusted   whether what it would bring into service is in doubt: that wants to be forced
    """

    number: int
    why_not: str = ""
    untrusted: bool = False


def ways_back(
    standing: Standing,
    entries: Mapping[int, Entry],
    images: Collection[str] | None = None,
    differing: Mapping[int, Sequence[str]] | None = None,
) -> tuple[WayBack, ...]:
    """All of them, the newest first.

    images      IDs and references "repository@sha256:..." of what is on the engine; None where nobody looked
    differing   in what a release's container is not as it was recorded
    """
    live = standing.live
    serving = entries.get(live) if live is not None else None
    rejected = rolled_back_from(entries)
    found = []
    for number in sorted(entries, reverse=True):
        release = entries[number].release
        if number == live or not _passed(standing, entries[number]) or not is_there(release, images):
            continue
        if doubt := doubt_of(entries[number], (differing or {}).get(number, ())):
            found.append(WayBack(number, doubt, untrusted=True))
        elif number in rejected:
            by = f"r{rejected[number]} is a roll back from it"
            found.append(WayBack(number, f"{by}, and it has not been deployed again since"))
        elif serving is not None and same(release, serving.release):
            found.append(WayBack(number, f"it is the same as r{live}, which is live"))
        elif live is not None and number > live:
            found.append(WayBack(number, f"it came after r{live}, which was put back in its place"))
        elif release.adopted and not release.gate_passed:
            found.append(WayBack(number, "it was adopted, and has not passed its gate"))
        else:
            found.append(WayBack(number))
    return tuple(found)


def default_of(ways: Iterable[WayBack]) -> int | None:
    """Where a roll back goes by itself: the newest that nothing speaks against."""
    return next((way.number for way in ways if not way.why_not), None)


def passed_over(ways: Sequence[WayBack], chosen: int) -> list[WayBack]:
    """Those that are newer than the chosen one, and were not chosen: each says why."""
    return [way for way in ways if way.number > chosen and way.why_not]


def may_be_made_anew(entry: Entry) -> bool:
    """Whether a roll back to the live release makes it anew, without being forced."""
    return bool(entry.good) and not doubt_of(entry)


def doubt_of(entry: Entry, differing: Sequence[str] = ()) -> str:
    """Why a release's record, or its container, is not to be trusted; "" where nothing speaks against it."""
    state, why = entry.integrity
    match state:
        case Soundness.DAMAGED:
            return f"its record cannot be read: {why}"
        case Soundness.CHAIN_BROKEN:
            return f"its record is not whole: {why}"
        case Soundness.FROM_LABELS:
            return "its record is lost: only its container tells of it"
    return f"its container is not as it was recorded: {', '.join(differing)}" if differing else ""


def rolled_back_from(entries: Mapping[int, Entry]) -> dict[int, int]:
    """Releases that somebody went back from, and the roll back that did so.

    What is good once more, deployed or gone back to, counts as good: the same bytes and configuration.
    """
    bytes_of: dict[str, list[int]] = {}
    rejected: dict[int, int] = {}
    for number in sorted(entries):
        release, good = entries[number].release, entries[number].good
        bytes_of.setdefault(_bytes(release), []).append(number)
        if not good:
            continue
        left = entries.get(release.previous) if release.rollback_of else None
        if left is not None and not same(left.release, release):
            for earlier in bytes_of[_bytes(left.release)]:
                if same(entries[earlier].release, left.release):
                    rejected[earlier] = number
        for earlier in bytes_of[_bytes(release)]:
            if earlier in rejected and same(entries[earlier].release, release):
                del rejected[earlier]
    return rejected


def _bytes(release: Release) -> str:
    return release.digest or release.image


def same(one: Release, other: Release) -> bool:
    """Whether two releases are the same bytes with the same configuration."""
    return (_bytes(one), one.run, one.ready) == (_bytes(other), other.run, other.ready)


def is_there(release: Release, images: Collection[str] | None) -> bool:
    """Whether its bytes can be had: on the engine, or from a registry that had them."""
    if release.digest or images is None:
        return bool(release.digest or release.image)
    return release.image in images or release.reference in images


def _passed(standing: Standing, entry: Entry) -> bool:
    """Whether it passed its gate. One whose record was changed is offered to whoever insists."""
    number = entry.release.number
    changed = entry.integrity.state is Soundness.CHAIN_BROKEN
    return bool(standing.records.get(number)) or (changed and entry.good is not None)
