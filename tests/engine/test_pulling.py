"""On a host that has nothing of an app yet, and builds nothing: what the registry has is pulled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine.test_deploy import Shop, serving, shop

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls


@pytest.fixture
def kind() -> str:
    """Only a real engine stops in the middle of a pull."""
    return "real"


__all__ = ["shop"]

BUILD = '[apps.web.build]\ncontext = "."\nnetwork = "none"\n'


async def test_a_version_is_tested_and_deployed_where_it_is_only_in_the_registry(
    shop: Shop, api: EngineCalls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.release("v0.1.0")
    shop.configure(BUILD, "")
    for image in api.get("/images/json"):
        if any(tag.startswith(shop.project.image) for tag in image["RepoTags"] or ()):
            api.ask("DELETE", f"/images/{image['Id']}?force=1")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another-host"))

    problem = await shop.fail("test")
    assert "--image VERSION" in problem.hint
    assert "build" not in problem.hint
    problem = await shop.fail("deploy", version="v0.1.0")
    assert (problem.code, "holdfast test web --image v0.1.0" in problem.hint) == (4, True)
    for verb, wanted in (("deploy", {"version": "0.1.0"}), ("test", {"image": "0.1.0"})):
        problem = await shop.fail(verb, **wanted)
        assert (problem.code, problem.hint) == (2, "did you mean v0.1.0?")

    ended = await shop.work("test", image="v0.1.0")
    assert shop.plan.steps[0].id == "pull"
    assert shop.states()["pull"] == "done"
    assert ended.result.image

    ended = await shop.work("deploy", version="v0.1.0")
    assert "v0.1.0" in shop.page()
    assert serving(api) == {"web": "running"}
