"""Which versions of an app can be deployed, and where each is. Pure: dialog and command line ask here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.build_tag import is_build_tag
from tui.model.remote import Whereabouts, whereabouts
from tui.model.version import Version
from tui.model.ways_back import rolled_back_from

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tui.model.app import AppSpec
    from tui.model.image import Image
    from tui.model.release import Entry, Release
    from tui.model.releases import Releases
    from tui.model.remote import RemoteTags


class Offered(NamedTuple):
    """One version. `images` are the IDs and digests by which its evidence is known."""

    tag: str
    place: Whereabouts
    digest: str
    images: tuple[str, ...]
    created: float = 0.0

    @property
    def can_be_had(self) -> bool:
        """Whether a deploy finds it: what is only here has to be pushed first."""
        return self.place is not Whereabouts.LOCAL


class Trouble(NamedTuple):
    """Why a version is not the one to offer: its last release failed, or somebody rolled back from it.

    number   of that release
    failed   whether it failed; else it was rolled back from
    at       when it failed, seconds since the epoch; 0.0 where that is not known
    """

    number: int
    failed: bool
    at: float = 0.0


def offered_versions(app: AppSpec, images: Iterable[Image], remote: RemoteTags | None) -> list[Offered]:
    """All of them: versions by precedence, the newest first, then other tags by name.

    remote   what its registry has, None where that was not asked
    """
    found: dict[str, Offered] = {}
    here: dict[str, Image] = {}
    for image in images:
        known = app.digest_of(image.digests)
        here |= {name: image for name in (image.id, known) if name}
        for tag in app.versions_of(image.tags):
            held = remote.tags.get(tag) if remote is not None else None
            place = Whereabouts.HERE
            if app.has_registry:
                place = whereabouts(image, known, held, "not asked" if remote is None else remote.error)
            digest = held.digest if held is not None else known
            found[tag] = Offered(
                tag=tag,
                place=place,
                digest=digest or image.id,
                images=(image.id, digest),
                created=image.created,
            )
    for tag, held in remote.tags.items() if remote is not None else ():
        if tag in found or is_build_tag(tag):
            continue
        # What was pulled by its digest has no tag on the engine, and is here all the same.
        pulled = here.get(held.digest) or here.get(held.config)
        found[tag] = Offered(
            tag=tag,
            place=Whereabouts.REMOTE if pulled is None else Whereabouts.BOTH,
            digest=held.digest,
            images=(held.config, held.digest, *((pulled.id,) if pulled is not None else ())),
            created=pulled.created if pulled is not None else 0.0,
        )
    versions = [(version.precedence, tag) for tag in found if (version := Version.parse(tag)) is not None]
    proper = [tag for _, tag in sorted(versions, reverse=True)]
    return [found[tag] for tag in (*proper, *sorted(found.keys() - {*proper}))]


def first_choice(offered: Iterable[Offered], releases: Releases | None, refused: Collection[str] = ()) -> str:
    """The newest version that is not live, has not failed and can be had; "" where there is none.

    refused   tags that a policy would refuse: one of them only where there is no other
    """
    able = []
    for one in offered:
        number = release_of(one, releases)
        live = number is not None and releases is not None and number == releases.standing.live
        if not live and one.can_be_had and trouble_of(one, releases) is None:
            able.append(one.tag)
    return next((tag for tag in able if tag not in refused), able[0] if able else "")


def release_of(one: Offered, releases: Releases | None) -> int | None:
    """The newest release of these bytes that was good, or is live."""
    for number, entry in sorted(releases.entries.items(), reverse=True) if releases is not None else ():
        same = is_of(one, entry.release)
        if same and releases is not None and (entry.good or number == releases.standing.live):
            return number
    return None


def trouble_of(one: Offered, releases: Releases | None) -> Trouble | None:
    """What its newest release came to, where that speaks against it. What is live has none."""
    return trouble_in(one, releases.entries, releases.standing.live) if releases is not None else None


def trouble_in(one: Offered, entries: Mapping[int, Entry], live: int | None) -> Trouble | None:
    """As `trouble_of`, of a ledger's entries and the number of the live one."""
    rejected = rolled_back_from(entries)
    for number, entry in sorted(entries.items(), reverse=True):
        if not is_of(one, entry.release) or entry.outcome is None:
            continue
        if number == live:
            return None
        if not entry.outcome.good:
            return Trouble(number, failed=True, at=entry.outcome.at)
        return Trouble(number, failed=False) if number in rejected else None
    return None


def is_of(one: Offered, release: Release) -> bool:
    """Whether a release has the bytes of a version: by digest, or by image; by name where nobody asked."""
    known = {name for name in (one.digest, *one.images) if name}
    if known:
        return not known.isdisjoint(name for name in (release.digest, release.image) if name)
    return bool(release.version) and release.version == one.tag
