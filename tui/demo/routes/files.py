"""Files inside containers, as far as the dashboard asks: whether one is there."""

from __future__ import annotations

import base64
import json
import posixpath
from typing import TYPE_CHECKING

from aiohttp import web

from tui.demo.refused import Refused
from tui.demo.shell import SHELLS
from tui.demo.words import stamp

if TYPE_CHECKING:
    from tui.demo.router import Router
    from tui.demo.simulation import Simulation

HEADER = "X-Docker-Container-Path-Stat"


class FileRoutes:
    """HEAD /containers/{id}/archive."""

    def __init__(self, simulation: Simulation, router: Router) -> None:
        self.simulation = simulation
        router.add("HEAD", "/containers/{}/archive", self.stat)

    async def stat(self, request: web.BaseRequest, reference: str) -> web.Response:
        container = self.simulation.state.find(reference)
        path = request.query.get("path", "")
        if not path:
            raise Refused(400, "bad parameter: 'path' cannot be empty")
        files = self.simulation.runtime.surroundings(container).files
        if path not in files and not (path.startswith("/") and path in SHELLS):
            raise Refused(404, f"Could not find the file {path} in container {reference}")
        told = {
            "name": posixpath.basename(path),
            "size": len(files.get(path, "")),
            "mode": 0o644 if path in files else 0o755,
            "mtime": stamp(container.created),
            "linkTarget": "",
        }
        return web.Response(headers={HEADER: base64.b64encode(json.dumps(told).encode()).decode()})
