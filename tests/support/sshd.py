"""An sshd of the tests' own: own port on the loopback, keys and configuration; nobody else's is touched."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.support.ports import free_port
from tui.engine.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 10.0

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or "sshd"


class Sshd:
    """Not started yet. Lets in the account of the tests, by the key `folder/user`.

    options   further lines of sshd_config
    address   that it listens at
    inside    what goes before its command, to start it elsewhere
    """

    def __init__(
        self, folder: Path, *options: str, address: str = "127.0.0.1", inside: tuple[str, ...] = ()
    ) -> None:
        self.folder = folder
        self.address = address
        self._inside = inside
        self.port = free_port()
        self.options = list(options)
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("host", "user", "stranger"):
            keygen = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", folder / name]
            subprocess.run(keygen, check=True)
        shutil.copy(folder / "user.pub", folder / "authorized")
        self.know(self.host_key)

    @property
    def host_key(self) -> str:
        return (self.folder / "host.pub").read_text()

    def know(self, *keys: str) -> None:
        """Let exactly these be what clients know of it."""
        (self.folder / "known").write_text("".join(f"[{self.address}]:{self.port} {key}" for key in keys))

    def change_key(self) -> None:
        """Have another key from the next start on, of which clients know nothing."""
        shutil.copy(self.folder / "stranger", self.folder / "host")
        shutil.copy(self.folder / "stranger.pub", self.folder / "host.pub")

    def client(self, key: str = "user") -> tuple[str, ...]:
        """What clients have to be told, each as `ssh -o` takes it; `key` is "user" or "stranger"."""
        return (
            f"UserKnownHostsFile={self.folder}/known",
            "GlobalKnownHostsFile=none",
            f"IdentityFile={self.folder}/{key}",
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
        )

    def url(self, engine: str) -> str:
        """The endpoint of the engine at "unix:///...", by way of this sshd."""
        return f"ssh://{self.address}:{self.port}{engine.removeprefix('unix://')}"

    def endpoint(self, engine: str, *options: str, key: str = "user") -> Endpoint:
        return Endpoint(self.url(engine), "the test", ssh_options=(*options, *self.client(key)))

    def start(self) -> None:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where it leaves its rights behind
        lines = [
            f"Port {self.port}",
            f"ListenAddress {self.address}",
            f"HostKey {self.folder}/host",
            f"AuthorizedKeysFile {self.folder}/authorized",
            "StrictModes no",
            "UsePAM no",
            "PidFile none",
            "PermitRootLogin yes",
            *self.options,
        ]
        (self.folder / "config").write_text("\n".join(lines) + "\n")
        with (self.folder / "log").open("ab") as log:
            command = [*self._inside, SSHD, "-D", "-e", "-f", self.folder / "config"]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        limit = time.monotonic() + PATIENCE
        while True:
            assert self._process.poll() is None, self.log()
            with contextlib.suppress(OSError), socket.create_connection((self.address, self.port), 1):
                return
            assert time.monotonic() < limit, self.log()
            time.sleep(0.01)

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    @property
    def connections(self) -> list[int]:
        """The process IDs of those that serve a client, the newest last."""
        return self._beneath(self._process.pid) if self._process is not None else []

    def _beneath(self, pid: int) -> list[int]:
        with contextlib.suppress(OSError):
            return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return []

    def cut(self) -> None:
        """End every connection hard, as a network does that has gone."""
        for pid in self.connections:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """While it lasts, connections stay open and nothing answers."""
        pids = self.connections
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def stop(self) -> None:
        """Listen no more, and end every connection."""
        if self._process is not None:
            connections = self.connections
            self._process.kill()
            self._process.wait()
            for pid in connections:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()
