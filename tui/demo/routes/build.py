"""POST /build: a Dockerfile, told step by step as BuildKit does, or as the classic builder did."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shlex
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui.demo.builder import Began, Builder, Done, Runs, Said
from tui.demo.dockerfiles import INSTRUCTIONS, BuildFailed, dockerfile, instructions, sent
from tui.demo.library import with_tag
from tui.demo.objects import Image
from tui.demo.refused import Refused
from tui.demo.routes.answers import done, flag
from tui.demo.routes.sessions import Sessions
from tui.demo.routes.transfers import failed, line
from tui.demo.stream import STDERR
from tui.demo.trace import Step, digest_of, image_made
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from aiohttp import web

    from tui.demo.client_files import ClientFiles
    from tui.demo.router import Router
    from tui.demo.simulation import Simulation
    from tui.demo.stream import Outlet

BUILDKIT = "2"

STEPS = frozenset(("FROM", "RUN", "COPY", "ADD", "WORKDIR"))
"""Instructions that are steps to BuildKit; others only change the configuration."""

OTHERS = frozenset(INSTRUCTIONS) - STEPS


class BuildRoutes:
    """POST /build, /build/cancel, /session."""

    def __init__(self, simulation: Simulation, router: Router) -> None:
        self.simulation = simulation
        self.library = simulation.state.library
        self._builder = Builder(simulation)
        self._sessions = Sessions(router)
        self._running: dict[str, asyncio.Task[object]] = {}
        router.add("POST", "/build", self.build)
        router.add("POST", "/build/cancel", self.cancel)

    async def build(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.query.get("version") == BUILDKIT and request.query.get("session"):
            return await self._by_buildkit(request)
        return await self._by_classic(request)

    async def cancel(self, request: web.BaseRequest) -> web.Response:
        task = self._running.get(request.query.get("id", ""))
        if task is not None:
            task.cancel()
        return done(200)

    # As BuildKit

    async def _by_buildkit(self, request: web.BaseRequest) -> web.StreamResponse:
        query = request.query
        session = await self._sessions.of(query["session"])
        async with self.simulation.outlets.streaming(request, "application/json") as outlet:
            try:
                async with self._known(query.get("buildid", "")):
                    steps, files = await self._read(outlet, session, query)
                    image = await self._told(outlet, steps, files, cache=not flag(request, "nocache"))
            except BuildFailed as error:
                await outlet.write(failed(f"failed to solve: {error.message}"))
                return outlet.response
            except Refused as error:
                await outlet.write(failed(error.message))
                return outlet.response
            image = self.library.images.get(image.id, image)
            self.library.add(image)
            await outlet.write(image_made(image.id))
            self._name(image, request)
            return outlet.response

    @asynccontextmanager
    async def _known(self, id: str) -> AsyncIterator[None]:
        """While it lasts, the build can be cancelled by its ID."""
        task = asyncio.current_task()
        assert task is not None
        self._running[id] = task
        try:
            yield
        except asyncio.CancelledError:
            raise BuildFailed("Canceled: context canceled") from None
        finally:
            self._running.pop(id, None)

    async def _read(
        self, outlet: Outlet, session: ClientFiles, query: Mapping[str, str]
    ) -> tuple[list[tuple[str, str]], dict[str, bytes]]:
        """The Dockerfile's instructions, and the files, loaded while the base image is looked for."""
        name = query.get("dockerfile", "") or "Dockerfile"
        reading = Step(digest_of(f"definition {name}"), f"[internal] load build definition from {name}")
        await outlet.write(reading.began())
        beside = await session.fetch("dockerfile")
        text = dockerfile(beside, name)
        await outlet.write(reading.moved("transferring dockerfile", len(text), len(text)))
        await outlet.write(reading.ended())
        try:
            steps = instructions(text)
        except Refused as error:
            raise BuildFailed(error.message) from None
        for label, value in json.loads(query.get("labels") or "{}").items():
            steps.append(("LABEL", f"{label}={shlex.quote(str(value))}"))
        ignoring = beside.get(f"{name}.dockerignore", beside.get(".dockerignore", b""))
        lines = (one.strip() for one in ignoring.decode("utf-8", "replace").split("\n"))
        patterns = [one for one in lines if one and not one.startswith("#")]
        looking = [
            Step(digest_of(f"metadata {base}"), f"[internal] load metadata for {_full(base)}")
            for base in dict.fromkeys(rest.split()[0] for one, rest in steps if one == "FROM")
            if base != "scratch"
        ]
        loading = Step(digest_of(f"context {query['session']}"), "[internal] load build context")
        for step in (*looking, loading):
            await outlet.write(step.began())
        pause = asyncio.sleep(0.2 * self.simulation.pace)
        files, _ = await all_of(session.fetch("context", patterns), pause)
        size = sum(map(len, files.values()))
        await outlet.write(loading.moved("transferring context", size, size))
        for step in (*looking, loading):
            await outlet.write(step.ended())
        return steps, files

    async def _told(
        self, outlet: Outlet, steps: list[tuple[str, str]], files: Mapping[str, bytes], *, cache: bool
    ) -> Image:
        """Build, and tell each step as it goes. Raises BuildFailed."""
        titles = _titles(steps)
        step: Step | None = None
        image: Image | None = None
        try:
            async for event in self._builder.build(steps, files, cache=cache, at_once=OTHERS):
                match event:
                    case Began(number=number, id=id):
                        step = Step(f"sha256:{id}", titles[number]) if number in titles else None
                        if step is not None:
                            await outlet.write(step.planned())
                    case Runs() if step is not None:
                        await outlet.write(step.began())
                    case Said(text=text, stream=stream) if step is not None:
                        await outlet.write(step.said(text, stream))
                    case Done(cached=cached) if step is not None:
                        await outlet.write(step.ended(cached=cached))
                    case Image():
                        image = event
        except BuildFailed as error:
            said = _solver(error)
            if step is not None:
                await outlet.write(step.ended(error=said))
            raise BuildFailed(said, error.code) from None
        assert image is not None
        exporting = Step(digest_of(f"exporting {image.id}"), "exporting to image")
        await outlet.write(exporting.began())
        await outlet.write(exporting.ended())
        return image

    # As the classic builder

    async def _by_classic(self, request: web.BaseRequest) -> web.StreamResponse:
        query = request.query
        files = sent(await request.read())
        steps = instructions(dockerfile(files, query.get("dockerfile", "") or "Dockerfile"))
        for label, value in json.loads(query.get("labels") or "{}").items():
            steps.append(("LABEL", f"{label}={shlex.quote(str(value))}"))
        quiet = flag(request, "q")
        cache = not flag(request, "nocache")
        async with self.simulation.outlets.streaming(request, "application/json") as outlet:
            image: Image | None = None
            try:
                words = _Classic(len(steps), self.simulation.clock())
                async for event in self._builder.build(steps, files, cache=cache):
                    if isinstance(event, Image):
                        image = event
                    elif not quiet:
                        for text in words.of(event):
                            await outlet.write(line({"stream": text}))
            except BuildFailed as error:
                await outlet.write(failed(error.message, **({"code": error.code} if error.code else {})))
                return outlet.response
            if image is None:
                return outlet.response
            image = self.library.images.get(image.id, image)
            self.library.add(image)
            if quiet:
                await outlet.write(line({"stream": f"{image.id}\n"}))
            else:
                await outlet.write(line({"aux": {"ID": image.id}}))
                await outlet.write(line({"stream": f"Successfully built {image.id[7:19]}\n"}))
            for name in self._name(image, request):
                if not quiet:
                    await outlet.write(line({"stream": f"Successfully tagged {name}\n"}))
            return outlet.response

    def _name(self, image: Image, request: web.BaseRequest) -> list[str]:
        """Give it its names; those."""
        named = []
        for name in request.query.getall("t", []):
            repository, _, tag = with_tag(name).rpartition(":")
            self.library.tag(image, repository, tag)
            named.append(f"{repository}:{tag}")
        return named


class _Classic:
    """How the classic builder says it."""

    def __init__(self, total: int, now: int) -> None:
        self._total = total
        self._now = now
        self._container = ""
        self._runs = False

    def of(self, event: Began | Runs | Said | Done) -> Iterator[str]:
        match event:
            case Began(number=number, name=name, rest=rest, id=id):
                self._container = hashlib.sha256(f"{id} {self._now}".encode()).hexdigest()[:12]
                self._runs = False
                yield f"Step {number}/{self._total} : {name} {rest}"
                yield "\n"
            case Runs():
                self._runs = True
                yield f" ---> Running in {self._container}\n"
            case Said(text=text, stream=stream):
                yield f"\x1b[91m{text}\x1b[0m" if stream == STDERR else text
            case Done(chain=chain, cached=cached):
                if cached:
                    yield " ---> Using cache\n"
                elif self._runs:
                    yield f"Removing intermediate container {self._container}\n"
                yield f" ---> {chain[:12]}\n"


def _titles(steps: list[tuple[str, str]]) -> dict[int, str]:
    """What steps are called, by the numbers of their instructions: "[2/5] RUN make".

    Where there are several stages, their names stand before.
    """
    stages: list[list[int]] = []
    for number, (name, _) in enumerate(steps, 1):
        if name == "FROM":
            stages.append([])
        if name in STEPS and stages:
            stages[-1].append(number)
    found = {}
    for index, numbers in enumerate(stages):
        _, rest = steps[numbers[0] - 1]
        words = rest.split()
        called = words[2] if len(words) > 2 and words[1].lower() == "as" else f"stage-{index}"
        label = f"{called} " if len(stages) > 1 else ""
        for place, number in enumerate(numbers, 1):
            name, rest = steps[number - 1]
            said = _full(rest.split()[0]) if name == "FROM" else rest
            found[number] = f"[{label}{place}/{len(numbers)}] {name} {said}"
    return found


def _full(reference: str) -> str:
    """As BuildKit writes an image of Docker Hub."""
    first = reference.partition("/")[0]
    if "/" in reference and ("." in first or ":" in first or first == "localhost"):
        return reference
    return f"docker.io/{reference}" if "/" in reference else f"docker.io/library/{reference}"


def _solver(error: BuildFailed) -> str:
    """A failure in BuildKit's words."""
    head, _, tail = error.message.partition("' returned a non-zero code: ")
    if tail:
        script = head.removeprefix("The command '/bin/sh -c ")
        return f'process "/bin/sh -c {script}" did not complete successfully: exit code: {tail}'
    missing = error.message.partition("excluded by .dockerignore: ")[2]
    if missing:
        return f'failed to calculate checksum of ref demo::demo: "/{missing}": not found'
    return error.message
