"""A registry of the tests' own: Debian's docker-registry on a loopback port."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Self

from tests.support.folder import claim, reap, remove
from tests.support.http import Http, Reply

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 45.0
_LISTENING = re.compile(r"listening on (127\.0\.0\.1:\d+)")
_MANIFESTS = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)


class RegistryMissing(RuntimeError):
    """The tests cannot have a registry of their own here; the text says why."""


class RegistryCalls:
    """What tests ask of the registry at `address`, "127.0.0.1:port"."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._http = Http(f"http://{address}")

    def ask(self, target: str, method: str = "GET") -> Reply:
        """An answer of its API (OCI distribution-spec 1.1), whatever its status; without a login."""
        return self._http.call(method, target, headers={"Accept": _MANIFESTS})

    def tags(self, repository: str) -> list[str]:
        """The tags of an open registry's repository; none where it is unknown."""
        reply = self.ask(f"/v2/{repository}/tags/list")
        return [] if reply.status == 404 else sorted(reply.json["tags"] or ())

    def digest(self, repository: str, tag: str) -> str:
        """The digest of a tag's manifest, "" where there is none; of an open registry."""
        return self.ask(f"/v2/{repository}/manifests/{tag}", "HEAD").headers.get("Docker-Content-Digest", "")


class Registry(RegistryCalls):
    """A running registry; ends with this process, however it ends.

    login     a user's name and password where it asks for them
    address   "127.0.0.1:port", the first part of the names of its images; an engine takes it without TLS
    """

    def __init__(self, login: tuple[str, str] | None = None) -> None:
        if shutil.which("docker-registry") is None:
            raise RegistryMissing("the tests need a registry: apt-get install docker-registry")
        reap()
        self.login = login
        self._folder, lock = claim("registry")
        (self._folder / "config.json").write_text(json.dumps(_settings(self._folder, login)))
        # setpriv: the registry does not read its standard input, so the kernel has to end it with us
        command = ["setpriv", "--pdeathsig", "KILL", "docker-registry", "serve"]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [*command, self._folder / "config.json"], stdout=log, stderr=log, pass_fds=[lock]
            )
        os.close(lock)
        try:
            super().__init__(self._address())
        except BaseException:
            self.close()
            raise

    def _address(self) -> str:
        limit = time.monotonic() + PATIENCE
        while True:
            said = (self._folder / "log").read_text(errors="replace")
            if found := _LISTENING.search(said):
                return found[1]
            if self._process.poll() is not None or time.monotonic() > limit:
                raise RegistryMissing(f"the registry did not start: {said[-2000:]}")
            time.sleep(0.01)

    def close(self) -> None:
        """End it and remove what it holds."""
        self._process.kill()
        self._process.wait()
        remove(self._folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def _settings(folder: Path, login: tuple[str, str] | None) -> dict[str, object]:
    """Its configuration; YAML contains JSON."""
    settings: dict[str, object] = {
        "version": 0.1,
        "log": {"level": "info", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}, "delete": {"enabled": True}},
        "http": {"addr": "127.0.0.1:0"},
    }
    if login is not None:
        name, password = login
        if shutil.which("htpasswd") is None:
            raise RegistryMissing("the tests need htpasswd: apt-get install apache2-utils")
        users = subprocess.run(["htpasswd", "-Bbn", name, password], capture_output=True, check=True)
        (folder / "users").write_bytes(users.stdout)
        settings["auth"] = {"htpasswd": {"realm": "holdfast-test", "path": str(folder / "users")}}
    return settings
