"""The demo's three apps: what has happened to them, and what the verbs themselves do with them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.support.refs import ref
from tui.demo.launch import DemoEngine
from tui.engine.client import Engine
from tui.evidence.scans import read_scan
from tui.journal.folder import new_id, operations_folder
from tui.journal.reader import events, summaries
from tui.ledger.ledger import Ledger
from tui.model.operation import StepChanged
from tui.operations.looking.drift import find_drift
from tui.operations.looking.releases import read_releases
from tui.operations.process.prepared import prepared
from tui.operations.process.request import Request
from tui.operations.running.runner import perform
from tui.presentation.last_done import last_done
from tui.settings.load import load
from tui.store.operation import Operation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path
    from typing import Any

    from tui.model.operation import Ended, Event


class Demo:
    """The demo, and what an account does in it."""

    def __init__(self, demo: DemoEngine, engine: Engine) -> None:
        self.demo = demo
        self.engine = engine
        self.settings = load(str(demo.home.config))

    async def do(self, verb: str, app: str, **options: Any) -> Ended:
        config = str(self.demo.home.config)
        request = Request(
            new_id(verb, app, time.time()), verb, app, ref(self.demo.endpoint.url), config=config, **options
        )
        self.told: list[Event] = []
        async with prepared(request, load(config)) as found:
            return await perform(
                found, op=request.op, name=verb, app=app, engine="demo", tell=self.told.append
            )

    async def live(self, app: str) -> tuple[int, str]:
        releases = await read_releases(self.engine, await Ledger.open(self.engine), app)
        live = releases.standing.live
        return live, releases.entries[live].release.version


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoEngine]:
    monkeypatch.setenv("HOME", str(tmp_path))
    engine = DemoEngine(apps=True, pace=0.0)
    engine.start_process()
    engine.wait_ready()
    with engine.home.entered():
        yield engine
    engine.stop_process()
    assert not [*tmp_path.iterdir()], "nothing is kept among what is the user's"


@pytest.fixture
async def demo(started: DemoEngine) -> AsyncIterator[Demo]:
    async with await Engine.connect(started.endpoint) as engine:
        yield Demo(started, engine)


async def test_it_opens_with_a_story(demo: Demo) -> None:
    assert await demo.live("storefront") == (3, "v1.4.0")
    assert await demo.live("payments") == (2, "v2.1.0")
    assert await demo.live("mailer") == (2, "v0.9.0")
    mailer = await read_releases(demo.engine, await Ledger.open(demo.engine), "mailer")
    assert {number: entry.good for number, entry in mailer.entries.items()} == {1: True, 2: True, 3: False}
    assert not mailer.standing.open
    ledger = await Ledger.open(demo.engine)
    drifted = {
        name: bool((await find_drift(demo.engine, ledger, app, demo.settings.policy)).causes)
        for name, app in demo.settings.apps.items()
    }
    assert drifted == {"storefront": False, "payments": True, "mailer": False}
    payments = await read_releases(demo.engine, await Ledger.open(demo.engine), "payments")
    report = read_scan("payments", payments.entries[2].release.image)
    assert report is not None
    assert report.findings[0].severity == "critical"


async def test_the_version_that_never_becomes_healthy_is_undone(demo: Demo) -> None:
    began = time.monotonic()

    ended = await demo.do("deploy", "storefront", version="v1.5.0")

    assert ended.error is not None
    assert "r3 v1.4.0 serves again" in ended.error.message
    assert any("ECONNREFUSED" in line for line in ended.error.detail)
    assert time.monotonic() - began < 20
    assert await demo.live("storefront") == (3, "v1.4.0")


async def test_a_new_version_goes_the_whole_way_and_back(demo: Demo) -> None:
    for verb, options in (
        ("build", {}),
        ("test", {}),
        ("tag", {"version": "v1.4.1"}),
        ("push", {"version": "v1.4.1"}),
        ("deploy", {"version": "v1.4.1"}),
    ):
        ended = await demo.do(verb, "storefront", **options)
        assert ended.ok, (verb, ended.error)
    assert await demo.live("storefront") == (4, "v1.4.1")

    ended = await demo.do("rollback", "storefront")

    assert ended.ok, ended.error
    assert await demo.live("storefront") == (5, "v1.4.0")
    assert ended.seconds < 3


async def test_a_build_fails_in_a_line_of_its_dockerfile(demo: Demo) -> None:
    ended = await demo.do("build", "mailer")
    assert ended.error is not None
    assert any("> 4 | RUN sh compile-templates.sh" in line for line in ended.error.detail)
    failed = [event.step for event in demo.told if isinstance(event, StepChanged) and event.state == "failed"]
    assert failed


def past(app: str) -> list[Operation]:
    """What journals tell of an app, the newest first."""
    found = []
    for one in summaries(operations_folder()):
        if one.started.app == app:
            operation = Operation(one.started)
            told = [*events(one.path)]
            operation.feed(told[1:])
            operation.alive = False
            assert operation.ended is not None
            assert all(step.state != "running" for step in operation.steps.values())
            found.append(operation)
    return found


@pytest.mark.parametrize(
    ("app", "words", "verbs"),
    [
        ("storefront", "✓ pushed", ["push", "deploy", "deploy", "deploy"]),
        ("payments", "✗ scan failed", ["scan", "deploy", "deploy"]),
        ("mailer", "✗ deploy failed", ["deploy", "deploy", "deploy"]),
    ],
)
async def test_journals_tell_what_was_done_last_and_before(
    demo: Demo, app: str, words: str, verbs: list[str]
) -> None:
    found = past(app)
    assert last_done(found, time.time())[0].rpartition(" ")[0] == words
    done = [operation.started.verb for operation in found]
    assert [verb for verb in done if verb not in ("build", "test")] == verbs
    assert done.count("build") >= 3 and done[-1] == "build"  # what was released was built
    assert {operation.started.engine for operation in found} == {demo.demo.endpoint.url}
    releases = await read_releases(demo.engine, await Ledger.open(demo.engine), app)
    recorded = {entry.release.op for entry in releases.entries.values()}
    assert recorded == {operation.id for operation in found if operation.started.verb == "deploy"}


async def test_it_scans_without_any_scanner(demo: Demo) -> None:
    ended = await demo.do("scan", "storefront")
    assert ended.ok, ended
    assert dict(ended.result.facts)["findings"] == "1 high, 1 medium"
    ended = await demo.do("scan", "payments")
    assert ended.error is not None
    assert "CVE-2023-45853" in ended.error.message
    assert (await demo.do("build", "storefront")).ok
    ended = await demo.do("scan", "storefront")
    assert ended.ok, "what is built there can be scanned too"
