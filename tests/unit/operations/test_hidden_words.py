"""What a container says of its own secrets is told by no step, whoever created it."""

from __future__ import annotations

from types import SimpleNamespace as Of
from typing import TYPE_CHECKING

import pytest

from tui.engine.container.creation import create_body
from tui.model.app import AppSpec, RunSpec
from tui.model.release import Entry, Release
from tui.model.releases import Releases
from tui.model.standing import Standing
from tui.model.step import RolloutStep, StepKind
from tui.operations.deploying.gate import last_words
from tui.operations.looking.releases import Deployed
from tui.operations.orchestrators import containers
from tui.operations.running.report import Report

if TYPE_CHECKING:
    from tui.model.operation import Event

SAID = {"COLOUR": "vermilion", "DB_PASSWORD": "swordfish"}
HAS = {**SAID, "LINK": "link-from-a-file", "ON": "true"}
WORDS = "vermilion swordfish link-from-a-file true"
SHOWN = "vermilion *** *** true"


def made(told: list[Event], *, new: bool) -> containers.Containers:
    run = RunSpec(environment=SAID, env_file=("/etc/web.env",))
    release = Release(
        app="web", number=1, version="v1", reference="web@v1", digest="", image="sha256:1", run=run
    )
    entries = {} if new else {1: Entry(release)}
    inspected = {} if new else {1: Of(id="one")}
    releases = Deployed(Releases(Standing("web", {}, {}), entries), inspected)
    report = Report(told.append)

    async def adoption(id: str) -> object:
        return Of(run=RunSpec(environment=HAS))

    async def start(id: str) -> None:
        report.log("start", WORDS)
        report.flush()

    engine = Of(containers=Of(adoption=adoption, start=start))
    creation = create_body("web", RunSpec(environment=HAS)) if new else None
    return containers.Containers(
        engine, AppSpec("web", "web", "web.toml"), releases, report, release if new else None, creation, ()
    )


@pytest.mark.parametrize("new", [True, False])
async def test_what_came_from_outside_is_hidden(new: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def carry(engine: object, creation: object, *_: object) -> object:
        return creation

    async def create(*_: object) -> object:
        return Of(id="one", warnings=())

    monkeypatch.setattr(containers, "carry", carry)
    monkeypatch.setattr(containers, "create", create)
    monkeypatch.setattr(containers, "policy_of", lambda *_: "no")
    told: list[Event] = []
    stage = made(told, new=new)
    if new:
        await stage.make(RolloutStep(StepKind.CREATE, 1), "create")
    await stage.make(RolloutStep(StepKind.START, 1), "start")
    assert [event.text for event in told] == [SHOWN]


async def test_a_value_longer_than_a_line_that_is_shown_is_hidden_before_that_is_cut() -> None:
    long = "k" * 900
    report = Report(lambda event: None)
    report.hide([long])

    async def tail(id: str, lines: int) -> list[str]:
        return [f"key={long}"]

    engine, state = Of(containers=Of(tail=tail)), Of(steady=True, failed_check=())
    assert (await last_words(engine, "one", state, report.clean))[-1] == "key=***"
