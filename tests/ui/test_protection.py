"""A protected engine: nothing at all changes on it before a name has been typed."""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from tests.ui import fakes
from tests.ui.test_operations import Processes, processes
from tests.ui.test_releases import LIVE, Engine, container, engine
from tui.commands.command import Asks
from tui.commands.table import BY_ID, TABLE
from tui.model.operation import Plan
from tui.model.policy import EngineSettings, Policy
from tui.model.releases import Holder, Releases
from tui.model.signing import KeySource
from tui.model.standing import Slot
from tui.model.trust import Trust
from tui.operations.by_hand import containers, images, resources
from tui.panes.resources import NetworksList, VolumesList
from tui.screens.confirm import ConfirmDialog
from tui.screens.plans import PlanDialog
from tui.screens.resources import ResourcesScreen
from tui.settings.schema import ConfirmSettings, Settings

if TYPE_CHECKING:
    from tests.ui.conftest import Open, Robot
    from tui.commands.command import Command
    from tui.operations.by_hand.bulk import Done

__all__ = ["engine", "processes"]

PROTECTED = Settings(
    apps={"web": fakes.app("web")},
    engines={"prod": EngineSettings("", protected=True)},
    policy=Policy(
        trust=Trust(sign_key=KeySource(env="KEY"), sign_keys={"production": KeySource(env="PRODUCTION_KEY")})
    ),
)
TYPE = "This engine is protected: type"

ASKED_BEFORE = {
    "container.rename": ("Rename", ["z", "enter"]),
    "container.debug": ("Debug thing from which image", ["o", *"busybox", "enter"]),
    "app.adopt": ("Adopt", ["enter"]),
    "app.tag": ("A version for", [*"v9.0.0", "enter"]),
    "app.deploy": ("Deploy which version", [*"v9.0.0", "enter"]),
    "fleet.deploy": ("Deploy which version", [*"v9.0.0", "enter"]),
    "app.ship": ("as which version", [*"v9.0.0", "enter"]),
    "app.rollback": ("back to which release", ["enter"]),
}
"""What some commands ask first, and what is answered."""


@pytest.fixture(autouse=True)
def protected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.sync.session.is_protected", lambda engines, ref: engines["prod"].protected)


def _lives_elsewhere(command: str) -> bool:
    """Whether what it acts on need not be on the engine that is shown."""
    return command.startswith("fleet.")


def _settings(command: str) -> Settings:
    """With an app of several engines for what is done on all of them."""
    if not _lives_elsewhere(command):
        return PROTECTED
    web = fakes.app("web")._replace(engines=("unix:///one.sock", "unix:///two.sock"))
    return PROTECTED._replace(apps={"web": web})


def _releases(command: str) -> Releases:
    now = time.time()
    if command == "app.recover":
        return fakes.interrupted(now, LIVE)
    if command == "app.unlock":
        return fakes.releases(now, LIVE, holder=Holder("bob", "op", "Deploy web", "stop r1", False, "bob"))
    found = fakes.releases(now, LIVE)
    if command == "app.prune":
        kept = {n: Slot(str(n) * 8, f"web.r{n}", n, False, False) for n in range(6, 12)}
        good = dict.fromkeys(kept, True)
        standing = found.standing
        return found._replace(
            standing=standing._replace(slots={**standing.slots, **kept}, records={**standing.records, **good})
        )
    return found


async def _stand_on_resource(robot: Robot, command: str) -> None:
    """Bring the dashboard to a volume or a network that nobody has, and have it do a command there."""
    noun = command.partition(".")[0]
    path, body = (
        ("/volumes/create", {"Name": "ab" * 32})
        if noun == "volume"
        else ("/networks/create", {"Name": "thing"})
    )
    assert await robot.ask("POST", path, body) == 201
    await robot.press({"volume": "6", "network": "7"}[noun])
    await robot.wait(lambda: isinstance(robot.app.screen, ResourcesScreen))
    screen = robot.app.screen
    assert isinstance(screen, ResourcesScreen)
    rows = screen.query_one(VolumesList if noun == "volume" else NetworksList)
    name = "abababab" if noun == "volume" else "thing"
    await robot.press("slash", *name, "enter")
    await robot.wait(lambda: len(rows.ordering) == 1)
    robot.app.workspaces.current.choose(BY_ID[command], screen.selected())
    await robot.pilot.pause()


async def _do(robot: Robot, command: str) -> None:
    """Do a command where it is available."""
    if command.partition(".")[0] in ("volume", "network"):
        await _stand_on_resource(robot, command)
        return
    await _stand_on(robot, command)
    assert not BY_ID[command].unavailable(robot.app.main.situation())
    await robot.do(command)


async def _stand_on(robot: Robot, command: str) -> None:
    """Bring the dashboard where a command is available."""
    noun, _, verb = command.partition(".")
    state = {"unpause": "paused", "start": "exited"}.get(verb, "running")
    robot.app.store.put_containers([container(name="thing", state=state)])
    await robot.press({"image": "2", "tag": "3", "container": "4"}.get(noun, "1"))
    if noun == "container" or command == "app.adopt":
        await robot.press("4")
        await robot.select("thing")
    elif noun == "image":
        unused = next(i for i in robot.app.store.images.values() if not list(robot.app.store.users_of(i.id)))
        pane = robot.app.main.images
        pane.move_to(pane.ordering.index(unused.id) or 0)


def _replace_deeds(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Nothing is done to the engine; what would have been."""
    done: list[object] = []

    async def lease(*_: object) -> object:
        return Holder("bob", "op", "Deploy web", "stop r1", False, "bob")

    async def do(*what: object, **_: object) -> list[Done]:
        done.append(what)
        return []

    for module, name in (
        (containers, "act"), (containers, "rename"), (images, "remove"), (images, "untag"), (images, "prune"),
        (resources, "remove_volumes"), (resources, "remove_networks"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, do)
    for name in ("find_shell", "shell", "debug", "fetch"):
        monkeypatch.setattr(f"tui.controllers.shell.{name}", do)
    monkeypatch.setattr("tui.app.Holdfast.cannot_lend", "")
    monkeypatch.setattr("tui.app.Holdfast.lent_terminal", lambda _: nullcontext())
    monkeypatch.setattr("tui.controllers.releases.unlock", do)
    monkeypatch.setattr("tui.controllers.releases.read_lease", lease)
    return done


@pytest.mark.parametrize("command", [command for command in TABLE if command.changes], ids=lambda c: c.id)
async def test_every_command_asks_what_it_is_said_to_ask(
    command: Command,
    dashboard: Open,
    engine: Engine,
    processes: Processes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = _replace_deeds(monkeypatch)
    processes.plan = Plan("What is planned", fakes.BUILD, verb="Do it")
    engine.has(_releases(command.id))
    async with dashboard(settings=_settings(command.id)._replace(engines={}), containers=None) as robot:
        if not _lives_elsewhere(command.id):
            await robot.wait(lambda: robot.app.store.releases.get("web"))
        await _do(robot, command.id)
        if command.id in ASKED_BEFORE:
            words, keys = ASKED_BEFORE[command.id]
            await robot.wait_for(words)
            await robot.pilot.pause()
            await robot.press(*keys)
        match command.asks:
            case Asks.NOTHING:
                await robot.wait(lambda: done or processes.journals)
            case Asks.CONFIRM:
                await robot.wait(lambda: isinstance(robot.app.screen, ConfirmDialog))
            case Asks.PLAN:
                await robot.wait(lambda: isinstance(robot.app.screen, PlanDialog))
        if command.asks is not Asks.NOTHING:
            await robot.press("escape")
            await robot.wait(lambda: not isinstance(robot.app.screen, (ConfirmDialog, PlanDialog)))
            assert processes.journals == {}
            assert done == []


@pytest.mark.parametrize("command", [command.id for command in TABLE if command.changes])
async def test_every_command_that_changes_anything_wants_a_name_typed(
    command: str,
    dashboard: Open,
    engine: Engine,
    processes: Processes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = _replace_deeds(monkeypatch)
    processes.plan = Plan("What is planned", fakes.BUILD, verb="Do it")
    engine.has(_releases(command))
    async with dashboard(settings=_settings(command), containers=None) as robot:
        store = robot.app.store
        if not _lives_elsewhere(command):
            await robot.wait(lambda: store.releases.get("web"))
        await _do(robot, command)
        if command in ASKED_BEFORE:
            words, keys = ASKED_BEFORE[command]
            await robot.wait_for(words)
            await robot.pilot.pause()
            await robot.press(*keys)
        await robot.wait_for(TYPE)
        await robot.press("y", "enter", "escape")  # neither a letter nor Enter is the name
        await robot.wait_gone(TYPE)
        assert processes.journals == {}
        assert done == []


async def test_what_is_typed_is_the_name_and_then_it_is_done(dashboard: Open) -> None:
    async with dashboard(settings=PROTECTED) as robot:
        await robot.select("fk00000")
        await robot.do("container.stop")
        await robot.wait_for(f"{TYPE} fk00000 to go on")
        await robot.press(*"fk00001", "enter")
        await robot.press("backspace", "0")
        await robot.pilot.pause()
        assert TYPE in robot.text()
        await robot.press("enter")
        await robot.wait_for("stopped fk00000")
        await robot.do("list.mark_all")
        await robot.do("container.remove")
        await robot.wait_for(f"{TYPE} 12 containers to go on")
        await robot.press(*"12", "space", *"containers", "enter")
        await robot.wait(lambda: not robot.app.store.containers)


@pytest.mark.parametrize(
    ("command", "confirm", "asked"),
    [
        ("app.build", ConfirmSettings(quick="always"), PlanDialog),
        ("container.start", ConfirmSettings(quick="always"), ConfirmDialog),
        ("container.start", ConfirmSettings(quick="typed"), ConfirmDialog),
        ("container.stop", ConfirmSettings(changes="typed"), ConfirmDialog),
        ("app.prune", ConfirmSettings(plans="typed"), PlanDialog),
    ],
)
async def test_the_user_s_rules_ask_for_more(
    command: str,
    confirm: ConfirmSettings,
    asked: type[ConfirmDialog | PlanDialog],
    dashboard: Open,
    engine: Engine,
    processes: Processes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = _replace_deeds(monkeypatch)
    processes.plan = Plan("What is planned", fakes.BUILD, verb="Do it")
    engine.has(_releases(command))
    settings = _settings(command)._replace(engines={}, confirm=confirm)
    async with dashboard(settings=settings, containers=None) as robot:
        await robot.wait(lambda: robot.app.store.releases.get("web"))
        await _do(robot, command)
        await robot.wait(lambda: isinstance(robot.app.screen, asked))
        if "typed" in confirm:
            await robot.wait_for("Your settings want to be sure: type")
            await robot.press("y", "enter")
            await robot.pilot.pause()
            assert isinstance(robot.app.screen, asked)
        await robot.press("escape")
        await robot.wait(lambda: robot.app.screen is robot.app.main)
        assert done == [] and processes.journals == {}
