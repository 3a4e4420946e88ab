"""Fetching an image from its registry, with how far that has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.credentials import credentials_for
from tui.engine.errors import NotFound
from tui.engine.transfers import LayerProgress
from tui.errors import HoldfastError

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.model.image import ImageConfig
    from tui.operations.running.report import Report

PULL = "pull"


async def pull(engine: Engine, reference: str, host: str, report: Report, step: str = PULL) -> None:
    """Pull a reference from the registry `host`; how far that is, is told of the step. Raises EngineError."""
    credentials = await credentials_for(host)
    layers: dict[str, tuple[int, int]] = {}
    async with engine.images.pull(reference, credentials) as events:
        async for event in events:
            if isinstance(event, LayerProgress) and event.total:
                layers[event.layer] = event.current, event.total
                current = sum(done for done, _ in layers.values())
                report.progress(step, current, sum(total for _, total in layers.values()))


async def pulled(engine: Engine, reference: str) -> ImageConfig:
    """The image that was pulled. Raises HoldfastError where it is not there after all."""
    try:
        return await engine.images.config(reference)
    except NotFound as error:
        raise HoldfastError(f"{reference} is not on the engine", "is its registry right?") from error
