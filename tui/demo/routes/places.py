"""Networks and volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import payloads
from tui.demo.refused import Refused
from tui.demo.routes.answers import answer, body, done

if TYPE_CHECKING:
    from aiohttp import web

    from tui.demo.router import Router
    from tui.demo.simulation import Simulation


class PlaceRoutes:
    """/networks and /volumes."""

    def __init__(self, simulation: Simulation, router: Router) -> None:
        self.state = simulation.state
        self.places = simulation.state.places
        router.add("GET", "/networks", self.networks)
        router.add("POST", "/networks/create", self.create_network)
        router.add("GET", "/networks/{}", self.network)
        router.add("GET", "/volumes", self.volumes)
        router.add("POST", "/volumes/create", self.create_volume)
        router.add("GET", "/volumes/{}", self.volume)
        router.add("DELETE", "/volumes/{}", self.remove_volume)

    async def networks(self, _request: web.BaseRequest) -> web.Response:
        return answer([payloads.network(network, ()) for network in self.places.networks.values()])

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

    async def volumes(self, _request: web.BaseRequest) -> web.Response:
        volumes = [payloads.volume(volume) for volume in self.places.volumes.values()]
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
