"""Images that retention does not keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.errors import EngineError

if TYPE_CHECKING:
    from tui.engine.client import Engine


async def image_needed(engine: Engine, image: str) -> bool:
    """Whether any container was made from an image. Raises EngineError."""
    return any(one.image_id == image for one in await engine.containers.list())


async def forget_image(engine: Engine, reference: str, image: str) -> bool:
    """Remove an image that no container was made from: whether it went. One in use stays, silently.

    So does one that was never pushed and has a name: no other copy of it may exist.
    """
    if await image_needed(engine, image):
        return False
    try:
        if "@" not in reference and (await engine.images.config(reference)).tags:
            return False
        await engine.images.remove(reference)
    except EngineError:
        return False
    return True
