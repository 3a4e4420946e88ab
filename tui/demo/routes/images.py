"""Images: lists, inspect, history, names, removal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from tui.demo import filters, image_payloads
from tui.demo.manifests import saved
from tui.demo.refused import Refused
from tui.demo.routes.answers import answer, done, flag

if TYPE_CHECKING:
    from tui.demo.router import Router
    from tui.demo.simulation import Simulation


class ImageRoutes:
    """GET, POST and DELETE /images/..."""

    def __init__(self, simulation: Simulation, router: Router) -> None:
        self.library = simulation.state.library
        router.add("GET", "/images/json", self.all)
        router.add("POST", "/images/prune", self.prune)
        router.add("GET", "/images/{*}/json", self.inspect)
        router.add("GET", "/images/{*}/history", self.history)
        router.add("GET", "/images/{*}/get", self.save)
        router.add("POST", "/images/{*}/tag", self.tag)
        router.add("DELETE", "/images/{*}", self.remove)

    async def all(self, request: web.BaseRequest) -> web.Response:
        wanted = filters.parse(request.query.get("filters"), filters.IMAGE_KEYS)
        images = [image for image in self.library.images.values() if filters.matches_image(image, wanted)]
        images.sort(key=lambda image: image.created, reverse=True)
        return answer([image_payloads.listed(image) for image in images])

    async def inspect(self, _request: web.BaseRequest, reference: str) -> web.Response:
        try:
            image = self.library.find(reference)
        except Refused as refused:
            raise Refused(404, f"no such image: {reference}: {refused.message}") from None
        return answer(image_payloads.inspected(image))

    async def history(self, _request: web.BaseRequest, reference: str) -> web.Response:
        return answer(image_payloads.history(self.library.find(reference)))

    async def save(self, _request: web.BaseRequest, reference: str) -> web.Response:
        return web.Response(body=saved(self.library.find(reference)), content_type="application/x-tar")

    async def tag(self, request: web.BaseRequest, reference: str) -> web.Response:
        image = self.library.find(reference)
        self.library.tag(image, request.query.get("repo", ""), request.query.get("tag", ""))
        return done(201)

    async def remove(self, request: web.BaseRequest, reference: str) -> web.Response:
        return answer(self.library.remove(reference, flag(request, "force")))

    async def prune(self, request: web.BaseRequest) -> web.Response:
        wanted = filters.parse(request.query.get("filters"))
        dangling = wanted.get("dangling", ("true",))[0].lower() in ("1", "true")
        gone, freed = self.library.prune(dangling)
        return answer({"ImagesDeleted": gone or None, "SpaceReclaimed": freed})
