"""Deploys that are killed, frozen or robbed of their engine at a step, and what must be true afterwards.

An operation runs in a process of its own, forked from a server that has imported the program: killing it is
as real as any kill, and takes no second to prepare.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import time
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import tomli_w

from tests.support.busybox import archive
from tests.support.refs import ref
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.errors import HoldfastError
from tui.journal.folder import journal_path, new_id, operations_folder
from tui.journal.reader import events
from tui.ledger import lease as leases
from tui.ledger.anchor import ANCHOR
from tui.ledger.lease import Lease
from tui.ledger.lease_reading import read_lease
from tui.ledger.lease_state import TIMES, LeaseState, Times
from tui.ledger.ledger import Ledger
from tui.ledger.tars import pack
from tui.model.operation import Ended
from tui.operations.deploying import undisturbed
from tui.operations.deploying.rollout import Rollout
from tui.operations.looking.drift import find_drift
from tui.operations.looking.releases import Deployed, read_releases
from tui.operations.orchestrators import standalone
from tui.operations.process import __main__ as process
from tui.operations.process.prepared import prepared
from tui.operations.process.request import Request
from tui.operations.running.runner import failure, perform
from tui.settings.load import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from multiprocessing.context import ForkServerProcess

    from tests.support.private_engine import PrivateEngine
    from tui.model.drift import Drift
    from tui.model.operation import Event, Failure, Plan
    from tui.settings.schema import Settings

KILLED = -signal.SIGKILL
PATIENCE = 60.0

IMAGE = "faulty"
"""The repository of the images: without a slash, so that no registry is asked."""

NOTHING: Mapping[str, Any] = {}

FOLDERS = ("HOME", "XDG_STATE_HOME")
"""What says where a process keeps its journals."""

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["__main__", __name__])


class Tally:
    """How many cases there were, by their kind, and in how many of them the service came through."""

    def __init__(self) -> None:
        self.cases: dict[str, list[int]] = {}

    def begin(self, kind: str) -> None:
        self.cases.setdefault(kind, [0, 0])[0] += 1

    def survived(self, kind: str) -> None:
        self.cases[kind][1] += 1

    def lines(self) -> Iterator[str]:
        if not self.cases:
            return
        for kind, (cases, survivors) in sorted(self.cases.items()):
            yield f"{kind}: {cases} cases, {survivors} survived"
        cases, survivors = (sum(column) for column in zip(*self.cases.values(), strict=True))
        yield f"all deploys with faults: {cases} cases, {survivors} survived"


TALLY = Tally()

STARTED: list[ForkServerProcess] = []


class Point(NamedTuple):
    """A moment of an operation: "before", "within" or "after" its step of this number, counted from 0.

    Steps of undoing count too. "within" is after the lease was looked at, before the engine is asked to
    change something: only steps that do so are counted then.
    """

    number: int
    when: str


def operate(
    request: str, environ: dict[str, str], times: Times, dead: bool, point: Point | None, blow: int
) -> None:  # pragma: no cover - in a process of its own
    """An operation process that strikes itself with a signal at a point."""
    for name in FOLDERS:
        os.environ.pop(name, None)  # the server that forks has them as the test had them that began it
    os.environ.update(environ)
    Lease.acquire.__func__.__kwdefaults__["times"] = times  # type: ignore[attr-defined]
    if dead:
        bury_the_dead(pytest.MonkeyPatch())
    if point is not None:
        _strike(point, blow)
    reading, writing = os.pipe()
    os.write(writing, f"{request}\ngo\n".encode())
    os.close(writing)
    sys.stdin = os.fdopen(reading)
    sys.exit(process.main())


def _strike(point: Point, blow: int) -> None:
    made, guarded = Rollout._one, Lease.guard
    passed = {"before": 0, "within": 0, "after": 0}

    def strike(when: str) -> None:
        if (passed[when], when) == point:
            os.kill(os.getpid(), blow)
        passed[when] += 1

    async def one(self: Rollout, step: Any, id: str) -> None:
        strike("before")
        await made(self, step, id)
        strike("after")

    async def guard(self: Lease, step: str) -> None:
        await guarded(self, step)
        strike("within")

    Rollout._one, Lease.guard = one, guard  # type: ignore[method-assign]


def import_images(engine: PrivateEngine, *versions: str, changes: Sequence[str] = ()) -> None:
    """Images that differ in one variable; `changes` are further lines of a Dockerfile."""
    for version in versions:
        query = urllib.parse.urlencode({"fromSrc": "-", "repo": IMAGE, "tag": version})
        lines = ["ENV PATH=/bin", f"ENV VERSION={version}", *changes]
        changed = urllib.parse.urlencode([("changes", line) for line in lines])
        engine.api.ask("POST", f"/images/create?{query}&{changed}", archive())


class Started:
    """An operation in a process of its own."""

    def __init__(self, process: ForkServerProcess, op: str) -> None:
        self.process = process
        self.op = op
        process.start()
        STARTED.append(process)

    @property
    def pid(self) -> int:
        pid = self.process.pid
        assert pid is not None
        return pid

    def _state(self) -> str:
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return ""

    async def end(self) -> int:
        """Its exit status, negative for a signal."""
        await self._until(lambda: self.process.exitcode is not None)
        status = self.process.exitcode
        assert status is not None
        return status

    async def frozen(self) -> bool:
        """Wait until it is frozen; False where it has ended instead."""
        await self._until(lambda: self._state() == "T" or self.process.exitcode is not None)
        return self.process.exitcode is None

    def problem(self) -> Failure:
        """How it failed, by its journal."""
        *_, last = events(journal_path(operations_folder(), self.op))
        assert isinstance(last, Ended)
        assert last.error is not None
        return last.error

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    async def _until(self, true: Callable[[], bool]) -> None:
        limit = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < limit, "the operation takes too long"
            await asyncio.sleep(0.01)


class App:
    """An app on a private engine, configured as `configure` does.

    `told` are the events of its last verb, `plan` its plan.
    """

    def __init__(
        self, folder: Path, engine: PrivateEngine, name: str, order: str = "stop-first", **tables: Any
    ) -> None:
        self.engine = engine
        self.name = name
        self.order = order
        self.config = folder / f"{name}.toml"
        self.told: list[Event] = []
        self.plan: Plan
        self.configure(**tables)

    def configure(
        self,
        app: Mapping[str, Any] = NOTHING,
        run: Mapping[str, Any] = NOTHING,
        ready: Mapping[str, Any] = NOTHING,
    ) -> None:
        """Write its configuration anew; what is given counts before what the tests use otherwise."""
        network = {} if "networks" in run else {"network_mode": "none"}
        table = {"image": IMAGE, "order": self.order, "keep": 2, "drain_seconds": 0, **app}
        table["run"] = {
            "command": ["sleep", "600"], "stop_signal": "SIGKILL", "stop_grace_period": "2s", **network, **run
        }  # fmt: skip
        table["ready"] = {"timeout": 10, "stable": 0.1, "bake": 0.1, **ready}
        self.config.write_text(
            tomli_w.dumps({"policy": {"require_tests": False}, "apps": {self.name: table}})
        )

    def request(self, verb: str, **options: Any) -> Request:
        return Request(
            new_id(verb, self.name, time.time()),
            verb,
            self.name,
            ref(self.engine.host),
            config=str(self.config),
            **options,
        )

    def start(
        self,
        verb: str,
        point: Point | None = None,
        blow: int = signal.SIGKILL,
        times: Times = TIMES,
        dead: bool = False,
        **options: Any,
    ) -> Started:
        """Begin a verb in a process of its own, which strikes itself at a point.

        dead   whether any lease that it meets counts as dead
        """
        environ = {name: os.environ[name] for name in FOLDERS if name in os.environ}
        request = self.request(verb, **options)
        arguments = (request.line(), environ, times, dead, point, blow)
        return Started(FORKS.Process(target=operate, args=arguments), request.op)

    async def do(self, verb: str, **options: Any) -> Ended:
        """Do a verb here; a refusal to plan is raised."""
        request = self.request(verb, **options)
        self.told = []
        async with prepared(request, load(request.config)) as found:
            self.plan = found.plan
            return await perform(
                found,
                op=request.op,
                name=verb,
                app=self.name,
                engine=self.engine.host,
                tell=self.told.append,
            )

    async def work(self, verb: str, **options: Any) -> Ended:
        ended = await self.do(verb, **options)
        assert ended.ok, ended.error
        return ended

    async def fail(self, verb: str, **options: Any) -> Failure:
        """How a verb fails, before it begins or later."""
        try:
            ended = await self.do(verb, **options)
        except HoldfastError as error:
            return failure(error)
        assert ended.error is not None, f"{verb} worked: {ended}"
        return ended.error

    async def recover(self) -> None:
        """After somebody's end: what was left open is finished or undone."""
        problem = None
        try:
            ended = await self.do("recover")
        except HoldfastError as error:
            problem = failure(error)
        else:
            problem = ended.error
        assert problem is None or "nothing to recover" in problem.message, problem

    # -- hands

    async def forge(self, name: str, old: bytes, new: bytes) -> None:
        """Change a record in the ledger's volume."""
        async with await Engine.connect(Endpoint(self.engine.host, "the test")) as engine:
            raw = await engine.archives.get(ANCHOR, f"/ledger/{self.name}/{name}")
            changed = raw[512:].rstrip(b"\0").replace(old, new)
            assert old != new and new in changed
            await engine.archives.put(ANCHOR, f"/ledger/{self.name}", pack({name: changed}))

    # -- afterwards

    async def releases(self) -> tuple[Deployed, list[str]]:
        """What is known of it, and what is wrong with the ledger."""
        async with await Engine.connect(Endpoint(self.engine.host, "the test")) as engine:
            ledger = await Ledger.open(engine)
            return await read_releases(engine, ledger, self.name), ledger.notes

    async def settings(self) -> Settings:
        return await asyncio.to_thread(load, str(self.config))

    async def drift(self) -> Drift:
        """What has drifted, by what its configuration says now."""
        settings = await self.settings()
        async with await Engine.connect(Endpoint(self.engine.host, "the test")) as engine:
            return await find_drift(
                engine, await Ledger.open(engine), settings.apps[self.name], settings.policy
            )

    def awake(self) -> list[str]:
        """The names of its containers that run."""
        return [name for name, state in self.states().items() if state == "running"]

    def states(self) -> dict[str, str]:
        """Everything on the engine that is its: name -> state."""
        return {
            name: one["State"]
            for one in self.engine.api.containers()
            if (name := one["Names"][0].removeprefix("/")).partition(".")[0] == self.name
        }

    def version(self) -> str:
        """The one that serves."""
        return str(self.engine.api.inspect(self.name)["Config"]["Labels"]["io.holdfast.version"])

    async def check(self) -> int:
        """One release serves, armed; all others sleep; the ledger is true; nothing is left. Its number."""
        releases, notes = await self.releases()
        standing = releases.standing
        assert notes == []
        live = standing.live
        assert live is not None, f"nothing is live: {self.states()}"
        assert self.awake() == [self.name], f"{self.states()}: {self.told[-3:]}"
        for number, slot in standing.slots.items():
            assert slot.armed == (number == live), f"r{number} of {standing}"
            assert standing.records[number] is True, f"r{number} is there and not good: {standing}"
            assert slot.name == (self.name if number == live else f"{self.name}.r{number}")
        assert standing.open == [], "every release has one outcome"
        assert f"{self.name}.lease" not in self.states()
        assert len(self.states()) == len(standing.slots), f"something is left: {self.states()}"
        return live


def lease_times(monkeypatch: pytest.MonkeyPatch, times: Times) -> None:
    """Whoever meets a lease here judges it by these times."""

    async def read(engine: Engine, app: str, _: Times = TIMES) -> LeaseState | None:
        return await read_lease(engine, app, times)

    for module in (leases, standalone, undisturbed):
        monkeypatch.setattr(module, "read_lease", read)


def bury_the_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every lease that is met counts as dead: the tests know that its owner is."""
    lease_times(monkeypatch, Times(dead=0.0))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What a failed test has left frozen would be waited for. One of several processes tells its cases."""
    for one in STARTED:
        if one.is_alive():
            one.kill()
    if (told := getattr(session.config, "workeroutput", None)) is not None:
        told["tally"] = TALLY.cases


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add what one of several processes tells."""
    for kind, numbers in getattr(node, "workeroutput", {}).get("tally", {}).items():
        known = TALLY.cases.setdefault(kind, [0, 0])
        known[:] = [known[0] + numbers[0], known[1] + numbers[1]]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many there were, and how many survived."""
    for line in TALLY.lines():
        terminalreporter.write_line(line)
