"""POST /session: the connection of a build's client becomes HTTP/2, on which we ask for its files."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.demo.client_files import ClientFiles
from tui.demo.refused import Refused
from tui.demo.routes.upgraded import upgraded

if TYPE_CHECKING:
    from aiohttp import web

    from tui.demo.router import Router

PATIENCE = 5.0
"""Seconds that a build waits for its session, which comes on another connection."""


class Sessions:
    """Those that are open, by their IDs."""

    def __init__(self, router: Router) -> None:
        self._open: dict[str, ClientFiles] = {}
        self._news = asyncio.Event()
        router.add("POST", "/session", self.take)

    async def of(self, id: str) -> ClientFiles:
        """The session of an ID. Raises Refused where none comes."""
        try:
            async with asyncio.timeout(PATIENCE):
                while id not in self._open:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise Refused(500, f"no active session for {id}: context deadline exceeded") from None
        return self._open[id]

    async def take(self, request: web.BaseRequest) -> web.StreamResponse:
        id = request.headers.get("X-Docker-Expose-Session-Uuid", "")
        files = ClientFiles(*upgraded(request, "h2c"))
        self._open[id] = files
        self._news.set()
        try:
            await files.begin()
            await files.ended.wait()
        finally:
            self._open.pop(id, None)
            files.close()
        raise ConnectionResetError("the session ended with its connection")
