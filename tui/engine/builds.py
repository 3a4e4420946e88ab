"""Builds (Engine API, section Image, POST /build): by BuildKit with a session, or by the classic builder."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from tui.engine.wire import Wire
    from tui.model.app import BuildSpec
    from tui.model.build import BuildEvent
    from tui.model.credentials import Login

CLASSIC, BUILDKIT = 1, 2

CANCEL_SECONDS = 5.0


class Builds:
    """Builds on one engine."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @staticmethod
    def load() -> None:
        """Import what a build needs and nothing else does: for a thread, while others are waited for."""
        import tui.engine.building  # noqa: F401

    async def builder(self) -> int:
        """BUILDKIT where the engine has it and has not been told otherwise, else CLASSIC. Raises EngineError.

        Engines from 23.0 on say it themselves; 20.10 has it on Linux, and says nothing.
        """
        _, headers = await self._wire.ask_with_headers("GET", "/_ping")
        if told := headers.get("Builder-Version"):
            return BUILDKIT if told == "2" else CLASSIC
        is_docker = headers.get("Server", "").startswith("Docker/20.10") and headers.get("Ostype") == "linux"
        return BUILDKIT if is_docker else CLASSIC

    @asynccontextmanager
    async def run(
        self,
        spec: BuildSpec,
        *,
        id: str,
        builder: int,
        args: Mapping[str, str],
        labels: Mapping[str, str],
        credentials: Login,
    ) -> AsyncIterator[AsyncIterator[BuildEvent]]:
        """Build, and tell how it goes: `async with builds.run(...) as events: async for event in events`.

        Leaving the block early ends the build. The image gets no name.

        id            by which `cancel` knows the build; unique on the engine
        builder       as `builder` said
        args, labels  instead of the spec's own
        credentials   the login for a registry by its name, None where there is none

        Raises BuildImpossible and SecretMissing before anything is sent, EngineError, what `credentials`
        raises, and HoldfastError for a file that cannot be read; from the iterator also how the build failed.
        """
        from tui.engine.building import by_buildkit, by_classic  # it loads what nothing else needs

        if builder == BUILDKIT:
            building = by_buildkit(self._wire, spec, id, args, labels, credentials)
        else:
            building = by_classic(self._wire, spec, args, labels, credentials)
        async with building as events:
            yield events

    async def cancel(self, id: str) -> None:
        """End a build by BuildKit; one that has ended already does not matter. Raises EngineError."""
        await self._wire.ask("POST", "/build/cancel", {"id": id}, seconds=CANCEL_SECONDS)
