"""The versions of an app that can be deployed: where each of them is, and what is known of its bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.app import BUILT
from tui.model.evidence import together
from tui.model.remote import LOCAL, MOVED, REMOTE, UNKNOWN, whereabouts
from tui.model.version import Suggestion, Version
from tui.presentation.amounts import age
from tui.presentation.images import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.model.app import AppSpec
    from tui.model.evidence import Evidence
    from tui.model.image import Image
    from tui.model.policy import Policy
    from tui.model.releases import Releases
    from tui.model.remote import RemoteTags

_WHERE = {
    LOCAL: "only here, not pushed",
    REMOTE: "in the registry",
    MOVED: "here and in the registry, with other bytes",
    UNKNOWN: "here; in the registry: unknown",
}


class Offered(NamedTuple):
    """One version. `images` are the IDs and digests by which its evidence is known."""

    tag: str
    where: str
    digest: str
    images: tuple[str, ...]
    created: float = 0.0


def offered_versions(app: AppSpec, images: Iterable[Image], remote: RemoteTags | None) -> list[Offered]:
    """All of them: versions by precedence, the newest first, then other tags by name."""
    found: dict[str, Offered] = {}
    for image in images:
        for reference in image.tags:
            tag = next(iter(app.versions_of([reference])), "")
            if not tag:
                continue
            held = remote.tags.get(tag) if remote is not None else None
            known = digest_of(image, reference)
            where = "here"
            if app.has_registry:
                error = "not asked" if remote is None else remote.error
                place = whereabouts(image, known, held, error)
                where = _WHERE.get(place, "here and in the registry")
            digest = held.digest if held is not None else known
            found[tag] = Offered(tag, where, digest or image.id, (image.id, digest), image.created)
    for tag, held in remote.tags.items() if remote is not None else ():
        if tag not in found and not tag.startswith(BUILT):
            found[tag] = Offered(tag, _WHERE[REMOTE], held.digest, (held.config, held.digest))
    versions = [(version.precedence, tag) for tag in found if (version := Version.parse(tag)) is not None]
    proper = [tag for _, tag in sorted(versions, reverse=True)]
    return [found[tag] for tag in (*proper, *sorted(found.keys() - {*proper}))]


def version_choices(
    app: str,
    offered: Iterable[Offered],
    releases: Releases | None,
    known: Mapping[str, Evidence],
    policy: Policy,
    now: float,
) -> list[Suggestion]:
    """Each with what is known of it, `known` by IDs and digests, and with what the policy misses."""
    choices = []
    for one in offered:
        words = [one.where]
        number = _release_of(one, releases)
        if number is not None and releases is not None:
            live = number == releases.standing.live
            words.append(f"live, r{number}" if live else f"was r{number}")
        evidence = together(known[id] for id in one.images if id in known)
        if evidence.tested:
            words.append(f"tested {age(now - evidence.tested)} ago")
        words += [f"! {missing.short}" for missing in policy.missing(evidence, app)]
        choices.append(Suggestion(one.tag, " · ".join(words)))
    return choices


def first_choice(offered: Iterable[Offered], releases: Releases | None) -> str:
    """The newest version that is not live and can be had; "" where there is none."""
    for one in offered:
        number = _release_of(one, releases)
        live = number is not None and releases is not None and number == releases.standing.live
        if not live and one.where != _WHERE[LOCAL]:
            return one.tag
    return ""


def _release_of(one: Offered, releases: Releases | None) -> int | None:
    """The newest release of these bytes that was good, or is live."""
    for number, entry in sorted(releases.entries.items(), reverse=True) if releases is not None else ():
        release = entry.release
        same = (release.digest or release.image) in (one.digest, *one.images)
        if same and releases is not None and (entry.good or number == releases.standing.live):
            return number
    return None
