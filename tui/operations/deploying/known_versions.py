"""What is known of a version: which bytes it named when it was released, pushed or tagged before.

A tag can be moved by anybody, in a registry and on an engine; what was known of it tells that it was.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.bounds import RECENT
from tui.engine.errors import NotFound
from tui.errors import Refused
from tui.evidence.files import all_evidence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.evidence import Evidence
    from tui.model.policy import Policy
    from tui.model.release import Entry
    from tui.operations.deploying.targets import Target


class Known(NamedTuple):
    """The bytes that a version named; what is not known of them is "".

    how        how it is known
    manifest   the digest of this engine's platform, where `digest` is an index's
    """

    digest: str
    image: str
    how: str
    manifest: str = ""

    @property
    def bytes(self) -> str:
        return self.digest or self.image


async def moved(
    engine: Engine, app: AppSpec, version: str, target: Target, entries: Mapping[int, Entry]
) -> Known | None:
    """What a version named before, where that is something else than `target`; None where all agrees.

    The engine's own tag is asked only where nothing better is known. Raises EngineError.
    """
    evidence = await asyncio.to_thread(all_evidence, app.name)
    if app.has_registry:
        before = pushed(version, evidence)
    else:  # the same version may be other bytes on another engine
        before = tagged(version, evidence, (await engine.info(within=RECENT)).id)
    known = [one for one in (released(version, entries), before) if one is not None]
    if not known and app.has_registry:
        known = await _on_engine(engine, app, version, target)
    return next((one for one in known if differs(one, target)), None)


def released(version: str, entries: Mapping[int, Entry]) -> Known | None:
    """By the newest good release of this version, else by the newest of all."""
    for number in sorted(entries, key=lambda number: (bool(entries[number].good), number), reverse=True):
        release = entries[number].release
        if release.version == version:
            manifest = release.evidence.get("manifest", "")
            return Known(release.digest, release.image, f"in r{number}", manifest)
    return None


def pushed(version: str, evidence: list[Evidence]) -> Known | None:
    """By what this account pushed last: only the digest in the registry counts."""
    found = [one for one in evidence if version in one.named and one.digests.get(version)]
    if not found:
        return None
    newest = max(found, key=lambda one: one.named[version])
    return Known(newest.digests[version], newest.image, "when it was pushed from here")


def tagged(version: str, evidence: list[Evidence], engine: str) -> Known | None:
    """By what this account tagged last on one engine, where there is no registry."""
    newest = max(evidence, key=lambda one: one.given(version, engine), default=None)
    if newest is None or not newest.given(version, engine):
        return None
    return Known("", newest.image, "when it was tagged")


async def _on_engine(engine: Engine, app: AppSpec, version: str, target: Target) -> list[Known]:
    images = target.tagged if target.version == version else None
    if images is None:
        try:
            images = (await engine.images.config(f"{app.image}:{version}"),)
        except NotFound:
            return []
    return [Known(app.digest_of(image.digests), image.id, "on this engine") for image in images]


def differs(known: Known, target: Target) -> bool:
    """Whether these are certainly other bytes: an image's ID says nothing about the digest of an index.

    An index that was made around a manifest, for what a builder attests of it, has the same bytes for us.
    """
    same = {known.digest, known.manifest} & {target.digest, target.manifest}
    if any(same):
        return False
    if known.digest and target.digest:
        return known.digest != target.digest and not (known.image and known.image in target.images)
    return bool(known.image and target.images) and known.image not in target.images


async def moved_words(
    engine: Engine, app: AppSpec, policy: Policy, version: str, target: Target, entries: Mapping[int, Entry]
) -> str:
    """A sentence about a version that names other bytes than before, "" where it does not or may."""
    if not version or policy.may_move(version):
        return ""
    known = await moved(engine, app, version, target, entries)
    if known is None:
        return ""
    now = target.digest or target.image
    return f"{app.image}:{version} was {known.bytes} {known.how}, and is {now} now"


def refuse_moved(app: AppSpec, words: str, target: Target) -> None:
    """Raises Refused where there is such a sentence."""
    if words:
        raise Refused(
            f"{words}: a version never moves",
            f"find out who moved it; holdfast deploy {app.name} --digest {target.digest or target.image} "
            "deploys exactly these bytes, or name the others",
        )
