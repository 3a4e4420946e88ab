"""Which bytes of an app are signed, and whether they may be: for `sign` and `promote`."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

from tui.evidence.files import all_evidence
from tui.model.digest import short_id
from tui.model.evidence import Evidence, together
from tui.model.reference import valid_tag
from tui.model.statement import DIGEST
from tui.model.version import nearest_tag
from tui.operations.attesting.attest import place_of
from tui.operations.deploying.trusted import refuse_lacking
from tui.operations.looking.app_repository import NoSuchVersion, not_there_remedy

if TYPE_CHECKING:
    from collections.abc import Collection

    from tui.model.app import AppSpec
    from tui.model.policy import Policy
    from tui.model.verdict import Wanted
    from tui.operations.attesting.attest import Place
    from tui.operations.looking.verification import Verified
    from tui.registry.client import Registry


class Pinned(NamedTuple):
    """Bytes in a registry.

    version    as it was asked for: a tag, or a digest
    evidence   what this account knows of them, under whatever ID
    """

    version: str
    place: Place
    evidence: Evidence

    @property
    def digest(self) -> str:
        return self.place.manifest.digest

    @property
    def tag(self) -> str:
        """ "" where it was asked for by a digest."""
        return "" if self.version.startswith("sha256:") else self.version

    @property
    def called(self) -> str:
        """For people: a tag as it is, a digest short."""
        return self.tag or short_id(self.digest)

    @property
    def versions(self) -> tuple[str, ...]:
        """What a signature names: of a digest the versions as which this account knows it."""
        if self.tag:
            return (self.tag,)
        return tuple(sorted(tag for tag, digest in self.evidence.digests.items() if digest == self.digest))

    def named(self, app: AppSpec) -> tuple[str, ...]:
        """The tags that the signature names, as references."""
        return tuple(f"{app.image}:{tag}" for tag in self.versions)

    def reference(self, app: AppSpec) -> str:
        """By its digest: it means these bytes for ever."""
        return f"{app.image}@{self.digest}"


async def pinned(registry: Registry, app: AppSpec, version: str) -> Pinned:
    """The bytes of a version, of "" those that this account pushed last. Raises HoldfastError."""
    evidence = await asyncio.to_thread(all_evidence, app.name)
    version = version or _last_pushed(app, evidence)
    if version.startswith("sha256:"):
        if not DIGEST.fullmatch(version):
            raise NoSuchVersion(f"{version} is no digest", "sha256: and 64 hexadecimal digits")
    elif problem := valid_tag(version):
        raise NoSuchVersion(problem)
    digest = await registry.digest(app.image, version)
    if not digest:
        tags = [] if version.startswith("sha256:") else await registry.tags(app.image)
        near = nearest_tag(version, app.versions_of(f"{app.image}:{tag}" for tag in tags))
        raise NoSuchVersion(
            f"there is no {app.name} {version} in the registry {registry.host}",
            f"did you mean {near}?" if near else not_there_remedy(app, version),
        )
    place = await place_of(registry, app, digest)
    ids = {*place.digests, place.manifest.config_digest}
    ours = [one for one in evidence if one.image in ids or digest in one.digests.values()]
    return Pinned(version, place, together(ours) if ours else Evidence(digest))


def _last_pushed(app: AppSpec, evidence: Collection[Evidence]) -> str:
    """The version that this account pushed, or deployed from a registry, last."""
    pushed = [(one.named.get(version, 0.0), version) for one in evidence for version in one.digests]
    if not pushed:
        raise NoSuchVersion(f"which version of {app.name}?", "name it: a tag in its registry, or sha256:...")
    return max(pushed)[1]


async def verified(
    registry: Registry, app: AppSpec, policy: Policy, found: Pinned, wanted: Collection[Wanted]
) -> Verified:
    """What is wanted of these bytes, judged by what hangs on them. Raises KeyUnusable."""
    from tui.operations.looking.trusted_keys import verify_keys
    from tui.operations.looking.verification import Verified, verify

    if not wanted:
        return Verified((), ())
    keys = await verify_keys(policy.trust) if policy.trust is not None else ()
    version = "" if policy.may_move(found.tag) else found.tag
    return await verify(registry, app.image, found.place.digests, wanted, keys, time.time(), version=version)


def missing(
    policy: Policy,
    app: AppSpec,
    found: Pinned,
    judged: Verified,
    but: Collection[str],
    strictly: Collection[str] = (),
) -> list[str]:
    """What is wanted and not there, except for claims of some kinds, in sentences.

    Raises Refused, which names all that is enforced: of the kinds in `strictly` it is that at any level.
    """
    lacking = [
        one._replace(enforced=one.enforced or one.kind in strictly)
        for one in policy.missing(found.evidence, app, found.version, judged.verdicts)
        if one.kind not in but
    ]
    return refuse_lacking(lacking, f"{app.name} {found.called}")
