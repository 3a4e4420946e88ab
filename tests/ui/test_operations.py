"""Operations on the screen: started by keys, shown at once, followed, cancelled, looked back at."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input

from tests.ui import fakes
from tui.demo.launch import DemoEngine
from tui.engine.ref import EngineRef
from tui.journal.folder import operations_folder
from tui.journal.writer import Journal
from tui.model.operation import (
    CACHED,
    DONE,
    FAILED,
    RUNNING,
    Ended,
    Failure,
    Logged,
    Plan,
    PlanStep,
    Result,
    Started,
    StepChanged,
)
from tui.model.scan_gate import JUDGE
from tui.operations.process.launch import NotPlanned
from tui.presentation.operation_words import ended_words
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.ui.conftest import Beneath, Open, Robot
    from tui.engine.endpoint import Endpoint
    from tui.model.operation import Event
    from tui.operations.process.request import Request

SETTINGS = Settings(apps={name: fakes.app(name, built=name != "bought") for name in ("api", "bought", "web")})


class Processes:
    """Stands for operation processes: what they were asked, and what they answer."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.abandoned: list[str] = []
        self.journals: dict[str, Journal] = {}
        self.plan = Plan("Build web", fakes.BUILD)
        self.refusal: Failure | None = None
        self.planning: asyncio.Event | None = None

    @property
    def last(self) -> Request:
        return self.asked[-1]

    def write(self, *events: Event) -> None:
        """The operation that was started last tells something."""
        for event in events:
            self.journals[self.last.op].write(event)

    def end(self, *, ok: bool = True, error: Failure | None = None) -> None:
        self.write(Ended(time.time(), ok, 12.3, Result(image=fakes.IMAGE) if ok else Result(), error))
        self.journals.pop(self.last.op).close()


class Process:
    def __init__(self, processes: Processes, request: Request) -> None:
        self._processes = processes
        self.request = request

    async def plan(self) -> Plan:
        if self._processes.planning is not None:
            await self._processes.planning.wait()
        if self._processes.refusal is not None:
            raise NotPlanned(self._processes.refusal)
        return self._processes.plan

    async def go(self) -> str:
        plan, request = self._processes.plan, self.request
        journal = Journal.create(operations_folder(), request.op)
        self._processes.journals[request.op] = journal
        who = (request.engine.url, "alice", "box", 1)
        journal.write(
            Started(time.time(), request.op, request.verb, request.app, *who, plan.steps, plan.title)
        )
        return str(journal.path)

    async def abandon(self) -> None:
        self._processes.abandoned.append(self.request.op)


@pytest.fixture
def processes(beneath: Beneath) -> Iterator[Processes]:
    made = Processes()

    async def launch(request: Request) -> Process:
        made.asked.append(request)
        return Process(made, request)

    beneath.launch = launch
    yield made
    for journal in made.journals.values():
        journal.close()


def write_journal(*events: Event) -> None:
    """An operation of somebody else, from before."""
    started = events[0]
    assert isinstance(started, Started)
    journal = Journal.create(operations_folder(), started.op)
    for event in events:
        journal.write(event)
    journal.close()


@pytest.fixture
async def here() -> AsyncIterator[Endpoint]:
    """An engine that is there before the dashboard is."""
    engine = DemoEngine(containers=12, running=0.5)
    try:
        yield await engine.start()
    finally:
        await asyncio.shield(engine.stop())


def began(engine: str, op: str, verb: str, name: str, ago: float) -> Started:
    who = (engine, "alice", "box", 1)
    return Started(time.time() - ago, op, verb, name, *who, fakes.BUILD, f"{verb} {name}")


async def test_apps_are_listed_and_without_any_it_says_how_to_get_one(dashboard: Open) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        assert "1 Apps  3" in robot.text()
        assert "web" in robot.row("web ")
    async with dashboard() as robot:
        assert "holdfast init" in robot.text()
        await robot.press("B")
        await said(robot, "no app is configured: n in the apps makes one, holdfast init writes holdfast.toml")


async def test_a_build_is_on_the_screen_at_once_and_followed_to_its_end(
    dashboard: Open, processes: Processes
) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        await select(robot, "web")
        await robot.press("4", "B")
        await robot.wait_for("5 web build")
        await robot.wait_for("◐ building web")
        await robot.wait_for("Build with BuildKit")
        assert processes.last.verb == "build"
        assert processes.last.engine == EngineRef(robot.endpoint)  # that is what is on the screen
        now = time.time()
        processes.write(
            StepChanged(now, "build", RUNNING),
            StepChanged(now, "1", RUNNING, title="[1/2] FROM alpine", parent="build"),
            StepChanged(now, "1", CACHED, 0.0),
            StepChanged(now, "2", RUNNING, title="[2/2] RUN make", parent="build"),
            Logged(now, "2", 1, "cc -o main main.c"),
        )
        await robot.wait_for("cc -o main main.c")
        assert "cached" in robot.row("FROM alpine")
        assert "running" in robot.row("RUN make")
        assert "◐ building 1/3" in robot.text()
        processes.write(StepChanged(now, "2", DONE, 1.5), StepChanged(now, "build", DONE, 1.6))
        await robot.wait_gone("cc -o main main.c")
        processes.end()
        await robot.wait_for("✓ built in 12.3s")
        assert fakes.IMAGE[:40] in robot.text()
        await robot.wait_for("✓ built 0s untested")
        await robot.wait_gone("◐ building web")


async def test_an_app_of_other_engines_is_left_alone_and_named(dashboard: Open, processes: Processes) -> None:
    """Of several engines too, and where another one that is marked lives here."""
    there = ("unix:///a.sock", "unix:///b.sock")
    apps = {name: fakes.app(name)._replace(engines=there if name == "web" else ()) for name in ("api", "web")}
    async with dashboard(settings=Settings(apps=apps)) as robot:
        await robot.wait(lambda: robot.app.store.elsewhere)
        await select(robot, "web")
        await robot.press("1", "D")
        where = "web lives on unix:///a.sock, unix:///b.sock: open holdfast there"
        await said(robot, where)
        robot.app.clear_notifications()
        await select(robot, "api")
        await robot.press("space", "space", "B")
        await said(robot, where)
        assert processes.asked == []


async def test_a_build_that_cannot_be_says_why_in_its_pane(dashboard: Open, processes: Processes) -> None:
    processes.refusal = Failure(
        2, "there is no Dockerfile in /src/web", "write one", ("/src/web/Dockerfile",)
    )
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("B")
        await robot.wait_for("there is no Dockerfile in /src/web")
        assert "✗ build failed" in robot.text()
        assert "write one" in robot.text()
        assert "     /src/web/Dockerfile" in robot.text()


async def test_one_app_runs_one_operation_at_a_time_and_others_go_on(
    dashboard: Open, processes: Processes
) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        await select(robot, "web")
        await robot.press("B")
        await robot.wait(lambda: processes.journals)
        await robot.press("T")
        await said(robot, "web is being built: C cancels")
        assert len(processes.asked) == 1
        await select(robot, "api")
        await robot.press("T")
        await robot.wait_for("testing api")
        await robot.wait_for("building web")


async def test_an_app_that_is_not_built_here_says_so(dashboard: Open, processes: Processes) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        await select(robot, "bought")
        await robot.press("B")
        await said(robot, "bought is not built here")
        assert processes.asked == []


async def test_read_only_starts_nothing(dashboard: Open, processes: Processes) -> None:
    async with dashboard(settings=SETTINGS, read_only=True) as robot:
        for key in "BTGPC":
            await robot.press(key)
        await said(robot, "read-only")
        assert processes.asked == []


async def test_a_push_shows_its_plan_and_does_nothing_by_itself(
    dashboard: Open, processes: Processes
) -> None:
    processes.plan = fakes.push_plan()
    async with dashboard(settings=SETTINGS) as robot:
        await select(robot, "web")
        await robot.press("P")
        await robot.wait_for("Push web v1.4.0")
        assert "$ docker push registry.example.com/shop/web:v1.4.0" in robot.text()
        await robot.press("enter")  # on Cancel
        await robot.wait(lambda: processes.abandoned == [processes.last.op])
        await robot.wait_for("not pushed: nothing was changed")
        assert processes.journals == {}
        await robot.press("P")
        await robot.wait_for("Push web v1.4.0")
        await robot.press("escape")
        await robot.wait(lambda: len(processes.abandoned) == 2)
        await robot.press("P")
        await robot.wait_for("Push web v1.4.0")
        await robot.press("y")
        await robot.wait_for("5 web push")
        await robot.wait_for("Read the digest back")
        await robot.wait_for("◐ pushing web")
        assert processes.journals


async def test_a_push_that_is_refused_says_why_in_the_dialog(dashboard: Open, processes: Processes) -> None:
    processes.refusal = Failure(4, "v1.4.0 is in the registry already, with other bytes", "choose another")
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("P")
        await robot.wait_for("with other bytes")
        assert "choose another" in robot.text()
        await robot.press("y")
        await robot.press("enter")
        await robot.wait_gone("with other bytes")
        assert processes.journals == {}


async def test_a_version_is_chosen_or_typed_then_confirmed(dashboard: Open, processes: Processes) -> None:
    processes.plan = Plan("Tag web v9.9.9", fakes.BUILD, verb="Tag")
    settings = Settings(apps={"web": fakes.app("web")._replace(image="shop/web", build=None)})
    async with dashboard(settings=settings) as robot:
        await robot.press("G")
        await robot.wait_for("the first version")
        await robot.press("down")
        await robot.wait_for("v0.1.0-rc.1")
        for _ in range(20):
            await robot.press("backspace")
        await robot.press(*"v+1", "enter")
        await robot.wait_for('not "+"')
        await robot.press("backspace", "backspace", *"9.9.9", "enter")
        await robot.wait_for("Tag web v9.9.9")
        assert processes.last.version == "v9.9.9"
        await robot.press("y")
        await robot.wait_for("5 web tag")


@pytest.mark.parametrize("before", [(), ("down",)])
async def test_what_is_typed_takes_the_place_of_the_version_that_is_offered(
    dashboard: Open, processes: Processes, before: tuple[str, ...]
) -> None:
    processes.plan = Plan("Tag web v9.9.9", fakes.BUILD, verb="Tag")
    settings = Settings(apps={"web": fakes.app("web")._replace(image="shop/web", build=None)})
    async with dashboard(settings=settings) as robot:
        await robot.press("G")
        await robot.wait_for("the first version")
        await robot.press(*before, *"v9.9.9")
        assert robot.app.screen.query_one(Input).value == "v9.9.9"
        await robot.press("enter")
        await robot.wait_for("Tag web v9.9.9")
        assert processes.last.version == "v9.9.9"


async def test_g_in_an_operation_goes_to_its_end_and_tags_nothing(
    dashboard: Open, processes: Processes
) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("B")
        await robot.wait(lambda: processes.journals)
        await robot.press("5", "g")
        await robot.wait_for("paused")
        await robot.press("G")
        await robot.wait_for("following")
        assert len(processes.asked) == 1


async def test_moving_in_the_containers_shows_their_logs_again(dashboard: Open, processes: Processes) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("B")
        await robot.wait_for("5 api build")
        await robot.press("j")
        await robot.wait_gone("5 api build")
        await robot.wait_for("5 Log")
        await robot.press("1", "enter")
        await robot.wait_for("5 api build")


async def test_cancelling_asks_and_names_the_operation(
    dashboard: Open, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        "tui.controllers.operations.cancel", lambda operation: asked.append(operation.id) or True
    )
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("C")
        await said(robot, "nothing is running")
        await robot.press("B")
        await robot.wait(
            lambda: processes.journals and robot.app.store.operations[processes.last.op].started.pid
        )
        await robot.press("C")
        await robot.wait_for("Stop the build of api?")
        # "Cancel" would sound like stopping.
        labels = [str(button.label) for button in robot.app.screen.query(Button)]
        assert labels == ["Let it go on (Esc)", "Stop it (y)"]
        await robot.press("enter")
        assert asked == []
        await robot.press("C")
        await robot.wait_for("Stop the build of api?")
        await robot.press("y")
        await robot.wait(lambda: asked == [processes.last.op])
        processes.end(ok=False, error=Failure(130, "cancelled"))
        await robot.wait_for("■ build cancelled")


async def test_what_is_being_undone_already_is_not_asked_to_stop(
    dashboard: Open, processes: Processes
) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("B")
        await robot.wait(
            lambda: processes.journals and robot.app.store.operations[processes.last.op].started.pid
        )
        processes.write(StepChanged(time.time(), "undo", RUNNING, title="Back to the release before"))
        await robot.wait_for("Back to the release before")
        await robot.press("C")
        await said(robot, "api build is being undone already")
        assert "Let it go on" not in robot.text()


async def test_what_is_still_being_planned_can_be_cancelled(dashboard: Open, processes: Processes) -> None:
    processes.planning = asyncio.Event()
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("B")
        await robot.wait_for("◐ starting")
        await robot.wait(lambda: processes.asked)
        await robot.press("C")
        await robot.wait_for("Stop the build of api?")
        await robot.press("y")
        await robot.wait_for("■ build cancelled")
        assert processes.abandoned == [processes.last.op]


async def test_a_dialog_that_is_closed_while_it_plans_leaves_no_process(
    dashboard: Open, processes: Processes
) -> None:
    processes.planning = asyncio.Event()
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("P")
        await robot.wait_for("planning ...")
        await robot.wait(lambda: processes.asked)
        await robot.press("escape")
        await robot.wait(lambda: processes.last.op in processes.abandoned)


async def test_an_impatient_enter_does_not_lose_the_plan(dashboard: Open, processes: Processes) -> None:
    processes.planning = asyncio.Event()
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("P")
        await robot.wait_for("planning ...")
        await robot.press("enter", "tab", "enter", "left", "enter")
        processes.planning.set()
        await robot.wait_for("Do it (y)")
        assert not processes.abandoned
        await robot.press("enter")  # the default, now that it can be read
        await robot.wait(lambda: processes.last.op in processes.abandoned)


@pytest.mark.parametrize("key", ["n", "q", "escape"])
async def test_what_is_planned_can_be_left(dashboard: Open, processes: Processes, key: str) -> None:
    processes.planning = asyncio.Event()
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("P")
        await robot.wait_for("planning ...")
        await robot.wait(lambda: processes.asked)
        await robot.press(key)
        await robot.wait(lambda: processes.last.op in processes.abandoned)


async def test_quitting_while_something_is_planned_ends_it(dashboard: Open, processes: Processes) -> None:
    processes.planning = asyncio.Event()
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("B")
        await robot.wait(lambda: processes.asked)
        await robot.press("ctrl+c")
        await robot.wait(lambda: processes.abandoned == [processes.last.op])


async def test_history_opens_old_operations_with_their_output(
    dashboard: Open, processes: Processes, here: Endpoint
) -> None:
    now = time.time()
    write_journal(
        began(here.url, "20260101-000000-build-web-aaaaaa", "build", "web", 9000),
        StepChanged(now - 9000, "build", RUNNING),
        Logged(now - 9000, "build", 1, "from long ago"),
        StepChanged(now - 8990, "build", FAILED, 10.0),
        Ended(now - 8990, False, 10.0, error=Failure(1, "make: *** [all] Error 2")),
    )
    write_journal(
        began(here.url, "20260102-000000-test-web-bbbbbb", "test", "web", 5000),
        Ended(now - 4990, True, 10.0, Result(image=fakes.IMAGE)),
    )
    async with dashboard(settings=SETTINGS, endpoint=here) as robot:
        await robot.wait_for("✓ tested 1h")
        await select(robot, "web")
        await robot.press("1", "h")
        await robot.wait_for("History of web")
        assert "make: *** [all] Error 2" in robot.text()
        await robot.press("down", "enter")
        await robot.wait_for("from long ago")
        assert "✗ build failed" in robot.text()


async def test_what_was_interrupted_and_needs_no_recovery_is_in_its_row_alone(
    dashboard: Open, processes: Processes, here: Endpoint
) -> None:
    write_journal(began(here.url, "20260101-000000-push-web-aaaaaa", "push", "web", 500))
    async with dashboard(settings=SETTINGS, endpoint=here) as robot:
        await robot.wait(lambda: "✗ push interrupted" in robot.row("web "))
        assert "interrupted:" not in robot.text()
        await select(robot, "web")
        await robot.press("1", "enter")
        await robot.wait_for("layers that have arrived are not sent again")


async def test_what_runs_already_is_opened_at_the_start(
    dashboard: Open, processes: Processes, here: Endpoint
) -> None:
    began_now = began(here.url, "20260101-000000-push-web-aaaaaa", "push", "web", 5)
    journal = Journal.create(operations_folder(), began_now.op)
    journal.write(began_now)
    async with dashboard(settings=SETTINGS, endpoint=here) as robot:
        await robot.wait_for("5 web push")
    journal.close()


async def test_what_is_started_elsewhere_leaves_the_log_that_is_read_where_it_is(
    dashboard: Open, processes: Processes, here: Endpoint
) -> None:
    async with dashboard(settings=SETTINGS, endpoint=here) as robot:
        await robot.press("4", "l")
        await robot.wait_for("5 Log  fk0")
        began_now = began(here.url, "20260101-000000-push-web-aaaaaa", "push", "web", 0)
        journal = Journal.create(operations_folder(), began_now.op)
        journal.write(began_now)
        await said(robot, "web push has begun: h among the apps shows it")
        assert "5 Log  fk0" in robot.text()
    journal.close()


def test_a_cancelled_deploy_says_what_serves() -> None:
    cut = fakes.deploying(time.time())
    cut.feed([Ended(time.time(), False, 3.0, error=Failure(130, "cancelled; r5 v1.5.0 serves"))])
    assert ended_words(cut) == "web deploy cancelled; r5 v1.5.0 serves"


async def test_the_end_of_what_nobody_sees_is_said(dashboard: Open, processes: Processes) -> None:
    async with dashboard(settings=SETTINGS, size=(100, 30)) as robot:
        await robot.press("B")
        await robot.wait(lambda: processes.journals)
        await robot.wait_for("5 api build")
        await robot.press("j")
        await robot.wait_gone("5 api build")
        processes.end(ok=False, error=Failure(1, "no space left on the engine"))
        await said(robot, "api build failed: no space left on the engine")


async def test_output_is_folded_opened_searched_and_saved(
    dashboard: Open, processes: Processes, tmp_path: Path
) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("B")
        await robot.wait(lambda: processes.journals)
        now = time.time()
        processes.write(
            StepChanged(now, "build", RUNNING),
            StepChanged(now, "1", RUNNING, title="[1/2] RUN apt", parent="build"),
            Logged(now, "1", 1, "\n".join(f"unpacking {number}" for number in range(50))),
            StepChanged(now, "1", DONE, 1.5),
            StepChanged(now, "2", RUNNING, title="[2/2] RUN make", parent="build"),
            Logged(now, "2", 2, "main.c:1: error: no such thing\nmake: *** stop"),
            StepChanged(now, "2", FAILED, 1.5),
            StepChanged(now, "build", FAILED, 3.0),
        )
        processes.end(ok=False, error=Failure(1, "make failed"))
        await robot.wait_for("main.c:1: error")
        assert "50 lines" in robot.row("RUN apt")
        await robot.press("5", "g", "j", "enter")
        await robot.wait_for("unpacking 0")
        await robot.press("space")
        await robot.wait_gone("unpacking 0")
        await robot.press("slash", *"unpacking 33", "enter")
        await robot.wait_for("unpacking 33")
        await robot.press("e")
        view = robot.app.main.operation
        await robot.wait(lambda: view._cursor == ("2", 0))
        await robot.press("greater_than_sign")
        await robot.wait_for("Save everything to")
        await robot.press("enter")
        folder = tmp_path / "state/holdfast/saved"
        await robot.wait(lambda: list(folder.glob("api-build-*.log")))
        [saved] = folder.glob("api-build-*.log")
        await said(robot, "lines saved to")
        text = saved.read_text()
        assert "unpacking 49\n" in text
        assert "== [2/2] RUN make (failed 1.5s)" in text
        assert "make failed" in text


async def test_the_result_is_copied(dashboard: Open, processes: Processes) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("B")
        await robot.wait(lambda: processes.journals)
        await robot.press("5", "y")
        await said(robot, "it has made no image")
        processes.end()
        await robot.wait_for("✓ built in 12.3s")
        await robot.press("y")
        await said(robot, "copied sha256:3f2a")


@pytest.mark.parametrize("looked", [True, False])
async def test_findings_are_pointed_to_where_there_are_any(
    dashboard: Open, processes: Processes, looked: bool
) -> None:
    """A scan that fails because no scanner is there has found nothing."""
    processes.plan = Plan("Scan web", (PlanStep("scan", "Scan it"), PlanStep(JUDGE, "Judge it")))
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("1")
        await select(robot, "web")
        await robot.press("S")
        await robot.wait(lambda: processes.journals)
        if looked:
            processes.write(StepChanged(time.time(), JUDGE, FAILED, 0.1))
        processes.end(ok=False, error=Failure(1, "2 findings are critical or worse"))
        await robot.wait_for("✗ scan failed")
        await robot.pilot.pause()
        pointed = any("F shows what was found" in notice.message for notice in robot.app._notifications)
        assert pointed is looked


async def test_an_image_of_another_app_decides_which_app_is_meant(
    dashboard: Open, processes: Processes
) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        image = next(iter(robot.app.store.images.values()))
        web = image._replace(id="sha256:" + "1" * 64, tags=("registry.example.com/shop/web:v1.0.0",))
        robot.app.store.set_images([image, web])
        await robot.wait_for("v1.0.0")
        await select(robot, "api")
        await robot.press("3")
        robot.app.main.tags.move_to(robot.app.main.tags.ordering.index(web.tags[0]) or 0)
        await robot.press("T")
        await robot.wait(lambda: processes.asked)
        assert (processes.last.app, processes.last.image) == ("web", web.id)


async def said(robot: Robot, text: str) -> None:
    """Wait for a notice; on the screen it may be broken into lines anywhere."""
    await robot.wait(lambda: any(text in notice.message for notice in robot.app._notifications))


async def select(robot: Robot, name: str) -> None:
    """Put the cursor of the apps on a name."""
    robot.app.main.apps.point_at(name)
    await robot.pilot.pause()


async def test_the_cursor_in_a_zoomed_pane_of_apps_stays_there(dashboard: Open) -> None:
    async with dashboard(settings=Settings(apps={n: fakes.app(n) for n in ("api", "web")})) as robot:
        robot.app.store.put_operations([fakes.build_done(time.time(), 60.0, name="web")])
        await robot.press("1", "z", "end")
        await robot.wait(lambda: robot.app.main.shown_operation is not None)
        assert robot.app.main.focus_on == "apps"


async def test_what_is_done_on_another_engine_neither_blocks_nor_is_cancelled_here(
    dashboard: Open, processes: Processes, here: Endpoint
) -> None:
    now = time.time()
    tested = began(here.url, "20260101-000000-test-web-aaaaaa", "test", "web", 60)
    write_journal(tested, Ended(now - 50, True, 10.0))
    deploying = began("tcp://elsewhere:2376", "20260102-000000-deploy-web-bbbbbb", "deploy", "web", 5)
    journal = Journal.create(operations_folder(), deploying.op)
    journal.write(deploying)
    async with dashboard(settings=SETTINGS, endpoint=here) as robot:
        await robot.wait_for("✓ tested 1m")
        await select(robot, "web")
        await robot.press("C")
        await said(robot, "nothing is running")
        await robot.press("B")
        await robot.wait(lambda: processes.asked)
        assert processes.last.engine == EngineRef(here)
    journal.close()


async def test_what_is_live_already_is_deployed_again_by_a_key(dashboard: Open, processes: Processes) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        processes.refusal = Failure(0, "r5 of web is live already", "--again deploys it all the same")
        await select(robot, "web")
        await robot.press("1", "A")
        await robot.wait_for("Ship web as which version?")
        await robot.press(*"v9", "enter")
        await robot.wait_for("a deploys it all the same")
        processes.refusal = None
        await robot.press("a")
        await robot.wait_for("Build web")
        assert processes.last.again
        await robot.press("y")
        await robot.wait(lambda: processes.journals)
