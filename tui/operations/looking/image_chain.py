"""The chain of an image in a registry: looked up, judged by the policy, joined with what is known here."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

from tui.evidence.files import read_evidence
from tui.model.attachment import NOTATION
from tui.model.chain import Known, chain
from tui.model.checks import key_words
from tui.model.digest import short_id
from tui.model.evidence import Evidence, together
from tui.model.verdict import Answer, Wanted, judged
from tui.operations.looking.app_repository import NoSuchVersion, not_there_remedy
from tui.operations.looking.verification import Verified, verify
from tui.registry.errors import RegistryError
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from tui.model.app import AppSpec
    from tui.model.chain import Link
    from tui.model.evidence import Requirement
    from tui.model.policy import Policy
    from tui.model.release import Entry
    from tui.model.signing import VerifyKey
    from tui.model.verdict import Verdict
    from tui.operations.looking.app_repository import Remote
    from tui.registry.payloads import Manifest

_NEVER: Mapping[str, float] = {}
MOST_NOTES = 5
"""Sentences on what could not be read: anybody who may push can make more."""


class Image(NamedTuple):
    """What is looked up.

    version    by which it was asked for, "" for none
    platform   of the engine that it is for, "linux/amd64"; "" where that is not known
    entry      the release that it is or was, None where it is none
    recorded   what was verified here before: the digest of its bytes -> when
    """

    digest: str
    version: str = ""
    platform: str = ""
    entry: Entry | None = None
    recorded: Mapping[str, float] = _NEVER


class Found(NamedTuple):
    """What was found of an image.

    verdicts   on what the policy requires, in its order
    missing    what the policy finds missing, enforced or not
    notes      sentences besides: what could not be read, signatures of other tools
    held       whether the registry has it; None where it did not say
    """

    digest: str
    verdicts: tuple[Verdict, ...]
    missing: tuple[Requirement, ...]
    links: tuple[Link, ...]
    notes: tuple[str, ...] = ()
    held: bool | None = True

    @property
    def exit_status(self) -> int:
        """4 where something required is not there, 3 where nobody knows, else 0."""
        unknown = {one.kind for one in self.verdicts if one.answer is Answer.UNREACHABLE}
        enforced = {one.kind for one in self.missing if one.enforced}
        if enforced - unknown:
            return 4
        return 3 if enforced & unknown or self.held is None else 0


async def named_digest(remote: Remote, app: AppSpec, version: str) -> str:
    """What a tag, or a digest itself, means in the registry.

    Raises NoSuchVersion, RegistryError, EngineError.
    """
    digest = await remote.digest(version)
    if not digest:
        said = f"{app.image}{'@' if version.startswith('sha256:') else ':'}{version} is not in the registry"
        raise NoSuchVersion(said, not_there_remedy(app))
    return digest


async def find_chain(
    remote: Remote, app: AppSpec, policy: Policy, keys: Collection[VerifyKey], image: Image
) -> Found:
    """Everything that hangs on an image, judged. A registry out of reach is a verdict. Raises KeyUnusable."""
    try:
        manifest = await remote.registry.manifest(app.image, image.digest)
        held, notes = manifest is not None, list[str]()
    except RegistryError as error:
        manifest, held, notes = None, None, [error.message]
    digests = [image.digest, *platform_manifests(manifest, image.platform)]
    evidence = await _evidence(remote, app, manifest, digests)
    wanted = policy.wanted(app.image, evidence)
    now = time.time()
    version = "" if policy.may_move(image.version) else image.version
    found = await verify(
        remote.registry,
        app.image,
        digests,
        wanted,
        keys,
        now,
        image.recorded,
        version=version,
        everything=True,
    )
    missing = policy.missing(
        evidence, app, image.version, found.verdicts if policy.trust is not None else None
    )
    others = judged(_others(found, wanted), found.attested, digests, keys, now, image.recorded, version)
    entry = image.entry
    known = Known(
        app=app.name,
        repository=app.image,
        version=image.version,
        digest=image.digest,
        evidence=evidence,
        attested=found.attested,
        verdicts=(*found.verdicts, *others),
        missing=missing,
        looked=held is not None,
        held=held,
        release=entry.release if entry is not None else None,
        outcome=entry.outcome if entry is not None else None,
        keys=key_words(policy.trust),
        plain=remote.insecure,
        elsewhere=remote.elsewhere,
    )
    return Found(
        digest=image.digest,
        verdicts=found.verdicts,
        missing=tuple(missing),
        links=chain(known),
        notes=tuple(dict.fromkeys((*notes, *_notes(found, app, image.digest)))),
        held=held,
    )


def platform_manifests(manifest: Manifest | None, platform: str) -> tuple[str, ...]:
    """The manifest of an index that an engine of a platform takes; none where nobody knows."""
    found = manifest.taken(platform) if manifest is not None and manifest.is_index else ""
    return (found,) if found else ()


async def _evidence(remote: Remote, app: AppSpec, manifest: Manifest | None, digests: list[str]) -> Evidence:
    """What this account knows of it, under any ID that an engine may give it."""
    names = [*digests, manifest.config_digest if manifest is not None else ""]
    for digest in digests[1:]:
        try:
            names.append(await remote.config(digest))
        except RegistryError:  # then it is not known by that one
            continue
    reading = (
        asyncio.to_thread(read_evidence, app.name, name) for name in dict.fromkeys(filter(None, names))
    )
    return together(await all_of(*reading))


def _others(found: Verified, wanted: Collection[Wanted]) -> list[Wanted]:
    """What is there and nobody requires: it is told whether it would count."""
    asked = {one.kind for one in wanted}
    return [Wanted(kind) for kind in dict.fromkeys(one.claim.kind for one in found.attested if one.claim.kind)
            if kind not in asked]  # fmt: skip


def _notes(found: Verified, app: AppSpec, digest: str) -> Iterator[str]:
    if any(one.predicate_type == NOTATION for one in found.attested):
        yield (
            f"a signature of notation's is there too, which does not count here: "
            f"notation verify {app.image}@{digest}"
        )
    faults = list(dict.fromkeys(one.fault for one in found.attested if one.fault))
    yield from faults[:MOST_NOTES]
    if len(faults) > MOST_NOTES:
        yield f"and {len(faults) - MOST_NOTES} more on {short_id(digest)} that could not be read"
