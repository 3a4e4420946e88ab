"""Commands on containers."""

from __future__ import annotations

from tui.commands.command import Asks, Command, Scope, Situation, named
from tui.commands.container_actions import KILL, PAUSE, REMOVE, RESTART, START, STOP, UNPAUSE, none, selected
from tui.model.labels import APP, RELEASE


def _one(situation: Situation) -> str:
    if not situation.containers:
        return none(situation)
    if situation.project:
        return f"select one container: this is the whole of {named(situation.project)}"
    return "" if len(situation.containers) == 1 else "select one container: several are marked"


def _shell(situation: Situation) -> str:
    if reason := _one(situation):
        return reason
    container = situation.containers[0]
    return "" if container.state == "running" else f"{named(container.name)} is not running"


def _adopt(situation: Situation) -> str:
    if reason := _one(situation):
        return reason
    container = situation.containers[0]
    number, app = container.labels.get(RELEASE), container.labels.get(APP)
    stranger = situation.releases is not None and situation.releases.foreign == container.id
    # Others only bear copied labels.
    if number and not stranger and container.name in (app, f"{app}.r{number}"):
        return f"{named(container.name)} is a release already: r{number} of {app}"
    return "" if container.running else f"{named(container.name)} is not running"


CONTAINER_INSPECT = Command(
    "container.inspect",
    "Inspect the container",
    ("i",),
    Scope.CONTAINERS,
    why_not=_one,
    footer="inspect",
    also=Scope.LOG,
    opens=True,
)
CONTAINER_LOG = Command(
    "container.log",
    "Show the log, of marked ones in one",
    ("l",),
    Scope.CONTAINERS,
    why_not=selected,
    footer="log",
)
CONTAINER_SHELL = Command(
    "container.shell",
    "Open a shell in the container",
    ("x",),
    Scope.CONTAINERS,
    changes=True,
    why_not=_shell,
    footer="shell",
    also=Scope.LOG,
    docker="docker exec -it",
)
CONTAINER_DEBUG = Command(
    "container.debug",
    "Debug it from another image ...",
    (),
    Scope.CONTAINERS,
    changes=True,
    asks=Asks.CONFIRM,
    menu="x",
    why_not=_shell,
    docker="docker run",
)
CONTAINER_STOPPED = Command(
    "container.stopped", "Show or hide stopped containers", ("a",), Scope.CONTAINERS, footer="all"
)
CONTAINER_UNFOLD = Command(
    "container.unfold",
    "Show what is folded: a project, earlier releases, the lease",
    ("right",),
    Scope.CONTAINERS,
)
CONTAINER_FOLD = Command("container.fold", "Fold it again", ("left",), Scope.CONTAINERS)
CONTAINER_MENU = Command(
    "container.menu",
    "Stop, start, restart, remove ...",
    ("X",),
    Scope.CONTAINERS,
    why_not=selected,
    footer="actions",
    also=Scope.LOG,
)
CONTAINER_RENAME = Command(
    "container.rename",
    "Rename",
    (),
    Scope.CONTAINERS,
    changes=True,
    menu="n",
    why_not=_one,
    opens=True,
    docker="docker rename",
)
APP_ADOPT = Command(
    "app.adopt",
    "Adopt: make an app of it, as it stands",
    (),
    Scope.CONTAINERS,
    changes=True,
    asks=Asks.PLAN,
    menu="a",
    why_not=_adopt,
)

CONTAINERS = (
    CONTAINER_INSPECT, CONTAINER_LOG, CONTAINER_SHELL, CONTAINER_STOPPED, CONTAINER_UNFOLD, CONTAINER_FOLD,
    CONTAINER_MENU, *(action.command for action in (START, STOP, RESTART, KILL, PAUSE, UNPAUSE)),
    CONTAINER_RENAME, CONTAINER_DEBUG, REMOVE.command, APP_ADOPT,
)  # fmt: skip
