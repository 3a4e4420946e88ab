"""Proving that an image works: it is run as it would be deployed, must become ready, and pass its test.

Apart from the live one: on a network and with volumes of its own, without published ports and without the
labels that others (proxies, updaters) would act on. Everything is removed afterwards, however it ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import socket
from collections import deque
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from tui.engine.container.creation import create_body
from tui.engine.container.resolving import resolved
from tui.engine.errors import EngineError, RequestRefused
from tui.engine.reach import forwards
from tui.engine.shielded import shielded
from tui.errors import HoldfastError
from tui.model.app import Port
from tui.model.digest import short_id
from tui.model.operation import Plan, PlanStep, Result
from tui.model.operation_id import short_op
from tui.model.secrets import secret_values
from tui.operations.deploying.gate import SAID, NotReady, clipped, gate, kept, last_lines
from tui.operations.deploying.reachable import probed, published_within_reach
from tui.operations.running.output_lines import OutputLines
from tui.operations.testing.cleanup import labels_of, remove_test

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.engine.client import Engine
    from tui.engine.container.inspected import ContainerState
    from tui.model.app import AppSpec, Mount, RunSpec
    from tui.model.image import ImageConfig
    from tui.operations.running.report import Report

NETWORK, CREATE, READY, COMMAND, REMOVE = "network", "create", "ready", "command", "remove"
"""The steps."""

REMOVE_SECONDS = 60.0
"""Time limit for the removal; a container is killed, not stopped."""

LOG_BYTES = 4 * 2**20
"""How much of the container's log is followed."""

END_SECONDS = 1.0
"""How long the end of a container, and the rest of its log, may take to be told."""

KILLED = 137
"""Exit code of a process that was killed: 128 and the number of SIGKILL."""

LAST_LINES = 20
"""Lines of the test command's output that a failure shows."""


class NotTestable(HoldfastError):
    """The app's configuration contradicts itself where its test is concerned."""

    exit_status = 2


class CommandFailed(HoldfastError):
    """The test command did not exit with 0, or did not end in time."""


class RunTests:
    """The test of one image of an app."""

    def __init__(
        self, engine: Engine, app: AppSpec, image: ImageConfig, operation: str, host: str | None = None
    ) -> None:
        self._engine = engine
        self._app = app
        self._image = image
        self._operation = operation
        self._host = host or socket.gethostname()
        self._labels = labels_of(operation, app.name, self._host)
        self.name = f"{app.name}.test-{short_op(operation)}"
        self.network = f"holdfast-test-{operation}"

    async def plan(self) -> Plan:
        app = self._app
        await resolved(self._run_spec())
        steps = [
            PlanStep(CREATE, f"Create {self.name}"),
            PlanStep(READY, f"Wait until it is ready: {self._readiness()}"),
            PlanStep(REMOVE, "Remove all of it"),
        ]
        facts = [
            ("image", " ".join((short_id(self._image.id), *self._image.tags))),
            ("container", self.name),
            ("ready when", self._readiness()),
            ("command", shlex.join(app.test.command) or "none: being ready is the proof"),
        ]
        if self._asked and self._open_on is None:
            raise NotTestable(
                f"{self.name} could not prove that it is ready: a test opens port {self._asked} on the "
                f"loopback of the engine's host, and {self._engine.endpoint.url} does not lead there",
                f"probe with exec in [apps.{app.name}.ready], publish that port in [apps.{app.name}.run] on "
                "an address that is reached from here, or reach the engine by ssh",
            )
        if self._connected:
            steps.insert(0, PlanStep(NETWORK, "Make a network of its own"))
            facts.append(("network", self.network))
        elif app.ready.http or app.ready.tcp:
            raise NotTestable(
                f'{app.origin}: [apps.{app.name}.ready] probes a port, and network_mode is "none"',
                f"probe with exec in [apps.{app.name}.ready]",
            )
        if app.test.command:
            steps.insert(-1, PlanStep(COMMAND, f"Run {shlex.join(app.test.command)}"))
        return Plan(
            f"Test {app.name} {short_id(self._image.id)}",
            tuple(steps),
            tuple(facts),
            tuple(self._differences()),
            verb="Test",
        )

    async def run(self, report: Report) -> Result:
        run = await resolved(self._run_spec())
        environment = {**run.environment, **self._app.test.environment}
        report.hide(secret_values(environment, self._run_spec().environment))
        try:
            await self._prove(run, report)
        except HoldfastError as error:
            error.hint = kept(error, self._operation)
            raise
        finally:
            await shielded(self._remove(report))
        return Result(image=self._image.id, facts=(("proof", self._proof()),))

    def _run_spec(self) -> RunSpec:
        """What the test itself sets need not be set outside."""
        run, own = self._app.run, self._app.test.environment
        interpolated = {name: text for name, text in run.interpolated.items() if name not in own}
        return run._replace(environment={**run.environment, **own}, interpolated=interpolated)

    # -- what is planned

    @property
    def _connected(self) -> bool:
        return self._app.run.network_mode != "none"

    @property
    def _asked(self) -> int:
        """The port that its probe asks, 0 where none does."""
        return probed(self._app.ready)

    @property
    def _open_on(self) -> str | None:
        """The address that this port is opened on: none that the app does not open. None where none helps."""
        endpoint = self._engine.endpoint
        if forwards(endpoint):
            return "127.0.0.1"
        return published_within_reach(endpoint, self._app.run, self._asked)

    @property
    def _has_healthcheck(self) -> bool:
        check = self._app.run.healthcheck
        if check is not None and check.test:
            return check.test != ("NONE",)
        return self._image.has_healthcheck

    @property
    def _probed(self) -> bool:
        ready = self._app.ready
        return bool(ready.http or ready.tcp or ready.exec)

    def _readiness(self) -> str:
        ready = self._app.ready
        limit = f" within {ready.timeout:g} s"
        if ready.http:
            return f"{ready.scheme} {ready.http} answers {ready.status or 'below 400'}{limit}"
        if ready.tcp:
            return f"port {ready.tcp} accepts connections{limit}"
        if ready.exec:
            return f"{shlex.join(ready.exec)} exits with 0{limit}"
        if self._has_healthcheck:
            return f"its health check says healthy{limit}"
        return f"it has run for {ready.stable:g} s"

    def _proof(self) -> str:
        command = self._app.test.command
        return f"{shlex.join(command)} exited with 0" if command else self._readiness()

    def _differences(self) -> list[str]:
        """In what it is not run as it would be deployed."""
        run = self._app.run
        said = []
        if named := sorted({mount.source for mount in run.volumes if _is_named(mount)}):
            said.append(f"it gets fresh, empty volumes in the place of {', '.join(named)}")
        if bound := [mount.source for mount in run.volumes if mount.kind == "bind"]:
            said.append(f"it can read and not write {', '.join(bound)} of the host")
        if run.networks or run.network_mode not in ("", "none", "bridge"):
            live = ", ".join(run.networks) or run.network_mode
            said.append(f"it has a network of its own, and does not see {live}")
        if self._asked and (opened := self._open_on) not in (None, "127.0.0.1"):
            said.append(
                f"its port {self._asked} is open on {opened or 'every address'} of the engine's host while "
                "it is tested, as it is when it is deployed"
            )
        return said

    # -- what is done

    async def _prove(self, run: RunSpec, report: Report) -> None:
        if self._connected:
            async with report.step(NETWORK):
                await shielded(self._engine.networks.create(self.network, labels=self._labels))
        async with report.step(CREATE):
            id = await self._create(run, report)
        async with AsyncExitStack() as stack:
            async with report.step(READY):
                await self._start(id)
                await stack.enter_async_context(self._followed(id, report))
                await self._ready(id, report)
            if self._app.test.command:
                async with report.step(COMMAND):
                    await self._command(id, report)

    async def _create(self, run: RunSpec, report: Report) -> str:
        calls = self._engine
        volumes = {mount.source: self._own(mount.source) for mount in run.volumes if _is_named(mount)}
        for name in volumes.values():
            await shielded(calls.volumes.create(name, labels=self._labels))
        aliases = dict.fromkeys([self._app.name, *(name for many in run.networks.values() for name in many)])
        creation = create_body(
            self._image.id,
            run._replace(volumes=tuple(_apart(mount, volumes) for mount in run.volumes), labels={}),
            environment=self._app.test.environment,
            labels=self._labels,
            ports=(Port(self._asked, host_ip=self._open_on or ""),) if self._asked else (),
            networks={self.network: tuple(aliases)} if self._connected else None,
            restart="no",
        )
        created = await shielded(calls.containers.create(self.name, creation))
        for warning in created.warnings:
            report.warn(f"the engine warns: {warning}")
        return created.id

    def _own(self, volume: str) -> str:
        return f"{self.network}-{volume}"

    async def _start(self, id: str) -> None:
        try:
            await self._engine.containers.start(id)
        except RequestRefused as error:
            raise NotReady(
                f"{self.name} did not start: {error.reason}",
                f"see command, entrypoint and volumes of [apps.{self._app.name}.run]",
            ) from error

    async def _ready(self, id: str, report: Report) -> None:
        try:
            await gate(
                self._engine,
                id,
                self._app.ready,
                say=lambda reason: report.log(READY, reason, stream=0),
                clean=report.clean,
            )
        except NotReady as error:
            proof = self._probed or self._has_healthcheck or self._app.test.command
            if error.exit_code == 0 and not proof:
                raise self._ends_by_itself(error) from error
            raise

    def _ends_by_itself(self, error: NotReady) -> NotReady:
        app = self._app.name
        return NotReady(
            f"{self.name} ended by itself with exit code 0: the image has no process that goes on running, "
            "and the app no test that could prove anything else",
            f'set command in [apps.{app}.run] to what serves; for a tool set it to ["sleep", "3600"] there, '
            f"and command in [apps.{app}.test] to what proves that the tool works",
            error.detail,
            error.exit_code,
        )

    async def _command(self, id: str, report: Report) -> None:
        spec = self._app.test
        last: deque[str] = deque(maxlen=LAST_LINES)
        streams = {1: OutputLines(), 2: OutputLines()}

        def log(lines: list[str], stream: int) -> None:
            if lines:
                last.extend(lines)
                report.log(COMMAND, "\n".join(lines), stream)

        try:
            async with (
                asyncio.timeout(spec.timeout),
                self._engine.execs.run(id, spec.command) as process,
            ):
                async for stream, part in process:
                    log(streams[stream].feed(part), stream)
                for stream, lines in streams.items():
                    log(lines.rest(), stream)
                code = await process.wait()
        except TimeoutError:
            raise CommandFailed(
                f"the test command did not end within {spec.timeout:g} s",
                f"raise timeout in [apps.{self._app.name}.test] if it needs longer",
                clipped(list(last)),
            ) from None
        if code == 0:
            return
        state = await self._settled(id, code)
        if not state.running:
            raise NotReady(
                f"{self.name} ended with exit code {state.exit_code} while the test command ran",
                SAID,
                clipped([*last, *await last_lines(self._engine, id)]),
                state.exit_code,
            )
        raise CommandFailed(
            f"the test command failed with exit code {code}",
            f'what {self.name} itself wrote is in the step "ready"',
            clipped(list(last)),
        )

    async def _settled(self, id: str, code: int) -> ContainerState:
        """The container's state after its test command has ended.

        A container that ends kills its commands first, and is said to run for a moment longer.
        """
        if code == KILLED:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(END_SECONDS):
                    await self._engine.containers.wait(id)
        return (await self._engine.containers.inspect(id)).state

    @asynccontextmanager
    async def _followed(self, id: str, report: Report) -> AsyncIterator[None]:
        """While it lasts, what the container writes goes to the step READY."""
        following = asyncio.create_task(self._follow(id, report))
        try:
            yield
        except NotReady as error:
            if error.exit_code is not None:
                await asyncio.wait({following}, timeout=END_SECONDS)
            raise
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    async def _follow(self, id: str, report: Report) -> None:
        size = 0
        try:
            async with self._engine.containers.logs(id, tail=-1) as batches:
                async for batch in batches:
                    for line in batch:
                        report.log(READY, line.text.decode("utf-8", "replace"), line.stream)
                        size += len(line.text) + 1
                    if size > LOG_BYTES:
                        report.warn(f"{self.name} writes much: the rest of its log is not shown")
                        return
        except EngineError as error:
            report.log(READY, f"the log of {self.name} cannot be followed: {error.message}", stream=0)

    async def _remove(self, report: Report) -> None:
        try:
            async with asyncio.timeout(REMOVE_SECONDS), report.step(REMOVE):
                await remove_test(self._engine, self._operation, self._host)
        except EngineError as error:
            report.warn(f"{self.name} could not be removed; the next operation does it: {error.message}")
        except TimeoutError:
            report.warn(f"{self.name} could not be removed within {REMOVE_SECONDS:g} s; the next one does it")


def _is_named(mount: Mount) -> bool:
    return mount.kind == "volume" and bool(mount.source)


def _apart(mount: Mount, volumes: dict[str, str]) -> Mount:
    """The same mount where the test can do no harm: another volume, a host path that is only read."""
    if mount.kind == "bind":
        return mount._replace(read_only=True)
    return mount._replace(source=volumes.get(mount.source, "")) if mount.kind == "volume" else mount
