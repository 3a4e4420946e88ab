"""What others have said of an image lets it into service, or it is refused before anything is pulled."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.memory_registry import MemoryRegistry, hollow_image
from tests.support.orchestrator import Memory
from tests.support.scripted_registry import OCI_MANIFEST, error
from tui.errors import Refused
from tui.model.app import AppSpec
from tui.model.evidence import Claim, ClaimKind, Evidence
from tui.model.policy import Policy
from tui.model.predicates import Signing, Trial, statement_of
from tui.model.signing import KeySource
from tui.model.statement import Subject
from tui.model.trust import Level, ListedKey, Trust
from tui.model.verdict import Answer, Verdict, Wanted
from tui.operations.deploying.sources import FromVersion
from tui.operations.deploying.targets import Target
from tui.operations.deploying.trusted import OutOfReach, refuse_lacking, said_facts, verified
from tui.operations.verbs import deploy
from tui.registry.attaching import attach
from tui.registry.client import Registry
from tui.registry.payloads import Manifest
from tui.trust.bundles import attachments
from tui.trust.errors import KeyUnusable
from tui.trust.keys import load_signer, make_pair

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tui.engine.client import Engine
    from tui.operations.looking.verification import Verified

PATH = "team/web"
UNKNOWN = Evidence("")


class Place:
    """A registry with an image, a host that wants it signed and tested by "ci", and two keys."""

    def __init__(self, memory: MemoryRegistry, registry: Registry, folder: Path) -> None:
        self.memory = memory
        self.registry = registry
        self.folder = folder
        self.app = AppSpec("web", f"{memory.address}/{PATH}", "holdfast.toml")
        item, blobs = hollow_image()
        for blob in blobs:
            memory.put_blob(PATH, blob)
        self.digest = memory.put_manifest(PATH, item, "v1")
        for name in ("ci", "stranger"):
            make_pair(folder / f"{name}.key", name)
        key = ListedKey("ci", KeySource(file=str(folder / "ci.pub")))
        self.policy = Policy(trust=Trust(verify_keys=(key,), require=(Wanted("signature"),)))

    async def say(
        self,
        by: str,
        passed: bool = True,
        kinds: tuple[str, ...] = ("signature", "test"),
        version: str = "v1",
    ) -> None:
        signer = await load_signer(by, KeySource(file=str(self.folder / f"{by}.key"))) if by else None
        subject, now = Subject("web", self.digest), time.time()
        said = {"signature": Signing(version), "test": Trial("sha256:" + "b" * 64)}
        statements = [statement_of(Claim(kind, passed, now), subject, said[kind]) for kind in kinds]
        size = len(self.memory.manifests[PATH, self.digest][0])
        made = await attachments(statements, signer)
        await attach(self.registry, PATH, Manifest(self.digest, OCI_MANIFEST, size), made)

    async def judge(self, policy: Policy | None = None, evidence: Evidence = UNKNOWN) -> Verified | None:
        remote: Any = SimpleNamespace(registry=self.registry)
        return await verified(remote, self.app, policy or self.policy, self.target(evidence), {})

    def target(self, evidence: Evidence = UNKNOWN) -> Target:
        return Target(
            version="v1",
            reference=f"{self.app.image}@{self.digest}",
            digest=self.digest,
            image="",
            host=self.memory.address,
            local=False,
            evidence=evidence,
            manifest=self.digest,
        )

    async def refused(self) -> Refused:
        found = await self.judge()
        assert found is not None
        with pytest.raises(Refused) as refusal:
            refuse_lacking(self.policy.missing(Evidence(""), self.app, "v1", found.verdicts), "web v1")
        return refusal.value


@pytest.fixture(params=[True, False], ids=["referrers", "fallback"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    async with (
        MemoryRegistry(api=request.param) as memory,
        Registry(memory.address, insecure=True) as registry,
    ):
        yield Place(memory, registry, tmp_path)


async def test_what_a_listed_key_stands_for_is_let_through(place: Place) -> None:
    await place.say("ci")
    before = len(place.memory.requests)
    found = await place.judge()
    assert found is not None
    assert [(one.kind, one.key) for one in found.verdicts] == [("signature", "ci"), ("test", "ci")]
    assert place.policy.missing(Evidence(""), place.app, "v1", found.verdicts) == []
    assert len(place.memory.requests) - before <= 6
    facts = dict(said_facts(place.app, place.target(), found))
    assert facts["test"].startswith("key ci, 20")
    assert "scan" not in facts, "nobody asks for it"


async def test_what_nobody_signed_is_refused_by_name(place: Place) -> None:
    refusal = await place.refused()
    assert refusal.exit_status == 4
    assert refusal.hint == "holdfast verify web v1 shows all of it"
    assert str(refusal.message) == "web v1 has no test result, and has no signature"
    assert refusal.detail[1] == "signature: holdfast sign web v1, where the key is"


async def test_a_stranger_s_signature_is_refused_by_name(place: Place) -> None:
    await place.say("stranger")
    assert "has no signature by a listed key" in (await place.refused()).message


async def test_what_is_out_of_reach_is_not_absent(place: Place) -> None:
    await place.say("ci")
    place.memory.lie = lambda _: error(503, "UNAVAILABLE")
    found = await place.judge()
    assert found is not None
    missing = place.policy.missing(UNKNOWN, place.app, "v1", found.verdicts)
    with pytest.raises(
        OutOfReach, match="cannot be verified: its test and signature could not be read"
    ) as out:
        refuse_lacking(missing, "web v1")
    assert out.value.exit_status == 3
    # What is known to be missing is not made unknown by what is not.
    verdicts = [Verdict("test", Answer.UNREACHABLE, why="503"), Verdict("signature", Answer.WRONG_KEY)]
    with pytest.raises(Refused, match="has no signature by a listed key"):
        refuse_lacking(place.policy.missing(UNKNOWN, place.app, "v1", verdicts), "web v1")


async def test_an_unsigned_test_counts_where_the_policy_says_so(place: Place) -> None:
    await place.say("", kinds=("test",))
    policy = Policy(trust=Trust(accept_unsigned=True))
    found = await place.judge(policy)
    assert found is not None
    assert [(one.answer, one.key) for one in found.verdicts] == [(Answer.OK, "")]
    [verdict] = (await place.judge(Policy(trust=place.policy.trust._replace(require=())))).verdicts  # type: ignore[union-attr]
    assert verdict.answer is Answer.ABSENT


async def test_nothing_is_asked_where_nothing_is_wanted(place: Place) -> None:
    tested = Evidence("i", claims=(Claim(ClaimKind.TEST, True, 7.0),))
    before = len(place.memory.requests)
    assert await place.judge(Policy(trust=Trust()), tested) is None
    assert await place.judge(Policy(), Evidence("")) is None
    assert len(place.memory.requests) == before


async def test_a_key_that_cannot_be_read_lets_nothing_through(place: Place) -> None:
    (place.folder / "ci.pub").unlink()
    with pytest.raises(KeyUnusable, match=r"ci\.pub"):
        await place.judge()


async def test_what_an_audit_lets_in_stands_at_the_top_of_the_plan_too(engine: Engine, place: Place) -> None:
    trust = place.policy.trust
    assert trust is not None
    policy = Policy(trust=trust._replace(level=Level.AUDIT), require_tests=False)
    source = FromVersion(engine, place.app, policy, "op", "v1")
    plan = (await deploy.plan(Memory("web"), place.app, "op", source)).plan
    assert [name for name, _ in plan.facts][:4] == ["host", "engine", "new", "trust"]
    assert dict(plan.facts)["trust"] == "! no signature: let in all the same (level = audit)"
    assert any("web v1 has no signature" in warning for warning in plan.warnings)
    await place.say("ci")
    plan = (await deploy.plan(Memory("web"), place.app, "op", source)).plan
    assert "trust" not in dict(plan.facts)


async def test_without_a_registry_this_account_s_word_is_all_that_there_is(place: Place) -> None:
    tested = Evidence("i", claims=(Claim(ClaimKind.TEST, True, 7.0),))
    trust = place.policy.trust
    assert trust is not None
    policy = Policy(trust=trust._replace(require=(Wanted("signature"), Wanted("test"))))
    found = await verified(None, place.app, policy, place.target(tested), {})
    assert found is not None
    assert [one.answer for one in found.verdicts] == [Answer.ABSENT, Answer.OK]
    assert "no registry" in found.verdicts[0].lacks


async def test_a_tag_that_was_moved_to_an_older_signed_image_is_refused(place: Place) -> None:
    await place.say("ci", version="v0")
    refusal = await place.refused()
    assert refusal.message == "web v1 has a signature of another version (v0)"
