"""Releases on the screen: what is live, going back in few keys, and reasons where a key does nothing."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from tests.ui import fakes
from tests.ui.test_operations import Processes, processes, said
from tui.errors import HoldfastError
from tui.model.container import Container
from tui.model.drift import Cause, Drift
from tui.model.image import Image
from tui.model.labels import APP
from tui.model.operation import DONE, RUNNING, Plan, StepChanged
from tui.model.policy import EngineSettings
from tui.model.releases import Holder, Releases
from tui.model.remote import RemoteTag, RemoteTags
from tui.model.standing import Standing
from tui.model.ways_back import WayBack
from tui.presentation.apps import columns
from tui.presentation.table import place
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from tests.ui.conftest import Beneath, Open, Robot

__all__ = ["processes"]

WEB = fakes.app("web")
SETTINGS = Settings(apps={"web": WEB})
TWO = Settings(apps={"api": fakes.app("api"), "web": WEB})
LIVE = "5" * 64


class Engine:
    """What an engine would tell of releases and drift."""

    def __init__(self) -> None:
        self.releases: dict[str, Releases] = {}
        self.drift = Drift("web", (), (), time.time())
        self.refusal = ""
        self.read = 0

    def has(self, releases: Releases) -> None:
        self.releases[releases.standing.app] = releases


@pytest.fixture
def engine(beneath: Beneath) -> Engine:
    made = Engine()

    class Observer:
        async def releases(self, app: str) -> Releases:
            made.read += 1
            if made.refusal:
                raise HoldfastError(made.refusal)
            return made.releases.get(app) or Releases(Standing(app), at=time.time())

        async def drift(self, *_: object) -> Drift:
            return made.drift

    beneath.observe = lambda _: Observer()
    return made


def container(name: str = "web", state: str = "running", health: str = "healthy") -> Container:
    return Container(LIVE, name, "web@sha256:a", "sha256:a", "", time.time(), state, health=health)


async def deployed(robot: Robot, engine: Engine, *, holder: Holder | None = None) -> None:
    """The app web is deployed five times, and the dashboard has seen it."""
    engine.has(fakes.releases(time.time(), LIVE, holder=holder))
    robot.app.store.put_containers([container()])
    await robot.wait_for("v1.5.0")


async def test_one_look_answers_what_is_live_and_where_one_can_go_back(
    dashboard: Open, engine: Engine
) -> None:
    async with dashboard(settings=TWO) as robot:
        await robot.wait_for("not deployed")
        await deployed(robot, engine)
        row = robot.row("▸ web")
        assert re.search(r"web +v1\.5\.0 +● healthy +055f0d71c3b9 +2h bob +✓ ok r4 v1\.2\.0 +\?", row)
        robot.app.store.put_containers([container(health="unhealthy")])
        await robot.wait(lambda: "✗ unhealthy" in robot.row("▸ web"))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_releases_unfold_and_fold(dashboard: Open, engine: Engine, size: tuple[int, int]) -> None:
    async with dashboard(settings=TWO, size=size) as robot:
        await robot.press("1")
        await deployed(robot, engine)
        await robot.press("j", "enter")
        await robot.wait(lambda: "● live" in robot.row("r5 "))
        await robot.press("j", "j", "j", "j", "j")
        await robot.wait(lambda: "· ledger only" in robot.row("r1 "))
        assert "✗ failed" in robot.row("r3 ")
        assert "○ kept" in robot.row("r2 ")
        assert "as r2" in robot.row("r4   ")
        await robot.press("left")
        await robot.wait_gone("r1 ")
        assert robot.app.main.apps.cursor == "web"
        await robot.press("right")
        await robot.wait(lambda: "● live" in robot.row("r5 "))


async def test_the_only_app_is_unfolded_by_itself(dashboard: Open, engine: Engine) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        await deployed(robot, engine)
        await robot.wait(lambda: "● live" in robot.row("r5 "))


async def test_the_cursor_stays_on_its_release_while_another_comes(dashboard: Open, engine: Engine) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("1")
        await deployed(robot, engine)
        await robot.wait(lambda: "● live" in robot.row("r5 "))
        await robot.press("j", "j")
        assert robot.app.main.apps.release == 4
        engine.has(fakes.interrupted(time.time(), LIVE))
        robot.app.store.put_containers([container(state="exited")])
        await robot.wait_for("r6 ")
        assert robot.app.main.apps.release == 4


async def test_a_release_is_read_in_full_without_its_secrets(dashboard: Open, engine: Engine) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("1")
        await deployed(robot, engine)
        await robot.wait(lambda: "● live" in robot.row("r5 "))
        robot.app.store.put_remote(RemoteTags(WEB.repository, 1.0, plain=True))
        await robot.press("j", "j", "enter")
        await robot.wait_for("web r4 v1.2.0 · record")
        assert "docker manifest inspect --insecure" in robot.text()
        assert "rollback of" in robot.text()
        assert fakes.digest(4) in robot.text()
        assert "DB_PASSWORD" in robot.text()
        assert "hunter2" not in robot.text()
        await robot.press("tab")
        await robot.wait_for("v1.5.0 -> v1.2.0")
        assert "WORKERS changed" in robot.text()


async def test_going_back_takes_three_keys(dashboard: Open, engine: Engine, processes: Processes) -> None:
    processes.plan = Plan("Roll web back to r4 v1.2.0 as r6", fakes.deploy_plan().steps, verb="Roll back")
    async with dashboard(settings=SETTINGS) as robot:
        await deployed(robot, engine)
        await robot.press("R")
        await robot.wait_for("Roll web back to which release?")
        await robot.wait(lambda: processes.asked)  # its process plans already
        assert (processes.last.verb, processes.last.to) == ("rollback", 4)
        assert "r5 v1.5.0 -> r4 v1.2.0" in robot.text()
        await robot.press("enter")
        await robot.wait_for("Roll web back to r4 v1.2.0 as r6")
        await robot.press("y")
        await robot.wait_for("◐ rolling back")
        assert len(processes.asked) == 1
        assert processes.abandoned == []


async def test_another_release_is_chosen_and_its_difference_shown(
    dashboard: Open, engine: Engine, processes: Processes
) -> None:
    processes.plan = Plan("Roll web back to r2 v1.2.0 as r6", fakes.deploy_plan().steps, verb="Roll back")
    async with dashboard(settings=SETTINGS) as robot:
        await deployed(robot, engine)
        await robot.press("R")
        await robot.wait_for("Roll web back to which release?")
        assert "r3" not in "".join(robot.lines()[15:30])  # it failed: it is no way back
        await robot.press("down")
        await robot.wait_for("r5 v1.5.0 -> r2 v1.2.0")
        await robot.press("enter")
        await robot.wait_for("as r6")
        assert [one.to for one in processes.asked] == [4, 2]
        assert processes.abandoned == [processes.asked[0].op]
        await robot.press("escape")
        await robot.wait(lambda: len(processes.abandoned) == 2)
        assert processes.journals == {}


async def test_the_picker_says_what_its_signs_mean(
    dashboard: Open, engine: Engine, processes: Processes
) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        await deployed(robot, engine)
        known = engine.releases["web"]
        robot.app.store.put_releases("web", known._replace(ways=(WayBack(4), WayBack(2))))
        await robot.press("R")
        await robot.wait_for("which release?")
        assert "!  a roll back" not in robot.text()
        await robot.press("escape")
        await robot.wait_gone("which release?")
        ways = (WayBack(4), WayBack(2, "its record is not whole", untrusted=True))
        robot.app.store.put_releases("web", known._replace(ways=ways))
        await robot.press("R")
        await robot.wait_for("!  a roll back does not choose it by itself: under the cursor, why")
        await robot.press("down")
        await robot.wait_for("! its record is not whole")


async def test_closing_the_picker_leaves_no_process(
    dashboard: Open, engine: Engine, processes: Processes
) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        await deployed(robot, engine)
        await robot.press("R")
        await robot.wait_for("which release?")
        await robot.press("escape")
        await robot.wait(lambda: len(processes.abandoned) == 1)


def pushed(robot: Robot) -> None:
    """Two versions here and in the registry, one only there, one only here."""
    tags = {version: fakes.digest(number) for number, version in enumerate(("v1.5.0", "v1.6.0"), 5)}
    images = [
        Image(f"sha256:{number}" + "0" * 63, (f"{WEB.image}:{tag}",), (f"{WEB.image}@{digest}",), 1.0, 1)
        for number, (tag, digest) in enumerate(tags.items())
    ]
    local = Image(
        "sha256:9" + "0" * 63, (f"{WEB.image}:v1.7.0", f"{WEB.image}:build-0123456789ab"), (), 1.0, 1
    )
    robot.app.store.set_images([*images, local])
    held = {tag: RemoteTag(digest) for tag, digest in tags.items()} | {
        "v1.4.9": RemoteTag("sha256:" + "8" * 64)
    }
    robot.app.store.put_remote(RemoteTags(WEB.image, time.time(), held))


async def test_a_version_is_picked_and_deployed(
    dashboard: Open, engine: Engine, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.sync.remote_tags.RemoteTagsFollower._ask", lambda *_: _nothing())
    processes.plan = fakes.deploy_plan()
    async with dashboard(settings=SETTINGS) as robot:
        await deployed(robot, engine)
        pushed(robot)
        await robot.press("D")
        await robot.wait_for("Deploy which version of web?")
        await robot.wait_for("! refused: untested · in the registry")
        assert "only here, not pushed" in robot.row("│  v1.7.0 ")
        assert "here and in the registry · live, r5" in robot.row("│  v1.5.0 ")
        assert "build-0123456789ab" not in "".join(robot.lines()[14:26])
        await robot.press("enter")  # on the newest that is not live and can be had
        await robot.wait_for("about 0.8 s, as for r5")
        assert (processes.last.verb, processes.last.version) == ("deploy", "v1.6.0")
        await robot.press("enter")  # on Cancel
        await robot.wait(lambda: processes.abandoned == [processes.last.op])
        await robot.press("D")
        await robot.wait_for("in the registry")
        await robot.press("enter")
        await robot.wait_for("way back  r5 v1.5.0, at every step")
        await robot.press("y")
        await robot.wait_for("◐ deploying web")
        now = time.time()
        processes.write(StepChanged(now, "stop r5", RUNNING), StepChanged(now, "stop r5", DONE, 0.2))
        await robot.wait_for("◐ deploying 1/13")


async def _nothing() -> None:
    """No registry is asked."""


async def test_a_plan_is_only_looked_at(dashboard: Open, engine: Engine, processes: Processes) -> None:
    processes.plan = Plan("Roll web back to r2 v1.2.0 as r6", fakes.deploy_plan().steps, verb="Roll back")
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("1")
        await deployed(robot, engine)
        await robot.wait(lambda: "● live" in robot.row("r5 "))
        await robot.press("j", "j", "j", "j", "p")
        await robot.wait_for("Roll web back to r2 v1.2.0 as r6")
        assert (processes.last.verb, processes.last.to) == ("rollback", 2)
        assert "Close" in robot.text()
        await robot.press("y", "enter")
        await robot.wait(lambda: processes.abandoned == [processes.last.op])
        assert processes.journals == {}


async def test_on_a_protected_engine_the_name_is_typed(
    dashboard: Open, engine: Engine, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes.plan = Plan("Roll web back to r4 v1.2.0 as r6", fakes.deploy_plan().steps, verb="Roll back")
    monkeypatch.setattr("tui.sync.session.is_protected", lambda engines, ref: engines["prod"].protected)
    async with dashboard(settings=SETTINGS._replace(engines={"prod": EngineSettings("", True)})) as robot:
        await deployed(robot, engine)
        await robot.press("R")
        await robot.wait_for("which release?")
        await robot.press("enter")
        await robot.wait_for("This engine is protected: type web to go on")
        await robot.press("y", "enter")
        await robot.pilot.pause(0.1)
        assert processes.journals == {}
        await robot.press("backspace", *"web", "enter")
        await robot.wait(lambda: processes.journals)


async def test_a_roll_back_that_has_to_be_forced_wants_the_name_typed(
    dashboard: Open, engine: Engine, processes: Processes
) -> None:
    steps = fakes.deploy_plan().steps
    processes.plan = Plan(
        "Roll web back to r4 v1.2.0 as r6",
        steps,
        (),
        ("its record is not whole",),
        verb="Roll back",
        typed="web",
    )
    async with dashboard(settings=SETTINGS) as robot:
        await deployed(robot, engine)
        await robot.press("R")
        await robot.wait_for("which release?")
        await robot.press("enter")
        await robot.wait_for("its record is not whole")
        await robot.wait_for("type web to go on")
        await robot.press("y", "enter")
        await robot.wait_for("web to go on")
        assert processes.journals == {}
        await robot.press("backspace", *"web", "enter")
        await robot.wait(lambda: processes.journals)


async def test_keys_say_why_not(dashboard: Open, engine: Engine, processes: Processes) -> None:
    async with dashboard(settings=SETTINGS) as robot:
        await robot.wait_for("not deployed")
        await robot.press("R")
        await said(robot, "nothing to go back to: no other release of web has passed its gate")
        holder = Holder(
            "alice", "op", "Deploy web", "stop r5", True, "alice on box: deploy", verb="deploy", what="v1.6.0"
        )
        await deployed(robot, engine, holder=holder)
        assert "◐ alice deploys v1.6.0, " in robot.row("web ")
        await robot.press("D")
        await said(robot, "leased by alice on box: deploy")
        assert processes.asked == []


async def test_read_only_deploys_nothing(dashboard: Open, engine: Engine, processes: Processes) -> None:
    async with dashboard(settings=SETTINGS, read_only=True) as robot:
        await deployed(robot, engine)
        for key in "DRA":
            await robot.press(key)
        await said(robot, "read-only")
        assert processes.asked == []


async def test_an_interrupted_deploy_is_said_and_can_be_recovered(
    dashboard: Open, engine: Engine, processes: Processes
) -> None:
    processes.plan = Plan("Recover web: r6 is undone", fakes.BUILD, verb="Recover")
    async with dashboard(settings=SETTINGS) as robot:
        engine.has(fakes.interrupted(time.time(), LIVE))
        robot.app.store.put_containers([container()])
        await said(robot, "the deploy of web r6 v1.6.0 was interrupted")
        assert "! interrupted" in robot.row("web ")
        await robot.press("D")
        await said(robot, "X c finishes or undoes it")
        await robot.press("1", "X", "c")
        await robot.wait_for("Recover web: r6 is undone")
        assert processes.last.verb == "recover"
        await robot.press("y")
        await robot.wait_for("◐ recovering web")


async def test_drift_is_looked_for_and_its_badge_stays(dashboard: Open, engine: Engine) -> None:
    cause = Cause("files changed", "files were changed inside: /www/a", "mount a volume where it writes")
    unknown = Cause("digest gone from the registry", "the registry did not answer")
    engine.drift = Drift("web", (cause,), (unknown,), time.time(), "r5 v1.5.0", 5)
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("1")
        await deployed(robot, engine)
        await robot.press("v")
        await robot.wait_for("! files changed")
        assert "mount a volume where it writes" in robot.text()
        assert "? digest gone from the registry" in robot.text()
        await robot.press("escape")
        await robot.wait(lambda: "! 1" in robot.row("web "))


async def test_an_app_of_another_engine_is_not_touched_from_here(
    dashboard: Open, engine: Engine, processes: Processes
) -> None:
    settings = Settings(apps={"web": WEB._replace(engines=("unix:///nowhere/prod.sock",))})
    async with dashboard(settings=settings) as robot:
        await robot.wait_for("on unix:///n")
        for key in "DAB":
            await robot.press(key)
        await said(robot, "web lives on unix:///nowhere/prod.sock")
        assert processes.asked == []


async def test_a_container_is_adopted(dashboard: Open, engine: Engine, processes: Processes) -> None:
    processes.plan = Plan("Adopt fk00000 as shop", fakes.BUILD, verb="Adopt")
    async with dashboard(settings=SETTINGS) as robot:
        await robot.select("fk00000")
        await robot.press("X", "a")
        await robot.wait_for("Adopt fk00000 as the app")
        for _ in range(7):
            await robot.press("backspace")
        await robot.press(*"shop", "enter")
        await robot.wait_for("Adopt fk00000 as shop")
        assert (processes.last.verb, processes.last.app) == ("adopt", "shop")
        assert robot.app.store.containers[processes.last.container].name == "fk00000"
        await robot.press("y")
        await robot.wait(lambda: processes.journals)
        processes.end()
        await said(robot, "shop is an app now; Ctrl+R reads the configuration again and shows it")


async def test_releases_that_cannot_be_read_are_unknown_not_absent(dashboard: Open, engine: Engine) -> None:
    engine.refusal = "what the engine gave of the ledger cannot be read"
    async with dashboard(settings=SETTINGS) as robot:
        await robot.wait_for("? unknown")
        await robot.press("R")
        await said(robot, "cannot be read: what the engine gave of the ledger")


async def test_a_key_acts_on_the_app_of_the_row_under_the_cursor(dashboard: Open, engine: Engine) -> None:
    async with dashboard(settings=TWO) as robot:
        await deployed(robot, engine)
        other = Container("6" * 64, "old", "old:1", "sha256:b", "", 0.0, "running", labels={APP: "old"})
        robot.app.store.put_containers([other])
        await robot.select("web")
        await robot.wait_for("web: D deploy")
        await robot.press("R")
        await robot.wait_for("Roll web back to which release?")
        await robot.press("escape")
        await robot.select("old")
        await robot.wait_gone("D deploy")
        await robot.press("R")
        await robot.wait_for("old is no app of")


async def test_a_known_drift_is_unknown_again_once_a_container_changes(
    dashboard: Open, engine: Engine
) -> None:
    engine.drift = Drift("web", (Cause("does not run", "it is stopped"),), (), time.time(), "r5 v1.5.0", 5)
    async with dashboard(settings=TWO) as robot:
        await robot.press("1")
        await deployed(robot, engine)
        await robot.press("j", "v")
        await robot.wait_for("Drift of web")
        await robot.press("escape")
        await robot.wait(lambda: "! 1" in robot.row("▸ web"))
        robot.app.store.put_containers([container(state="exited")])
        await robot.wait(lambda: "! 1" not in robot.row("▸ web"))
        assert robot.row("▸ web").count("?") == 1


async def test_a_known_drift_stays_when_the_configuration_is_read_again(
    dashboard: Open, engine: Engine
) -> None:
    engine.drift = Drift("web", (Cause("does not run", "it is stopped"),), (), time.time(), "r5 v1.5.0", 5)
    async with dashboard(settings=SETTINGS) as robot:
        await robot.press("1")
        await deployed(robot, engine)
        await robot.press("v")
        await robot.wait_for("Drift of web")
        await robot.press("escape")
        await robot.wait(lambda: "! 1" in robot.row("▾ web"))
        before = engine.read
        robot.app.take(SETTINGS._replace(theme="default-light"))
        await robot.wait(lambda: engine.read > before)
        assert "! 1" in robot.row("▾ web")


async def test_the_cursor_stays_with_the_live_container(dashboard: Open, engine: Engine) -> None:
    async with dashboard(settings=SETTINGS, containers=0) as robot:
        store, pane = robot.app.store, robot.app.main.containers
        old, *others = fakes.kept_containers(time.time())
        store.put_containers([*others, old, old._replace(id="7" * 64, name="other", labels={})])
        await robot.select("shop")
        store.put_containers([old._replace(name="shop.r3", state="exited")])
        await robot.wait_for("3 earlier releases")
        new = old._replace(id="8" * 64, labels={**old.labels, "io.holdfast.release": "4"})
        store.put_containers([new._replace(name="shop.r4", state="created")])
        store.put_containers([new])
        assert pane.cursor == new.id
        await robot.select("other")
        store.put_containers([new._replace(health="healthy")])
        assert pane.cursor == "7" * 64


def test_what_was_done_last_stands_whole_in_eighty_columns() -> None:
    [last] = [one.width for one in place(columns(("api", "mail", "web")), 79) if one.column.id == "last"]
    assert last >= len("✓ built 1d untested")


async def test_an_image_without_a_tag_says_which_release_it_is(dashboard: Open, engine: Engine) -> None:
    async with dashboard(settings=SETTINGS, containers=0) as robot:
        await deployed(robot, engine)
        entry = robot.app.store.releases["web"].live
        assert entry is not None
        robot.app.store.set_images([Image(entry.release.image, (), (), time.time(), 1)])
        await robot.press("2")
        await robot.wait_for("web r5 v1.5.0")
        assert "dangling" not in robot.row("web r5 v1.5.0")
