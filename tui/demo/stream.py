"""Open streams: written with back-pressure, held up by a stall, dropped by a cut; and what paces them."""

from __future__ import annotations

import asyncio
import struct
import time

from aiohttp import web

from tui.demo.router import HEADERS

STDOUT, STDERR = 1, 2


def frame(stream: int, payload: bytes) -> bytes:
    """One frame of a multiplexed stream (Engine API, "Attach to a container", stream format)."""
    return struct.pack(">BxxxL", stream, len(payload)) + payload


class Signal:
    """Wakes everybody who waits, once per firing; costs nothing while nobody waits."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def fire(self) -> None:
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def next(self) -> asyncio.Future[None]:
        """The next firing, listened for from now on; cancel it when it is no longer waited for.

        A task that waits listens only once it runs: what fires before that would be missed.
        """
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        waiter.add_done_callback(self._waiters.discard)
        return waiter

    async def wait(self) -> None:
        await self.next()

    async def wait_for(self, seconds: float) -> None:
        """Wait for the firing, at most that long."""
        try:
            async with asyncio.timeout(seconds):
                await self.wait()
        except TimeoutError:
            return


class Pulse:
    """One shared tick for any number of streams; its timer runs only while somebody waits for it."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._signal = Signal()
        self._timer: asyncio.TimerHandle | None = None

    async def beat(self) -> None:
        """Wait for the next beat."""
        if self._timer is None:
            loop = asyncio.get_running_loop()
            now = loop.time()
            self._timer = loop.call_at(now + self.seconds - now % self.seconds, self._fire)
        await self._signal.wait()

    def _fire(self) -> None:
        self._timer = None
        self._signal.fire()


class Outlet:
    """One streamed answer."""

    def __init__(self, outlets: Outlets, request: web.BaseRequest, response: web.StreamResponse) -> None:
        self._outlets = outlets
        self._request = request
        self.response = response

    async def __aenter__(self) -> Outlet:
        await self.response.prepare(self._request)
        self._outlets.open.add(self)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self._outlets.open.discard(self)

    @property
    def gone(self) -> bool:
        """Whether the client has left."""
        transport = self._request.transport
        return transport is None or transport.is_closing()

    async def write(self, chunk: bytes) -> None:
        """Send; waits while the client does not read, and while the engine is stalled.

        Raises ConnectionError once the client left.
        """
        await self._outlets.stalled()
        if self.gone:
            raise ConnectionResetError("the client left")
        await self.response.write(chunk)

    def cut(self) -> None:
        transport = self._request.transport
        if transport is not None:
            transport.abort()


class Outlets:
    """All open streams of the engine, and its stall."""

    def __init__(self) -> None:
        self.open: set[Outlet] = set()
        self._until = 0.0

    def stall(self, seconds: float) -> None:
        """Answer nothing and stream nothing for some seconds."""
        self._until = time.monotonic() + seconds

    async def stalled(self) -> None:
        """Wait for the end of a stall."""
        rest = self._until - time.monotonic()
        if rest > 0:
            await asyncio.sleep(rest)

    def cut(self) -> None:
        """Drop every open stream in the middle, as a killed engine does."""
        for outlet in tuple(self.open):
            outlet.cut()

    def streaming(self, request: web.BaseRequest, content_type: str) -> Outlet:
        """A streamed answer to a request, to be used with `async with`."""
        return Outlet(self, request, web.StreamResponse(headers={"Content-Type": content_type, **HEADERS}))
