"""The containers that hold what Holdfast keeps on an engine, made from an image without files, never started.

The anchor has the ledger's volume: an engine gives and takes the files of a volume only through a container.
Whatever of it was pruned is made anew.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.engine.container.creation import create_body
from tui.engine.errors import Conflict, NotFound
from tui.ledger.errors import NotOurs
from tui.model.app import Mount, RunSpec
from tui.model.app_name import LEDGER_CONTAINER
from tui.model.labels import LEDGER
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.client import Engine

ANCHOR = VOLUME = LEDGER_CONTAINER
FOLDER = "/ledger"
REPOSITORY, TAG = "holdfast/anchor", "1"

TRIES = 40
"""How often what is pruned again and again is made anew."""

BEING_MADE = 0.05
"""Seconds to wait for a container whose name is taken while the engine still makes it."""


async def create_unstarted(
    engine: Engine, name: str, labels: Mapping[str, str], volumes: tuple[Mount, ...] = ()
) -> str:
    """Create a container of the empty image, which is made where it is missing; its ID.

    Conflict where the name is taken: of several who try at once, one gets it. Raises EngineError.
    """
    image = f"{REPOSITORY}:{TAG}"
    run = RunSpec(command=("never-started",), network_mode="none", restart="no", volumes=volumes)
    creation = create_body(image, run, labels=labels)
    for _ in range(TRIES):
        try:
            return (await engine.containers.create(name, creation)).id
        except NotFound:
            await engine.images.import_empty(REPOSITORY, TAG)
    return (await engine.containers.create(name, creation)).id


class Anchor:
    """Files in the ledger's volume. All calls raise EngineError or NotOurs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._looked = False

    async def read(self, path: str, *, cut: bool = False) -> bytes | None:
        """The tar of what is at a path below FOLDER, or its beginning; None where there is nothing.

        Nothing is made for that on an engine without a ledger.
        """
        place = f"{FOLDER}/{path}".rstrip("/")
        there = False
        for _ in range(TRIES):
            looked = self._looked
            try:
                return await self._get(place, cut=cut)
            except NotFound:
                if there:
                    return None
            # If it is there, it may have been made just now: then what is asked next is of it.
            there = self._looked and not looked
            if there:
                continue
            there, kept = await all_of(self._there(), self._engine.volumes.exists(VOLUME))
            if not there:
                if not kept:
                    return None
                await self._make()
        return await self._get(place, cut=cut)

    async def _get(self, place: str, *, cut: bool) -> bytes:
        """What is at a path of the container, given away only where that is ours."""
        got = self._engine.archives.get(ANCHOR, place, cut=cut)
        if self._looked:
            return await got
        looked, tar = await asyncio.gather(self._look(), got, return_exceptions=True)
        if isinstance(looked, BaseException):
            raise looked
        if isinstance(tar, BaseException):
            raise tar
        return tar

    async def has(self, path: str) -> bool:
        """Whether there is anything at a path below FOLDER."""
        await self._look()
        return await self._engine.containers.has_file(ANCHOR, f"{FOLDER}/{path}")

    async def write(self, tar: bytes) -> None:
        """Unpack a tar in FOLDER."""
        await self._look()
        for _ in range(TRIES):
            try:
                return await self._engine.archives.put(ANCHOR, FOLDER, tar)
            except NotFound:
                if not await self._there():
                    await self._make()
        return await self._engine.archives.put(ANCHOR, FOLDER, tar)

    async def made_at(self) -> float | None:
        """When it was made, in seconds since the epoch by the engine's clock; None where there is none."""
        try:
            return (await self._engine.containers.inspect(ANCHOR)).created
        except NotFound:
            return None

    async def _look(self) -> None:
        """Once, before anything of it is believed: files of another container are nobody's ledger."""
        if not self._looked:
            self._looked = await self._there()

    async def _there(self) -> bool:
        try:
            found = await self._engine.containers.inspect(ANCHOR)
        except NotFound:
            return False
        if LEDGER not in found.labels:
            raise NotOurs(
                f'a container named "{ANCHOR}" is on the engine, and was not made by Holdfast',
                f"rename or remove it: docker rename {ANCHOR} ...",
            )
        if found.mounts.get(FOLDER) != VOLUME:
            raise NotOurs(
                f'the container "{ANCHOR}" does not have the volume {VOLUME} at {FOLDER}: '
                "what is there is not the ledger of this engine",
                f"find out who made it, and remove it: docker rm {ANCHOR}; it is made anew, the volume stays",
            )
        return True

    async def _make(self) -> None:
        labels = {LEDGER: "1"}
        await self._engine.volumes.create(VOLUME, labels=labels)
        try:
            await create_unstarted(self._engine, ANCHOR, labels, (Mount("volume", VOLUME, FOLDER),))
        except Conflict:
            await asyncio.sleep(BEING_MADE)  # by somebody else
