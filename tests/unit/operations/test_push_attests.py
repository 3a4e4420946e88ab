"""What a push puts beside the image: every passed claim, signed where there is a key, and nothing twice."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from aiohttp import web as http

from tests.support.attested_image import AT, PATH, built, hanging, kinds, know, put_image, put_index
from tests.support.memory_registry import MemoryRegistry
from tests.support.scripted_registry import OCI_INDEX, error
from tests.support.verbs import refused, run, work
from tui.evidence.scans import write_scan
from tui.model.app import AppSpec
from tui.model.evidence import ClaimKind
from tui.model.finding import Finding, ScanReport
from tui.model.operation import CACHED, DONE, SKIPPED
from tui.model.policy import Policy
from tui.model.signing import KeySource, VerifyKey
from tui.model.statement import read_statement
from tui.model.trust import Trust
from tui.operations.attesting import hanging as hanging_module
from tui.operations.verbs.push import Pushing, plan
from tui.trust.keys import make_pair

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.support.verbs import Run
    from tui.engine.client import Engine

ALL = [ClaimKind.PROVENANCE, ClaimKind.SCAN, ClaimKind.SIGNATURE, ClaimKind.SIGNATURE, ClaimKind.TEST]
"""A signature is there twice: as cosign 3 reads it, and as cosign 2 does."""


class Pushed:
    """An app with one image, v1, that the engine pushes into a registry in memory."""

    def __init__(self, engine: Engine, memory: MemoryRegistry, folder: Path) -> None:
        self.engine = engine
        self.memory = memory
        self.folder = folder
        self.app = AppSpec("web", f"{memory.address}/{PATH}", "holdfast.toml")
        self.id = ""
        self.digest = ""
        self.makes: Callable[[MemoryRegistry], str] = put_image
        self.pushes = 0

    async def image(self) -> None:
        await self.engine.images.import_empty(self.app.image, "v1")
        self.id = await self.engine.images.inspect_id(f"{self.app.image}:v1")

    def arrives(self) -> str:
        self.pushes += 1
        self.digest = self.makes(self.memory)
        return self.digest

    def knows_all(self) -> None:
        know(self.id)
        know(self.id, ClaimKind.SCAN)
        found = Finding("CVE-1", "low", "lib", "1", "2")
        write_scan("web", ScanReport(self.id, "Trivy", "0.76.0", "d" * 64, AT, AT - 99, findings=(found,)))
        built(self.id)

    def key(self, name: str = "release") -> Policy:
        path = self.folder / f"{name}.key"
        if not path.exists():
            make_pair(path, name)
        return Policy(require_tests=False, trust=Trust(sign_key=KeySource(file=str(path))))

    def public(self, name: str = "release") -> VerifyKey:
        return VerifyKey(name, (self.folder / f"{name}.pub").read_text())

    async def push(self, policy: Policy | None = None) -> Run:
        return await run(
            plan(self.engine, self.app, policy or Policy(require_tests=False), "v1", op="push-op")
        )


@pytest.fixture(params=[True, False], ids=["referrers API", "fallback tag"])
async def web(
    request: pytest.FixtureRequest, engine: Engine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Pushed]:
    async with MemoryRegistry(api=request.param) as memory:
        made = Pushed(engine, memory, home)
        await made.image()

        async def arrives(self: Pushing, *_: object) -> str:
            return made.arrives()

        monkeypatch.setattr(Pushing, "_push_once", arrives)
        monkeypatch.setattr(hanging_module, "PAUSE", 0.01)
        yield made


def same_bytes(web: Pushed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The image of the engine is what the registry has."""
    from tui.operations.looking.app_repository import RegistryTag, Remote

    async def held(self: Remote, tag: str, _image: object) -> RegistryTag:
        return RegistryTag(await self.digest(tag), same=True)

    monkeypatch.setattr(Remote, "held", held)


async def test_every_claim_is_attached_and_signed(web: Pushed) -> None:
    web.knows_all()
    done = await web.push(web.key())
    assert done.ended.ok, done.ended.error
    assert done.plan.steps[-1] == ("attest", "Attach what is known of it, signed by release")
    assert dict(done.plan.facts)["signed by"].startswith("release (sha256:")
    assert done.states["attest"] == DONE
    found = await hanging(web.memory, web.digest, [web.public()])
    assert kinds(found) == ALL
    assert {one.key for one in found} == {"release"}
    assert all(one.digests == (web.digest,) for one in found)
    said = {one.claim.kind: one for one in found if one.told}
    assert said["signature"].told | {"version": "v1", "app": "web"} == said["signature"].told
    assert said["provenance"].told["commit"] == "c" * 40
    assert said["provenance"].told["source"] == "git+https://example.com/web.git"
    assert said["scan"].told["scanner"] == "pkg:github/aquasecurity/trivy"
    assert (said["scan"].claim.passed, said["scan"].claim.at) == (True, AT)
    test = next(one.claim for one in found if one.claim.kind == "test")
    assert (test.at, test.by, test.op) == (AT, "alice", "test-op")


async def test_pushing_again_adds_nothing(web: Pushed, monkeypatch: pytest.MonkeyPatch) -> None:
    web.knows_all()
    await web.push(web.key())
    before, blobs = dict(web.memory.manifests), dict(web.memory.blobs)
    same_bytes(web, monkeypatch)
    again = await web.push(web.key())
    assert again.ended.ok, again.ended.error
    assert (again.states["push v1"], again.states["attest"]) == (CACHED, CACHED)
    assert (web.memory.manifests, web.memory.blobs, web.pushes) == (before, blobs, 1)


async def test_what_is_missing_is_attached_to_a_tag_that_is_there(
    web: Pushed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await web.push(web.key())
    know(web.id)
    same_bytes(web, monkeypatch)
    again = await web.push(web.key())
    assert (again.states["push v1"], again.states["attest"]) == (CACHED, DONE)
    found = await hanging(web.memory, web.digest, [web.public()])
    assert kinds(found) == ["signature", "signature", "test"]


async def test_by_another_key_all_of_it_is_attached_once_more(
    web: Pushed, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.knows_all()
    await web.push(web.key())
    same_bytes(web, monkeypatch)
    await web.push(web.key("other"))
    found = await hanging(web.memory, web.digest, [web.public(), web.public("other")])
    for name in ("release", "other"):
        assert kinds([one for one in found if one.key == name]) == ALL


async def test_only_what_cosign_2_reads_is_missing(web: Pushed, monkeypatch: pytest.MonkeyPatch) -> None:
    await web.push(web.key())
    del web.memory.tags[PATH, f"{web.digest.replace(':', '-')}.sig"]
    same_bytes(web, monkeypatch)
    await web.push(web.key())
    assert kinds(await hanging(web.memory, web.digest, [web.public()])) == ["signature", "signature"]


async def test_a_failure_is_neither_attached_nor_signed(web: Pushed) -> None:
    know(web.id)
    know(web.id, ClaimKind.SCAN, passed=False)
    done = await web.push(web.key())
    assert done.ended.ok
    assert "its newest scan has failed: a failure is neither attached nor signed" in done.output
    assert kinds(await hanging(web.memory, web.digest)) == ["signature", "signature", "test"]


async def test_without_a_key_it_is_attached_unsigned(web: Pushed, monkeypatch: pytest.MonkeyPatch) -> None:
    web.knows_all()
    done = await web.push()
    assert done.ended.ok
    assert done.plan.steps[-1] == ("attest", "Attach what is known of it")
    found = await hanging(web.memory, web.digest)
    assert kinds(found) == ["provenance", "scan", "test"]
    assert not any(one.signed for one in found)
    same_bytes(web, monkeypatch)
    before = dict(web.memory.manifests)
    again = await web.push()
    assert (again.states["attest"], web.memory.manifests) == (CACHED, before)


async def test_of_what_nothing_is_known_nothing_is_attached(web: Pushed) -> None:
    done = await web.push()
    assert done.ended.ok
    assert done.plan.steps[-1].id == "verify"
    assert await hanging(web.memory, web.digest) == []


async def test_an_index_and_the_image_of_its_platform(web: Pushed) -> None:
    know(web.id)
    image = await web.engine.images.config(f"{web.app.image}:v1")
    other = "s390x" if image.architecture != "s390x" else "amd64"
    ours: list[str] = []

    def index(memory: MemoryRegistry) -> str:
        digest, images = put_index(memory, "v1", other, image.architecture)
        ours.append(images[1])
        return digest

    web.makes = index
    done = await web.push(web.key())
    assert done.ended.ok, done.ended.error
    found = await hanging(web.memory, web.digest, [web.public()])
    assert kinds(found) == ["signature", "signature", "test"]
    assert {one.digests for one in found} == {(web.digest, *ours), (web.digest,)}


# What a registry does not take


def refusing(status: int = 403) -> object:
    """Takes images, and nothing that hangs on them."""

    def lie(request: http.Request) -> http.Response | None:
        if request.method in ("PUT", "POST"):
            return error(status, "DENIED", "artifacts are not taken here")
        return None

    return lie


@pytest.mark.parametrize("status", [400, 403, 405, 500])
async def test_unsigned_it_is_only_a_courtesy(web: Pushed, status: int) -> None:
    know(web.id)
    web.memory.lie = refusing(status)
    done = await web.push()
    assert done.ended.ok, done.ended.error
    assert done.states["attest"] == SKIPPED
    [warning] = done.warnings
    assert warning.startswith("what is known of v1 is not attached to it: ")


@pytest.mark.parametrize("status", [400, 403, 405, 500])
async def test_what_cannot_be_signed_says_what_has_arrived(web: Pushed, status: int) -> None:
    know(web.id)
    web.memory.lie = refusing(status)
    done = await web.push(web.key())
    assert done.error.code == 1
    assert f"{web.app.image}:v1 has arrived, bytes and tag, and is not signed: " in done.error.message
    assert done.error.hint == "holdfast sign web v1"


async def test_a_registry_that_takes_it_and_lists_nothing(web: Pushed) -> None:
    know(web.id)
    empty = json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}).encode()

    def lie(request: http.Request) -> http.Response | None:
        if "/referrers/" in request.path:
            return http.Response(body=empty, content_type=OCI_INDEX)
        return None

    web.memory.lie = lie
    done = await web.push(web.key())
    if web.memory.api:  # it says that it lists it, and does not
        assert done.error.code == 1
        assert "does not list it" in done.error.message
    else:  # a list that is always empty is no list: the tag is
        assert done.ended.ok, done.ended.error
        assert kinds(await hanging(web.memory, web.digest, [web.public()])) == [
            "signature", "signature", "test",
        ]  # fmt: skip


async def test_a_registry_that_answers_200_with_nothing(web: Pushed) -> None:
    know(web.id)

    def lie(request: http.Request) -> http.Response | None:
        image = f"/v2/{PATH}/manifests/"
        if request.path in ("/v2/", f"{image}v1", f"{image}{web.digest}"):
            return None
        return http.Response()

    web.memory.lie = lie
    done = await web.push(web.key())
    assert done.error.code == 1
    assert "has arrived, bytes and tag, and is not signed" in done.error.message


# Keys


async def test_a_key_that_others_may_read_refuses_before_anything_is_pushed(web: Pushed) -> None:
    policy = web.key()
    (web.folder / "release.key").chmod(0o644)
    problem = await refused(plan(web.engine, web.app, policy, "v1"))
    assert problem.code == 2
    assert problem.hint == f"chmod 600 {web.folder}/release.key"
    assert web.pushes == 0


async def test_a_wrong_passphrase_refuses_too(web: Pushed, monkeypatch: pytest.MonkeyPatch) -> None:
    make_pair(web.folder / "sealed.key", "sealed", "opensesame")
    policy = web.key("sealed")
    monkeypatch.setenv("COSIGN_PASSWORD", "shibboleth")
    problem = await refused(plan(web.engine, web.app, policy, "v1"))
    assert problem.code == 2
    assert problem.hint
    assert "shibboleth" not in f"{problem}"
    monkeypatch.setenv("COSIGN_PASSWORD", "opensesame")
    assert (await web.push(policy)).ended.ok


async def test_a_tag_that_may_move_is_named_too(web: Pushed) -> None:
    policy = web.key()._replace(mutable_tags=("v*",))
    assert (await web.push(policy)).ended.ok
    found = await hanging(web.memory, web.digest, [web.public()])
    assert kinds(found) == ["signature", "signature"]
    assert {one.told["version"] for one in found} == {"v1"}


async def test_a_push_without_a_key_loads_nothing_of_keys() -> None:
    code = (
        "import sys, tui.operations.verbs.push, tui.operations.verbs.ship;"
        "print([m for m in sys.modules if m.startswith(('tui.trust', 'cryptography'))])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


async def test_what_is_attached_unsigned_says_nothing_that_is_secret(web: Pushed) -> None:
    web.knows_all()
    await work(plan(web.engine, web.app, Policy(require_tests=False), "v1"))
    statements = [
        read_statement(body) for body in web.memory.blobs.values() if b"in-toto.io/Statement" in body
    ]
    assert len(statements) == 3
    assert "secret" not in f"{statements}"
