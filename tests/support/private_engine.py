"""A Docker Engine of the tests' own: own socket, data, processes and mounts; nobody else's is touched.

It runs in the network of this machine, so that published ports are on its loopback, but with neither a
default bridge nor firewall rules. Networks that a test makes get their addresses from a range that is never
routed (RFC 2544).
"""

from __future__ import annotations

import contextlib
import fcntl
import ipaddress
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from tests.support.engine_calls import EngineCalls
from tests.support.folder import PLACE, PREFIX, SCRIPT, claim, reap
from tests.support.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 60.0
"""Seconds that a start may take; it takes about 0.5."""


class EngineMissing(RuntimeError):
    """The tests cannot have an engine of their own here; the text says why."""


def _networks(folder: Path) -> str:
    """One of 32 ranges that no other engine of tests has, written into the folder."""
    with (PLACE / "holdfast-tests.lock").open("w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        taken = {path.read_text() for path in PLACE.glob(f"{PREFIX}engine-*/networks")}
        ranges = {f"198.{block}.{16 * part}.0/20" for block in (18, 19) for part in range(16)}
        networks = random.choice(sorted(ranges - taken) or sorted(ranges))
        (folder / "networks").write_text(networks)
    return networks


class TlsFiles(NamedTuple):
    """What dockerd --tlsverify is given."""

    ca: Path
    cert: Path
    key: Path


def _own_address(folder: Path, networks: str) -> str:
    """The last address of the range, on a bridge of its own: it goes with the engine's."""
    address = str(ipaddress.ip_network(networks)[-2])
    bridge = f"hf-{folder.name[-8:]}"
    subprocess.run(["ip", "link", "add", bridge, "type", "bridge"], check=True)
    subprocess.run(["ip", "address", "add", f"{address}/32", "dev", bridge], check=True)
    subprocess.run(["ip", "link", "set", bridge, "up"], check=True)
    return address


def _listening(files: TlsFiles, address: str, port: int) -> list[str]:
    return [
        *(
            "--tlsverify",
            "--tlscacert",
            f"{files.ca}",
            "--tlscert",
            f"{files.cert}",
            "--tlskey",
            f"{files.key}",
        ),
        *("--host", f"tcp://127.0.0.1:{port}", "--host", f"tcp://{address}:{port}"),
    ]


def _check() -> None:
    wanted = {"dockerd": "docker.io", "ip": "iproute2", "unshare": "util-linux"}
    missing = [package for command, package in wanted.items() if shutil.which(command) is None]
    if missing:
        raise EngineMissing(f"the tests need an engine of their own: apt-get install {' '.join(missing)}")
    if os.geteuid() != 0:
        raise EngineMissing("the tests start a Docker Engine of their own, and that takes root")


class PrivateEngine:
    """Not started yet. Ends with this process, however it ends.

    host      its endpoint, "unix:///..."
    api       calls to it
    address   with `tls`: one of this machine's that is not on its loopback, and nobody else's
    """

    def __init__(self, *, tls: Callable[[Path, str], TlsFiles] | None = None) -> None:
        """`tls` makes the certificates of an engine that listens by TCP too, in a folder, for an address."""
        _check()
        reap()
        self.folder, lock = claim("engine")
        networks = _networks(self.folder)
        self.address, self.port, further = "", 0, list[str]()
        if tls is not None:
            self.address, self.port = _own_address(self.folder, networks), free_port()
            further = _listening(tls(self.folder, self.address), self.address, self.port)
        (self.folder / "config.json").write_text("{}")  # a developer's own settings are not read
        self.host = f"unix://{self.folder}/docker.sock"
        self.api = EngineCalls(self.host)
        try:
            self._supervisor = subprocess.Popen(
                ["sh", SCRIPT, "run", self.folder, *_arguments(self.folder, networks), *further],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=[lock],
                start_new_session=True,  # Ctrl+C is for the tests, which then end it properly
                text=True,
                bufsize=1,
            )
        finally:
            os.close(lock)

    def _tell(self, word: str) -> None:
        assert self._supervisor.stdin
        assert self._supervisor.stdout
        with contextlib.suppress(BrokenPipeError):
            self._supervisor.stdin.write(f"{word}\n")
        if self._supervisor.stdout.readline() != "done\n":
            raise EngineMissing("no namespaces for an engine of the tests' own: is this a container?")

    def start(self) -> None:
        """Start it and wait until it answers. Raises EngineMissing where it cannot run here."""
        self._tell("start")
        limit = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError):
                self.api.ask("GET", "/_ping")
                return
            if (self.folder / "ended").exists() or time.monotonic() > limit:
                raise EngineMissing(f"dockerd did not start: {self.log()[-2000:]}")
            time.sleep(0.01)

    def stop(self) -> None:
        """As the service is stopped: containers get their stop signal."""
        self._tell("stop")

    def kill(self) -> None:
        """As if it crashed."""
        self._tell("kill")

    def restart(self) -> None:
        self.stop()
        self.start()

    @property
    def pid(self) -> int:
        """The process ID of dockerd; raises OSError while it does not run."""
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(self.host.removeprefix("unix://"))
            credentials = asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return int(struct.unpack("3i", credentials)[0])

    def on_its_disk(self, path: str) -> Path:
        """Where a file that it names is for us: it has mounts of its own."""
        return Path(f"/proc/{self.pid}/root{path}")

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """While it lasts, connections open but nothing answers."""
        pid = self.pid
        os.kill(pid, signal.SIGSTOP)
        try:
            while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
                time.sleep(0.001)  # the signal takes a moment to reach every thread
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def log(self) -> str:
        """What it wrote to its log so far."""
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def close(self) -> None:
        """End it and all its containers, and remove all of it."""
        assert self._supervisor.stdin
        assert self._supervisor.stdout
        self._supervisor.stdin.close()
        self._supervisor.stdout.close()
        self._supervisor.wait()

    def __enter__(self) -> Self:
        try:
            self.start()
            self.api.import_busybox()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def _arguments(folder: Path, networks: str) -> list[str]:
    """Of dockerd."""
    return [
        *("--host", f"unix://{folder}/docker.sock", "--config-file", f"{folder}/config.json"),
        *("--data-root", f"{folder}/data", "--exec-root", f"{folder}/run", "--pidfile", f"{folder}/pid"),
        *("--bridge", "none", "--iptables=false", "--ip6tables=false", "--ip-masq=false"),
        *("--ip-forward=false", "--default-address-pool", f"base={networks},size=24"),
        *("--exec-opt", "native.cgroupdriver=cgroupfs", "--cgroup-parent", f"/{folder.name}"),
    ]
