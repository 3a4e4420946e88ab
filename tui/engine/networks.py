"""Networks (Engine API, section Network)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.engine.bounds import NAMED_BYTES
from tui.engine.error_mapping import readable
from tui.engine.jsonmessage import parse
from tui.engine.wire import Wire, filters, segment
from tui.model.typed import typed

if TYPE_CHECKING:
    import builtins
    from collections.abc import Mapping, Sequence


class Network(NamedTuple):
    """One network; `id` has 64 hexadecimal digits."""

    id: str
    name: str
    driver: str
    labels: Mapping[str, str] = {}


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
            return [
                typed(Network(item["Id"], item["Name"], item["Driver"], item.get("Labels") or {}))
                for item in items or ()
            ]

    async def connect(self, id: str, container: str, aliases: Sequence[str] = ()) -> None:
        """Connect a container, which is found there by its aliases too."""
        body = {"Container": container, "EndpointConfig": {"Aliases": [*aliases]}}
        await self._wire.ask("POST", f"/networks/{segment(id)}/connect", body=body)
