"""Signing what is in a registry already, and promoting it by a further key: no engine, no image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.attested_image import PATH, built, hanging, kinds, know, put_image
from tests.support.memory_registry import MemoryRegistry
from tests.support.verbs import refused, run, work
from tui.evidence.files import name_version
from tui.model.app import AppSpec
from tui.model.evidence import ClaimKind
from tui.model.operation import CACHED, DONE
from tui.model.policy import Policy
from tui.model.signing import KeySource, VerifyKey
from tui.model.trust import Level, ListedKey, Trust
from tui.model.verdict import Wanted
from tui.operations.verbs import promote, sign
from tui.registry.client import Registry
from tui.trust.keys import make_pair

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable
    from pathlib import Path

    from tui.operations.running.runner import Planned

KEYS = ("release", "production", "stranger")
ANY = Policy(require_tests=False)


class Place:
    """An app whose v1 is in a registry, and keys."""

    def __init__(self, memory: MemoryRegistry, registry: Registry, folder: Path) -> None:
        self.memory = memory
        self.registry = registry
        self.folder = folder
        self.app = AppSpec("web", f"{memory.address}/{PATH}", "holdfast.toml")
        self.digest = put_image(memory)
        for name in KEYS:
            make_pair(folder / f"{name}.key", name)

    def source(self, name: str) -> KeySource:
        return KeySource(file=str(self.folder / f"{name}.key"))

    def trust(self, *require: Wanted, level: Level = Level.STRICT) -> Trust:
        """By `release` is signed, by `production` promoted; both count."""
        public = [KeySource(file=str(self.folder / f"{name}.pub")) for name in KEYS[:2]]
        return Trust(
            sign_key=self.source("release"),
            sign_keys={name: self.source(name) for name in KEYS[1:]},
            verify_keys=(ListedKey("ci", public[0]), ListedKey("prod", public[1])),
            require=require,
            level=level,
        )

    def policy(self, *require: Wanted, level: Level = Level.STRICT, tests: bool = False) -> Policy:
        return Policy(require_tests=tests, trust=self.trust(*require, level=level))

    def sign(self, policy: Policy, version: str = "v1", key: str = "") -> Awaitable[Planned]:
        return sign.plan(self.registry, self.app, policy, "sign-op", version, key)

    def promote(self, policy: Policy, version: str = "v1", key: str = "production") -> Awaitable[Planned]:
        return promote.plan(self.registry, self.app, policy, "promote-op", version, key)

    async def hangs(self) -> list[tuple[str, str]]:
        """(kind, key) of all that hangs on it."""
        keys = [VerifyKey(name, (self.folder / f"{name}.pub").read_text()) for name in KEYS]
        return sorted({(one.claim.kind, one.key) for one in await hanging(self.memory, self.digest, keys)})


@pytest.fixture(params=[True, False], ids=["referrers API", "fallback tag"])
async def place(request: pytest.FixtureRequest, home: Path) -> AsyncIterator[Place]:
    async with (
        MemoryRegistry(api=request.param) as memory,
        Registry(memory.address, insecure=True) as registry,
    ):
        yield Place(memory, registry, home)


# Signing


async def test_a_version_is_signed_without_engine_or_image(place: Place) -> None:
    done = await work(place.sign(place.policy()))
    assert done.ended.result.digest == place.digest
    assert await place.hangs() == [("signature", "release")]
    assert dict(done.plan.facts)["known of it"] == "nothing by this account"
    assert done.plan.equal.startswith("cosign sign --key ")
    found = await hanging(place.memory, place.digest)
    assert {one.told["version"] for one in found} == {"v1"}


async def test_what_this_account_knows_goes_with_it(place: Place) -> None:
    know("sha256:" + "a" * 64)
    built("sha256:" + "a" * 64)
    name_version("web", "sha256:" + "a" * 64, "v1", place.digest, 9.0)
    done = await work(place.sign(place.policy(Wanted(ClaimKind.TEST), tests=True)))
    assert await place.hangs() == [(kind, "release") for kind in ("provenance", "signature", "test")]
    assert done.states["attest"] == DONE
    again = await work(place.sign(place.policy()))
    assert again.states["attest"] == CACHED


async def test_a_digest_is_signed_as_well(place: Place) -> None:
    await work(place.sign(place.policy(), place.digest))
    assert await place.hangs() == [("signature", "release")]


async def test_without_a_version_it_is_what_was_pushed_last(place: Place) -> None:
    assert (await refused(place.sign(place.policy(), ""))).code == 2
    name_version("web", "sha256:" + "a" * 64, "v0", "sha256:" + "0" * 64, 8.0)
    name_version("web", "sha256:" + "b" * 64, "v1", place.digest, 9.0)
    done = await work(place.sign(place.policy(), ""))
    assert done.plan.title == "Sign web v1"


async def test_by_a_further_key(place: Place) -> None:
    done = await work(place.sign(place.policy(), key="production"))
    assert dict(done.plan.facts)["signed by"].startswith("production (sha256:")
    assert await place.hangs() == [("signature", "production")]


async def test_an_unknown_key_names_those_that_there_are(place: Place) -> None:
    problem = await refused(place.sign(place.policy(), key="staging"))
    assert (problem.code, problem.message) == (2, 'there is no key "staging" in [trust]')
    assert problem.hint == "there are release, production, stranger"
    assert (await refused(place.sign(ANY))).code == 2


@pytest.mark.parametrize("version", ["v9", "sha256:" + "9" * 64, "sha256:9", "not a tag"])
async def test_what_is_not_there_is_refused(place: Place, version: str) -> None:
    problem = await refused(place.sign(place.policy(), version))
    assert problem.code == 2
    assert problem.message


async def test_what_the_policy_misses_is_not_signed(place: Place) -> None:
    problem = await refused(place.sign(place.policy(Wanted(ClaimKind.SCAN), Wanted(ClaimKind.SIGNATURE))))
    assert problem.code == 4
    assert problem.message == "web v1 has no scan result"
    problem = await refused(place.sign(place.policy(tests=True)))
    assert (problem.code, problem.message) == (4, "web v1 has no test result")
    assert await place.hangs() == []


async def test_what_is_only_told_of_is_a_warning(place: Place) -> None:
    done = await work(place.sign(place.policy(Wanted(ClaimKind.SCAN), level=Level.AUDIT)))
    assert any("web v1 has no scan result" in one for one in done.plan.warnings)


async def test_a_failure_of_this_account_is_refused_where_it_is_required(place: Place) -> None:
    know(place.digest, ClaimKind.SCAN, passed=False)
    done = await work(place.sign(place.policy()))
    assert "its newest scan has failed: a failure is neither attached nor signed" in done.plan.warnings
    assert (await refused(place.sign(place.policy(Wanted(ClaimKind.SCAN))))).code == 4


async def test_a_tag_that_moved_since_the_plan_is_not_signed(place: Place) -> None:
    planned = await place.sign(place.policy())
    put_image(place.memory, "v1", b"other bytes")
    done = await run(planned)
    assert done.error.code == 4
    assert await place.hangs() == []


async def test_an_old_signature_is_made_anew_where_its_age_counts(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = place.policy(Wanted(ClaimKind.SIGNATURE, max_age=3600.0))
    await work(place.sign(policy))
    assert (await work(place.sign(policy))).states["attest"] == CACHED
    import time

    now = time.time()
    monkeypatch.setattr("tui.operations.attesting.attest.time.time", lambda: now + 7200)
    assert (await work(place.sign(policy))).states["attest"] == DONE


# Promoting


async def test_a_second_key_stands_for_the_same_digest(place: Place) -> None:
    policy = place.policy(Wanted(ClaimKind.SIGNATURE, keys=("ci",)))
    await work(place.sign(policy))
    done = await work(place.promote(policy))
    assert await place.hangs() == [
        ("signature", "production"), ("signature", "release"), ("verdict", "production"),
    ]  # fmt: skip
    assert dict(done.plan.facts)["verified: signature"] == "by ci"
    [verdict] = [one for one in await hanging(place.memory, place.digest) if one.claim.kind == "verdict"]
    assert verdict.claim.passed
    assert verdict.claim.detail == "verified: signature by ci"
    assert verdict.told["resource"] == f"{place.app.image}@{place.digest}"
    assert done.ended.result.digest == place.digest


async def test_each_thing_that_is_missing_is_named(place: Place) -> None:
    wanted = (Wanted(ClaimKind.SIGNATURE, keys=("ci",)), Wanted(ClaimKind.SCAN), Wanted(ClaimKind.TEST))
    problem = await refused(place.promote(place.policy(*wanted)))
    assert problem.code == 4
    for lacks in ("has no signature", "has no scan result", "has no test result"):
        assert lacks in problem.message
    assert len(problem.detail) == 3
    assert await place.hangs() == []


async def test_a_strangers_signature_is_not_enough(place: Place) -> None:
    policy = place.policy(Wanted(ClaimKind.SIGNATURE))
    await work(place.sign(policy, key="stranger"))
    problem = await refused(place.promote(policy))
    assert problem.code == 4
    assert problem.message.startswith("web v1 has no signature by a listed key (it names the key sha256:")


async def test_what_only_it_can_say_is_not_asked_for(place: Place) -> None:
    wanted = (Wanted(ClaimKind.SIGNATURE, keys=("prod",)), Wanted(ClaimKind.VERDICT))
    await work(place.promote(place.policy(*wanted)))
    assert await place.hangs() == [("signature", "production"), ("verdict", "production")]


async def test_it_stands_for_nothing_that_would_only_be_told_of(place: Place) -> None:
    policy = place.policy(Wanted(ClaimKind.SIGNATURE, keys=("ci",)), level=Level.AUDIT)
    assert (await refused(place.promote(policy))).code == 4


async def test_the_test_that_the_policy_wants_is_asked_for_whoever_is_named(place: Place) -> None:
    policy = place.policy(Wanted(ClaimKind.TEST, keys=("prod",)), tests=True)
    problem = await refused(place.promote(policy))
    assert (problem.code, problem.message) == (4, "web v1 has not passed its test")


async def test_it_is_verified_again_before_it_is_signed(place: Place) -> None:
    policy = place.policy(Wanted(ClaimKind.SIGNATURE, keys=("ci",)))
    await work(place.sign(policy))
    planned = await place.promote(policy)
    place.memory.manifests = {
        name: one for name, one in place.memory.manifests.items() if name[1] == place.digest
    }
    done = await run(planned)
    assert done.error.code == 4
    assert ("verdict", "production") not in await place.hangs()


async def test_a_key_has_to_be_named(place: Place) -> None:
    problem = await refused(place.promote(place.policy(), key=""))
    assert (problem.code, problem.hint) == (2, "--key NAME: there are release, production, stranger")


async def test_where_nothing_is_required_that_is_said(place: Place) -> None:
    done = await work(place.promote(place.policy()))
    assert done.plan.warnings
    assert kinds(await hanging(place.memory, place.digest)) == ["signature", "signature", "verdict"]
