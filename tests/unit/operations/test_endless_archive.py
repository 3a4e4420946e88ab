"""The archive of an image from an engine that promises less than it sends."""

from __future__ import annotations

import asyncio
import shutil
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tui.engine.errors import AnswerTooLarge
from tui.model.layers import UNKNOWN
from tui.operations.looking import layers
from tui.operations.scanning import archive
from tui.operations.scanning.archive import SPARE_BYTES, save
from tui.operations.scanning.room import NoRoom

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

PART = bytes(archive.PART_BYTES)
SIZE = 10_000_000


class Endless:
    """The images of an engine that never stops sending one, whose wire keeps the bound."""

    def __init__(self) -> None:
        self.sent = 0

    async def config(self, id: str) -> Any:
        return SimpleNamespace(id=id, size=SIZE)

    async def save(
        self, _: str, keep: Callable[[bytes], Awaitable[None]], most: int, tell: Callable[[int], None]
    ) -> Any:
        while True:
            self.sent += len(PART)
            if self.sent > most:
                raise AnswerTooLarge(f"larger than {most:,} bytes")
            await keep(PART)
            tell(self.sent)

    async def contents(self, _: str, most: int, __: Callable[[int], None]) -> Any:
        raise AnswerTooLarge(f"larger than {most:,} bytes")


@pytest.fixture
def images() -> Endless:
    return Endless()


async def saved(images: Endless, path: Path) -> None:
    engine: Any = SimpleNamespace(images=images)
    await save(engine, await images.config("sha256:" + "1" * 64), path, lambda _: None)


def test_no_more_than_a_gibibyte_is_read_beyond_twice_what_was_promised() -> None:
    assert layers.most_bytes(SIZE) <= 2 * SIZE + 2**30


async def test_what_is_written_is_bounded_near_the_promised_size(
    images: Endless, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layers, "BEYOND_BYTES", 2**22)
    with pytest.raises(AnswerTooLarge, match=r"the image has 10 MB, and its archive has not ended after 24"):
        await saved(images, tmp_path / "image.tar")
    assert (tmp_path / "image.tar").stat().st_size <= 2 * SIZE + 2**22


async def test_the_last_of_the_disk_is_never_written(
    images: Endless, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "image.tar"
    whole = SPARE_BYTES + 5 * len(PART)

    def usage(_: object) -> Any:
        written = path.stat().st_size if path.exists() else 0
        return SimpleNamespace(free=whole - written)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    with pytest.raises(NoRoom, match="has filled"):
        await saved(images, path)
    assert whole - path.stat().st_size >= SPARE_BYTES


def test_the_layers_of_such_an_image_are_unknown(images: Endless) -> None:
    engine: Any = SimpleNamespace(images=images)
    found = asyncio.run(layers._compared(engine, "sha256:" + "1" * 64, "r1", lambda *_: None))
    assert isinstance(found, AnswerTooLarge)
    release: Any = SimpleNamespace(image="", digest="")
    judged = layers._judged(release, "r1", "", found)
    assert judged.state == UNKNOWN
    assert "its archive has not ended" in judged.message
