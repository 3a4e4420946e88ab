"""Making steps on the containers of one app."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, assert_never

from tui.engine.shielded import shielded
from tui.errors import HoldfastError
from tui.model.secrets import secret_values
from tui.model.step import StepKind
from tui.operations.deploying.carrying import carry, orphaned
from tui.operations.deploying.gate import SAID, fell_over, gate, last_words
from tui.operations.deploying.reachable import reachable
from tui.operations.deploying.taken_names import create, promote, retire
from tui.operations.looking.releases import policy_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tui.engine.client import Engine
    from tui.engine.container.creation import Creation
    from tui.model.app import AppSpec, ReadySpec
    from tui.model.release import Release
    from tui.model.step import RolloutStep
    from tui.operations.looking.releases import Deployed
    from tui.operations.running.report import Report

BAKE_POLL = 0.5

TALKING = (StepKind.DRAIN, StepKind.START, StepKind.GATE, StepKind.BAKE)
"""Steps in which a container's own words are told."""


class NotSteady(HoldfastError):
    """A release was ready, and then fell over while it was watched."""


class Containers:
    """The containers of an app's releases (see orchestrators.base.Stage).

    creation        how to create the new release's container; None where none is to be created
    volumes_going   volumes that whoever makes the steps removes afterwards
    """

    def __init__(
        self,
        engine: Engine,
        app: AppSpec,
        releases: Deployed,
        report: Report,
        release: Release | None,
        creation: Creation | None,
        volumes_going: Collection[str],
    ) -> None:
        self._engine = engine
        self._app = app
        self._report = report
        self._release = release
        self._creation = creation
        self._volumes_going = volumes_going
        self._releases = releases
        self._ids: dict[int, str] = {}
        self._policies: dict[int, str] = {}
        self._ready: dict[int, ReadySpec] = {}
        self._hidden: set[str] = set()
        self.take(releases)
        if release is not None:
            self._policies[release.number] = release.run.restart
            self._ready[release.number] = release.ready

    def take(self, releases: Deployed) -> None:
        self._releases = releases
        self._ids |= {number: one.id for number, one in releases.containers.items()}
        self._policies |= {number: policy_of(number, releases) for number in releases.containers}
        self._ready |= {number: entry.release.ready for number, entry in releases.entries.items()}

    def container(self, number: int) -> str:
        return self._ids.get(number, "")

    async def make(self, step: RolloutStep, id: str) -> None:
        number, app, containers = step.release, self._app.name, self._engine.containers
        if step.kind in TALKING:
            await self._hide(number)
        match step.kind:
            case StepKind.CREATE:
                await self._create(number)
            case StepKind.DISARM:
                await containers.set_restart(self._ids[number], "no")
            case StepKind.DRAIN:
                await self._drain(number, id)
            case StepKind.STOP:
                await containers.stop(self._ids[number])
            case StepKind.RETIRE:
                await retire(self._engine, self._ids[number], f"{app}.r{number}")
            case StepKind.PROMOTE:
                await promote(self._engine, self._ids[number], app)
            case StepKind.START:
                await containers.start(self._ids[number])
            case StepKind.GATE:
                await self._gate(number, id)
            case StepKind.ARM:
                await containers.set_restart(self._ids[number], self._policies.get(number, "no"))
            case StepKind.BAKE:
                await self._bake(number, id)
            case StepKind.REMOVE:
                await self._remove(number)
            case StepKind.RECORD | StepKind.GOOD | StepKind.FAILED:
                raise ValueError(f"{step.id} is of the ledger")
            case _:
                assert_never(step.kind)

    async def _create(self, number: int) -> None:
        engine = self._engine
        assert self._creation is not None
        assert self._release is not None
        creation = await carry(engine, self._creation, self._release, self._releases)
        variables = dict(entry.partition("=")[::2] for entry in creation.variables)
        self._report.hide(secret_values(variables, self._release.run.environment))
        created = await shielded(create(engine, f"{self._app.name}.r{number}", creation))
        self._ids[number] = created.id
        self._hidden.add(created.id)
        for warning in created.warnings:
            self._report.warn(warning)
        for network, aliases in creation.later.items():
            await engine.networks.connect(network, created.id, aliases)

    async def _hide(self, number: int) -> None:
        """Before its container can say anything: what it must not give away, whoever created it."""
        id = self._ids[number]
        if id not in self._hidden:
            entry = self._releases.entries.get(number)
            said: Mapping[str, str | None] = entry.release.run.environment if entry is not None else {}
            found = (await self._engine.containers.adoption(id)).run
            self._report.hide(secret_values(found.environment, said))
            self._hidden.add(id)

    async def _remove(self, number: int) -> None:
        """Remove its container. What it wrote to volumes stays, and is named where nothing has it now."""
        engine, id = self._engine, self._ids[number]
        one = self._releases.containers.get(number)
        volumes = await orphaned(engine, [*one.volumes.values()], [id]) if one is not None else []
        await engine.containers.remove(id, force=True)
        for target, volume in one.volumes.items() if one is not None else ():
            if volume in volumes and volume not in self._volumes_going:
                self._report.warn(
                    f"what r{number} wrote to {target} stays, in a volume that no container has any more: "
                    f"docker volume rm {volume} removes it"
                )

    async def _drain(self, number: int, id: str) -> None:
        """Tell whoever sends it work that it is about to go, and give it time to finish what it has."""
        app = self._app
        if app.drain:
            async with self._engine.execs.run(self._ids[number], app.drain) as process:
                async for stream, chunk in process:
                    self._report.log(id, chunk.decode("utf-8", "replace"), stream)
        await asyncio.sleep(app.drain_seconds)

    async def _gate(self, number: int, id: str) -> None:
        engine, container = self._engine, self._ids[number]

        async def address(port: int) -> tuple[str, int]:
            return await reachable(engine, container, port)

        await gate(
            engine,
            container,
            self._ready.get(number, self._app.ready),
            say=lambda words: self._report.log(id, words, 0),
            address=address,
            clean=self._report.clean,
        )

    async def _bake(self, number: int, id: str) -> None:
        """Watch a release that serves: it must neither end, nor be started again, nor become unhealthy."""
        containers, container = self._engine.containers, self._ids[number]
        seconds = self._ready.get(number, self._app.ready).bake
        started = (await containers.inspect(container)).state.started
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            state = (await containers.inspect(container)).state
            if problem := fell_over(state, started):
                words = await last_words(self._engine, container, state, self._report.clean)
                raise NotSteady(f"r{number} {problem} while it was watched", SAID, words)
            await asyncio.sleep(min(BAKE_POLL, max(end - time.monotonic(), 0.0)))
            self._report.progress(id, int(seconds - max(end - time.monotonic(), 0)), int(seconds), "seconds")
