"""Removing images and tags (Engine API, section Image)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.digest import short_id
from tui.operations.by_hand.bulk import Done, each

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.engine.client import Engine
    from tui.model.image import Image


async def remove(engine: Engine, images: Sequence[Image]) -> list[Done]:
    """Remove images with all their tags.

    An image with several tags is untagged one by one: removing it by ID would need force, and force would
    also take it from stopped containers.
    """

    async def one(id: str) -> None:
        image = next(image for image in images if image.id == id)
        for reference in image.tags or (image.id,):
            await engine.images.remove(reference)

    return await each(
        [(image.id, image.tags[0] if image.tags else short_id(image.id)) for image in images], one
    )


async def untag(engine: Engine, references: Sequence[str]) -> list[Done]:
    """Remove tags; the last tag of an image takes the image along."""
    return await each([(reference, reference) for reference in references], engine.images.remove)


def prunable(images: Sequence[Image], used: frozenset[str]) -> list[Image]:
    """Dangling images that no container was made from, the largest first."""
    return sorted(
        (image for image in images if image.dangling and image.id not in used), key=lambda image: -image.size
    )


async def prune(engine: Engine, images: Sequence[Image]) -> list[Done]:
    """Remove exactly the images that were shown, by ID; one that has come into use meanwhile is refused."""
    return await each([(image.id, short_id(image.id)) for image in images], engine.images.remove)
