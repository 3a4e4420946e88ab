"""Every way that adopting can end, on a simulated engine."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.verbs import refused, run, work
from tui.engine.container.creation import create_body
from tui.errors import HoldfastError
from tui.ledger.errors import LeaseLost
from tui.ledger.ledger import Ledger
from tui.model.app import RunSpec
from tui.model.labels import TEST
from tui.model.operation import UNDONE
from tui.operations.verbs import adopt
from tui.operations.verbs.adopt import plan

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.verbs import Run
    from tui.engine.client import Engine
    from tui.ledger.lease import Lease
    from tui.model.app import ReadySpec
    from tui.model.release import Entry


@pytest.fixture(autouse=True)
def steady_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits the usual five seconds for a container without a health check."""
    gate = adopt.gate

    async def quick(engine: Engine, id: str, ready: ReadySpec, **words: Any) -> None:
        await gate(engine, id, ready._replace(stable=0.05), **words)

    monkeypatch.setattr(adopt, "gate", quick)


async def container(engine: Engine, name: str, run: RunSpec | None = None, *, start: bool = True) -> str:
    await engine.images.import_empty("shop", "v1")
    spec = run or RunSpec(command=("serve",))
    id = (await engine.containers.create(name, create_body("shop:v1", spec))).id
    if start:
        await engine.containers.start(id)
    return id


async def entries(engine: Engine, app: str = "web") -> list[Entry]:
    return await (await Ledger.open(engine)).entries(app)


async def untouched(engine: Engine, home: Path, id: str, name: str) -> None:
    """It is called as it was, nothing is on record, no file is there, nobody has the lease."""
    assert (await engine.containers.inspect(id)).name == name
    assert await entries(engine) == []
    assert not list(home.glob("config/holdfast/apps.d/*"))
    assert not [one for one in await engine.containers.list() if one.name.endswith(".lease")]


async def test_it_becomes_the_first_release_as_it_stands(engine: Engine, home: Path) -> None:
    id = await container(engine, "shop-web-1")
    done = await work(plan(engine, {}, "op", "web", "shop-web-1"))
    assert [step.id for step in done.plan.steps] == ["lease", "rename", "file", "record"]
    assert done.ended.result.release == "r1"
    assert (await engine.containers.inspect(id)).name == "web"
    [entry] = await entries(engine)
    assert (entry.good, entry.release.adopted, entry.release.container) == (True, True, id)
    assert entry.release.gate_passed
    [file] = home.glob("config/holdfast/apps.d/*")
    assert '[apps.web]\nimage = "shop"' in file.read_text()


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("nothing", 2, "there is no container nothing"),
        ("X", 2, "is no name of an app"),
        ("web.r1", 2, "is no name of an app"),
    ],
)
async def test_what_cannot_be_an_app_is_refused(engine: Engine, name: str, code: int, words: str) -> None:
    id = await container(engine, "web")
    problem = await refused(plan(engine, {}, "op", name, "" if name == "nothing" else id))
    assert problem.code == code
    assert words in problem.message


async def test_what_does_not_run_is_refused(engine: Engine, home: Path) -> None:
    id = await container(engine, "web", start=False)
    problem = await refused(plan(engine, {}, "op", "web"))
    assert (problem.code, problem.hint) == (4, "docker start web")
    await untouched(engine, home, id, "web")


async def test_one_of_our_own_is_refused(engine: Engine) -> None:
    await container(engine, "web", RunSpec(command=("serve",), labels={TEST: "op"}))
    problem = await refused(plan(engine, {}, "op", "web"))
    assert problem.code == 4
    assert "one of Holdfast's own" in problem.message


async def test_what_is_adopted_already_is_refused(engine: Engine) -> None:
    await container(engine, "web")
    await work(plan(engine, {}, "op", "web"))
    problem = await refused(plan(engine, {}, "op", "web"))
    assert problem.code == 4
    assert "already, and live" in problem.message


async def test_a_file_that_is_there_is_not_overwritten(engine: Engine, home: Path) -> None:
    await container(engine, "web")
    path = home / "config/holdfast/apps.d/web.toml"
    path.parent.mkdir(parents=True)
    path.write_text("# mine\n")
    problem = await refused(plan(engine, {}, "op", "web"))
    assert "exists and is not overwritten" in problem.message
    assert path.read_text() == "# mine\n"


async def test_one_that_changed_since_the_plan_is_refused(engine: Engine, home: Path) -> None:
    id = await container(engine, "web")
    planned = await plan(engine, {}, "op", "web")
    await engine.containers.set_restart(id, "always")
    done = await run(planned)
    assert done.error.code == 4
    assert "has changed since the plan was made" in done.error.message
    await untouched(engine, home, id, "web")


async def broken_at_the_record(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> tuple[str, Run]:
    id = await container(engine, "shop-web-1")

    async def record(*_: object) -> None:
        raise error

    planned = await plan(engine, {}, "op", "web", "shop-web-1")
    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "record", record)
        return id, await run(planned)


@pytest.mark.parametrize(
    ("error", "code"), [(HoldfastError("the ledger is full"), 1), (asyncio.CancelledError(), 130)]
)
async def test_what_cannot_be_recorded_is_taken_back(
    engine: Engine, home: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    id, done = await broken_at_the_record(engine, monkeypatch, error)
    assert done.error.code == code
    assert (done.states["file"], done.states["rename"]) == (UNDONE, UNDONE)
    await untouched(engine, home, id, "shop-web-1")


async def test_cancelled_while_it_is_looked_at_it_is_taken_back(
    engine: Engine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await container(engine, "shop-web-1")
    begun = asyncio.Event()

    async def waits(*_: object, **__: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(adopt, "gate", waits)
    done = await run(plan(engine, {}, "op", "web", "shop-web-1"), cancel_at=begun)
    assert done.error.code == 130
    await untouched(engine, home, id, "shop-web-1")


async def test_a_lost_lease_is_no_adoption(
    engine: Engine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await container(engine, "shop-web-1")

    async def lost(self: Lease, step: str) -> None:
        raise LeaseLost(self.app, None)

    monkeypatch.setattr("tui.ledger.lease.Lease.guard", lost)
    done = await run(plan(engine, {}, "op", "web", "shop-web-1"))
    assert done.error.code == 6
    await untouched(engine, home, id, "shop-web-1")
