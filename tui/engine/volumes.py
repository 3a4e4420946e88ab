"""Named volumes (Engine API, section Volume)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.engine.bounds import NAMED_BYTES
from tui.engine.error_mapping import readable
from tui.engine.errors import NotFound
from tui.engine.wire import Wire, filters, segment
from tui.model.typed import typed

if TYPE_CHECKING:
    import builtins
    from collections.abc import Mapping, Sequence


class Volume(NamedTuple):
    """One volume."""

    name: str
    labels: Mapping[str, str] = {}


class Volumes:
    """The volumes of one engine. All calls raise EngineError."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def create(self, name: str, *, labels: Mapping[str, str] | None = None) -> None:
        """Make a volume; one of this name that is there already is left as it is, labels included."""
        body = {"Name": name, "Labels": dict(labels or {})}
        await self._wire.ask("POST", "/volumes/create", body=body, twice=True)

    async def exists(self, name: str) -> bool:
        """Whether there is a volume of this name."""
        try:
            await self._wire.ask("GET", f"/volumes/{segment(name)}")
        except NotFound:
            return False
        return True

    async def remove(self, name: str) -> None:
        """Remove it; Conflict while a container has it."""
        await self._wire.ask("DELETE", f"/volumes/{segment(name)}")

    async def list(self, labels: Sequence[str] = ()) -> builtins.list[Volume]:
        """The volumes with all of these labels, "name" or "name=value" each."""
        query = {"filters": filters(label=[*labels])} if labels else None
        answer = await self._wire.get("/volumes", query, most=NAMED_BYTES)
        with readable("GET /volumes"):
            return [
                typed(Volume(item["Name"], item.get("Labels") or {})) for item in answer.get("Volumes") or ()
            ]
