"""One engine of a fleet, as far as a deploy to all of them needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from tui.errors import HoldfastError, NothingToDo, Refused
from tui.model.digest import short_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from tui.engine.container.inspected import ContainerState
    from tui.model.fleet import WayTo
    from tui.operations.deploying.sources import Deployable, Source
    from tui.operations.deploying.turn import Turn
    from tui.operations.looking.releases import Deployed
    from tui.operations.running.runner import Planned


COMES_FROM = "image from"
"""The fact of a plan that names the engine from which the image is streamed."""


class Serving(NamedTuple):
    """What serves on an engine.

    number    of the release, 0 where none does
    called    "r3 v1.4.0", "" where none does
    healthy   whether it runs, and is not unhealthy
    state     of its container, None where there is none
    """

    number: int = 0
    called: str = ""
    healthy: bool = False
    state: ContainerState | None = None


class Part(Protocol):
    """All calls raise HoldfastError; `name` is as the configuration calls the engine."""

    @property
    def name(self) -> str: ...

    async def serving(self) -> Serving:
        """What serves now."""
        ...

    async def ways(self) -> Sequence[WayTo]:
        """What could serve: what is live, and every release that a roll back may go to by itself."""
        ...

    async def deploy(self, pin: Pin, turn: Turn) -> Planned:
        """Put into service what is to be deployed; `pin` holds all engines to the same bytes."""
        ...

    async def back(self, number: int, turn: Turn) -> Planned:
        """Go back to a release, or make it anew where it is live."""
        ...

    async def recover(self) -> Planned:
        """Finish or undo what was interrupted."""
        ...


class Pin:
    """The bytes that all engines of a fleet get: those that the first of them found."""

    def __init__(self) -> None:
        self.bytes = ""
        self._first = ""

    def hold(self, engine: str, found: str) -> None:
        """Raises Refused where an engine has found other bytes."""
        if not self.bytes:
            self.bytes, self._first = found, engine
        elif found != self.bytes:
            raise Refused(
                f"it names other bytes on {engine} ({short_id(found)}) than on {self._first} "
                f"({short_id(self.bytes)})",
                "the same bytes go to every engine: --digest names those that are meant",
            )


class Pinned:
    """A source that has the same bytes on every engine."""

    def __init__(self, source: Source, pin: Pin, engine: str) -> None:
        self._source = source
        self._pin = pin
        self._engine = engine

    async def find(self, read: Callable[[], Awaitable[Deployed]]) -> Deployable:
        try:
            found = await self._source.find(read)
        except NothingToDo as live:
            self._pin.hold(self._engine, live.digest or live.image)
            raise
        self._pin.hold(self._engine, found.target.digest or found.target.image)
        return found


def named(error: HoldfastError, engine: str) -> HoldfastError:
    """The same error, of that engine."""
    error.message = f"{engine}: {error.message}"
    return error
