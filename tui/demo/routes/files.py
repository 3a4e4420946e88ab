"""Files inside containers: whether one is there, and archives of them, put in and taken out."""

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
    """HEAD, GET and PUT /containers/{id}/archive."""

    def __init__(self, simulation: Simulation, router: Router) -> None:
        self.simulation = simulation
        self.files = simulation.files
        router.add("HEAD", "/containers/{}/archive", self.stat)
        router.add("GET", "/containers/{}/archive", self.get)
        router.add("PUT", "/containers/{}/archive", self.put)

    async def stat(self, request: web.BaseRequest, reference: str) -> web.Response:
        container = self.simulation.state.find(reference)
        path = _path(request)
        files = self.simulation.runtime.surroundings(container).files
        if path not in files and not (path.startswith("/") and path in SHELLS):
            held = self.files.contents(container, path)
            mode, size = (0o755, 0) if held is None else (0o644, len(held))
        else:
            mode, size = (0o644 if path in files else 0o755), len(files.get(path, ""))
        told = {
            "name": posixpath.basename(path),
            "size": size,
            "mode": mode,
            "mtime": stamp(container.created),
            "linkTarget": "",
        }
        return web.Response(headers={HEADER: base64.b64encode(json.dumps(told).encode()).decode()})

    async def get(self, request: web.BaseRequest, reference: str) -> web.Response:
        container = self.simulation.state.find(reference)
        archive = self.files.get(container, _path(request))
        return web.Response(body=archive, content_type="application/x-tar")

    async def put(self, request: web.BaseRequest, reference: str) -> web.Response:
        container = self.simulation.state.find(reference)
        self.files.put(container, _path(request), await request.read())
        return web.Response()


def _path(request: web.BaseRequest) -> str:
    path = request.query.get("path", "")
    if not path:
        raise Refused(400, "bad parameter: 'path' cannot be empty")
    return path
