"""What an engine says of itself and its host (Engine API, section System)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine import payloads
from tui.engine.error_mapping import readable

if TYPE_CHECKING:
    from tui.engine.wire import Wire
    from tui.model.engine import EngineInfo


async def read_info(wire: Wire) -> EngineInfo:
    """GET /info. Raises EngineError."""
    answer = await wire.get("/info")
    with readable("GET /info"):
        return payloads.info(answer)
