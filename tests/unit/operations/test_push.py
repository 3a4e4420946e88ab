"""Every way that a push can end, on a simulated engine and a registry that says what it is told to."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

import pytest
from aiohttp import web as http

from tests.support.scripted_registry import OCI_MANIFEST, ScriptedRegistry, error
from tests.support.verbs import refused, run, work
from tui.engine.errors import TransferBroken
from tui.evidence.files import add_claim, read_evidence
from tui.model.app import AppSpec
from tui.model.evidence import Claim, ClaimKind
from tui.model.operation import CACHED
from tui.model.policy import Policy
from tui.operations.verbs import push
from tui.operations.verbs.push import Pushing, plan

if TYPE_CHECKING:
    from tests.support.verbs import Run
    from tui.engine.client import Engine

ANY = Policy(require_tests=False)
OTHER = "sha256:" + "1" * 64


class Pushed:
    """An app with one image, v1, and its registry.

    holds   the digest of v1 in the registry; "" where there is none, and after a push what the engine pushed
    """

    def __init__(self, engine: Engine, registry: ScriptedRegistry) -> None:
        self.engine = engine
        self.registry = registry
        self.app = AppSpec("web", f"{registry.address}/web", "holdfast.toml")
        self.id = ""
        self.asked = 0
        self.holds = ""
        self.holds_after = ""

    async def image(self, version: str = "v1") -> None:
        await self.engine.images.import_empty(self.app.image, version)
        self.id = await self.engine.images.inspect_id(f"{self.app.image}:{version}")
        self.holds_after = "sha256:" + hashlib.sha256(f"manifest of {self.id}".encode()).hexdigest()
        self.registry.answers[f"/v2/web/manifests/{version}"] = self._manifest

    def _manifest(self, _request: http.Request) -> http.Response:
        """Asked for the plan, before the push, and after it."""
        self.asked += 1
        digest = self.holds or (self.holds_after if self.asked > 2 else "")
        if not digest:
            return error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        return http.Response(body=b"{}", content_type=OCI_MANIFEST, headers={"Docker-Content-Digest": digest})

    async def push(self, policy: Policy = ANY) -> Run:
        return await run(plan(self.engine, self.app, policy, "v1"))


@pytest.fixture
async def web(engine: Engine, registry: ScriptedRegistry) -> Pushed:
    made = Pushed(engine, registry)
    await made.image()
    return made


async def test_a_version_is_pushed_and_its_digest_read_back(web: Pushed) -> None:
    done = await web.push()
    assert done.ended.ok, done.ended.error
    assert dict(done.plan.facts)["v1"] == "new"
    assert done.ended.result.digest == web.holds_after
    assert f"{web.app.image}:v1@{web.holds_after}" in done.output
    assert read_evidence("web", web.id).digests["v1"] == web.holds_after


async def test_all_its_versions_are_where_none_is_named(web: Pushed) -> None:
    done = await work(plan(web.engine, web.app, ANY))
    assert done.ended.result.tags == (f"{web.app.image}:v1",)


async def test_what_is_there_already_is_not_pushed_again(web: Pushed) -> None:
    await web.push()
    web.holds = web.holds_after
    done = await web.push()
    assert done.ended.ok
    assert done.states["push v1"] == CACHED


async def test_other_bytes_are_never_written_over(web: Pushed) -> None:
    web.holds = OTHER
    problem = await refused(plan(web.engine, web.app, ANY, "v1"))
    assert problem.code == 4
    assert "in the registry already, with other bytes" in problem.message


async def test_other_bytes_that_came_since_the_plan_are_not_either(web: Pushed) -> None:
    planned = await plan(web.engine, web.app, ANY, "v1")
    web.holds = OTHER
    done = await run(planned)
    assert done.error.code == 4
    assert "push v1" not in done.states


async def test_what_the_registry_has_afterwards_has_to_be_what_was_pushed(web: Pushed) -> None:
    web.holds_after = OTHER
    done = await web.push()
    assert done.error.code == 6
    assert f"the registry has {OTHER}" in done.error.message


async def test_a_connection_that_breaks_is_tried_again(web: Pushed, monkeypatch: pytest.MonkeyPatch) -> None:
    once, broken = Pushing._push_once, [2]

    async def breaks(self: Pushing, *given: object) -> str:
        if broken[0]:
            broken[0] -= 1
            raise TransferBroken("the connection broke")
        return await once(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Pushing, "_push_once", breaks)
    monkeypatch.setattr(push, "WAIT_SECONDS", 0.0)
    done = await web.push()
    assert done.ended.ok
    assert sum("trying again" in warning for warning in done.warnings) == 2


async def test_one_that_breaks_again_and_again_fails(web: Pushed, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(self: Pushing, *_: object) -> str:
        raise TransferBroken("the connection broke")

    monkeypatch.setattr(Pushing, "_push_once", breaks)
    monkeypatch.setattr(push, "WAIT_SECONDS", 0.0)
    done = await web.push()
    assert done.error.message == "the connection broke"


async def test_it_can_be_cancelled(web: Pushed, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = asyncio.Event()

    async def lasts(self: Pushing, *_: object) -> str:
        begun.set()
        await asyncio.Event().wait()
        return ""

    monkeypatch.setattr(Pushing, "_push_once", lasts)
    done = await run(plan(web.engine, web.app, ANY, "v1"), cancel_at=begun)
    assert done.error.code == 130
    assert read_evidence("web", web.id).digests == {}


async def test_what_has_not_passed_its_test_is_refused(web: Pushed) -> None:
    problem = await refused(plan(web.engine, web.app, Policy(), "v1"))
    assert problem.code == 4
    assert "holdfast test web" in problem.hint
    add_claim("web", web.id, Claim(ClaimKind.TEST, passed=True, at=1.0, by="alice", op="op"))
    assert (await web.push(Policy())).ended.ok


async def test_an_app_without_a_registry_has_nowhere_to_go(engine: Engine) -> None:
    problem = await refused(plan(engine, AppSpec("web", "web", "holdfast.toml"), ANY, "v1"))
    assert problem.code == 2
    assert "names no registry" in problem.message


async def test_an_image_without_a_version_is_refused(web: Pushed) -> None:
    await web.engine.images.import_empty(web.app.image, "build-123456789012")
    problem = await refused(plan(web.engine, web.app, ANY, "", "build-123456789012"))
    assert problem.code == 2
    assert "has no version yet" in problem.message
