"""Which versions of an app can be deployed, and where each is. Pure: dialog and command line ask here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.build_tag import is_build_tag
from tui.model.remote import Whereabouts, whereabouts
from tui.model.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.model.app import AppSpec
    from tui.model.image import Image
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


def offered_versions(app: AppSpec, images: Iterable[Image], remote: RemoteTags | None) -> list[Offered]:
    """All of them: versions by precedence, the newest first, then other tags by name.

    remote   what its registry has, None where that was not asked
    """
    found: dict[str, Offered] = {}
    for image in images:
        known = app.digest_of(image.digests)
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
        if tag not in found and not is_build_tag(tag):
            found[tag] = Offered(tag, Whereabouts.REMOTE, held.digest, (held.config, held.digest))
    versions = [(version.precedence, tag) for tag in found if (version := Version.parse(tag)) is not None]
    proper = [tag for _, tag in sorted(versions, reverse=True)]
    return [found[tag] for tag in (*proper, *sorted(found.keys() - {*proper}))]


def first_choice(offered: Iterable[Offered], releases: Releases | None) -> str:
    """The newest version that is not live and can be had; "" where there is none."""
    for one in offered:
        number = release_of(one, releases)
        live = number is not None and releases is not None and number == releases.standing.live
        if not live and one.can_be_had:
            return one.tag
    return ""


def release_of(one: Offered, releases: Releases | None) -> int | None:
    """The newest release of these bytes that was good, or is live."""
    for number, entry in sorted(releases.entries.items(), reverse=True) if releases is not None else ():
        release = entry.release
        same = (release.digest or release.image) in (one.digest, *one.images)
        if same and releases is not None and (entry.good or number == releases.standing.live):
            return number
    return None
