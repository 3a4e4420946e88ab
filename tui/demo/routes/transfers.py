"""Images that come and go: pull and import (POST /images/create), push. Errors come inside the 200 stream."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import json
import posixpath
import tarfile
from typing import TYPE_CHECKING

from tui.demo.dockerfiles import configure, instructions
from tui.demo.manifests import MANIFEST, image_of
from tui.demo.objects import JSON, HistoryEntry, Image
from tui.demo.refused import Refused
from tui.demo.routes.answers import COMPACT, answer
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

LARGEST_FILE = 1 << 20
"""Bytes of a file that an imported image keeps: nobody reads a larger one here."""


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


def _step(status: str, layer: str) -> bytes:
    return line({"status": status, "progressDetail": {}, "id": layer})


class TransferRoutes:
    """POST /images/create, POST /images/{name}/push, GET /distribution/{name}/json.

    The demo's own registry is at the address that the simulation says. Any other is made believe: it holds
    what was pushed there, and nobody else can ask it.
    """

    def __init__(self, simulation: Simulation, router: Router) -> None:
        self.simulation = simulation
        self.state = simulation.state
        self.library = simulation.state.library
        self.pushed: dict[str, Image] = {}
        self._layers: set[str] = set()
        router.add("POST", "/images/create", self.create)
        router.add("POST", "/images/{*}/push", self.push)
        router.add("GET", "/distribution/{*}/json", self.distribution)

    async def create(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.query.get("fromSrc"):
            return await self._import(request)
        return await self._pull(request)

    async def _import(self, request: web.BaseRequest) -> web.StreamResponse:
        content = await request.read()
        now = self.simulation.clock()
        entry = HistoryEntry(now // 10**9, "", len(content), "Imported from -", _imported(content))
        config: JSON = {"Labels": None}
        for change in request.query.getall("changes", []):
            for name, rest in instructions(change):
                configure(config, name, rest)
        # two imports of the same bytes are two images, as on a real engine: there the time in them differs
        image = image_of(now // 10**9, [entry], config | {"Image": str(now)})
        self.library.add(image)
        repository = request.query.get("repo", "")
        if repository:
            self.library.tag(image, repository, request.query.get("tag", ""))
        self.state.journal.publish("image", "import", image.id, {"name": image.id})
        async with self.simulation.outlets.streaming(request, "application/json") as outlet:
            await outlet.write(line({"status": image.id}))
            return outlet.response

    async def _pull(self, request: web.BaseRequest) -> web.StreamResponse:
        parts = split_reference(request.query.get("fromImage", ""))
        repository = parts.repository
        tag = request.query.get("tag", "") or parts.digest or parts.tag or "latest"
        image, digest = self._held(repository, tag)
        if image is None and self._path(repository):
            missing = "not found: manifest unknown: manifest unknown"
            raise Refused(404, f"manifest for {repository}:{tag} {missing}")
        if image is None:
            raise Refused(
                404,
                f"pull access denied for {repository}, repository does not exist "
                "or may require 'docker login': denied: requested access to the resource is denied",
            )
        by_digest = tag.startswith("sha256:")
        name = f"{repository}{'@' if by_digest else ':'}{tag}"
        async with self.simulation.outlets.streaming(request, "application/json") as outlet:
            await outlet.write(line({"status": f"Pulling from {repository.partition('/')[2]}", "id": tag}))
            known = name in (*image.tags, *image.digests)
            if image.id not in self.library.images:
                for layer, size in _layers(image):
                    await outlet.write(_step("Pulling fs layer", layer))
                    async for message in self._moving("Downloading", layer, size):
                        await outlet.write(message)
                    await outlet.write(_step("Pull complete", layer))
                self.library.add(image)
            image = self.library.images.get(image.id, image)
            if f"{repository}@{digest}" not in image.digests:
                image.digests.append(f"{repository}@{digest}")
            if not by_digest:
                self.library.name(image, name)
            await outlet.write(line({"status": f"Digest: {digest}"}))
            words = "Image is up to date for" if known else "Downloaded newer image for"
            await outlet.write(line({"status": f"Status: {words} {name}"}))
            self.state.journal.publish("image", "pull", name, {**image.labels, "name": repository})
            return outlet.response

    def _path(self, repository: str) -> str:
        """Of a repository in the demo's own registry, "" for one of another."""
        own = f"{self.simulation.registry}/"
        return repository.removeprefix(own) if len(own) > 1 and repository.startswith(own) else ""

    def _held(self, repository: str, tag: str) -> tuple[Image | None, str]:
        """The image of a tag or a digest, and its digest."""
        path, shelf = self._path(repository), self.simulation.shelf
        if not path:
            image = self.pushed.get(f"{repository}:{tag}")
            return image, self._believed(image) if image is not None else ""
        digest = shelf.digest(path, tag)
        if not digest:
            return None, ""
        try:
            image = shelf.pull(path, digest)
        except (KeyError, ValueError):
            return None, ""  # evidence, say, which no engine pulls
        return self.library.images.get(image.id, image), digest

    @staticmethod
    def _believed(image: Image) -> str:
        return "sha256:" + hashlib.sha256(f"manifest of {image.id}".encode()).hexdigest()

    async def distribution(self, _request: web.BaseRequest, name: str) -> web.Response:
        parts = split_reference(name)
        _, digest = self._held(parts.repository, parts.digest or parts.tag or "latest")
        if not digest:
            raise Refused(404, "manifest unknown: manifest unknown")
        size = 0
        if path := self._path(parts.repository):
            size = len(self.simulation.shelf.manifests[path, digest].body)
        described = {"mediaType": MANIFEST, "digest": digest, "size": size}
        platform = {"architecture": "amd64", "os": "linux"}
        return answer({"Descriptor": described, "Platforms": [platform]})

    async def _moving(self, status: str, layer: str, size: int) -> AsyncIterator[bytes]:
        """The progress of one layer, as it comes."""
        for piece in range(1, PIECES + 1):
            await asyncio.sleep(STEP * self.simulation.pace)
            current = size * piece // PIECES
            yield line(
                {
                    "status": status,
                    "progressDetail": {"current": current, "total": size},
                    "progress": _bar(current, size),
                    "id": layer,
                }
            )

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
                async for message in self._moving("Pushing", layer, size):
                    await outlet.write(message)
                self._layers.add(layer)
                await outlet.write(_step("Pushed", layer))
            path = self._path(repository)
            digest = self.simulation.shelf.push(path, tag, image) if path else self._believed(image)
            if f"{repository}@{digest}" not in image.digests:
                image.digests.append(f"{repository}@{digest}")
            self.pushed[name] = image
            size = 500 + 200 * len(layers)
            await outlet.write(line({"status": f"{tag}: digest: {digest} size: {size}"}))
            aux = {"Tag": tag, "Digest": digest, "Size": size}
            await outlet.write(line({"progressDetail": {}, "aux": aux}))
            self.state.journal.publish("image", "push", name, {**image.labels, "name": repository})
            return outlet.response


def _imported(content: bytes) -> dict[str, bytes]:
    """The files of a tar that becomes an image; what is none brings none."""
    found: dict[str, bytes] = {}
    with contextlib.suppress(tarfile.TarError), tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            held = archive.extractfile(member) if member.isfile() and member.size <= LARGEST_FILE else None
            if held is not None:
                found[posixpath.normpath(f"/{member.name}")] = held.read()
    return found
