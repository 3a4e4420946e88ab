"""Which containers are an app's releases: the ledger says so, never a container of itself. Pure.

Labels are copied: `docker commit` puts a container's into an image, and whatever is run from that bears them.
So a container is a release's where its ID was recorded, or where the record's bytes, configuration and
name are its own; one whose record is lost, where its labels, its name and the bytes it was made of agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.ledger.labels import entry_of, number_of
from tui.ledger.records import spec_hash
from tui.model.labels import DIGEST, SPEC

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tui.model.container import Container
    from tui.model.release import Entry

CREATED = "created"
"""The state of a container that was never started."""


class Owned(NamedTuple):
    """Containers by the number of their release, and those that only say that they are one."""

    containers: Mapping[int, str]
    strangers: tuple[Container, ...]


def owned(app: str, entries: Mapping[int, Entry], claiming: Iterable[Container]) -> Owned:
    """Of containers that bear the labels of a release of an app, whose each is.

    What was adopted bears no labels: its ID alone is known.
    """
    left = {one.id: one for one in claiming}
    found: dict[int, str] = {}
    for number, entry in entries.items():
        recorded = recorded_id(entry)
        if recorded in left or entry.release.adopted:
            found[number] = recorded
    for id in found.values():
        left.pop(id, None)
    for number, entry in entries.items():
        fitting = [one for one in left.values() if number_of(one) == number and belongs(app, entry, one)]
        if number not in found and fitting:
            best = min(fitting, key=lambda one: (one.name != app, one.created))
            found[number] = best.id
            del left[best.id]
    return Owned({number: id for number, id in found.items() if id}, tuple(left.values()))


def recorded_id(entry: Entry) -> str:
    """The ID of its container, "" where that was not recorded."""
    own = entry.outcome.container if entry.outcome is not None else ""
    return own or entry.release.container


def belongs(app: str, entry: Entry, one: Container) -> bool:
    """Whether a container is what a record says: by its bytes, its configuration and its name.

    Where the record itself is not to be trusted, the container speaks for itself.
    """
    release = entry.release
    if not entry.is_trusted:
        return agrees(app, one)
    same_bytes = one.labels.get(DIGEST) == (release.digest or release.image) and (
        one.image == release.reference or (bool(release.image) and one.image_id == release.image)
    )
    same_words = one.labels.get(SPEC) == spec_hash(release.run, release.ready)
    return same_bytes and same_words and one.name in (app, f"{app}.r{release.number}")


def agrees(app: str, one: Container) -> bool:
    """Whether a container's labels, its name and the bytes that it was made of say the same."""
    digest = one.labels.get(DIGEST, "")
    made_of_it = bool(digest) and (one.image.endswith(f"@{digest}") or digest in (one.image, one.image_id))
    return made_of_it and one.name in (app, f"{app}.r{number_of(one)}")


def unrecorded(
    app: str,
    recorded: Collection[int],
    claiming: Iterable[Container],
    since: float | None,
    taken: Collection[int] = (),
) -> list[Entry]:
    """The releases of which only containers tell: their records were lost, or are being written.

    since   when the ledger's present anchor was made, None where there is none. Numbers go up one by one, so
            a gap between records is a lost one; a container that is older than the anchor may have been in a
            ledger that is gone. What is newer was never recorded, and is a stranger, but for the very next
            number that was created and not begun: whoever made it was ended before it was written down.
            Where there is no record at all, containers are all there is to tell of the app.
    taken   those of `recorded` whose record cannot be read: their numbers say nothing
    """
    newest = max((number for number in recorded if number not in taken), default=0)
    if not recorded:
        since = None
    found: dict[int, tuple[float, Entry]] = {}
    for one in claiming:
        number = number_of(one)
        if number in recorded or not agrees(app, one):
            continue
        lost = number < newest or since is None or one.created < int(since)
        begun = number == newest + 1 and one.state == CREATED
        oldest = number not in found or one.created < found[number][0]
        if (lost or begun) and oldest and (entry := entry_of(one)) is not None:
            found[number] = (one.created, entry)
    return [entry for _, entry in found.values()]
