"""Every way that tagging can end, on a simulated engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web as http

from tests.support.verbs import refused, run, work
from tui.evidence.files import add_claim, add_facts
from tui.model.app import AppSpec
from tui.model.evidence import Claim, ClaimKind
from tui.model.policy import Policy
from tui.operations.verbs.tag import plan

if TYPE_CHECKING:
    from tests.support.scripted_registry import ScriptedRegistry
    from tui.engine.client import Engine

WEB = AppSpec("web", "web", "holdfast.toml")
POLICY = Policy()


async def image(engine: Engine, tag: str) -> str:
    """A new image of this tag; its ID."""
    repository, _, version = tag.rpartition(":")
    await engine.images.import_empty(repository, version)
    return await engine.images.inspect_id(tag)


async def test_the_newest_image_gets_the_version(engine: Engine) -> None:
    id = await image(engine, "web:first")
    done = await work(plan(engine, WEB, POLICY, "v1"))
    assert await engine.images.inspect_id("web:v1") == id
    assert done.ended.result.tags == ("web:v1",)
    assert any("has not passed its test" in warning for warning in done.plan.warnings)


async def test_what_has_passed_its_test_is_tagged_without_a_word(engine: Engine) -> None:
    id = await image(engine, "web:first")
    add_claim("web", id, Claim(ClaimKind.TEST, passed=True, at=1.0, by="alice", op="op"))
    assert (await work(plan(engine, WEB, POLICY, "v1", id))).plan.warnings == ()


async def test_a_version_never_moves(engine: Engine) -> None:
    first = await image(engine, "web:v1")
    second = await image(engine, "web:second")
    problem = await refused(plan(engine, WEB, POLICY, "v1", second))
    assert problem.code == 4
    assert "a version never moves" in problem.message
    assert await engine.images.inspect_id("web:v1") == first


async def test_a_version_that_an_image_has_already_is_not_asked_about(engine: Engine) -> None:
    id = await image(engine, "web:first")
    await work(plan(engine, WEB, POLICY, "v1", id))
    problem = await refused(plan(engine, WEB, POLICY, "v1", id))
    assert problem.code == 0
    assert problem.message == f"web:v1 names {id[7:19]} already"
    await work(plan(engine, WEB, POLICY, "v1", id, part=True))  # a ship goes on


async def test_one_that_the_policy_lets_move_does(engine: Engine) -> None:
    await image(engine, "web:latest")
    second = await image(engine, "web:second")
    done = await work(plan(engine, WEB, Policy(mutable_tags=("latest",)), "latest", second))
    assert any("latest moves away from" in warning for warning in done.plan.warnings)
    assert await engine.images.inspect_id("web:latest") == second


async def test_one_that_was_given_away_meanwhile_is_left(engine: Engine) -> None:
    first = await image(engine, "web:first")
    planned = await plan(engine, WEB, POLICY, "v1", first)
    other = await image(engine, "web:v1")
    done = await run(planned)
    assert done.error.code == 4
    assert "meanwhile" in done.error.message
    assert await engine.images.inspect_id("web:v1") == other


@pytest.mark.parametrize("version", ["not a tag", "build-1234", ""])
async def test_what_cannot_be_a_version_is_refused(engine: Engine, version: str) -> None:
    assert (await refused(plan(engine, WEB, POLICY, version))).code == 2


async def test_an_image_that_there_is_not_is_refused(engine: Engine) -> None:
    assert (await refused(plan(engine, WEB, POLICY, "v1"))).code == 2
    assert (await refused(plan(engine, WEB, POLICY, "v1", "nothing"))).code == 2


async def test_other_bytes_in_the_registry_are_refused(engine: Engine, registry: ScriptedRegistry) -> None:
    name = f"{registry.address}/web"
    await image(engine, f"{name}:first")
    kind = "application/vnd.oci.image.manifest.v1+json"
    registry.manifest("web", "v1", {"config": {"digest": "sha256:" + "1" * 64}, "layers": []}, kind)
    problem = await refused(plan(engine, WEB._replace(image=name), POLICY, "v1"))
    assert problem.code == 4
    assert "in the registry already, with other bytes" in problem.message


async def test_a_registry_that_fails_is_said(engine: Engine, registry: ScriptedRegistry) -> None:
    name = f"{registry.address}/web"
    await image(engine, f"{name}:first")
    registry.answers["/v2/web/manifests/v1"] = http.Response(status=500)
    done = await work(plan(engine, WEB._replace(image=name), POLICY, "v1"))
    assert any("is unknown" in warning for warning in done.plan.warnings)
    assert await engine.images.inspect_id(f"{name}:v1")


async def test_what_nobody_could_build_again_gets_no_version(engine: Engine) -> None:
    id = await image(engine, "web:first")
    add_facts("web", id, built=1.0, commit="abc", dirty=True)
    problem = await refused(plan(engine, WEB, POLICY, "v1", id))
    assert problem.code == 4
    assert "uncommitted changes" in problem.message
    await work(plan(engine, WEB, Policy(allow_dirty=True), "v1", id))
