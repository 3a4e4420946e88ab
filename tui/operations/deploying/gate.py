"""The gate: a container must start, keep running and prove that it serves, within its time.

Start: it runs, and is not started again. Health: an HTTP, TCP or exec probe of the app where there is one;
else the health check of app or image; else it has run for `stable` seconds. A container that ends, is started
again or becomes unhealthy fails at once.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError
from tui.engine.reach import dialled
from tui.errors import HoldfastError
from tui.model.container import NO_HEALTHCHECK, RESTARTING
from tui.model.operation_id import short_op
from tui.operations.deploying.probes import Asking, ask_command, ask_http, ask_tcp, trust

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from tui.engine.client import Engine
    from tui.engine.container.inspected import ContainerState, Inspected
    from tui.model.app import ReadySpec

    Say = Callable[[str], None]
    Clean = Callable[[str], str]
    Address = Callable[[int], Awaitable[tuple[str, int]]]

POLL = 0.1
"""Seconds between two looks at the container's state; its end is told by the engine at once."""

FIRST_PAUSE = 0.02
"""Seconds after the first try of a probe, doubled up to the app's interval: most are ready very soon."""

LOG_LINES = 15
"""Last lines of its log that a failure shows: all that it shows has room in the ledger (SAID_LINES)."""

LINE = 500
"""Characters shown of a line."""

SAID = "what it said last is quoted here"
"""The remedy of what only its author knows: the container itself may be gone by then."""


EXEC = (
    "probe with a command instead (exec), publish the port on an address that is reached from here, or reach "
    "the engine by ssh"
)
"""The remedies where a probe does not reach the port that it asks."""


class NotReady(HoldfastError):
    """A container did not prove that it serves.

    exit_code   of its process, None while that runs
    detail      exit code, last lines of the log, what the health check said last where it failed
    """

    def __init__(
        self, message: str, hint: str = "", detail: tuple[str, ...] = (), exit_code: int | None = None
    ) -> None:
        super().__init__(message, hint, detail)
        self.exit_code = exit_code


async def gate(
    engine: Engine,
    container_id: str,
    ready: ReadySpec,
    *,
    say: Say,
    address: Address | None = None,
    clean: Clean = str,
) -> None:
    """Return once a container that was started proves that it serves. Raises NotReady, EngineError.

    say       is told, in a few words, what is waited for, whenever that changes
    address   where a port of the container is reached from here: by default where it is published
    clean     hides secrets in what the container said, before its lines are cut
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    told = _Told(say)
    probing = _probing(engine, container_id, ready, told, address or _published(engine, container_id))
    end = asyncio.create_task(engine.containers.wait(container_id))
    started = ""
    try:
        while True:
            container = await engine.containers.inspect(container_id)
            state = container.state
            started = started or state.started
            if problem := _trouble(state, started):
                raise await _failure(engine, container, *problem, clean)
            passed = loop.time() - began
            if probing is None:
                proved = _proved(state, ready, passed, told)
            elif proved := probing.done():
                probing.result()
            if proved:
                return
            if passed >= _limit(state, ready, probed=probing is not None):
                late = f"was not ready within {ready.timeout:g} s: {told.reason}"
                raise await _failure(engine, container, late, SAID, clean)
            await _pause(end, probing)
    finally:
        tasks = [task for task in (end, probing) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Told:
    """Passes on what is waited for, when it changes, and remembers it."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self.reason = ""

    def __call__(self, reason: str) -> None:
        if reason != self.reason:
            self.reason = reason
            self._say(reason)


async def _pause(*tasks: asyncio.Task[int] | asyncio.Task[None] | None) -> None:
    """Until one of them is done, and for POLL at most."""
    waiting = [task for task in tasks if task is not None and not task.done()]
    if waiting:
        await asyncio.wait(waiting, timeout=POLL, return_when=asyncio.FIRST_COMPLETED)
    else:
        await asyncio.sleep(POLL)


def _trouble(state: ContainerState, started: str) -> tuple[str, str] | None:
    """Why the container can not become ready any more, and the remedy."""
    if state.restart_count or state.status == RESTARTING or (state.steady and state.started != started):
        return f"ended with exit code {state.exit_code} and was started again", SAID
    if not state.steady:
        if state.oom_killed:
            return "was killed because it used too much memory", "raise mem_limit, or let it use less"
        if state.error:
            return f"did not start: {state.error}", ""
        return f"ended with exit code {state.exit_code} before it was ready", SAID
    if state.health == "unhealthy":
        return "is unhealthy", "what its health check said is quoted here"
    return None


def fell_over(state: ContainerState, started: str) -> str:
    """What became of a release that was ready, "" where it serves as it did.

    It must neither end, nor be started again, nor become unhealthy, also between two looks. Whoever
    has passed the gate was not started again before.

    started   of its container, when it began to be watched
    """
    if not state.steady:
        return f"ended with exit code {state.exit_code}"
    if state.restart_count or state.started != started:
        return "was started again"
    return "became unhealthy" if state.health == "unhealthy" else ""


def _proved(state: ContainerState, ready: ReadySpec, passed: float, told: _Told) -> bool:
    """Whether it is ready where there is no probe."""
    if state.health != NO_HEALTHCHECK:
        told(f"its health check says {state.health}")
        return state.health == "healthy"
    told(f"it runs, and must for {ready.stable:g} s")
    return passed >= ready.stable


def _limit(state: ContainerState, ready: ReadySpec, *, probed: bool) -> float:
    """Seconds that it may take; running for `stable` seconds takes as long as it takes."""
    asked = probed or state.health != NO_HEALTHCHECK
    return ready.timeout if asked else max(ready.timeout, ready.stable + 1)


def _published(engine: Engine, container_id: str) -> Address:
    async def find(port: int) -> tuple[str, int]:
        container = await engine.containers.inspect(container_id)
        bindings = container.published.get(f"{port}/tcp")
        if not bindings:
            raise NotReady(
                f"{container.name} does not publish port {port}, which its probe asks",
                "probe with a command instead, or connect it to a bridge network",
            )
        for host, number in bindings:
            if address := dialled(engine.endpoint, host):
                return address, number
        raise NotReady(
            f"port {port} of {container.name}, which its probe asks, is published on the loopback of the "
            f"engine's host alone, and {engine.endpoint.url} does not lead there",
            EXEC,
        )

    return find


def _probing(
    engine: Engine, container_id: str, ready: ReadySpec, told: _Told, address: Address
) -> asyncio.Task[None] | None:
    """Tries the app's probe again and again, until it succeeds; None where there is none."""
    port, _, path = ready.http.partition("/")

    asking = Asking(f"/{path}", ready.host or f"localhost:{port}", ready.status, ready.headers)

    async def http() -> str:
        nonlocal asking
        if ready.scheme == "https" and asking.tls is None:
            asking = asking._replace(tls=await asyncio.to_thread(trust, verify=ready.verify))
        host, number = await address(int(port))
        return await ask_http(engine.dial, host, number, asking)

    async def tcp() -> str:
        return await ask_tcp(engine.dial, *await address(ready.tcp))

    async def command() -> str:
        return await ask_command(engine, container_id, ready.exec)

    async def again(name: str, ask: Callable[[], Awaitable[str]]) -> None:
        pause = FIRST_PAUSE
        while reason := await ask():
            told(f"{name}: {reason}")
            await asyncio.sleep(min(pause, ready.interval))
            pause *= 2

    if ready.http:
        name, ask = f"{ready.scheme} {port}/{path}", http
    elif ready.tcp:
        name, ask = f"tcp {ready.tcp}", tcp
    elif ready.exec:
        name, ask = ready.exec[0], command
    else:
        return None
    told(f"{name}: asking")
    return asyncio.create_task(again(name, ask))


async def _failure(engine: Engine, container: Inspected, problem: str, hint: str, clean: Clean) -> NotReady:
    state = container.state
    detail = await last_words(engine, container.id, state, clean)
    return NotReady(f"{container.name} {problem}", hint, detail, None if state.steady else state.exit_code)


async def last_words(
    engine: Engine, container_id: str, state: ContainerState, clean: Clean = str
) -> tuple[str, ...]:
    """What is left to know of a container once it is gone: its exit code, the end of its log, and what its
    health check said last, where that failed."""
    detail = [] if state.steady else [f"exit code {state.exit_code}"]
    log = await last_lines(engine, container_id)
    return clipped([clean(line) for line in (*detail, *log, *state.failed_check)])


def kept(error: HoldfastError, op: str) -> str:
    """A failure's remedy, and where its lines stay when they have left the screen."""
    if not error.detail:
        return error.hint
    return f"{error.hint}; holdfast history --show {short_op(op)} keeps it".removeprefix("; ")


async def last_lines(engine: Engine, container_id: str) -> list[str]:
    """The end of a container's log, with a heading; or why it cannot be had."""
    try:
        lines = await engine.containers.tail(container_id, LOG_LINES)
    except EngineError as error:
        return [f"its log cannot be read: {error.message}"]
    return ["last lines of its log:", *lines] if lines else ["its log is empty"]


def clipped(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines as a failure shows them, none endless."""
    return tuple(line if len(line) <= LINE else f"{line[:LINE]}…" for line in lines)
