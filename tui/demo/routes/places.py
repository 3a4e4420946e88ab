"""Networks and volumes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo import filters, payloads
from tui.demo.refused import Refused
from tui.demo.routes.answers import answer, body, done

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from tui.demo.router import Router
    from tui.demo.simulation import Simulation


UNNAMED = re.compile("[0-9a-f]{64}")
"""What an engine calls a volume that nobody has named."""

PREDEFINED = ("bridge", "host", "none")


class PlaceRoutes:
    """/networks and /volumes."""

    def __init__(self, simulation: Simulation, router: Router) -> None:
        self.state = simulation.state
        self.places = simulation.state.places
        router.add("GET", "/networks", self.networks)
        router.add("POST", "/networks/create", self.create_network)
        router.add("GET", "/networks/{}", self.network)
        router.add("DELETE", "/networks/{}", self.remove_network)
        router.add("POST", "/networks/{}/connect", self.connect)
        router.add("POST", "/networks/{}/disconnect", self.disconnect)
        router.add("GET", "/volumes", self.volumes)
        router.add("POST", "/volumes/create", self.create_volume)
        router.add("POST", "/volumes/prune", self.prune_volumes)
        router.add("POST", "/networks/prune", self.prune_networks)
        router.add("GET", "/volumes/{}", self.volume)
        router.add("DELETE", "/volumes/{}", self.remove_volume)

    async def networks(self, request: web.BaseRequest) -> web.Response:
        found = [one for one in self.places.networks.values() if _meant(request, one.name, one.labels)]
        return answer([payloads.network(network, ()) for network in found])

    async def network(self, _request: web.BaseRequest, reference: str) -> web.Response:
        network = self.places.network(reference)
        return answer(payloads.network(network, self.state.containers.values()))

    async def create_network(self, request: web.BaseRequest) -> web.Response:
        wanted = await body(request)
        name = str(wanted.get("Name") or "")
        if name in self.places.networks:
            raise Refused(409, f"network with name {name} already exists")
        network = self.places.add_network(name, wanted.get("Labels") or {})
        return answer({"Id": network.id, "Warning": ""}, 201)

    async def remove_network(self, _request: web.BaseRequest, reference: str) -> web.Response:
        network = self.places.network(reference)
        if network.name in PREDEFINED:
            raise Refused(403, f"{network.name} is a pre-defined network and cannot be removed")
        if any(network.name in one.networks and one.pid for one in self.state.containers.values()):
            raise Refused(403, f"error while removing network: network {network.name} has active endpoints")
        self.places.remove_network(network)
        return done()

    async def connect(self, request: web.BaseRequest, reference: str) -> web.Response:
        wanted = await body(request)
        network = self.places.network(reference)
        container = self.state.find(str(wanted.get("Container") or ""))
        if network.name in container.networks:
            raise Refused(
                403, f"endpoint with name {container.name} already exists in network {network.name}"
            )
        if "none" in container.networks:
            raise Refused(
                400,
                "container cannot be connected to multiple networks with one of the networks in private "
                "(none) mode",
            )
        aliases = (wanted.get("EndpointConfig") or {}).get("Aliases") or []
        self.state.connect(container, network.name, aliases)
        return done(200)

    async def disconnect(self, request: web.BaseRequest, reference: str) -> web.Response:
        wanted = await body(request)
        network = self.places.network(reference)
        container = self.state.find(str(wanted.get("Container") or ""))
        if network.name not in container.networks:
            raise Refused(403, f"container {container.id} is not connected to network {network.name}")
        self.state.disconnect(container, network.name)
        return done(200)

    async def volumes(self, request: web.BaseRequest) -> web.Response:
        found = [one for one in self.places.volumes.values() if _meant(request, one.name, one.labels)]
        volumes = [payloads.volume(volume) for volume in found]
        return answer({"Volumes": volumes, "Warnings": None})

    async def volume(self, _request: web.BaseRequest, name: str) -> web.Response:
        return answer(payloads.volume(self.places.volume(name)))

    async def create_volume(self, request: web.BaseRequest) -> web.Response:
        wanted = await body(request)
        name = str(wanted.get("Name") or self.state.new_id())
        return answer(payloads.volume(self.places.ensure_volume(name, wanted.get("Labels") or {})), 201)

    async def remove_volume(self, _request: web.BaseRequest, name: str) -> web.Response:
        volume = self.places.volume(name)
        for container in self.state.containers.values():
            if any(mount.get("Name") == volume.name for mount in container.mounts):
                raise Refused(409, f"remove {name}: volume is in use - [{container.id}]")
        self.places.remove_volume(name)
        return done()

    async def prune_volumes(self, request: web.BaseRequest) -> web.Response:
        """Those that no container has; those with a name only where the filter `all` says so."""
        wanted = filters.parse(request.query.get("filters"))
        everything = wanted.get("all", ("",))[0].lower() in ("1", "true")
        kept = {mount.get("Name") for one in self.state.containers.values() for mount in one.mounts}
        gone = [
            name
            for name in self.places.volumes
            if name not in kept and (everything or UNNAMED.fullmatch(name) is not None)
        ]
        for name in gone:
            self.places.remove_volume(name)
        return answer({"VolumesDeleted": gone, "SpaceReclaimed": 0})

    async def prune_networks(self, _request: web.BaseRequest) -> web.Response:
        used = {name for one in self.state.containers.values() for name in one.networks}
        gone = [one for one in self.places.networks.values() if one.name not in (*PREDEFINED, *used)]
        for network in gone:
            self.places.remove_network(network)
        return answer({"NetworksDeleted": [one.name for one in gone] or None})


def _meant(request: web.BaseRequest, name: str, labels: Mapping[str, str]) -> bool:
    """Whether the filters `name` and `label` let it through."""
    wanted = filters.parse(request.query.get("filters"))
    named = any(part in name for part in wanted.get("name", ("",)))
    return named and filters.matches_labels(labels, wanted.get("label", ()))
