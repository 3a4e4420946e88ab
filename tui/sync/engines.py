"""What is known of many engines at once: each is asked now and then, by itself, while somebody looks."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING

from tui.engine.turns import turn
from tui.errors import HoldfastError
from tui.model.engine_state import EngineState
from tui.operations.looking.engine_look import EngineLook

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from tui.model.app import AppSpec
    from tui.model.drift import Drift
    from tui.model.policy import Policy
    from tui.operations.looking.engines import KnownEngine

AT_ONCE = 8
"""First connections that begin at the same time."""

PATIENT = 1.0
"""Seconds after which one that is still being made gives its turn away: nobody waits for who is silent."""

AGAIN = 10.0
"""Seconds from one look at an engine to the next, where few are looked at."""

EACH = 0.4
"""Seconds from one look at any to the next, where there are many: what they cost together is bounded."""

JITTER = 0.2
"""The part of that time by which two looks may be nearer or farther."""


class EnginesFollower:
    """Knows engines by their keys; `take` says which, `run` looks at them until it is cancelled.

    states   what is known of each; it stays while nobody looks, and is old then
    drift    what was found of an app, by the key of its engine and its name
    apps     whether the releases of their apps are read too
    """

    def __init__(
        self, clock: Callable[[], float] = time.time, make: Callable[[KnownEngine], EngineLook] = EngineLook
    ) -> None:
        self.engines: Sequence[KnownEngine] = ()
        self.states: dict[str, EngineState] = {}
        self.drift: dict[tuple[str, str], Drift] = {}
        self.apps = False
        self._clock = clock
        self._make = make
        self._readers: list[Callable[[str], None]] = []
        self._chosen: frozenset[str] = frozenset()
        self._wake: dict[str, asyncio.Event] = {}
        self._looks: dict[str, EngineLook] = {}

    def take(self, engines: Sequence[KnownEngine], chosen: Collection[str] = ()) -> None:
        """These are looked at from the next `run` on; what is known of the same ones is kept.

        `chosen` are the keys of those that somebody has opened: they are asked, even if they are left alone.
        """
        known = self.states
        self._chosen = frozenset(chosen)
        self.engines = engines
        self.states = {one.key: known.get(one.key, EngineState())._replace(connecting=0.0) for one in engines}

    def subscribe(self, reader: Callable[[str], None]) -> Callable[[], None]:
        """Call `reader` with the key of an engine whose state is another; returns the call that ends it."""
        self._readers.append(reader)
        return lambda: self._readers.remove(reader)

    def want_apps(self) -> None:
        """Read the releases of their apps too from now on, at once."""
        self.apps = True
        self.ask_again()

    def ask_again(self) -> None:
        """Look at all of them now."""
        for wake in self._wake.values():
            wake.set()

    def ask(self, key: str) -> None:
        """Look at one of them now, even if it is left alone."""
        if key in self._wake:
            self._wake[key].set()

    async def look_for_drift(self, key: str, app: AppSpec, policy: Policy) -> str:
        """Look for it on one of them now, while `run` runs; why it cannot be, "" where it was."""
        look = self._looks.get(key)
        if look is None:
            return "nobody looks at the engines any more"
        try:
            self.drift[key, app.name] = await look.look_for_drift(app, policy)
        except HoldfastError as error:
            return f"{app.name} on {look.known.called}: {error.message}"
        return ""

    async def run(self) -> None:
        """Look again and again."""
        gate = asyncio.Semaphore(AT_ONCE)
        self._wake = {one.key: asyncio.Event() for one in self.engines}
        async with asyncio.TaskGroup() as tasks:
            for one in self.engines:
                tasks.create_task(self._follow(one, gate), name=f"engine {one.called}")

    async def _follow(self, engine: KnownEngine, gate: asyncio.Semaphore) -> None:
        look, wake = self._make(engine), self._wake[engine.key]
        self._looks[engine.key] = look
        look.state = self.states[engine.key]
        try:
            while True:
                alone = engine.said.is_left_alone(self._clock()) and engine.key not in self._chosen
                if not alone or wake.is_set():
                    wake.clear()
                    await self._look(look, gate)
                await self._rest(wake)
        finally:
            del self._looks[engine.key]
            await look.close()

    async def _rest(self, wake: asyncio.Event) -> None:
        seconds = max(AGAIN, EACH * len(self.engines)) * random.uniform(1 - JITTER, 1 + JITTER)
        try:
            await asyncio.wait_for(wake.wait(), seconds)
        except TimeoutError:
            return

    async def _look(self, look: EngineLook, gate: asyncio.Semaphore) -> None:
        if look.is_connected:
            self._tell(look.known.key, await look.look())
        else:
            if (begun := look.begin()).connecting:
                self._tell(look.known.key, begun)
            async with turn(gate, PATIENT):
                self._tell(look.known.key, await look.look())
        if self.apps and look.state.answers:
            self._tell(look.known.key, await look.look_at_apps())

    def _tell(self, key: str, state: EngineState) -> None:
        self.states[key] = state
        for reader in tuple(self._readers):
            reader(key)
