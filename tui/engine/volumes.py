"""Named volumes (Engine API, section Volume)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.engine import descriptions
from tui.engine.bounds import NAMED_BYTES
from tui.engine.error_mapping import readable
from tui.engine.errors import NotFound
from tui.engine.wire import Wire, filters, segment
from tui.model.moment import read_moment
from tui.model.typed import checked
from tui.model.volume import Volume

if TYPE_CHECKING:
    import builtins
    from collections.abc import Mapping, Sequence

    from tui.model.details import Details


@checked
def _listed(item: Mapping[str, Any]) -> Volume:
    """An item of GET /volumes."""
    return Volume(
        name=item["Name"],
        labels=item.get("Labels") or {},
        driver=item.get("Driver") or "",
        created=read_moment(item.get("CreatedAt") or ""),
        mountpoint=item.get("Mountpoint") or "",
    )


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
            return [_listed(item) for item in answer.get("Volumes") or ()]

    async def details(self, name: str) -> Details:
        """What inspect says, arranged for reading, secrets masked."""
        item = await self._wire.get(f"/volumes/{segment(name)}")
        with readable("GET /volumes/{name}"):
            return descriptions.volume(item)
