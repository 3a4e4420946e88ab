"""Containers: lists, inspect, and everything that changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo import filters, payloads
from tui.demo.refused import Refused
from tui.demo.routes.answers import answer, body, done, flag, number
from tui.demo.runtime import signal_number

if TYPE_CHECKING:
    from aiohttp import web

    from tui.demo.objects import Container
    from tui.demo.router import Router
    from tui.demo.simulation import Simulation


class ContainerRoutes:
    """GET and POST /containers/..."""

    def __init__(self, simulation: Simulation, router: Router) -> None:
        self.simulation = simulation
        self.state = simulation.state
        self.runtime = simulation.runtime
        router.add("GET", "/containers/json", self.all)
        router.add("POST", "/containers/create", self.create)
        router.add("POST", "/containers/prune", self.prune)
        router.add("GET", "/containers/{}/json", self.inspect)
        router.add("GET", "/containers/{}/top", self.top)
        router.add("GET", "/containers/{}/changes", self.changes)
        router.add("POST", "/containers/{}/start", self.start)
        router.add("POST", "/containers/{}/stop", self.stop)
        router.add("POST", "/containers/{}/restart", self.restart)
        router.add("POST", "/containers/{}/kill", self.kill)
        router.add("POST", "/containers/{}/pause", self.pause)
        router.add("POST", "/containers/{}/unpause", self.unpause)
        router.add("POST", "/containers/{}/rename", self.rename)
        router.add("POST", "/containers/{}/update", self.update)
        router.add("POST", "/containers/{}/resize", self.resize)
        router.add("POST", "/containers/{}/wait", self.wait)
        router.add("DELETE", "/containers/{}", self.remove)

    async def all(self, request: web.BaseRequest) -> web.Response:
        wanted = filters.parse(request.query.get("filters"), filters.CONTAINER_KEYS)
        limit = number(request, "limit") or 0
        everything = flag(request, "all") or limit > 0 or "status" in wanted
        listing = self.simulation.listing
        if not wanted and limit <= 0:
            return answer(listing.body(everything))
        test = filters.container_filter(wanted, self._ancestors)
        found: list[bytes] = []
        for container in self._candidates(wanted):
            row = listing.row(container)
            if (everything or row.state in ("running", "paused", "restarting")) and test(
                container, row.state
            ):
                found.append(row.body)
                if len(found) == limit:
                    break
        return answer(b"[" + b",".join(found) + b"]\n")

    def _candidates(self, wanted: filters.Filters) -> list[Container]:
        ids = wanted.get("id", ())
        if ids and all(key in self.state.containers for key in ids):
            return [self.state.containers[key] for key in ids]
        return self.simulation.listing.containers()

    def _ancestors(self, reference: str) -> set[str]:
        library = self.state.library
        try:
            image = library.find(reference)
        except Refused:
            return set()
        return {image.id}

    async def inspect(self, _request: web.BaseRequest, reference: str) -> web.Response:
        return answer(payloads.inspected(self.state.find(reference), self.state.places))

    async def create(self, request: web.BaseRequest) -> web.Response:
        container = self.state.create(request.query.get("name", ""), await body(request))
        return answer({"Id": container.id, "Warnings": []}, 201)

    async def start(self, _request: web.BaseRequest, reference: str) -> web.Response:
        self.state.start(self.state.find(reference))
        return done()

    async def stop(self, request: web.BaseRequest, reference: str) -> web.Response:
        container = self.state.find(reference)
        stopped = await self.runtime.stop(container, number(request, "t"))
        return done(204 if stopped else 304)

    async def restart(self, request: web.BaseRequest, reference: str) -> web.Response:
        await self.runtime.restart(self.state.find(reference), number(request, "t"))
        return done()

    async def kill(self, request: web.BaseRequest, reference: str) -> web.Response:
        chosen = signal_number(request.query.get("signal") or "KILL")
        try:
            await self.runtime.signal(self.state.find(reference), chosen)
        except Refused as refused:
            message = f"Cannot kill container: {reference}: {refused.message}"
            raise Refused(refused.status, message) from None
        return done()

    async def pause(self, _request: web.BaseRequest, reference: str) -> web.Response:
        self.state.pause(self.state.find(reference))
        return done()

    async def unpause(self, _request: web.BaseRequest, reference: str) -> web.Response:
        self.state.unpause(self.state.find(reference))
        return done()

    async def rename(self, request: web.BaseRequest, reference: str) -> web.Response:
        name = request.query.get("name", "")
        if not name:
            raise Refused(400, "Neither old nor new names may be empty")
        self.state.rename(self.state.find(reference), name)
        return done()

    async def remove(self, request: web.BaseRequest, reference: str) -> web.Response:
        container = self.state.find(reference)
        self.state.remove(container, flag(request, "force"), flag(request, "v"))
        return done()

    async def prune(self, request: web.BaseRequest) -> web.Response:
        labels = filters.parse(request.query.get("filters")).get("label", ())
        gone = self.state.prune(lambda container: filters.matches_labels(container.labels, labels))
        return answer(
            {"ContainersDeleted": [container.id for container in gone] or None, "SpaceReclaimed": 0}
        )

    async def update(self, request: web.BaseRequest, reference: str) -> web.Response:
        container = self.state.find(reference)
        container.host |= {key: value for key, value in (await body(request)).items() if value}
        self.state.noticed(container, "update")
        return answer({"Warnings": None})

    async def resize(self, request: web.BaseRequest, reference: str) -> web.Response:
        container = self.state.find(reference)
        size = {"height": str(number(request, "h") or 0), "width": str(number(request, "w") or 0)}
        self.state.noticed(container, "resize", **size)
        return done(200)

    async def wait(self, _request: web.BaseRequest, reference: str) -> web.Response:
        container = self.state.find(reference)
        while container.alive:
            await self.runtime.moved.wait()
        return answer({"Error": None, "StatusCode": container.exit_code})

    async def top(self, _request: web.BaseRequest, reference: str) -> web.Response:
        container = self.state.find(reference)
        if not container.pid:
            raise Refused(409, f"Container {container.id} is not running")
        self.state.noticed(container, "top")
        titles = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
        command = " ".join(container.command)
        process = ["root", str(container.pid), "1", "0", "00:00", "?", "00:00:00", command]
        return answer({"Processes": [process], "Titles": titles})

    async def changes(self, _request: web.BaseRequest, reference: str) -> web.Response:
        return answer(self.state.find(reference).changes or None)
