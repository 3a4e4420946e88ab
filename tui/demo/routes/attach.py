"""POST /containers/{id}/attach: somebody holds a container's standard input open; nothing is read of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.routes.answers import RAW
from tui.demo.routes.upgraded import upgraded

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
        reader, writer = upgraded(request, "tcp", RAW)
        try:
            while await reader.read(READ_BYTES):
                pass
        finally:
            writer.close()
            if container.config.get("StdinOnce"):
                self._simulation.runtime.exited(container, 1)
        raise ConnectionResetError("the session ended with its connection")
