"""Counting what of an image's layers nobody sees: all of it is read from the engine, so it is asked for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.engine.image_layers import try_size
from tui.errors import HoldfastError
from tui.files import open_file
from tui.operations.scanning.archive import save
from tui.operations.scanning.room import scan_folder
from tui.presentation.text import safe
from tui.presentation.wasted import asking_lines, counting_lines, wasted_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tui.engine.client import Engine
    from tui.model.image_size import ImageSize
    from tui.presentation.style import Line

TOLD = 0.1
"""Seconds between two looks at how far it has come."""

KEY = "w"
"""Counts, on the pages of an image."""


class Wasted:
    """One image, and what is known of it by now. `count` reads it; whoever runs that may cancel it.

    whole   bytes of the image, as the engine says
    """

    def __init__(self, engine: Engine, image_id: str, whole: int) -> None:
        self._engine = engine
        self._id = image_id
        self._whole = whole
        self._read = 0
        self._told = 0.0
        self._error = ""
        self._size: ImageSize | None = None
        self._readers: list[Callable[[], None]] = []
        self.counting = False

    def subscribe(self, reader: Callable[[], None]) -> Callable[[], None]:
        self._readers.append(reader)
        return lambda: self._readers.remove(reader)

    def _tell(self) -> None:
        for reader in tuple(self._readers):
            reader()

    @property
    def is_known(self) -> bool:
        return self._size is not None

    def lines(self, cells: int, _: int) -> Sequence[Line]:
        """What there is to read of it now."""
        if self._size is not None:
            return wasted_lines(self._size, cells)
        if self.counting:
            return counting_lines(self._read, self._whole, cells)
        failed: list[Line] = [[(safe(self._error), "bad")], []] if self._error else []
        return [*failed, *asking_lines(self._whole, KEY)]

    async def count(self) -> None:
        """Read the image and count. What goes wrong is said on the page."""
        if self.counting or self.is_known:
            return
        self.counting, self._error, self._read = True, "", 0
        self._tell()
        try:
            image = await self._engine.images.config(self._id)
            async with scan_folder() as folder:
                path = folder / "image.tar"
                await save(self._engine, image, path, self._came)
                self._size = await asyncio.to_thread(_counted, path)
        except HoldfastError as error:
            self._error = f"{error}. {error.hint}" if error.hint else str(error)
        finally:
            self.counting = False
            self._tell()

    def _came(self, read: int) -> None:
        """So much has been read by now."""
        now = asyncio.get_running_loop().time()
        self._read = read
        if now - self._told >= TOLD:
            self._told = now
            self._tell()


def _counted(path: Path) -> ImageSize:
    """Blocks."""
    with open_file(path) as file:
        return try_size(file, path.stat().st_size)
