"""An image that goes from one engine to another, where there is no registry between them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError
from tui.errors import HoldfastError, Refused
from tui.model.digest import short_id
from tui.operations.deploying.pulling import PULL
from tui.operations.deploying.targets import LOCAL_ONLY
from tui.operations.fleets.part import COMES_FROM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.operations.deploying.sources import Deployable, Source
    from tui.operations.looking.releases import Deployed
    from tui.operations.running.report import Report

AHEAD = 8
"""Parts of an archive that are read before they are sent."""

BEYOND_BYTES = 64 * 2**20
"""That an archive may be larger than twice its image."""


class NotThatImage(HoldfastError):
    """What one engine gave is not the image, or what arrived is not."""

    exit_status = 6


async def origin_of(app: AppSpec, version: str, engines: Mapping[str, Engine]) -> str:
    """The name of the first engine that has a version, "" where none has. Raises EngineError."""
    reference = version if version.startswith("sha256:") else f"{app.image}:{version}"
    for name, engine in engines.items():
        if await engine.images.inspect_id(reference):
            return name
    return ""


class OfOrigin:
    """A source on the engine that has its image: the others get it from there."""

    def __init__(self, source: Source) -> None:
        self._source = source

    async def find(self, read: Callable[[], Awaitable[Deployed]]) -> Deployable:
        return without_warning(await self._source.find(read))


def without_warning(found: Deployable) -> Deployable:
    """That no other engine can have these bytes is not so in this fleet."""
    return found._replace(warnings=[words for words in found.warnings if words != LOCAL_ONLY])


class FromEngine:
    """A source on an engine that has its image, for an engine that may not have it.

    source   as it is found on `origin`, whose engine is called `come_from`
    engine   where it is to serve, called `name`
    """

    def __init__(
        self, source: Source, origin: Engine, come_from: str, engine: Engine, name: str, app: AppSpec
    ) -> None:
        self._source = source
        self._origin = origin
        self._from = come_from
        self._engine = engine
        self._name = name
        self._app = app

    async def find(self, read: Callable[[], Awaitable[Deployed]]) -> Deployable:
        found = without_warning(await self._source.find(read))
        target = found.target
        named = f"{self._app.image}:{target.version}" if target.version else ""
        if named and (other := await self._engine.images.inspect_id(named)) not in ("", target.image):
            raise Refused(
                f"{target.version} names other bytes on {self._name} ({short_id(other)}) than where it comes "
                f"from ({short_id(target.image)})",
                f"a version never moves: remove it there (docker rmi {named}), or give this one another name",
            )
        if await self._engine.images.inspect_id(target.image):
            return found
        size = (await self._origin.images.config(target.image)).size

        async def fetch(report: Report) -> None:
            await copy(self._origin, self._engine, target.image, size, report)
            if named:
                await self._engine.images.tag(target.image, self._app.image, target.version)

        facts = (*found.facts, (COMES_FROM, self._from))
        return found._replace(target=target._replace(local=False, size=size), fetch=fetch, facts=facts)


async def copy(origin: Engine, engine: Engine, image: str, size: int, report: Report) -> None:
    """Stream an image from one engine to another; nothing of it is kept here. `size` is in bytes.

    Its layers are compared with its digests as they pass, and its ID once it has arrived: it is that of its
    configuration, which names them. Raises NotThatImage, EngineError.
    """
    parts: asyncio.Queue[bytes] = asyncio.Queue(AHEAD)

    async def read() -> None:
        compared = await origin.images.save(
            image, parts.put, 2 * size + BEYOND_BYTES, lambda done: report.progress(PULL, done, size)
        )
        if compared.differing:
            raise NotThatImage(
                f"the archive of {short_id(image)} is not it: {'; '.join(compared.differing)}",
                "holdfast verify --deep looks at what that engine has",
            )

    reading = asyncio.create_task(read(), name="image")
    try:
        await engine.images.load(_as_read(parts, reading))
    except EngineError:
        if reading.done():
            await reading  # why it ended says more than that it did
        raise
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    if await engine.images.inspect_id(image) != image:
        raise NotThatImage(
            f"{short_id(image)} was sent, and the engine has it by no such ID",
            "engines with the containerd image store and without it give other IDs: use a registry",
        )


async def _as_read(parts: asyncio.Queue[bytes], reading: asyncio.Task[None]) -> AsyncIterator[bytes]:
    """What is read, as it comes. Raises what the reading raised: an archive that is cut never ends well."""
    while not reading.done() or not parts.empty():
        part = asyncio.ensure_future(parts.get())
        await asyncio.wait({part, reading}, return_when=asyncio.FIRST_COMPLETED)
        if not part.done():
            part.cancel()
            continue
        yield part.result()
    await reading
