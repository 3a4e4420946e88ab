"""Looking at one engine now and then, over one connection: whether it answers, and what is live there."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from tui.engine.client import Engine
from tui.engine.endpoint import is_endpoint
from tui.engine.errors import EngineError
from tui.engine.tls_expiry import expiring
from tui.engine.transports import is_reached, reached
from tui.errors import HoldfastError
from tui.ledger.ledger import Ledger
from tui.model.app_name import is_app_name
from tui.model.engine_state import AppHere, EngineState
from tui.model.labels import APP, RELEASE
from tui.operations.looking.drift import find_drift
from tui.operations.looking.releases import read_releases
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from tui.engine.container.inspected import Inspected
    from tui.engine.endpoint import Endpoint
    from tui.engine.ref import EngineRef
    from tui.model.app import AppSpec
    from tui.model.drift import Drift
    from tui.model.policy import Policy
    from tui.operations.looking.engines import KnownEngine

LIMIT = 5.0
"""Seconds that an answer may take, once the way is there: whatever comes later is as good as away."""

APPS_LIMIT = 20.0
"""Seconds that reading the releases of the apps may take besides."""

DRIFT_LIMIT = 120.0
"""Seconds that a look for drift may take: it asks registries, and compares files."""

CERTIFICATES_EVERY = 3600.0
"""Seconds from one look at certificates to the next."""

Signature = tuple[tuple[str, str, str], ...]
"""What differs whenever the releases of an app may: the containers that bear its label or its name."""


class NoAnswer(EngineError):
    """It did not answer within the time that one look at it may take."""

    exit_status = 3


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """What takes longer is no answer. Raises NoAnswer."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise NoAnswer(f"no answer within {seconds:.0f} s") from None


@asynccontextmanager
async def connected(engine: EngineRef) -> AsyncIterator[Engine]:
    """An engine, opened within the time that an answer may take, once it is reached. Raises EngineError."""
    async with reached(engine.endpoint):
        async with within(LIMIT):
            opened = await Engine.connect(engine.endpoint)
        async with opened:
            yield opened


async def _sparingly(endpoint: Endpoint) -> Engine:
    """As many are looked at, each has as few connections as will do."""
    return await Engine.connect(endpoint, ahead=1)


class EngineLook:
    """The looks at one engine; `close` ends the connection. What fails is told by the state, never raised."""

    def __init__(
        self,
        engine: KnownEngine,
        connect: Callable[[Endpoint], Awaitable[Engine]] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.known = engine
        self.state = EngineState()
        self._connect = connect or _sparingly
        self._clock = clock
        self._engine: Engine | None = None
        self._way = AsyncExitStack()
        self._ledger: Ledger | None = None
        self._looked_at = 0.0
        self._signatures: dict[str, Signature] = {}

    @property
    def is_connected(self) -> bool:
        return self._engine is not None and self._is_reached

    @property
    def _is_reached(self) -> bool:
        found = self.known.found
        return isinstance(found, HoldfastError) or is_reached(found.endpoint)

    def begin(self) -> EngineState:
        """What is so from now on, where a way has to be made before it can be asked: that may take long."""
        if not self._is_reached:
            self.state = self.state._replace(connecting=self._clock())
        return self.state

    async def look(self) -> EngineState:
        """Ask it; what is known of its apps stays as it was.

        The way to it is made first, within its own bounds; LIMIT is for the answer.
        """
        try:
            await self._reach()
            async with asyncio.timeout(LIMIT):
                self.state = await self._asked()
            await self._look_at_certificates()
        except TimeoutError:
            option = "host" if is_endpoint(self.known.called) else "context"
            closer = f"look closer: holdfast --{option} {self.known.called} doctor"
            await self._failed(NoAnswer(f"no answer within {LIMIT:.0f} s", closer))
        except HoldfastError as error:
            await self._failed(error)
        return self.state

    async def _reach(self) -> None:
        """One try each time, whose failure is told: the next look comes soon."""
        if isinstance(self.known.found, HoldfastError):
            raise self.known.found
        way = AsyncExitStack()
        await way.enter_async_context(reached(self.known.found.endpoint))
        before, self._way = self._way, way
        await before.aclose()

    async def _asked(self) -> EngineState:
        engine = await self._connected()
        began = time.monotonic()
        await engine.ping(LIMIT)
        took = time.monotonic() - began
        info, labelled = await all_of(engine.info(), engine.containers.list(labels=[APP]))
        bearing = {one.labels.get(APP, "") for one in labelled if RELEASE in one.labels}
        names = dict.fromkeys([*self.known.apps, *filter(is_app_name, sorted(bearing))])
        now = self._clock()
        return self.state._replace(
            seen=now,
            took=took,
            version=engine.version,
            id=info.id,
            host=info.name,
            containers=info.containers,
            running=info.running,
            apps={name: self.state.apps.get(name, AppHere(name)) for name in names},
            error="",
            hint="",
            tried=now,
            connecting=0.0,
        )

    async def _look_at_certificates(self) -> None:
        """Once for each connection, and now and then: they expire by the day."""
        now = self._clock()
        if isinstance(self.known.found, HoldfastError) or now - self._looked_at < CERTIFICATES_EVERY:
            return
        self._looked_at = now
        self.state = self.state._replace(warnings=await expiring(self.known.found.endpoint, self._clock))

    async def _connected(self) -> Engine:
        if self._engine is None:
            if isinstance(self.known.found, HoldfastError):
                raise self.known.found
            self._engine = await self._connect(self.known.found.endpoint)
            self._looked_at = 0.0
        return self._engine

    async def _failed(self, error: HoldfastError) -> None:
        self.state = self.state._replace(
            error=error.message, hint=error.hint, tried=self._clock(), connecting=0.0
        )
        await self.close()

    # Its apps

    async def look_at_apps(self) -> EngineState:
        """Read the releases of those apps of which something has changed, after a look that was answered."""
        engine = self._engine
        if engine is None:
            return self.state
        try:
            async with asyncio.timeout(APPS_LIMIT):
                signatures = await self._signed(engine)
                for name in self.state.apps:
                    now = signatures.get(name, ())
                    if self.state.apps[name].at and self._signatures.get(name) == now:
                        self._put(self.state.apps[name]._replace(at=self._clock()))
                        continue
                    self._put(await self._read(engine, name))
                    self._signatures[name] = now
        except TimeoutError:
            await self._failed(NoAnswer(f"its releases were not read within {APPS_LIMIT:.0f} s"))
        except HoldfastError as error:
            await self._failed(error)
        return self.state

    async def _signed(self, engine: Engine) -> Mapping[str, Signature]:
        found: dict[str, list[tuple[str, str, str]]] = {}
        async for batch in engine.containers.batches():
            for one in batch:
                name = one.labels.get(APP) or one.name
                if name in self.state.apps:
                    found.setdefault(name, []).append((one.id, one.name, f"{one.state} {one.health}"))
        return {name: tuple(sorted(ones)) for name, ones in found.items()}

    async def _read(self, engine: Engine, name: str) -> AppHere:
        try:
            found = await read_releases(engine, await self._opened(engine), name)
        except EngineError:
            raise
        except HoldfastError as error:
            return self.state.apps[name]._replace(error=error.message)
        live, entry = found.live, found.releases.live
        holder = live or found.foreign
        here = AppHere(
            name,
            state=holder.state.status if holder is not None else "",
            health=_health(holder),
            strange=found.foreign is not None,
            at=self._clock(),
            restarts=holder.state.restart_count if holder is not None else 0,
            process=(holder.id, holder.state.started) if holder is not None and holder.state.steady else None,
        )
        if live is None or entry is None:
            return here
        release = entry.release
        return here._replace(
            release=release.number, version=release.version, digest=release.digest or release.image
        )

    async def look_for_drift(self, app: AppSpec, policy: Policy) -> Drift:
        """What has drifted of an app there. Raises HoldfastError."""
        engine = self._engine
        if engine is None:
            raise NoAnswer("the engine does not answer")
        try:
            async with asyncio.timeout(DRIFT_LIMIT):
                return await find_drift(engine, await self._opened(engine), app, policy)
        except TimeoutError:
            raise NoAnswer(f"not looked at within {DRIFT_LIMIT:.0f} s") from None

    async def _opened(self, engine: Engine) -> Ledger:
        if self._ledger is None:
            self._ledger = await Ledger.open(engine)
        return self._ledger

    def _put(self, here: AppHere) -> None:
        self.state = self.state._replace(apps={**self.state.apps, here.app: here})

    async def close(self) -> None:
        """End the connection; the next look makes another."""
        engine, self._engine, self._ledger = self._engine, None, None
        if engine is not None:
            await engine.close()
        await self._way.aclose()


def _health(one: Inspected | None) -> str:
    return one.state.health if one is not None else ""
