"""POST /build: the classic builder. The Dockerfile is read and told step by step; RUN is simulated.

The trace of BuildKit is not spoken: `version=2` is answered with the classic stream too.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import shlex
from typing import TYPE_CHECKING

from tui.demo.dockerfiles import BuildFailed, configure, copied, dockerfile, instructions, sent
from tui.demo.library import with_tag
from tui.demo.manifests import image_of
from tui.demo.objects import JSON, HistoryEntry, Image
from tui.demo.refused import Refused
from tui.demo.routes.answers import flag
from tui.demo.routes.transfers import failed, line
from tui.demo.shell import Shell, Sleep, Surroundings, Write
from tui.demo.stream import STDERR

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from aiohttp import web

    from tui.demo.router import Router
    from tui.demo.simulation import Simulation

STEP = 0.15
"""Seconds that one simulated step takes."""


class BuildRoutes:
    """POST /build, POST /build/prune."""

    def __init__(self, simulation: Simulation, router: Router) -> None:
        self.simulation = simulation
        self.library = simulation.state.library
        self._cached: dict[str, HistoryEntry] = {}
        router.add("POST", "/build", self.build)

    async def build(self, request: web.BaseRequest) -> web.StreamResponse:
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
                async for message in self._steps(steps, files, cache):
                    if isinstance(message, Image):
                        image = message
                    elif not quiet:
                        await outlet.write(line({"stream": message}))
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
            for name in query.getall("t", []):
                repository, _, tag = with_tag(name).rpartition(":")
                self.library.tag(image, repository, tag)
                if not quiet:
                    await outlet.write(line({"stream": f"Successfully tagged {repository}:{tag}\n"}))
            return outlet.response

    async def _steps(
        self, steps: list[tuple[str, str]], files: Mapping[str, bytes], cache: bool
    ) -> AsyncIterator[str | Image]:
        """What the builder says, and the image at the end. Raises BuildFailed."""
        created = now = self.simulation.clock() // 10**9
        history: list[HistoryEntry] = []
        config: JSON = {}
        chain = ""
        for number, (name, rest) in enumerate(steps, 1):
            yield f"Step {number}/{len(steps)} : {name} {rest}"
            yield "\n"
            if name == "FROM":
                history, config, chain = self._base(rest.split()[0], now)
                yield f" ---> {chain[:12]}\n"
                continue
            adds = name in ("COPY", "ADD")
            brought = copied(files, rest, str(config.get("WorkingDir") or "/")) if adds else {}
            contents = [(path, hashlib.sha256(held).hexdigest()) for path, held in sorted(brought.items())]
            chain = hashlib.sha256(f"{chain} {name} {rest} {contents}".encode()).hexdigest()
            entry = self._cached.get(chain) if cache else None
            if entry is not None:
                yield " ---> Using cache\n"
            else:
                intermediate = hashlib.sha256(f"{chain} {self.simulation.clock()}".encode()).hexdigest()[:12]
                yield f" ---> Running in {intermediate}\n"
                await asyncio.sleep(STEP * self.simulation.pace)
                if name == "RUN":
                    present = {path: held for one in history for path, held in one.files.items()}
                    async for said in self._run(rest, config, present):
                        yield said
                yield f"Removing intermediate container {intermediate}\n"
                command = f"/bin/sh -c {rest}" if name == "RUN" else f"/bin/sh -c #(nop)  {name} {rest}"
                size = sum(map(len, brought.values())) if adds else 1000 * len(rest) if name == "RUN" else 0
                entry = self._cached[chain] = HistoryEntry(now, command, size, "", brought)
            configure(config, name, rest)
            history.append(entry)
            created = entry.created
            yield f" ---> {chain[:12]}\n"
        yield image_of(created, history, config)

    def _base(self, reference: str, now: int) -> tuple[list[HistoryEntry], JSON, str]:
        if reference == "scratch":
            return [], {}, hashlib.sha256(b"scratch").hexdigest()
        try:
            base = self.library.find(reference)
        except Refused:
            raise BuildFailed(f"pull access denied for {reference}, repository does not exist") from None
        return list(base.history), json.loads(json.dumps(base.config)), base.id[7:]

    async def _run(self, script: str, config: JSON, files: Mapping[str, bytes]) -> AsyncIterator[str]:
        """What a RUN instruction prints; commands that the shell does not know succeed silently."""
        environment = dict(entry.partition("=")[::2] for entry in config.get("Env") or ())
        texts = {path: held.decode("utf-8", "replace") for path, held in files.items()}
        directory = str(config.get("WorkingDir") or "/")
        shell = Shell(Surroundings("build", environment, files=texts, directory=directory))
        for step in shell.run(script):
            if isinstance(step, Sleep):
                await asyncio.sleep(step.seconds * self.simulation.pace)
            elif isinstance(step, Write) and shell.code != 127:
                text = step.text.decode("utf-8", "replace")
                yield f"\x1b[91m{text}\x1b[0m" if step.stream == STDERR else text
        if shell.code not in (0, 127):
            raise BuildFailed(
                f"The command '/bin/sh -c {script}' returned a non-zero code: {shell.code}", shell.code
            )
