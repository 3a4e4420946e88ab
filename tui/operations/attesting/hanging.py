"""Attaching what does not hang there yet, and nothing twice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from tui.model.attachment import SIMPLE_SIGNING, UNSIGNED
from tui.model.codec import Unfit
from tui.model.evidence import ClaimKind
from tui.model.moment import written_moment
from tui.model.predicates import claim_of, told_by
from tui.model.statement import read_statement
from tui.model.unsigned import unsigned
from tui.registry.artifacts import digest_of
from tui.registry.attaching import attach
from tui.registry.errors import RegistryError
from tui.registry.referrers import attachments, old_signatures

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from tui.model.attachment import Attachment
    from tui.model.evidence import Claim
    from tui.model.statement import Statement
    from tui.registry.client import Registry
    from tui.registry.payloads import Manifest
    from tui.trust.keys import Signer

TRIES = 4
PAUSE = 0.3
"""Seconds before the list is read again, and longer each time: a large registry takes a moment."""

_Identity = tuple[str, ...]


class Hung(NamedTuple):
    """What came of attaching: the kinds of claims that are new, and how many hung there already."""

    new: tuple[str, ...] = ()
    there: int = 0


async def hang(
    registry: Registry,
    repository: str,
    subject: Manifest,
    statements: Sequence[Statement],
    signer: Signer | None,
    *,
    since: float = 0.0,
) -> Hung:
    """Attach statements to a manifest or index, signed where there is a signer; what hangs there is left.

    since   a signature made earlier is as good as none, seconds since the epoch

    Raises RegistryError: also where the registry takes what it then does not list.
    """
    found = await attachments(registry, repository, subject.digest)
    if signer is None:
        there = {_identity(one) for one in _readable(found) if subject.digest in one.digests}
        new = [one for one in statements if _identity(one) not in there]
        made = [unsigned(one) for one in new]
    else:
        there = await _signed_identities(found, signer, subject.digest, since)
        new = [one for one in statements if _identity(one) not in there]
        made = await _signed(registry, repository, subject, statements, new, signer)
    if made:
        await attach(registry, repository, subject, made)
        await _until_listed(registry, repository, subject, made)
    kinds = [claim_of(one).kind for one in new]
    if made and not kinds:  # only what cosign 2 reads was missing
        kinds = [ClaimKind.SIGNATURE]
    return Hung(tuple(kinds), len(statements) - len(new))


def _readable(found: Iterable[Attachment]) -> list[Statement]:
    """The unsigned statements; what is none of ours, or broken, is left alone."""
    read = []
    for one in found:
        if one.media_type != UNSIGNED or one.fault:
            continue
        try:
            read.append(read_statement(one.blob))
        except Unfit:
            continue
    return read


def _identity(statement: Statement) -> _Identity:
    try:
        return _same(claim_of(statement), told_by(statement))
    except Unfit:
        return ()


def _same(claim: Claim, told: Mapping[str, str]) -> _Identity:
    """By which two statements say the same: of a signature its version, as it may be given again."""
    if claim.kind == ClaimKind.SIGNATURE:
        return claim.kind, told.get("version", ""), told.get("app", "")
    return claim.kind, written_moment(claim.at), claim.op, f"{claim.passed}"


async def _signed_identities(
    found: Collection[Attachment], signer: Signer, digest: str, since: float
) -> set[_Identity]:
    from tui.trust.reading import attested

    return {
        _same(one.claim, one.told)
        for one in await attested(found, [signer.verify_key])
        if one.key == signer.name
        and digest in one.digests
        and (one.claim.kind != ClaimKind.SIGNATURE or one.claim.at >= since)
    }


async def _signed(
    registry: Registry,
    repository: str,
    subject: Manifest,
    statements: Sequence[Statement],
    new: Sequence[Statement],
    signer: Signer,
) -> list[Attachment]:
    """Bundles of what is new, and of every signature what cosign 2 reads where that is not there."""
    from tui.trust.bundles import attachments as signed

    bundles = [one for one in await signed(new, signer) if one.media_type != SIMPLE_SIGNING]
    signatures = [one for one in statements if claim_of(one).kind == ClaimKind.SIGNATURE]
    simple = [one for one in await signed(signatures, signer) if one.media_type == SIMPLE_SIGNING]
    if simple:
        there = await _old(registry, repository, subject, signer)
        simple = [one for one in simple if one.blob not in there]
    return [*bundles, *simple]


async def _old(registry: Registry, repository: str, subject: Manifest, signer: Signer) -> set[bytes]:
    """What cosign 2 reads and this key has signed already: it names no moment, so it is the same bytes."""
    from tui.trust.reading import attested

    found = await old_signatures(registry, repository, subject.digest)
    read = await attested(found, [signer.verify_key])
    return {one.blob for one, said in zip(found, read, strict=True) if said.key == signer.name}


async def _until_listed(
    registry: Registry, repository: str, subject: Manifest, made: Iterable[Attachment]
) -> None:
    """Read back that it hangs there: what nobody finds might as well not be. Raises RegistryError."""
    wanted = {digest_of(one.blob) for one in made if one.media_type != SIMPLE_SIGNING}
    for tried in range(TRIES):
        if tried:
            await asyncio.sleep(PAUSE * 2 ** (tried - 1))
        found = await attachments(registry, repository, subject.digest)
        missing = wanted - {one.digest for one in found}
        if not missing:
            return
    why = next((one.fault for one in found if one.fault), "")
    raise RegistryError(
        f"the registry {registry.host} took what was attached to {subject.digest}, and does not list it",
        "it may be slow, or have no place for what hangs on images: try again, or ask whoever runs it",
        (why,) if why else (),
    )
