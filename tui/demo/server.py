"""The simulated engine as an HTTP server on a unix socket."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import socket
import stat
from typing import TYPE_CHECKING, NamedTuple

from aiohttp import web

from tui.demo import fleet, scenario
from tui.demo.apps import Apps
from tui.demo.home import DemoHome
from tui.demo.refused import Refused
from tui.demo.registry import RegistryPages
from tui.demo.router import HEADERS, Router, without_version
from tui.demo.routes.answers import answer
from tui.demo.routes.attach import AttachRoutes
from tui.demo.routes.build import BuildRoutes
from tui.demo.routes.containers import ContainerRoutes
from tui.demo.routes.control import ControlRoutes
from tui.demo.routes.exec import ExecRoutes
from tui.demo.routes.files import FileRoutes
from tui.demo.routes.images import ImageRoutes
from tui.demo.routes.places import PlaceRoutes
from tui.demo.routes.streams import StreamRoutes
from tui.demo.routes.system import SystemRoutes
from tui.demo.routes.transfers import TransferRoutes
from tui.demo.simulation import Simulation
from tui.demo.story import Story

if TYPE_CHECKING:
    from pathlib import Path

    from aiohttp.abc import AbstractStreamWriter
    from aiohttp.http import RawRequestMessage
    from aiohttp.streams import StreamReader
    from aiohttp.web_protocol import RequestHandler

LARGEST = 1 << 30
"""Bytes that a request's body may have: a build's files come in one."""

STDIN, STDOUT = 0, 1

READY = b"ready\n"
"""Written to standard output once the socket takes connections."""

_ID = re.compile(r"[0-9a-f]{64}")


class Server:
    """Answers requests by a simulation's routes; refusals become the engine's error answers."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.router = Router()
        SystemRoutes(simulation, self.router)
        PlaceRoutes(simulation, self.router)
        ContainerRoutes(simulation, self.router)
        StreamRoutes(simulation, self.router)
        TransferRoutes(simulation, self.router)
        ImageRoutes(simulation, self.router)
        ExecRoutes(simulation, self.router)
        AttachRoutes(simulation, self.router)
        FileRoutes(simulation, self.router)
        BuildRoutes(simulation, self.router)
        self.control = ControlRoutes(simulation, self.router)

    async def respond(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer to any request."""
        try:
            response = await self._respond(request)
        except Refused as refused:
            response = (
                web.Response(status=304)
                if refused.status == 304
                else answer({"message": refused.message}, refused.status)
            )
        except ConnectionError:
            response = web.Response()
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        simulation = self.simulation
        path = without_version(request.path)
        if not path.startswith("/_ctl/"):
            await simulation.outlets.stalled()
            self._fail(path)
        simulation.requests[_ID.sub("ID", path)] += 1
        found, parts = self.router.find(request.method, path)
        return await found(request, *parts)

    def _fail(self, path: str) -> None:
        for failure in self.simulation.failures:
            if failure.times > 0 and path.startswith(failure.path):
                failure.times -= 1
                raise Refused(failure.status, failure.message)


class Options(NamedTuple):
    """What to serve, and where.

    path         of the unix socket
    listening    the number of a socket that listens there already, in a folder of its own, which
                 goes with the engine; None: make the socket
    containers   a fleet of that many, None: the demo's story
    running      the share of the fleet that runs
    rate         start and die events a second in the fleet
    registry     the number of a socket on the loopback that listens there already, for a registry; None: none
    pace         how long steps of builds and transfers take beside what is usual
    home         the folder of the demo's apps and of what is known of them, None: there are none
    """

    path: Path
    listening: int | None = None
    containers: int | None = None
    running: float = 0.1
    rate: float = 0.0
    seed: str = "holdfast"
    registry: int | None = None
    pace: float = 1.0
    home: Path | None = None


async def serve(options: Options) -> None:
    """Serve until standard input, where it is a pipe, closes, or a signal asks to end."""
    taken = socket.socket(fileno=options.registry) if options.registry is not None else None
    address = f"127.0.0.1:{taken.getsockname()[1]}" if taken is not None else ""
    simulation = Simulation(options.seed, registry=address, pace=options.pace)
    server = Server(simulation)
    if options.containers is None:
        scenario.populate(simulation)
        if options.home is not None:
            Apps(simulation, DemoHome(options.home)).populate()
        simulation.runtime.spawn(Story(simulation).tell())
    else:
        fleet.populate(simulation, options.containers, options.running)
        simulation.listing.body(everything=True)  # the first reader shall not pay for the encoding
    if options.rate:
        server.control.noise(options.rate)
    http = web.Server(server.respond, request_factory=_request, handler_cancellation=True, access_log=None)
    runner = web.ServerRunner(http, shutdown_timeout=0.1)
    await runner.setup()
    site: web.BaseSite
    if options.listening is None:
        options.path.unlink(missing_ok=True)
        site = web.UnixSite(runner, str(options.path), backlog=4096)
    else:
        site = web.SockSite(runner, socket.socket(fileno=options.listening), backlog=4096)
    await site.start()
    pages = RegistryPages(simulation.shelf)
    shop = web.ServerRunner(
        web.Server(pages.respond, request_factory=_request, access_log=None), shutdown_timeout=0.1
    )
    await shop.setup()
    if taken is not None:
        await web.SockSite(shop, taken).start()
    options.path.chmod(0o600)
    os.write(STDOUT, READY)
    try:
        await _end()
    finally:
        await simulation.runtime.close()
        simulation.outlets.cut()
        await runner.cleanup()
        await shop.cleanup()
        options.path.unlink(missing_ok=True)
        if options.listening is not None:
            # whoever made the folder for us may have been killed
            shutil.rmtree(options.path.parent, ignore_errors=True)


def _request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: RequestHandler,
    writer: AbstractStreamWriter,
    task: asyncio.Task[None],
) -> web.BaseRequest:
    """A request whose body may be a whole build."""
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=LARGEST)


async def _end() -> None:
    """Wait for SIGTERM, SIGINT, or the close of a pipe as standard input (the parent ended)."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    with contextlib.suppress(OSError):  # there may be no standard input at all
        mode = os.fstat(STDIN).st_mode
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            loop.add_reader(STDIN, lambda: None if os.read(STDIN, 4096) else ended.set())
    await ended.wait()
