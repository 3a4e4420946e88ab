"""An image is judged by what hangs on it, wherever that is, and no further than it takes."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from tests.support.memory_registry import MemoryRegistry, hollow_image
from tests.support.scripted_registry import OCI_INDEX, OCI_MANIFEST, error
from tui.model.evidence import Claim, ClaimKind
from tui.model.predicates import Provenance, Scanning, Signing, Trial, statement_of
from tui.model.statement import Statement, Subject
from tui.model.verdict import Answer, Wanted
from tui.operations.looking.verification import Verified, verify
from tui.registry.attaching import attach
from tui.registry.client import Registry
from tui.registry.payloads import Manifest
from tui.trust.algorithms import new_private_key
from tui.trust.bundles import attachments
from tui.trust.keys import Signer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

PATH = "team/web"
NOW = 1_000_000.0
RELEASE, STRANGER = (Signer(name, new_private_key()) for name in ("release", "stranger"))
ALL = (ClaimKind.SIGNATURE, ClaimKind.TEST, ClaimKind.SCAN, ClaimKind.PROVENANCE)


def said(kind: str, digest: str, passed: bool = True, at: float = NOW - 60) -> Statement:
    claim, subject = Claim(kind, passed, at), Subject("web", digest)
    match kind:
        case ClaimKind.SIGNATURE:
            return statement_of(claim, subject, Signing())
        case ClaimKind.TEST:
            return statement_of(claim, subject, Trial("sha256:" + "b" * 64))
        case ClaimKind.SCAN:
            return statement_of(claim, subject, Scanning("pkg:x", "1", NOW, NOW))
    return statement_of(claim, subject, Provenance("c" * 40))


class Place:
    """A registry with an image of one platform, in an index."""

    def __init__(self, memory: MemoryRegistry, registry: Registry) -> None:
        self.memory = memory
        self.registry = registry
        item, blobs = hollow_image()
        for blob in blobs:
            memory.put_blob(PATH, blob)
        self.platform = Manifest(memory.put_manifest(PATH, item), OCI_MANIFEST, len(json.dumps(item)))
        named = {"mediaType": OCI_MANIFEST, "digest": self.platform.digest, "size": self.platform.size}
        index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [named]}
        digest = memory.put_manifest(PATH, index, "v1", OCI_INDEX)
        self.index = Manifest(digest, OCI_INDEX, len(json.dumps(index)))

    async def say(self, on: Manifest, kinds: Sequence[str], signer: Signer | None = RELEASE) -> None:
        statements = [said(kind, on.digest) for kind in kinds]
        await attach(self.registry, PATH, on, await attachments(statements, signer))

    async def verify(self, *kinds: str, everything: bool = False, only: str = "") -> Verified:
        del self.memory.requests[:]
        return await verify(
            self.registry,
            PATH,
            [only] if only else [self.index.digest, self.platform.digest],
            [Wanted(kind) for kind in kinds],
            [RELEASE.verify_key],
            NOW,
            everything=everything,
        )

    async def answers(self, *kinds: str) -> list[Answer]:
        return [verdict.answer for verdict in (await self.verify(*kinds)).verdicts]


@pytest.fixture(params=[True, False], ids=["referrers API", "fallback tag"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    async with (
        MemoryRegistry(api=request.param) as memory,
        Registry(memory.address, insecure=True) as registry,
    ):
        await registry.digest(PATH, "v1")
        yield Place(memory, registry)


async def test_claims_on_the_index_are_found_by_few_requests(place: Place) -> None:
    await place.say(place.index, [*ALL, ClaimKind.TEST])
    for digest, most in ((place.index.digest, 6), ("", 8)):
        verified = await place.verify(*ALL, only=digest)
        assert verified.ok, verified.verdicts
        assert [verdict.key for verdict in verified.verdicts] == ["release"] * 4
        assert len(place.memory.requests) <= most, place.memory.requests
        assert not any(".sig" in one for one in place.memory.requests), "nothing is missing"


@pytest.mark.parametrize("passes_on", ["index", "platform"])
async def test_a_newer_failure_that_hangs_on_the_other_digest_counts(
    place: Place, passes_on: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = (place.index, place.platform) if passes_on == "index" else (place.platform, place.index)
    await place.say(good, [ClaimKind.TEST])
    assert (await place.verify(ClaimKind.TEST)).ok
    failed = said(ClaimKind.TEST, bad.digest, passed=False, at=NOW - 30)
    passed = Claim(ClaimKind.TEST, True, NOW)
    monkeypatch.setattr("tui.trust.bundles.claim_of", lambda _: passed)  # other tools sign failures
    await attach(place.registry, PATH, bad, await attachments([failed], RELEASE))
    assert await place.answers(ClaimKind.TEST) == [Answer.FAILED]


async def test_claims_on_the_platforms_manifest_count_as_well(place: Place) -> None:
    await place.say(place.index, [ClaimKind.SIGNATURE])
    await place.say(place.platform, [ClaimKind.TEST])
    assert (await place.verify(ClaimKind.SIGNATURE, ClaimKind.TEST)).ok


async def test_what_cosign_2_reads_is_enough(place: Place) -> None:
    made = await attachments([said(ClaimKind.SIGNATURE, place.platform.digest)], RELEASE)
    await attach(place.registry, PATH, place.platform, made[1:])
    assert (await place.verify(ClaimKind.SIGNATURE)).ok


async def test_each_that_is_missing_is_named(place: Place) -> None:
    assert await place.answers(*ALL) == [Answer.ABSENT] * 4
    await place.say(place.index, [ClaimKind.SIGNATURE], STRANGER)
    await place.say(place.index, [ClaimKind.TEST], None)
    await place.say(place.index, [ClaimKind.PROVENANCE])
    assert await place.answers(*ALL) == [Answer.WRONG_KEY, Answer.ABSENT, Answer.ABSENT, Answer.OK]


async def test_everything_is_read_where_that_is_asked_for(place: Place) -> None:
    await place.say(place.index, [ClaimKind.SIGNATURE])
    await place.say(place.platform, [ClaimKind.TEST, ClaimKind.SIGNATURE])
    verified = await place.verify(ClaimKind.SIGNATURE, everything=True)
    assert sorted(one.claim.kind for one in verified.attested) == ["signature"] * 4 + ["test"]
    assert len((await place.verify(ClaimKind.SIGNATURE)).attested) == 3, "but for what cosign 2 leaves"


async def test_where_nothing_is_wanted_nothing_is_asked(place: Place) -> None:
    assert (await place.verify()).ok
    assert place.memory.requests == []


async def test_a_registry_that_is_out_of_order_is_no_absence(place: Place) -> None:
    await place.say(place.index, ALL)
    place.memory.lie = lambda _: error(503, "UNAVAILABLE", "later")
    assert await place.answers(*ALL) == [Answer.UNREACHABLE] * 4


async def test_a_registry_that_drips_is_waited_for_no_longer_than_that(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    await place.say(place.index, [ClaimKind.SIGNATURE])
    answering = place.memory.serve

    async def dripping(request: web.BaseRequest) -> web.StreamResponse:
        if place.platform.digest.removeprefix("sha256:") not in request.path:
            return await answering(request)
        answer = web.StreamResponse(headers={"Content-Type": OCI_INDEX})
        await answer.prepare(request)
        while True:
            await answer.write(b" ")
            await asyncio.sleep(0.05)

    place.memory.serve = dripping
    monkeypatch.setattr("tui.operations.looking.verification.SECONDS", 0.5)
    began = time.monotonic()
    [verdict] = (await place.verify(ClaimKind.SIGNATURE)).verdicts
    assert time.monotonic() - began < 3
    assert verdict.answer is Answer.UNREACHABLE
    assert verdict.lacks.endswith(f"did not come from the registry {place.memory.address} within 0.5 s)")


async def test_a_claim_of_an_older_image_that_is_hung_on_this_one(place: Place) -> None:
    made = await attachments([said(kind, "sha256:" + "9" * 64) for kind in ALL], RELEASE)
    await attach(place.registry, PATH, place.index, made)
    assert await place.answers(*ALL) == [Answer.OTHER_IMAGE] * 4
