"""Images (Engine API, section Image)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.engine import descriptions, payloads
from tui.engine.faults import readable
from tui.engine.jsonmessage import parse
from tui.engine.wire import Wire, filters, segment

if TYPE_CHECKING:
    import builtins

    from tui.model.details import Details
    from tui.model.image import Image

REMOVE_SECONDS = 600.0
"""Time limit for removing layers from the disk."""


class Images:
    """The images of one engine. All calls raise EngineError."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def list(self) -> list[Image]:
        """All images that are not merely a layer of another."""
        items = await self._wire.get("/images/json")
        with readable("GET /images/json"):
            return [payloads.image_listed(item) for item in items or ()]

    async def details(self, id: str) -> Details:
        """What inspect and history say, arranged for reading, secrets masked; `id` may be a reference."""
        path = f"/images/{segment(id)}"
        item, history = await asyncio.gather(
            self._wire.get(f"{path}/json"), self._wire.get(f"{path}/history")
        )
        with readable("GET /images/{name}/json"):
            return descriptions.image(item, history)

    async def remove(self, ref: str, *, force: bool = False) -> builtins.list[str]:
        """Remove a tag, or an image by ID; what was untagged and deleted. Conflict while it is in use."""
        answer = parse(
            await self._wire.ask(
                "DELETE", f"/images/{segment(ref)}", {"force": force}, seconds=REMOVE_SECONDS
            )
        )
        with readable("DELETE /images/{name}"):
            return payloads.removed_names(answer)

    async def tag(self, id: str, repository: str, tag: str) -> None:
        """Name an image "repository:tag"; the engine moves the tag silently if another image has it."""
        await self._wire.ask("POST", f"/images/{segment(id)}/tag", {"repo": repository, "tag": tag})

    async def prune(self) -> tuple[builtins.list[str], int]:
        """Remove all dangling images; what went, and the bytes that came free."""
        query = {"filters": filters(dangling=["true"])}
        answer = parse(await self._wire.ask("POST", "/images/prune", query, seconds=REMOVE_SECONDS))
        with readable("POST /images/prune"):
            return payloads.pruned(answer)
