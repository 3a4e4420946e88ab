"""The archive of exactly the image that is meant, as a file: what a scanner is given.

It comes from the engine by our own connection, and is checked against the image's ID while it comes. A
scanner that asked the engine itself would need its socket, and with that everything.
"""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

from tui.engine.errors import AnswerTooLarge
from tui.errors import HoldfastError
from tui.model.digest import short_id
from tui.model.sizes import disk_size
from tui.operations.looking.layers import endless, most_bytes
from tui.operations.scanning.room import NoRoom

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from tui.engine.client import Engine
    from tui.model.image import ImageConfig

SPARE_BYTES = 512 * 2**20
"""What stays free on the disk."""

PART_BYTES = 4 * 2**20


class OtherBytes(HoldfastError):
    """The engine's archive of an image is not that image."""

    exit_status = 6


async def save(engine: Engine, image: ImageConfig, path: Path, tell: Callable[[int], None]) -> None:
    """Write it. Raises NoRoom, OtherBytes, EngineError."""
    await asyncio.to_thread(_check_room, path, image.size)
    part = bytearray()
    with await asyncio.to_thread(path.open, "wb") as file:

        async def keep(chunk: bytes) -> None:
            part.extend(chunk)
            if len(part) >= PART_BYTES:
                await asyncio.to_thread(_write, file, path, part)

        try:
            compared = await engine.images.save(image.id, keep, most_bytes(image.size), tell)
        except AnswerTooLarge:
            raise endless(image.size) from None
        await asyncio.to_thread(_write, file, path, part)
    if compared.differing:
        raise OtherBytes(
            f"the engine's archive of {short_id(image.id)} is not it: {'; '.join(compared.differing)}",
            "holdfast verify --deep looks at the kept releases too; build it again, or pull it",
        )


def _check_room(path: Path, needed: int, part: int = 0) -> None:
    """For all of it, or for the next part of it. Blocks. Raises NoRoom."""
    free = shutil.disk_usage(path.parent).free
    if free < needed + part + SPARE_BYTES:
        raise NoRoom(
            f"the image's archive needs {disk_size(needed)}, and {disk_size(free)} are free in {path.parent}"
            if needed
            else f"the archive of the image has filled {path.parent}: {disk_size(free)} are free",
            "make room, or set XDG_CACHE_HOME to a folder that has it",
        )


def _write(file: BinaryIO, path: Path, part: bytearray) -> None:
    """Blocks. Raises NoRoom."""
    _check_room(path, 0, len(part))
    try:
        file.write(part)
        file.flush()
    except OSError as error:
        raise NoRoom(f"{path} cannot be written: {error.strerror}", "make room") from error
    part.clear()
