"""The screen of all engines: how each is, which app runs what where, and the way to one of them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.ui import fakes
from tests.ui.test_engines import engines
from tests.ui.test_pictures import NOW, sizes, still, utc
from tui.engine.endpoint import Endpoint, place_of
from tui.engine.errors import EndpointUnusable
from tui.engine.ref import EngineRef
from tui.model.drift import Cause, Drift
from tui.model.engine import EngineVersion
from tui.model.engine_state import AppHere, EngineState
from tui.model.policy import EngineSettings
from tui.operations.looking.engines import KnownEngine
from tui.panes.engines import EnginesList
from tui.screens.confirm import ConfirmDialog
from tui.screens.engines import EnginesScreen, EnginesView
from tui.settings.schema import Settings
from tui.store.store import LinkState
from tui.sync.engines import EnginesFollower

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.ui.conftest import Open, Robot
    from tui.app import Holdfast

assert utc  # pictures say moments


class StillFollower(EnginesFollower):
    """Asks nobody."""

    async def run(self) -> None:
        await asyncio.Event().wait()


def known(name: str, *apps: str, **said: object) -> KnownEngine:
    ref = EngineRef(Endpoint(f"ssh://deploy@{name}", "the configuration"), name)
    return KnownEngine(ref.url, (name,), ref, EngineSettings(**said), apps)  # type: ignore[arg-type]


def state(version: str = "v1.6.0", **more: Any) -> EngineState:
    digest = "sha256:" + {"v1.6.0": "9be1470d22", "v1.5.2": "51d0e3aa07"}[version] * 6 + "ef01"
    web = AppHere("web", 14, version, digest, "running", "healthy", at=NOW - 4)
    mail = AppHere("mail", 3, "v0.9.1", "sha256:" + "77" * 32, "exited", "none", at=NOW - 300)
    made = EngineState(
        seen=NOW - 4,
        took=0.0123,
        version=EngineVersion("Docker Engine", "28.5.2", "1.51", "linux", "amd64"),
        host="box",
        containers=20,
        running=14,
        apps={"web": web},
        tried=NOW - 4,
    )
    return (
        made._replace(apps={"web": web, "mail": mail}) if more.pop("mail", False) else made._replace(**more)
    )


GONE = 'no Docker context is called "gone"'


def away(**more: Any) -> EngineState:
    """One that has answered twelve minutes ago."""
    known = state(seen=NOW - 732, **more)
    return known._replace(apps={name: one._replace(at=NOW - 732) for name, one in known.apps.items()})


DEBIANS = EngineVersion("Docker Engine", "20.10.24+dfsg1", "1.41", "linux", "amd64")

FLEET = [
    (known("prod", "web", "mail", colour="bright_red", protected=True), state(mail=True)),
    (known("edge-1", "web", colour="#88c0d0"), state()),
    (known("edge-2", "web", colour="#88c0d0"), state("v1.5.2")),
    (
        known("edge-3", "web"),
        away(error="ssh: connect to host edge-3 port 22: No route to host",
              hint="is it up? try: ssh deploy@edge-3 docker version"),
    ),
    (known("lab", maintenance=NOW + 86_400), EngineState()),
    (known("old", enabled=False), EngineState()),
    (
        KnownEngine("gone", ("gone",), EndpointUnusable(GONE)),
        EngineState(error=GONE, hint="docker context ls lists them", tried=NOW),
    ),
    (known("new-one"), EngineState()),
    (
        known("far", "web"),
        state()._replace(connecting=NOW - 8, version=DEBIANS),
    ),
]  # fmt: skip


def screen(app: Holdfast, page: int = 0) -> EnginesScreen:
    """Of FLEET, on which prod is shown."""
    follower = StillFollower(lambda: NOW)
    follower.take([one for one, _ in FLEET])
    follower.states = {one.key: told for one, told in FLEET}
    found = {
        ("ssh://deploy@prod", "web"): Drift("web", (), (), NOW - 720),
        ("ssh://deploy@edge-1", "web"): Drift("web", (Cause("files", "changed", ""),), (), NOW - 60),
    }

    async def verify(key: str, app: str) -> str:
        return ""

    view = EnginesView(
        follower=follower,
        shown="ssh://deploy@prod",
        drift=lambda key, app: found.get((key, app)),
        verify=verify,
        clock=lambda: NOW,
    )
    made = EnginesScreen(view, page)
    made.engine_line = app.main.bars.draw_header
    return made


def shows(*keys: str) -> Any:
    async def show(pilot: Any) -> None:
        pilot.app.push_screen(screen(pilot.app))
        await pilot.pause(0.2)
        await pilot.press(*keys)
        await pilot.pause()

    return show


@sizes
def test_picture_of_engines(snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(still(), terminal_size=size, run_before=shows("g", "j", "j"))


@sizes
def test_picture_of_apps_on_all_engines(snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(still(), terminal_size=size, run_before=shows("tab", "j", "j"))


@asynccontextmanager
async def fleet(
    dashboard: Open, tmp_path: Path, *apps: str, **said: EngineSettings
) -> AsyncIterator[tuple[Robot, dict[str, EngineRef]]]:
    """A dashboard that knows two further engines that answer, edge and prod, and one that does not, away."""
    async with engines("edge", "prod") as others:
        hosts = {**{name: ref.url for name, ref in others.items()}, "away": f"unix://{tmp_path}/away.sock"}
        tables = {name: said.get(name, EngineSettings())._replace(host=host) for name, host in hosts.items()}
        spec = {name: fakes.app(name)._replace(engines=("edge", "prod")) for name in apps}
        async with dashboard(settings=Settings(engines=tables, apps=spec)) as robot:
            yield robot, others


async def opened(robot: Robot, *keys: str) -> None:
    await robot.press("c")
    await robot.wait(lambda: isinstance(robot.app.screen, EnginesScreen))
    await robot.pilot.pause()
    await robot.press(*keys)


async def test_all_are_there_at_once_and_those_that_answer_say_how(dashboard: Open, tmp_path: Path) -> None:
    async with fleet(dashboard, tmp_path) as (robot, _):
        await opened(robot)
        assert all(robot.row(name) for name in ("away", "edge", "prod"))
        await robot.wait(lambda: "● live" in robot.row(" edge ") and "● live" in robot.row(" prod "))
        assert "3/6" in robot.row(" edge ")
        await robot.wait(lambda: "no answer" in robot.row(" away "))
        await robot.press("/", *"away", "enter")
        await robot.wait_for("there is no Docker socket at")
        assert "1 of 4" in robot.text()


async def test_enter_opens_one_and_the_engine_that_was_left_is_as_it_was(
    dashboard: Open, tmp_path: Path
) -> None:
    async with fleet(dashboard, tmp_path) as (robot, _):
        await robot.select("fk00004")
        cursor, first = robot.app.main.containers.cursor, robot.app.session.ref
        await opened(robot, "/", *"edge", "enter")
        await robot.press("enter")
        await robot.wait(lambda: robot.app.session.ref.name == "edge")
        await robot.wait(lambda: robot.app.store.link.state is LinkState.LIVE)
        await robot.wait_for("fk00002")
        assert robot.app.screen is robot.app.main
        assert " edge " in robot.lines()[0]
        await opened(robot, "g")
        assert robot.row("edge (here)")
        rows = robot.app.screen.query_one(EnginesList)
        rows.move_to(rows.ordering.index(place_of(first.url)) or 0)
        await robot.press("enter")
        await robot.wait(lambda: robot.app.session.ref == first)
        assert robot.app.main.containers.cursor == cursor


async def test_keys_that_come_with_the_enter_do_nothing_on_the_engine_that_opens(
    dashboard: Open, tmp_path: Path
) -> None:
    async with fleet(dashboard, tmp_path) as (robot, _):
        await opened(robot, "/", *"edge", "enter")
        await robot.press("enter", "X", "X", "2")
        await robot.wait(lambda: robot.app.session.ref.name == "edge")
        await robot.pilot.pause(0.3)
        assert robot.app.screen is robot.app.main or robot.app.session.ref.name == "edge"


async def test_one_that_is_left_alone_is_not_asked_and_opened_when_it_is_chosen(
    dashboard: Open, tmp_path: Path
) -> None:
    async with fleet(dashboard, tmp_path, edge=EngineSettings(enabled=False)) as (robot, _):
        await opened(robot)
        await robot.wait(lambda: "● live" in robot.row(" prod "))
        assert "left alone" in robot.row(" edge ")
        await robot.press("/", *"edge", "enter")
        await robot.wait_for("left alone: enabled = false")
        await robot.press("enter")
        await robot.wait(lambda: robot.app.session.ref.name == "edge")
        await robot.wait(lambda: robot.app.store.link.state is LinkState.LIVE)
        await robot.pilot.pause()
        await opened(robot)
        await robot.wait(lambda: "● live" in robot.row("edge (here)"))


async def test_a_protected_engine_is_protected_however_it_is_come_to(dashboard: Open, tmp_path: Path) -> None:
    async with fleet(dashboard, tmp_path, prod=EngineSettings(protected=True)) as (robot, _):
        await opened(robot, "/", *"prod", "enter")
        await robot.press("enter")
        await robot.wait(lambda: robot.app.session.ref.name == "prod")
        await robot.wait_for("fk00001")
        await robot.select("fk00001")
        await robot.do("container.stop")
        await robot.wait(lambda: isinstance(robot.app.screen, ConfirmDialog))
        await robot.wait_for("This engine is protected: type fk00001")


async def test_a_question_stays_with_its_engine(dashboard: Open, tmp_path: Path) -> None:
    async with fleet(dashboard, tmp_path) as (robot, others):
        await robot.select("fk00001")
        await robot.do("container.remove")
        await robot.wait(lambda: isinstance(robot.app.screen, ConfirmDialog))
        robot.app.workspaces.show(others["edge"])
        await robot.wait(lambda: robot.app.screen is robot.app.main)
        await robot.wait(lambda: robot.app.store.link.state is LinkState.LIVE)
        robot.app.workspaces.back()
        await robot.wait(lambda: isinstance(robot.app.screen, ConfirmDialog))


async def test_an_app_is_shown_over_its_engines_and_opened_there(dashboard: Open, tmp_path: Path) -> None:
    async with fleet(dashboard, tmp_path, "web", "api") as (robot, _):
        await opened(robot, "tab")
        await robot.wait_for("web   live on none of 2")
        await robot.press("/", *"web", "enter")
        assert "api " not in robot.text()
        await robot.press("enter")
        await robot.wait_for("on which engine?")
        await robot.press("j", "j", "enter")
        await robot.wait(lambda: robot.app.session.ref.name == "prod")
        await robot.wait(lambda: robot.app.main.apps.cursor == "web")
        assert robot.app.main.focus_on == "apps"


async def test_an_engine_that_does_not_answer_offers_the_others(dashboard: Open, tmp_path: Path) -> None:
    async with fleet(dashboard, tmp_path) as (robot, _):
        await opened(robot, "/", *"away", "enter")
        await robot.press("enter")
        await robot.wait_for("No Docker Engine answers")
        assert "Esc  back" in robot.text()
        assert " away " in robot.lines()[0]
        await robot.press("c")
        await robot.wait(lambda: isinstance(robot.app.screen, EnginesScreen))
        await robot.press("escape")
        await robot.wait_for("No Docker Engine answers")
        await robot.press("escape")
        await robot.wait(lambda: robot.app.screen is robot.app.main)
        await robot.wait_for("fk00003")


@pytest.mark.parametrize("key", ["escape", "q", "c"])
async def test_it_is_left_again(key: str, dashboard: Open) -> None:
    async with dashboard() as robot:
        await opened(robot, key)
        await robot.wait(lambda: robot.app.screen is robot.app.main)
        assert robot.app.session.engine is not None
