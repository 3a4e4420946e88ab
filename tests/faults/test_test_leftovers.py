"""A test whose process is killed leaves labelled things, which the next start takes away."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.busybox import IMAGE
from tests.support.engine_calls import until
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.model.labels import ACCOUNT, APP, HOST, TEST
from tui.operations.testing.cleanup import remove_leftovers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.support.engine_calls import EngineCalls
    from tests.support.private_engine import PrivateEngine

TREE = Path(__file__).parents[2]
OP = "20261124-093000-test-web-3f2a9c"

TESTING = """
import asyncio, sys
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.model.app import AppSpec, Mount, ProofSpec, ReadySpec, RunSpec
from tui.operations.running.report import Report
from tui.operations.testing.run_tests import RunTests

async def main(url, image, op):
    async with await Engine.connect(Endpoint(url, "the test")) as engine:
        app = AppSpec(
            "web", "example.com/web", "/app/holdfast.toml",
            run=RunSpec(command=("sleep", "600"), volumes=(Mount("volume", "orders", "/orders"),)),
            ready=ReadySpec(stable=0.1), test=ProofSpec(("sleep", "600")),
        )
        tests = RunTests(engine, app, await engine.images.config(image), op, "this-host")
        await tests.run(Report(lambda event: print(event, flush=True)))

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
def api(private_engine: PrivateEngine) -> Iterator[EngineCalls]:
    yield private_engine.api
    private_engine.api.sweep()


@pytest.fixture
async def engine(engine_host: str) -> AsyncIterator[Engine]:
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        yield engine


def standing(api: EngineCalls) -> set[str]:
    """What bears the label of tests."""
    label = {"label": [TEST]}
    return {
        *(container["Names"][0] for container in api.get("/containers/json?all=1", **label)),
        *(network["Name"] for network in api.get("/networks", **label)),
        *(volume["Name"] for volume in api.get("/volumes", **label)["Volumes"] or ()),
    }


def killed(url: str, api: EngineCalls, *, before: str = '"command"') -> None:
    """Run a test in a process of its own and kill that once the step has begun."""
    with subprocess.Popen(
        [sys.executable, "-c", TESTING, url, IMAGE, OP], cwd=TREE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        for line in process.stdout:
            if "StepChanged" in line and before.replace('"', "'") in line:
                break
        process.kill()


async def test_what_a_killed_test_has_left_is_removed(engine: Engine, api: EngineCalls) -> None:
    killed(engine.endpoint.url, api)
    network = f"holdfast-test-{OP}"
    left = {"/web.test-3f2a9c", network, f"{network}-orders"}
    assert standing(api) == left
    assert api.inspect("web.test-3f2a9c")["State"]["Running"]

    assert await remove_leftovers(engine, lambda op: op == OP, "this-host") == []
    assert await remove_leftovers(engine, lambda _: False, "another-host") == []
    assert standing(api) == left

    removed = await remove_leftovers(engine, lambda _: False, "this-host")
    assert removed == ["web.test-3f2a9c", network, f"{network}-orders"]
    assert standing(api) == set()
    assert await remove_leftovers(engine, lambda _: False, "this-host") == []


@pytest.mark.parametrize("step", ["network", "create", "ready"])
async def test_killed_at_any_step(engine: Engine, api: EngineCalls, step: str) -> None:
    killed(engine.endpoint.url, api, before=f'"{step}"')
    # What the engine was asked for before the end, it still does.
    limit = time.monotonic() + 5
    while time.monotonic() < limit and not standing(api):
        time.sleep(0.05)
    time.sleep(0.3)
    await remove_leftovers(engine, lambda _: False, "this-host")
    assert standing(api) == set()


def labels(**changed: str) -> dict[str, Any]:
    given = {TEST: OP, APP: "web", HOST: "this-host", ACCOUNT: str(os.getuid())}
    return {"Labels": given | {f"io.holdfast.{name}": value for name, value in changed.items()}}


async def test_only_what_is_certainly_ours_is_removed(engine: Engine, api: EngineCalls) -> None:
    """Not another account's, whose journals are not known here, nor what names no operation."""
    others = [
        api.run(name="web", Labels={APP: "web"}),
        api.run(name="another-account", **labels(account="4711")),
        api.run(name="no-operation", **labels(test="../../etc")),
    ]
    ours = api.run(name="ours", **labels())
    assert await remove_leftovers(engine, lambda _: False, "this-host") == ["ours"]
    standing_ids = {container["Id"] for container in api.containers()}
    assert standing_ids == set(others)
    assert ours not in standing_ids


async def test_what_somebody_uses_is_left_for_the_next_time(engine: Engine, api: EngineCalls) -> None:
    api.ask("POST", "/networks/create", {"Name": "left", **labels()})
    user = api.run(name="user", HostConfig={"NetworkMode": "left"})
    assert await remove_leftovers(engine, lambda _: False, "this-host") == []
    api.remove(user)
    until(lambda: not api.containers())
    assert await remove_leftovers(engine, lambda _: False, "this-host") == ["left"]


async def test_two_that_clean_up_at_once_do_not_fail(engine: Engine, api: EngineCalls) -> None:
    import asyncio

    for number in range(4):
        api.run(name=f"left-{number}", **labels(test=f"{OP}{number}"))
    results = await asyncio.gather(
        *(remove_leftovers(engine, lambda _: False, "this-host") for _ in range(3))
    )
    assert {name for names in results for name in names} == {f"left-{number}" for number in range(4)}
    assert api.containers() == []
