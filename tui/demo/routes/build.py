"""POST /build: the classic builder. The Dockerfile is read and told step by step; RUN is simulated.

The trace of BuildKit is not spoken: `version=2` is answered with the classic stream too.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import re
import shlex
import tarfile
from typing import TYPE_CHECKING

from tui.demo.library import with_tag
from tui.demo.objects import JSON, HistoryEntry, Image
from tui.demo.refused import Refused
from tui.demo.routes.answers import flag
from tui.demo.routes.transfers import failed, line
from tui.demo.shell import Shell, Sleep, Surroundings, Write
from tui.demo.stream import STDERR

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web

    from tui.demo.router import Router
    from tui.demo.simulation import Simulation

STEP = 0.15
"""Seconds that one simulated step takes."""

INSTRUCTIONS = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
]


def dockerfile(content: bytes, path: str) -> tuple[str, int]:
    """The Dockerfile in a build's tar, and the bytes of all files in it.

    Raises Refused as the engine does where there is none.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            size = sum(member.size for member in archive.getmembers())
            for member in archive.getmembers():
                if member.name.removeprefix("./") == path:
                    found = archive.extractfile(member)
                    if found is not None:
                        return found.read().decode("utf-8", "replace"), size
    except tarfile.TarError as error:
        raise Refused(500, f"archive/tar: {error}") from None
    raise Refused(500, f"Cannot locate specified Dockerfile: {path}")


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile: name and rest. Raises Refused 400 for one that does not exist."""
    found = []
    joined = re.sub(r"\\[ \t]*\n", "", text)
    for number, raw in enumerate(joined.split("\n"), 1):
        stripped = raw.strip()
        if not stripped or stripped.startswith("#"):
            continue
        name, _, rest = stripped.partition(" ")
        if name.upper() not in INSTRUCTIONS:
            raise Refused(400, f"dockerfile parse error line {number}: unknown instruction: {name.upper()}")
        found.append((name.upper(), rest.strip()))
    if not found:
        raise Refused(400, "the Dockerfile cannot be empty")
    return found


def _words(rest: str) -> list[str]:
    """The words of CMD and ENTRYPOINT: JSON, or a line for the shell."""
    try:
        parsed = json.loads(rest)
    except ValueError:
        return ["/bin/sh", "-c", rest]
    return [str(word) for word in parsed] if isinstance(parsed, list) else ["/bin/sh", "-c", rest]


def configure(config: JSON, name: str, rest: str) -> None:
    """What an instruction changes in the image's configuration."""
    if name == "ENV":
        entry = rest if "=" in rest else "=".join(rest.split(None, 1))
        config["Env"] = [*(config.get("Env") or ()), *shlex.split(entry)]
    elif name == "LABEL":
        pairs = dict(word.partition("=")[::2] for word in shlex.split(rest))
        config["Labels"] = {**(config.get("Labels") or {}), **pairs}
    elif name in ("CMD", "ENTRYPOINT"):
        config["Cmd" if name == "CMD" else "Entrypoint"] = _words(rest)
    elif name == "EXPOSE":
        ports: JSON = {port if "/" in port else f"{port}/tcp": {} for port in rest.split()}
        config["ExposedPorts"] = {**(config.get("ExposedPorts") or {}), **ports}
    elif name == "USER":
        config["User"] = rest
    elif name == "WORKDIR":
        config["WorkingDir"] = rest


class BuildFailed(Exception):
    """A step failed; `code` is its exit code, 0 where it has none."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class BuildRoutes:
    """POST /build, POST /build/prune."""

    def __init__(self, simulation: Simulation, router: Router) -> None:
        self.simulation = simulation
        self.library = simulation.state.library
        self._cached: set[str] = set()
        router.add("POST", "/build", self.build)

    async def build(self, request: web.BaseRequest) -> web.StreamResponse:
        query = request.query
        text, size = dockerfile(await request.read(), query.get("dockerfile", "") or "Dockerfile")
        steps = instructions(text)
        for label, value in json.loads(query.get("labels") or "{}").items():
            steps.append(("LABEL", f"{label}={shlex.quote(str(value))}"))
        quiet = flag(request, "q")
        cache = not flag(request, "nocache")
        async with self.simulation.outlets.streaming(request, "application/json") as outlet:
            image: Image | None = None
            try:
                async for message in self._steps(steps, size, cache):
                    if isinstance(message, Image):
                        image = message
                    elif not quiet:
                        await outlet.write(line({"stream": message}))
            except BuildFailed as error:
                await outlet.write(failed(error.message, **({"code": error.code} if error.code else {})))
                return outlet.response
            if image is None:
                return outlet.response
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
        self, steps: list[tuple[str, str]], size: int, cache: bool
    ) -> AsyncIterator[str | Image]:
        """What the builder says, and the image at the end. Raises BuildFailed."""
        now = self.simulation.clock() // 10**9
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
            chain = hashlib.sha256(
                f"{chain} {name} {rest} {size if name in ('COPY', 'ADD') else ''}".encode()
            ).hexdigest()
            if cache and chain in self._cached:
                yield " ---> Using cache\n"
            else:
                intermediate = hashlib.sha256(f"{chain} {self.simulation.clock()}".encode()).hexdigest()[:12]
                yield f" ---> Running in {intermediate}\n"
                await asyncio.sleep(STEP)
                if name == "RUN":
                    async for said in self._run(rest, config):
                        yield said
                yield f"Removing intermediate container {intermediate}\n"
                self._cached.add(chain)
            configure(config, name, rest)
            command = f"/bin/sh -c {rest}" if name == "RUN" else f"/bin/sh -c #(nop)  {name} {rest}"
            added = size if name in ("COPY", "ADD") else 1000 * len(rest) if name == "RUN" else 0
            history.append(HistoryEntry(now, command, added, ""))
            yield f" ---> {chain[:12]}\n"
        yield Image(f"sha256:{chain}", now, history, config)

    def _base(self, reference: str, now: int) -> tuple[list[HistoryEntry], JSON, str]:
        if reference == "scratch":
            return [], {}, hashlib.sha256(b"scratch").hexdigest()
        try:
            base = self.library.find(reference)
        except Refused:
            raise BuildFailed(f"pull access denied for {reference}, repository does not exist") from None
        return list(base.history), json.loads(json.dumps(base.config)), base.id[7:]

    async def _run(self, script: str, config: JSON) -> AsyncIterator[str]:
        """What a RUN instruction prints; commands that the shell does not know succeed silently."""
        environment = dict(entry.partition("=")[::2] for entry in config.get("Env") or ())
        shell = Shell(Surroundings("build", environment))
        for step in shell.run(script):
            if isinstance(step, Sleep):
                await asyncio.sleep(step.seconds)
            elif isinstance(step, Write) and shell.code != 127:
                text = step.text.decode("utf-8", "replace")
                yield f"\x1b[91m{text}\x1b[0m" if step.stream == STDERR else text
        if shell.code not in (0, 127):
            raise BuildFailed(
                f"The command '/bin/sh -c {script}' returned a non-zero code: {shell.code}", shell.code
            )
