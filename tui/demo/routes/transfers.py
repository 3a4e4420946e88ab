"""Images that come and go: pull and import (POST /images/create), push. Errors come inside the 200 stream."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING

from tui.demo.objects import JSON, HistoryEntry, Image
from tui.demo.refused import Refused
from tui.demo.routes.answers import COMPACT
from tui.model.reference import split_reference

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from aiohttp import web

    from tui.demo.router import Router
    from tui.demo.simulation import Simulation

STEP = 0.08
"""Seconds between two reports of progress."""

PIECES = 6
"""Reports of progress for one layer."""


def line(message: JSON) -> bytes:
    """One message of a progress stream."""
    return json.dumps(message, separators=COMPACT).encode() + b"\r\n"


def failed(message: str, **detail: int) -> bytes:
    """The last message of a stream that failed."""
    return line({"errorDetail": {**detail, "message": message}, "error": message})


def _bar(current: int, total: int) -> str:
    done = 50 * current // total if total else 50
    return f"[{'=' * done}>{' ' * (50 - done)}]  {current / 1e6:.4g}MB/{total / 1e6:.4g}MB"


def _layers(image: Image) -> Iterator[tuple[str, int]]:
    for entry in image.history:
        if entry.size:
            yield hashlib.sha256(f"{entry.created_by} {entry.size}".encode()).hexdigest()[:12], entry.size


async def _moving(status: str, layer: str, size: int) -> AsyncIterator[bytes]:
    """The progress of one layer, as it comes."""
    for piece in range(1, PIECES + 1):
        await asyncio.sleep(STEP)
        current = size * piece // PIECES
        yield line(
            {
                "status": status,
                "progressDetail": {"current": current, "total": size},
                "progress": _bar(current, size),
                "id": layer,
            }
        )


def _step(status: str, layer: str) -> bytes:
    return line({"status": status, "progressDetail": {}, "id": layer})


class TransferRoutes:
    """POST /images/create, POST /images/{name}/push.

    The registry behind it holds what was pushed, and every repository that the demo knows.
    """

    def __init__(self, simulation: Simulation, router: Router) -> None:
        self.simulation = simulation
        self.state = simulation.state
        self.library = simulation.state.library
        self.pushed: dict[str, Image] = {}
        self._layers: set[str] = set()
        router.add("POST", "/images/create", self.create)
        router.add("POST", "/images/{*}/push", self.push)

    async def create(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.query.get("fromSrc"):
            return await self._import(request)
        return await self._pull(request)

    async def _import(self, request: web.BaseRequest) -> web.StreamResponse:
        content = await request.read()
        now = self.simulation.clock()
        key = "sha256:" + hashlib.sha256(content + str(now).encode()).hexdigest()
        image = Image(
            key, now // 10**9, [HistoryEntry(now // 10**9, "", len(content), "Imported from -")], {}
        )
        self.library.add(image)
        repository = request.query.get("repo", "")
        if repository:
            self.library.tag(image, repository, request.query.get("tag", ""))
        self.state.journal.publish("image", "import", key, {"name": key})
        async with self.simulation.outlets.streaming(request, "application/json") as outlet:
            await outlet.write(line({"status": key}))
            return outlet.response

    async def _pull(self, request: web.BaseRequest) -> web.StreamResponse:
        repository = request.query.get("fromImage", "")
        tag = request.query.get("tag", "") or split_reference(repository).tag or "latest"
        repository = split_reference(repository).repository
        name = f"{repository}:{tag}"
        image = self.pushed.get(name)
        if image is None:
            raise Refused(
                404,
                f"pull access denied for {repository}, repository does not exist "
                "or may require 'docker login': denied: requested access to the resource is denied",
            )
        digest = self._digest(image)
        async with self.simulation.outlets.streaming(request, "application/json") as outlet:
            await outlet.write(line({"status": f"Pulling from {repository.partition('/')[2]}", "id": tag}))
            known = image.id in self.library.images
            if not known:
                for layer, size in _layers(image):
                    await outlet.write(_step("Pulling fs layer", layer))
                    async for message in _moving("Downloading", layer, size):
                        await outlet.write(message)
                    await outlet.write(_step("Pull complete", layer))
                self.library.add(image)
            await outlet.write(line({"status": f"Digest: {digest}"}))
            words = "Image is up to date for" if known else "Downloaded newer image for"
            await outlet.write(line({"status": f"Status: {words} {name}"}))
            self.state.journal.publish("image", "pull", name, {**image.labels, "name": repository})
            return outlet.response

    def _digest(self, image: Image) -> str:
        return "sha256:" + hashlib.sha256(f"manifest of {image.id}".encode()).hexdigest()

    async def push(self, request: web.BaseRequest, repository: str) -> web.StreamResponse:
        if not request.headers.get("X-Registry-Auth"):
            raise Refused(400, "Bad parameters and missing X-Registry-Auth: EOF")
        tag = request.query.get("tag", "") or "latest"
        name = f"{repository}:{tag}"
        async with self.simulation.outlets.streaming(request, "application/json") as outlet:
            await outlet.write(line({"status": f"The push refers to repository [{repository}]"}))
            try:
                image = self.library.find(name)
            except Refused:
                await outlet.write(failed(f"An image does not exist locally with the tag: {repository}"))
                return outlet.response
            layers = list(_layers(image))
            for layer, _size in layers:
                await outlet.write(_step("Preparing", layer))
            for layer, size in layers:
                if layer in self._layers:
                    await outlet.write(_step("Layer already exists", layer))
                    continue
                async for message in _moving("Pushing", layer, size):
                    await outlet.write(message)
                self._layers.add(layer)
                await outlet.write(_step("Pushed", layer))
            digest = self._digest(image)
            if f"{repository}@{digest}" not in image.digests:
                image.digests.append(f"{repository}@{digest}")
            self.pushed[name] = image
            size = 500 + 200 * len(layers)
            await outlet.write(line({"status": f"{tag}: digest: {digest} size: {size}"}))
            aux = {"Tag": tag, "Digest": digest, "Size": size}
            await outlet.write(line({"progressDetail": {}, "aux": aux}))
            self.state.journal.publish("image", "push", name, {**image.labels, "name": repository})
            return outlet.response
