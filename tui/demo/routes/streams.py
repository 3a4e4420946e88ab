"""Streams of a container: its log and its statistics; and the stream of events."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING

from tui.demo import filters
from tui.demo.logs import Book, Wanted
from tui.demo.objects import SECOND, Container
from tui.demo.refused import Refused
from tui.demo.routes.answers import MULTIPLEXED, RAW, answer, flag, moment
from tui.demo.statistics import stopped
from tui.demo.stream import STDERR, STDOUT, Outlet, Signal

if TYPE_CHECKING:
    from aiohttp import web

    from tui.demo.journal import Happening
    from tui.demo.router import Router
    from tui.demo.simulation import Simulation

AT_ONCE = 4000
"""Lines of a flood sent in one piece."""

UNREAD = 1024
"""Events that a reader may leave unread before it misses some (moby/daemon/events)."""


class StreamRoutes:
    """GET /containers/{id}/logs, GET /containers/{id}/stats, GET /events."""

    def __init__(self, simulation: Simulation, router: Router) -> None:
        self.simulation = simulation
        self.state = simulation.state
        router.add("GET", "/containers/{}/logs", self.logs)
        router.add("GET", "/containers/{}/stats", self.stats)
        router.add("GET", "/events", self.events)

    # -- statistics

    async def stats(self, request: web.BaseRequest, reference: str) -> web.StreamResponse:
        container = self.state.find(reference)
        if not flag(request, "stream", default=True):
            if not container.pid:
                return answer(stopped(container))
            if not flag(request, "one-shot"):
                await self.simulation.second.beat()
            return answer(self.simulation.reading(container))
        async with self.simulation.outlets.streaming(request, "application/json") as outlet:
            while container.id in self.state.containers:
                await outlet.write(
                    self.simulation.reading(container) if container.pid else stopped(container)
                )
                await self.simulation.second.beat()
            return outlet.response

    # -- logs

    async def logs(self, request: web.BaseRequest, reference: str) -> web.StreamResponse:
        container = self.state.find(reference)
        streams = frozenset(
            stream for stream, name in ((STDOUT, "stdout"), (STDERR, "stderr")) if flag(request, name)
        )
        if not streams:
            raise Refused(400, "Bad parameters: you must choose at least one stream")
        wanted = Wanted(
            streams=streams,
            since=moment(request, "since"),
            until=moment(request, "until"),
            stamps=flag(request, "timestamps"),
            framed=not container.tty,
        )
        text = request.query.get("tail", "all")
        tail = int(text) if text.isdigit() else None
        kind = RAW if container.tty else MULTIPLEXED
        async with self.simulation.outlets.streaming(request, kind) as outlet:
            book = self.simulation.book(container)
            written, flood = book.written, book.flood
            flooded = flood.due(self.simulation.clock()) if flood else 0
            past = book.past(wanted, tail, flooded)
            if past:
                await outlet.write(past)
            if flag(request, "follow"):
                await self._follow(outlet, container, book, wanted, written, flooded)
            return outlet.response

    async def _follow(
        self, outlet: Outlet, container: Container, book: Book, wanted: Wanted, written: int, flooded: int
    ) -> None:
        """Send what comes from now on; ends with the container, as the engine's does."""
        flood = book.flood
        while not outlet.gone:
            if book.flood is not flood:
                flood, flooded = book.flood, 0
            if flood and flooded < flood.count and STDOUT in wanted.streams:
                due = min(flood.due(self.simulation.clock()), flooded + AT_ONCE)
                if due > flooded:
                    await outlet.write(flood.chunk(flooded, due, wanted))
                    flooded = due
                    continue
            if book.written > written:
                fresh = [wanted.encode(message) for message in book.after(written) if wanted.takes(message)]
                written = book.written
                if fresh:
                    await outlet.write(b"".join(fresh))
                continue
            if not container.alive or container.id not in self.state.containers:
                return
            if flood and flooded < flood.count:
                await self.simulation.tick.beat()
            else:
                await self._news(book)

    async def _news(self, book: Book) -> None:
        """Wait until the log grew or a container moved."""
        waits = {book.wrote.next(), self.simulation.runtime.moved.next()}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    # -- events

    async def events(self, request: web.BaseRequest) -> web.StreamResponse:
        wanted = filters.parse(request.query.get("filters"))
        since, until = moment(request, "since"), moment(request, "until")
        waiting: deque[bytes] = deque(maxlen=UNREAD)
        came = Signal()

        def hear(happening: Happening) -> None:
            if filters.matches_event(happening, wanted):
                waiting.append(happening.encode())
                came.fire()

        journal = self.state.journal
        async with self.simulation.outlets.streaming(request, "application/json") as outlet:
            past = [
                happening.encode()
                for happening in journal.past
                if since and happening.time >= since and (not until or happening.time <= until)
                if filters.matches_event(happening, wanted)
            ]
            journal.listeners.add(hear)
            try:
                if past:
                    await outlet.write(b"".join(past))
                while not outlet.gone:
                    rest = (until - time.time_ns()) / SECOND if until else 1e6
                    if waiting:
                        chunk = b"".join(waiting)
                        waiting.clear()
                        await outlet.write(chunk)
                    elif rest <= 0:
                        break
                    else:
                        await came.wait_for(rest)
            finally:
                journal.listeners.discard(hear)
            return outlet.response
