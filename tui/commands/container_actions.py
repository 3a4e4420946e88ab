"""What is done to containers in whatever number: one row each, with the call of the engine that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from tui.commands.command import Asks, Command, Scope, Situation, named

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.model.container import Container


class Calls(Protocol):
    """The engine's calls for containers, as far as actions make them."""

    async def start(self, id: str) -> None: ...

    async def stop(self, id: str) -> None: ...

    async def restart(self, id: str) -> None: ...

    async def kill(self, id: str) -> None: ...

    async def pause(self, id: str) -> None: ...

    async def unpause(self, id: str) -> None: ...

    async def remove(self, id: str, *, force: bool = False) -> None: ...


class ContainerAction(NamedTuple):
    """One thing that is done to containers.

    command   what the user does
    call      does it to one container
    done      how a message says that it is done: "stopped"
    fits      whether it does anything to a container in its state: others are left out
    loses     what is lost by it, for the question, "" for nothing
    serves    what it means for an app whose live release it is done to, "" for nothing
    removes   whether the container is gone then
    dependents_first   whether what needs others of its project goes before them, as when it is stopped
    """

    command: Command
    call: Callable[[Calls, Container], Awaitable[None]]
    done: str
    fits: Callable[[Container], bool]
    loses: str = ""
    serves: str = ""
    removes: bool = False
    dependents_first: bool = False


def none(situation: Situation) -> str:
    """That there is no container to do anything to."""
    if situation.pane is Scope.LOG:
        return "the container of this log is not there any more, or none has been opened"
    return "no container is selected"


def selected(situation: Situation) -> str:
    """Unavailable when there is no container."""
    return "" if situation.containers else none(situation)


def _fitting(fits: Callable[[Container], bool], words: str) -> Callable[[Situation], str]:
    """Unavailable when there is no container, or none that it fits."""

    def why_not(situation: Situation) -> str:
        if not situation.containers:
            return none(situation)
        if not any(fits(container) for container in situation.containers):
            name = named(situation.project or situation.containers[0].name)
            return f"{name} {words}" if len(situation.containers) == 1 else f"all {words}"
        return ""

    return why_not


def _runs(container: Container) -> bool:
    return container.running


def _rests(container: Container) -> bool:
    return not container.running


def _works(container: Container) -> bool:
    return container.state == "running"


def _is_paused(container: Container) -> bool:
    return container.state == "paused"


def _any(_: Container) -> bool:
    return True


START = ContainerAction(
    Command("container.start", "Start", (), Scope.CONTAINERS, changes=True, menu="s",
        why_not=_fitting(_rests, "already running"), docker="docker start"),
    lambda calls, one: calls.start(one.id), "started", _rests,
)  # fmt: skip
STOP = ContainerAction(
    Command("container.stop", "Stop", (), Scope.CONTAINERS, changes=True, asks=Asks.CONFIRM, menu="t",
        why_not=_fitting(_runs, "not running"), docker="docker stop"),
    lambda calls, one: calls.stop(one.id), "stopped", _runs, serves="nothing serves afterwards",
    dependents_first=True,
)  # fmt: skip
RESTART = ContainerAction(
    Command("container.restart", "Restart", (), Scope.CONTAINERS, changes=True, asks=Asks.CONFIRM, menu="r",
        why_not=selected, docker="docker restart"),
    lambda calls, one: calls.restart(one.id), "restarted", _any,
    serves="nothing serves until it is up again",
)  # fmt: skip
KILL = ContainerAction(
    Command("container.kill", "Kill (SIGKILL, at once)", (), Scope.CONTAINERS, changes=True, asks=Asks.CONFIRM,
        menu="k", why_not=_fitting(_runs, "not running"), docker="docker kill"),
    lambda calls, one: calls.kill(one.id), "killed", _runs,
    serves="nothing serves afterwards, unless its restart policy starts it again", dependents_first=True,
)  # fmt: skip
PAUSE = ContainerAction(
    Command("container.pause", "Pause", (), Scope.CONTAINERS, changes=True, asks=Asks.CONFIRM, menu="p",
        why_not=_fitting(_works, "not running, or paused already"), docker="docker pause"),
    lambda calls, one: calls.pause(one.id), "paused", _works, serves="nothing serves while it is paused",
    dependents_first=True,
)  # fmt: skip
UNPAUSE = ContainerAction(
    Command("container.unpause", "Unpause", (), Scope.CONTAINERS, changes=True, menu="u",
        why_not=_fitting(_is_paused, "not paused"), docker="docker unpause"),
    lambda calls, one: calls.unpause(one.id), "unpaused", _is_paused,
)  # fmt: skip
REMOVE = ContainerAction(
    Command("container.remove", "Remove", (), Scope.CONTAINERS, changes=True, asks=Asks.CONFIRM, menu="d",
        why_not=selected, docker="docker rm"),
    lambda calls, one: calls.remove(one.id, force=one.running), "removed", _any,
    loses="what was written inside is lost; every volume stays, those without a name too",
    serves="nothing serves afterwards", removes=True, dependents_first=True,
)  # fmt: skip

ACTIONS = (START, STOP, RESTART, KILL, PAUSE, UNPAUSE, REMOVE)
