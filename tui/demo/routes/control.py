"""POST /_ctl/...: what tests and benchmarks tell the simulated engine to do. No part of the Engine API."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.demo import fleet
from tui.demo.logs import Flood
from tui.demo.objects import Container, Image
from tui.demo.refused import Refused, no_such_container
from tui.demo.routes.answers import answer, flag
from tui.demo.simulation import Failure, Simulation

if TYPE_CHECKING:
    from aiohttp import web

    from tui.demo.router import Answer, Router


class ControlRoutes:
    """Every answer holds "pc", this process's perf_counter, which all processes of a machine share."""

    def __init__(self, simulation: Simulation, router: Router) -> None:
        self.simulation = simulation
        self.state = simulation.state
        self._noise: asyncio.Task[None] | None = None
        for name in (
            "set", "rate", "toggle", "rename", "create", "remove", "log", "lograw", "label", "stat", "reset",
            "freeze", "cut", "stall", "fail",
        ):  # fmt: skip
            router.add("POST", f"/_ctl/{name}", self._checked(getattr(self, f"{name}_")))

    def _checked(self, control: Answer) -> Answer:
        """A parameter that is missing or malformed is the caller's mistake."""

        async def checked(request: web.BaseRequest) -> web.StreamResponse:
            try:
                return await control(request)
            except (KeyError, ValueError) as error:
                raise Refused(400, f"{type(error).__name__}: {error}") from error

        return checked

    def _said(self, **more: object) -> web.Response:
        return answer({"pc": time.perf_counter(), **more})

    def _named(self, request: web.BaseRequest) -> Container:
        """Names are taken as they are: hostile ones hold slashes and anything else."""
        name = request.query["name"]
        container = self.state.names.get(name) or self.state.containers.get(name)
        if container is None:
            raise no_such_container(name)
        return container

    async def set_(self, request: web.BaseRequest) -> web.Response:
        fleet.populate(self.simulation, int(request.query["n"]), float(request.query.get("running", 0.1)))
        return self._said()

    async def rate_(self, request: web.BaseRequest) -> web.Response:
        """Start and die in turn, `r` toggles a second over all containers."""
        if self._noise is not None:
            self._noise.cancel()
            self._noise = None
        rate = float(request.query["r"])
        if rate > 0:
            self.noise(rate)
        return self._said()

    def noise(self, rate: float) -> None:
        self._noise = self.simulation.runtime.spawn(self._make_noise(rate))

    async def _make_noise(self, rate: float) -> None:
        loop = asyncio.get_running_loop()
        start, done = loop.time(), 0
        while True:
            due = int((loop.time() - start) * rate)
            containers = self.simulation.listing.containers()
            for k in range(done, due if containers else done):
                self._toggle(containers[k * 7919 % len(containers)])
            done = due
            await asyncio.sleep(max(0.0, start + (done + 1) / rate - loop.time()))

    async def toggle_(self, request: web.BaseRequest) -> web.Response:
        self._toggle(self._named(request))
        return self._said()

    def _toggle(self, container: Container) -> None:
        if container.alive:
            self.state.kill(container, 9)
            self.state.died(container, 137)
            self.state.stopped(container)
        else:
            self.state.start(container)

    async def rename_(self, request: web.BaseRequest) -> web.Response:
        self.state.give_name(self._named(request), request.query["new"])
        return self._said()

    async def create_(self, request: web.BaseRequest) -> web.Response:
        """A container of any name and image text; `state` created or running."""
        name = request.query["name"]
        if name in self.state.names:
            raise Refused(409, f"{name} is already there")
        number = 10**6 + len(self.state.containers) + int(time.monotonic_ns())
        alive = request.query.get("state", "created") == "running"
        container = fleet.add(
            self.simulation, number, name, self._image(request.query.get("image")), alive, tell=True
        )
        if not alive:
            container.state, container.started, container.ended = "created", 0, 0
        self.simulation.listing.changed(container, "create")
        return self._said(id=container.id)

    def _image(self, text: str | None) -> Image:
        library = self.state.library
        for image in library.images.values():
            if text is None or text in image.tags:
                return image
        image = Image("sha256:" + self.state.new_id(), int(time.time()), [], {"Cmd": ["--serve"]})
        image.tags.append(text or "demo:latest")
        library.add(image, "tag")
        return image

    async def remove_(self, request: web.BaseRequest) -> web.Response:
        container = self._named(request)
        container.state = "exited"
        self.state.remove(container)
        return self._said()

    async def label_(self, request: web.BaseRequest) -> web.Response:
        """Set a label; seen when the container is next read."""
        container = self._named(request)
        container.config["Labels"] = {
            **container.labels,
            request.query["key"]: request.query.get("value", ""),
        }
        self.simulation.listing.forget(container.id)
        return self._said()

    async def log_(self, request: web.BaseRequest) -> web.Response:
        query = request.query
        book = self.simulation.book(self._named(request))
        book.flood = Flood(
            self.simulation.clock(), int(query["n"]), float(query["rate"]), query.get("tag", "")
        )
        book.wrote.fire()
        return self._said()

    async def lograw_(self, request: web.BaseRequest) -> web.Response:
        """The body, as the container wrote it; a line stays open until its newline comes, or `close=1`."""
        book = self.simulation.book(self._named(request))
        stream = int(request.query.get("stream", "1"))
        book.write(await request.read(), stream)
        if flag(request, "close"):
            book.close(stream)
        return self._said()

    async def stat_(self, _request: web.BaseRequest) -> web.Response:
        logs = {}
        for container in self.state.containers.values():
            book = self.simulation.books.get(container.id)
            if book and book.flood:
                flood = book.flood
                logs[container.name] = {
                    "n": flood.count, "rate": flood.rate, "tag": flood.tag.decode("utf-8", "replace"),
                    "sent": flood.sent, "done": flood.finished,
                }  # fmt: skip
        listeners = len(self.state.journal.listeners) - 1
        return self._said(
            req=dict(self.simulation.requests),
            logs=logs,
            subs=listeners,
            streams=len(self.simulation.outlets.open),
            n=len(self.state.containers),
        )

    async def reset_(self, _request: web.BaseRequest) -> web.Response:
        self.simulation.requests.clear()
        return self._said()

    async def freeze_(self, request: web.BaseRequest) -> web.Response:
        """Statistics stay as they are (`on=1`), or live again (`on=0`)."""
        self.simulation.frozen = flag(request, "on", default=True)
        return self._said()

    async def cut_(self, _request: web.BaseRequest) -> web.Response:
        self.simulation.outlets.cut()
        return self._said()

    async def stall_(self, request: web.BaseRequest) -> web.Response:
        self.simulation.outlets.stall(float(request.query["seconds"]))
        return self._said()

    async def fail_(self, request: web.BaseRequest) -> web.Response:
        """The next `times` (1) requests whose path begins with `path` get `status` (500) and `message`."""
        query = request.query
        failure = Failure(
            query["path"],
            int(query.get("status", 500)),
            query.get("message", "demo fault"),
            int(query.get("times", 1)),
        )
        self.simulation.failures.append(failure)
        return self._said()
