"""What a simulated build does, instruction by instruction, whichever protocol tells of it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from typing import TYPE_CHECKING, NamedTuple

from tui.demo.dockerfiles import BuildFailed, configure, copied
from tui.demo.manifests import image_of
from tui.demo.objects import JSON, HistoryEntry, Image
from tui.demo.refused import Refused
from tui.demo.shell import Shell, Sleep, Surroundings, Write

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from tui.demo.simulation import Simulation

STEP = 0.15
"""Seconds that one simulated step takes."""

PLAIN = 127
"""The exit code of a command that the simulated shell does not know: it counts as done."""

_FLAGS = re.compile(r"(?:--(?:mount|network|security)=\S+\s+)+")


class Began(NamedTuple):
    """An instruction is at its turn. id: names it and all before it, the same in every build of the same."""

    number: int
    name: str
    rest: str
    id: str


class Runs(NamedTuple):
    """It is not known from an earlier build: it is really done."""


class Said(NamedTuple):
    """What a command writes. stream: 1 standard output, 2 standard error."""

    text: str
    stream: int


class Done(NamedTuple):
    """The instruction is done. chain: the ID of what is there by now."""

    chain: str
    cached: bool = False


class Builder:
    """Builds on one simulated engine, and remembers what was built."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._library = simulation.state.library
        self._cached: dict[str, HistoryEntry] = {}

    async def build(
        self,
        steps: Sequence[tuple[str, str]],
        files: Mapping[str, bytes],
        *,
        cache: bool,
        at_once: frozenset[str] = frozenset(),
    ) -> AsyncIterator[Began | Runs | Said | Done | Image]:
        """How it goes, and the image at the end. Raises BuildFailed.

        at_once   instructions that take no time
        """
        created = now = self._simulation.clock() // 10**9
        history: list[HistoryEntry] = []
        config: JSON = {}
        chain = ""
        stages: dict[str, tuple[list[HistoryEntry], JSON, str]] = {}
        called = ""
        for number, (name, rest) in enumerate(steps, 1):
            if name == "FROM":
                if called:
                    stages[called] = history, config, chain
                reference, *more = rest.split()
                called = more[1] if len(more) > 1 else ""
                yield Began(number, name, rest, hashlib.sha256(f"FROM {reference}".encode()).hexdigest())
                history, config, chain = stages[reference] if reference in stages else self._base(reference)
                yield Done(chain)
                continue
            adds = name in ("COPY", "ADD")
            place = str(config.get("WorkingDir") or "/")
            id = hashlib.sha256(f"{chain} {name} {rest}".encode()).hexdigest()
            yield Began(number, name, rest, id)
            brought = copied(files, rest, place) if adds else {}
            contents = [(path, hashlib.sha256(held).hexdigest()) for path, held in sorted(brought.items())]
            chain = hashlib.sha256(f"{chain} {name} {rest} {contents}".encode()).hexdigest()
            entry = self._cached.get(chain) if cache else None
            if entry is None:
                yield Runs()
                if name not in at_once:
                    await asyncio.sleep(STEP * self._simulation.pace)
                if name == "RUN":
                    present = {path: held for one in history for path, held in one.files.items()}
                    async for said in self._run(_FLAGS.sub("", rest), config, present):
                        yield said
                entry = self._cached[chain] = _entry(now, name, rest, brought)
                yield Done(chain)
            else:
                yield Done(chain, cached=True)
            configure(config, name, rest)
            history.append(entry)
            created = entry.created
        yield image_of(created, history, config)

    def _base(self, reference: str) -> tuple[list[HistoryEntry], JSON, str]:
        if reference == "scratch":
            return [], {}, hashlib.sha256(b"scratch").hexdigest()
        try:
            base = self._library.find(reference)
        except Refused:
            raise BuildFailed(f"pull access denied for {reference}, repository does not exist") from None
        return list(base.history), json.loads(json.dumps(base.config)), base.id[7:]

    async def _run(self, script: str, config: JSON, files: Mapping[str, bytes]) -> AsyncIterator[Said]:
        """What a RUN instruction prints; commands that the shell does not know succeed silently."""
        environment = dict(entry.partition("=")[::2] for entry in config.get("Env") or ())
        texts = {path: held.decode("utf-8", "replace") for path, held in files.items()}
        directory = str(config.get("WorkingDir") or "/")
        shell = Shell(Surroundings("build", environment, files=texts, directory=directory))
        for step in shell.run(script):
            if isinstance(step, Sleep):
                await asyncio.sleep(step.seconds * self._simulation.pace)
            elif isinstance(step, Write) and shell.code != PLAIN:
                yield Said(step.text.decode("utf-8", "replace"), step.stream)
        if shell.code not in (0, PLAIN):
            raise BuildFailed(
                f"The command '/bin/sh -c {script}' returned a non-zero code: {shell.code}", shell.code
            )


def _entry(now: int, name: str, rest: str, brought: dict[str, bytes]) -> HistoryEntry:
    command = f"/bin/sh -c {rest}" if name == "RUN" else f"/bin/sh -c #(nop)  {name} {rest}"
    size = sum(map(len, brought.values())) if name in ("COPY", "ADD") else 0
    return HistoryEntry(now, command, 1000 * len(rest) if name == "RUN" else size, "", brought)
