"""Networks (Engine API, section Network)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.engine import descriptions
from tui.engine.bounds import NAMED_BYTES
from tui.engine.error_mapping import readable
from tui.engine.jsonmessage import parse
from tui.engine.wire import Wire, filters, segment
from tui.model.moment import read_moment
from tui.model.network import Network
from tui.model.typed import checked

if TYPE_CHECKING:
    import builtins
    from collections.abc import Mapping, Sequence

    from tui.model.details import Details


@checked
def _listed(item: Mapping[str, Any]) -> Network:
    """An item of GET /networks."""
    pools = (item.get("IPAM") or {}).get("Config") or ()
    return Network(
        id=item["Id"],
        name=item["Name"],
        driver=item["Driver"],
        labels=item.get("Labels") or {},
        scope=item.get("Scope") or "",
        created=read_moment(item.get("Created") or ""),
        subnets=tuple(pool["Subnet"] for pool in pools if pool.get("Subnet")),
        internal=item.get("Internal") or False,
    )


class Networks:
    """The networks of one engine. All calls raise EngineError; ids may be names too."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def create(
        self,
        name: str,
        *,
        labels: Mapping[str, str] | None = None,
        driver: str = "bridge",
        internal: bool = False,
    ) -> str:
        """Make a network; its ID. Conflict when the name is taken. `internal` has no way outside."""
        body = {
            "Name": name,
            "CheckDuplicate": True,  # engines before API 1.44 make a second one of the same name without it
            "Driver": driver,
            "Internal": internal,
            "Labels": dict(labels or {}),
        }
        answer = parse(await self._wire.ask("POST", "/networks/create", body=body))
        with readable("POST /networks/create"):
            return str(answer["Id"])

    async def remove(self, id: str) -> None:
        """Remove it; refused (403) while a running container is connected to it."""
        await self._wire.ask("DELETE", f"/networks/{segment(id)}")

    async def list(self, labels: Sequence[str] = ()) -> builtins.list[Network]:
        """The networks with all of these labels, "name" or "name=value" each."""
        query = {"filters": filters(label=[*labels])} if labels else None
        items = await self._wire.get("/networks", query, most=NAMED_BYTES)
        with readable("GET /networks"):
            return [_listed(item) for item in items or ()]

    async def details(self, id: str) -> Details:
        """What inspect says, arranged for reading, secrets masked."""
        item = await self._wire.get(f"/networks/{segment(id)}")
        with readable("GET /networks/{id}"):
            return descriptions.network(item)

    async def connect(self, id: str, container: str, aliases: Sequence[str] = ()) -> None:
        """Connect a container, which is found there by its aliases too."""
        body = {"Container": container, "EndpointConfig": {"Aliases": [*aliases]}}
        await self._wire.ask("POST", f"/networks/{segment(id)}/connect", body=body)
