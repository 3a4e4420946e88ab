"""POST /containers/{id}/attach: somebody holds a container's standard input open; nothing is read of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.demo.routes.answers import RAW

if TYPE_CHECKING:
    from aiohttp import web

    from tui.demo.router import Router
    from tui.demo.simulation import Simulation

READ_BYTES = 1 << 16


class AttachRoutes:
    """A container whose input is for one (StdinOnce) ends with it: what waits for input reads its end."""

    def __init__(self, simulation: Simulation, router: Router) -> None:
        self._simulation = simulation
        router.add("POST", "/containers/{}/attach", self.attach)

    async def attach(self, request: web.BaseRequest, reference: str) -> web.StreamResponse:
        container = self._simulation.state.find(reference)
        transport = request.transport
        if not isinstance(transport, asyncio.Transport):
            raise ConnectionResetError("the client left")
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        head = f"HTTP/1.1 101 UPGRADED\r\nContent-Type: {RAW}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
        transport.write(head.encode())
        try:
            while await reader.read(READ_BYTES):
                pass
        finally:
            transport.close()
            if container.config.get("StdinOnce"):
                self._simulation.runtime.exited(container, 1)
        raise ConnectionResetError("the session ended with its connection")
