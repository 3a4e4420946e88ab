"""Processes of containers: what they write, when they end, what signals do, what restarts them.

It owns one task per process and per health check, and ends them all with `close`.
"""

from __future__ import annotations

import asyncio
import signal as signals
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.demo import httpd
from tui.demo.objects import SECOND, Container
from tui.demo.refused import Refused
from tui.demo.shell import Exit, Program, Shell, Sleep, Surroundings, Trap, Write, program
from tui.demo.stream import STDERR, STDOUT, Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tui.demo.archives import Files
    from tui.demo.logs import Book
    from tui.demo.state import State

GRACE = 10.0
"""Seconds that a container has to stop by itself (Engine API, POST /containers/{id}/stop)."""

FIRST_DELAY, LONGEST_DELAY = 0.1, 60.0
"""Seconds before a restart policy starts again, doubling (moby/restartmanager)."""

ENDING = (signals.SIGTERM, signals.SIGINT, signals.SIGQUIT, signals.SIGHUP)


def signal_number(text: str) -> int:
    """A signal by name ("KILL", "SIGKILL") or number; raises Refused 400."""
    name = text.upper().removeprefix("SIG")
    if text.isdigit() and 0 < int(text) < 65:
        return int(text)
    if f"SIG{name}" in signals.Signals.__members__:
        return signals.Signals[f"SIG{name}"].value
    raise Refused(400, f"Invalid signal: {text}")


@dataclass(slots=True)
class Process:
    """The first process of a container. `deaf`: takes no notice of SIGTERM; else ends with `on_term`."""

    on_term: int | None
    task: asyncio.Task[None] | None = None
    check: asyncio.Task[None] | None = None
    site: asyncio.Task[None] | None = None
    delay: float = FIRST_DELAY


class Runtime:
    """Runs what a state's containers run.

    programs   what a container runs, None: what its command says, or a quiet service
    verdicts   container ID -> whether its health check succeeds (default: what its test command says)
    """

    def __init__(self, state: State, book: Callable[[Container], Book], files: Files) -> None:
        self.state = state
        self.book = book
        self.files = files
        self.programs: Callable[[Container], Program | None] = lambda _container: None
        self.verdicts: dict[str, bool] = {}
        self.processes: dict[str, Process] = {}
        self.moved = Signal()
        self._tasks: set[asyncio.Task[None]] = set()
        state.watchers.append(self._changed)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _changed(self, container: Container, action: str) -> None:
        self.moved.fire()
        if action == "start":
            self.resume(container)
        elif action in ("die", "destroy"):
            self._ended(container)

    def surroundings(self, container: Container) -> Surroundings:
        environment = dict(
            entry.partition("=")[::2] for entry in container.config.get("Env") or () if "=" in entry
        )
        files = {
            "/etc/hostname": f"{container.id[:12]}\n",
            "/etc/os-release": 'NAME="Holdfast demo"\nID=demo\n',
            "/etc/hosts": "127.0.0.1\tlocalhost\n",
            **self.files.texts(container),
        }
        directory = str(container.config.get("WorkingDir") or "/")
        processes = [" ".join(container.command)]
        kind, _, beside = str(container.host.get("PidMode") or "").partition(":")
        if kind == "container" and (other := self.state.containers.get(beside)) is not None:
            files |= {f"/proc/1/root{path}": text for path, text in self.files.texts(other).items()}
            processes.insert(0, " ".join(other.command))
        return Surroundings(
            hostname=container.id[:12],
            environment=environment,
            processes=tuple(processes),
            files=files,
            directory=directory,
        )

    def resume(self, container: Container) -> None:
        """Run what a container runs; also for one that was running before the simulation began."""
        chosen = self.programs(container) or program(container.command, self.surroundings(container))
        before = self.processes.get(container.id)
        process = Process(chosen.on_term if chosen else 0, delay=before.delay if before else FIRST_DELAY)
        self.processes[container.id] = process
        if chosen:
            process.task = self.spawn(self._run(container, process, chosen))
        if site := httpd.site_of(container):
            httpd.choose(container, site)
            process.site = self.spawn(httpd.serve(container, site, self.files.texts))
        if container.health:
            process.check = self.spawn(self._check(container))

    def _ended(self, container: Container) -> None:
        process = self.processes.get(container.id)
        if process is None:
            return
        current = asyncio.current_task() if process.task or process.check else None
        for task in (process.task, process.check, process.site):
            if task is not None and task is not current:
                task.cancel()
        process.task = process.check = process.site = None
        if container.id not in self.state.containers or not container.alive:
            del self.processes[container.id]

    async def _run(self, container: Container, process: Process, chosen: Program) -> None:
        book = self.book(container)
        for step in chosen.steps:
            while container.state == "paused":
                await self.moved.wait()
            if isinstance(step, Write):
                if container.tty:
                    book.write(step.text.replace(b"\n", b"\r\n"))
                else:
                    book.write(step.text, step.stream)
            elif isinstance(step, Sleep):
                await asyncio.sleep(min(step.seconds, 1e6))
            elif isinstance(step, Trap):
                process.on_term = step.code
            else:
                self.exited(container, step.code)
                return
        await asyncio.Event().wait()

    def exited(self, container: Container, code: int) -> None:
        """The process ended by itself: its restart policy decides what comes."""
        if not container.alive:
            return
        for stream in (STDOUT, STDERR):
            self.book(container).close(stream)
        policy = container.restart_policy
        again = policy in ("always", "unless-stopped") or (policy == "on-failure" and code != 0)
        limit = int((container.host.get("RestartPolicy") or {}).get("MaximumRetryCount") or 0)
        if policy == "on-failure" and limit and container.restarts >= limit:
            again = False
        process = self.processes.get(container.id)
        lived = (self.state.clock() - container.started) / SECOND
        self.state.died(container, code, again)
        if again:
            delay = FIRST_DELAY if lived > 10 or process is None else process.delay
            if process is not None:
                process.delay = min(LONGEST_DELAY, delay * 2)
            self.spawn(self._again(container, delay))
        elif container.host.get("AutoRemove"):
            self.state.remove(container)

    def exited_before(self, container: Container) -> None:
        """A container that waits for its restart policy since before the simulation began."""
        self.processes[container.id] = Process(0, delay=8.0)
        self.spawn(self._again(container, 3.0))

    async def _again(self, container: Container, delay: float) -> None:
        await asyncio.sleep(delay)
        if container.state == "restarting" and container.id in self.state.containers:
            container.restarts += 1
            self.state.start(container)

    # -- what requests ask for

    async def signal(self, container: Container, number: int) -> None:
        """POST /containers/{id}/kill."""
        self.state.kill(container, number)
        code = self._on_term(container)
        if number == signals.SIGKILL:
            self._killed(container, 137)
        elif number in ENDING and code is not None and container.state == "running":
            self._killed(container, code)

    def _on_term(self, container: Container) -> int | None:
        process = self.processes.get(container.id)
        return process.on_term if process else 0

    def _killed(self, container: Container, code: int) -> None:
        """A process ended by a request: no restart policy asks for it again."""
        for stream in (STDOUT, STDERR):
            self.book(container).close(stream)
        self.state.died(container, code)

    async def stop(self, container: Container, seconds: float | None) -> bool:
        """POST /containers/{id}/stop; False where it was stopped already.

        It goes on when the one who asked has left, as on a real engine.
        """
        if not container.alive:
            return False
        await asyncio.shield(self.spawn(self._stop(container, GRACE if seconds is None else seconds)))
        return True

    async def _stop(self, container: Container, grace: float) -> None:
        if container.state == "restarting":
            container.state = "exited"
            self.state.stopped(container)
            return
        asked = signal_number(str(container.config.get("StopSignal") or "SIGTERM"))
        self.state.kill(container, asked)
        if container.state == "paused":
            self.state.unpause(container)
        code = self._on_term(container)
        if code is None:
            await self._wait_dead(container, grace)
            code = 137
            if container.alive:
                self.state.kill(container, signals.SIGKILL)
        else:
            await asyncio.sleep(min(0.05, grace))
        if container.alive:
            self._killed(container, code)
        self.state.stopped(container)
        if container.host.get("AutoRemove") and container.id in self.state.containers:
            self.state.remove(container)

    async def _wait_dead(self, container: Container, seconds: float) -> None:
        deadline = asyncio.get_running_loop().time() + seconds
        while container.alive and (rest := deadline - asyncio.get_running_loop().time()) > 0:
            await self.moved.wait_for(rest)

    async def restart(self, container: Container, seconds: float | None) -> None:
        """POST /containers/{id}/restart."""
        await asyncio.shield(self.spawn(self._restart(container, seconds)))

    async def _restart(self, container: Container, seconds: float | None) -> None:
        await self.stop(container, seconds)
        self.state.start(container)
        self.state.restarted(container)

    # -- health

    async def _check(self, container: Container) -> None:
        check = container.config["Healthcheck"]
        interval = (check.get("Interval") or 30 * SECOND) / SECOND
        start = (check.get("StartPeriod") or 0) / SECOND
        early = (check.get("StartInterval") or 5 * SECOND) / SECOND
        began = asyncio.get_running_loop().time()
        retries = check.get("Retries") or 3
        test = [str(word) for word in check.get("Test") or ()]
        script = " ".join(test[1:])
        number = 0
        while True:
            status = container.health.status if container.health else ""
            starting = status == "starting" and asyncio.get_running_loop().time() - began < start
            await asyncio.sleep(early if starting else interval)
            if container.state != "running":
                continue
            number += 1
            exec_id = f"{container.id[:48]}{number:016x}"
            text = f"/bin/sh -c {script}"
            self.state.noticed(container, f"exec_create: {text}", execID=exec_id)
            self.state.noticed(container, f"exec_start: {text}", execID=exec_id)
            good, output = self._verdict(container, script)
            self.state.noticed(container, "exec_die", execID=exec_id, exitCode="0" if good else "1")
            health = container.health
            if health is None:
                return
            if not good and starting:
                continue  # it does not count yet
            if good:
                self.state.set_health(container, "healthy", output or "ok\n")
            else:
                failed = health.streak + 1 >= retries
                output = output or "connect to 127.0.0.1: Connection refused\n"
                self.state.set_health(container, "unhealthy" if failed else health.status, output, 1)

    def _verdict(self, container: Container, script: str) -> tuple[bool, str]:
        """Whether a check succeeds, and what it said."""
        verdict = self.verdicts.get(container.id)
        if verdict is not None:
            return verdict, ""
        shell = Shell(self.surroundings(container))
        said = ""
        for step in shell.run(script):
            if isinstance(step, Exit):
                break
            if isinstance(step, Write) and shell.code != 127:
                said += step.text.decode("utf-8", "replace")
        return shell.code in (0, 127), said
