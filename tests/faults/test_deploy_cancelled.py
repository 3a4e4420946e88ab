"""A deploy that is cancelled at any step, or loses its journal, brings the former release back by itself."""

from __future__ import annotations

import asyncio
import itertools
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.faults.deploying import KILLED, TALLY, App, Point, bury_the_dead, import_images
from tui.journal.writer import JournalFailed
from tui.model.operation import CANCELLED, Logged, Progressed, StepChanged
from tui.operations.process.prepared import prepared
from tui.operations.running.runner import perform
from tui.settings.load import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.private_engine import PrivateEngine
    from tui.model.operation import Event

ORDERS = ("stop-first", "start-first")

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def engine(private_engine: PrivateEngine) -> Iterator[PrivateEngine]:
    import_images(private_engine, "v1", "v2")
    yield private_engine
    private_engine.api.sweep()  # the other suites begin with an empty one


async def cancelled_everywhere(app: App) -> None:
    await app.work("deploy", version="v1")
    for number in itertools.count():
        kind = f"deploy {app.order}, cancelled"
        TALLY.begin(kind)
        before = await app.check()
        status = await app.start("deploy", Point(number, "within"), signal.SIGTERM, version="v2").end()
        after = await app.check()
        assert status in (0, CANCELLED)
        assert (status == 0) == (after > before), "the outcome is what came about"
        TALLY.survived(kind)
        if status == 0:
            assert number > 5
            return


async def test_at_each_step(engine: PrivateEngine, tmp_path: Path) -> None:
    """While the engine does what it was asked for: it does not stop doing it."""
    slow = {"stop_signal": "SIGTERM", "stop_grace_period": "1s"}  # which `sleep` does not hear

    async with asyncio.TaskGroup() as cases:
        for order in ORDERS:
            app = App(tmp_path, engine, f"cancelled-{order}", order, run=slow)
            cases.create_task(cancelled_everywhere(app))


def drains(app: App) -> bool:
    """Whether what serves was told to drain, so that no proxy sends it anything."""
    looking = ["docker", "--host", app.engine.host, "exec", app.name, "test", "-e", "/run/draining"]
    return subprocess.run(looking, check=False).returncode == 0


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("blow", [signal.SIGTERM, signal.SIGKILL])
async def test_what_was_told_to_drain_serves_again(
    engine: PrivateEngine, tmp_path: Path, order: str, blow: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    bury_the_dead(monkeypatch)
    app = App(
        tmp_path,
        engine,
        f"drain-{order}-{blow}",
        order,
        app={"drain": ["touch", "/run/draining"], "drain_seconds": 1},
        run={"tmpfs": ["/run"]},
        ready={"exec": ["test", "!", "-e", "/run/draining"], "timeout": 3},
    )
    await app.work("deploy", version="v1")
    drain = 4 if order == "start-first" else 2
    for point in (Point(drain, "after"), Point(drain + 1, "after"), Point(drain, "before")):
        kind = f"deploy {order}, ended while the old one drains"
        TALLY.begin(kind)
        # again: a recovery may have brought it to its end before
        status = await app.start("deploy", point, blow, version="v2", again=True).end()
        assert status in (CANCELLED, KILLED)
        await app.recover()
        await app.check()
        assert not drains(app)
        TALLY.survived(kind)


async def unwritten_from(app: App, step: str) -> None:
    """Deploy with a disk that is full once a step has been begun."""
    full = False

    def tell(event: Event) -> None:
        nonlocal full
        full = full or (isinstance(event, StepChanged) and event.step == step)
        if full and not isinstance(event, Logged | Progressed):  # as Journal.write does it
            raise JournalFailed("the journal cannot be written: no space left on device")

    request = app.request("deploy", version="v2")
    async with prepared(request, load(request.config)) as planned:
        assert step in [one.id for one in planned.plan.steps]
        with pytest.raises(JournalFailed):
            await perform(
                planned, op=request.op, name="deploy", app=app.name, engine=request.engine.url, tell=tell
            )


async def test_a_journal_that_cannot_be_written_any_more(engine: PrivateEngine, tmp_path: Path) -> None:
    app = App(tmp_path, engine, "journal")
    await app.work("deploy", version="v1")
    kind = "deploy, its journal's disk gets full"
    for verb in ("record", "create", "disarm", "stop", "retire", "promote", "start", "gate", "arm", "bake"):
        releases, _ = await app.releases()
        number = 1 if verb in ("disarm", "stop", "retire") else releases.standing.next_number
        TALLY.begin(kind)
        await unwritten_from(app, f"{verb} r{number}")
        assert await app.check() == 1
        TALLY.survived(kind)
