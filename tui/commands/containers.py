"""Commands on containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.command import Command, Danger, Scope, Situation, named
from tui.model.labels import APP, RELEASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.model.container import Container


def none(situation: Situation) -> str:
    """That there is no container to do anything to."""
    if situation.pane is Scope.LOG:
        return "the container of this log is not there any more, or none has been opened"
    return "no container is selected"


def _one(situation: Situation) -> str:
    if not situation.containers:
        return none(situation)
    return "" if len(situation.containers) == 1 else "select one container: several are marked"


def _any(situation: Situation) -> str:
    return "" if situation.containers else none(situation)


def _each(refusal: Callable[[Container], bool], words: str) -> Callable[[Situation], str]:
    """Unavailable when there is no container, or none that the verb fits."""

    def why_not(situation: Situation) -> str:
        if not situation.containers:
            return none(situation)
        if all(refusal(container) for container in situation.containers):
            name = named(situation.containers[0].name)
            return f"{name} {words}" if len(situation.containers) == 1 else f"all {words}"
        return ""

    return why_not


def fits(command_id: str, container: Container) -> bool:
    """Whether a verb does anything to a container in its state: those that it does not fit are left out."""
    match command_id:
        case "container.start":
            return not container.running
        case "container.stop" | "container.kill":
            return container.running
        case "container.pause":
            return container.state == "running"
        case "container.unpause":
            return container.state == "paused"
    return True


def _unfit(command_id: str) -> Callable[[Container], bool]:
    return lambda container: not fits(command_id, container)


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


CONTAINERS = (
    Command("container.inspect", "Inspect the container", ("i",), Scope.CONTAINERS, why_not=_one, footer="inspect", also=Scope.LOG),
    Command("container.log", "Show the container's log", ("l",), Scope.CONTAINERS, why_not=_one, footer="log"),
    Command(
        "container.shell", "Open a shell in the container", ("x",), Scope.CONTAINERS,
        changes=True, why_not=_shell, footer="shell", also=Scope.LOG,
    ),
    Command("container.stopped", "Show or hide stopped containers", ("a",), Scope.CONTAINERS, footer="all"),
    Command("container.unfold", "Show what is folded: earlier releases, the lease", ("right",), Scope.CONTAINERS),
    Command("container.fold", "Fold it again", ("left",), Scope.CONTAINERS),
    Command("container.menu", "Stop, start, restart, remove ...", ("X",), Scope.CONTAINERS, why_not=_any, footer="actions", also=Scope.LOG),
    Command(
        "container.start", "Start", (), Scope.CONTAINERS, changes=True, menu="s",
        why_not=_each(_unfit("container.start"), "already running"),
    ),
    Command(
        "container.stop", "Stop", (), Scope.CONTAINERS, changes=True, danger=Danger.CONFIRM, menu="t",
        why_not=_each(_unfit("container.stop"), "not running"),
    ),
    Command(
        "container.restart", "Restart", (), Scope.CONTAINERS, changes=True, danger=Danger.CONFIRM, menu="r",
        why_not=_any,
    ),
    Command(
        "container.kill", "Kill (SIGKILL, at once)", (), Scope.CONTAINERS, changes=True,
        danger=Danger.CONFIRM, menu="k", why_not=_each(_unfit("container.kill"), "not running"),
    ),
    Command(
        "container.pause", "Pause", (), Scope.CONTAINERS, changes=True, danger=Danger.CONFIRM, menu="p",
        why_not=_each(_unfit("container.pause"), "not running, or paused already"),
    ),
    Command(
        "container.unpause", "Unpause", (), Scope.CONTAINERS, changes=True, menu="u",
        why_not=_each(_unfit("container.unpause"), "not paused"),
    ),
    Command("container.rename", "Rename", (), Scope.CONTAINERS, changes=True, menu="n", why_not=_one),
    Command(
        "container.remove", "Remove", (), Scope.CONTAINERS, changes=True, danger=Danger.CONFIRM, menu="d",
        why_not=_any,
    ),
    Command(
        "app.adopt", "Adopt: make an app of it, as it stands", (), Scope.CONTAINERS, changes=True, menu="a", why_not=_adopt,
    ),
)  # fmt: skip
