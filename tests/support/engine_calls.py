"""What tests ask of an engine, apart from the program under test."""

from __future__ import annotations

import base64
import json
import time
import urllib.parse
import uuid
from typing import TYPE_CHECKING, Any

from tests.support.busybox import IMAGE, archive
from tests.support.http import PATIENCE, Http
from tui.ledger.anchor import VOLUME

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def until(true: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until something holds."""
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, f"it did not come about within {seconds:g} s"
        time.sleep(0.01)


class EngineCalls(Http):
    """Calls to the engine at `url`; each of them succeeds or fails the test."""

    def import_busybox(self) -> str:
        """Make the image IMAGE; its ID."""
        repository, tag = IMAGE.split(":")
        query = urllib.parse.urlencode({"fromSrc": "-", "repo": repository, "tag": tag})
        change = urllib.parse.urlencode({"changes": "ENV PATH=/bin"})
        reply = self.ask("POST", f"/images/create?{query}&{change}", archive())
        return str(reply.lines[-1]["status"])

    # -- containers

    def create(self, *command: str, name: str = "", **config: Any) -> str:
        """Create a container of IMAGE without a network, unless `config` says otherwise; its ID."""
        name = name or f"test-{uuid.uuid4().hex[:12]}"
        host = {"NetworkMode": "none", **config.pop("HostConfig", {})}
        wanted: dict[str, Any] = {
            "Image": IMAGE,
            "Cmd": list(command) or ["sleep", "600"],
            "HostConfig": host,
        }
        wanted |= {"StopTimeout": 1, **config}  # a stopping engine waits that long
        return str(self.ask("POST", f"/containers/create?name={name}", wanted).json["Id"])

    def start(self, container: str) -> None:
        self.ask("POST", f"/containers/{container}/start")

    def run(self, *command: str, name: str = "", **config: Any) -> str:
        """Create and start; its ID."""
        id = self.create(*command, name=name, **config)
        self.start(id)
        return id

    def stop(self, container: str, seconds: int = 0) -> None:
        self.ask("POST", f"/containers/{container}/stop?t={seconds}")

    def kill(self, container: str, signal: str = "KILL") -> None:
        self.ask("POST", f"/containers/{container}/kill?signal={signal}")

    def wait(self, container: str) -> int:
        """Wait until it has ended; its exit code."""
        return int(self.ask("POST", f"/containers/{container}/wait").json["StatusCode"])

    def rename(self, container: str, name: str) -> None:
        self.ask("POST", f"/containers/{container}/rename?{urllib.parse.urlencode({'name': name})}")

    def remove(self, container: str) -> None:
        """Remove it with its volumes, running or not."""
        self.ask("DELETE", f"/containers/{container}?force=1&v=1")

    def containers(self) -> list[Any]:
        """All of them, as the engine lists them."""
        return list(self.get("/containers/json?all=1"))

    def inspect(self, container: str) -> Any:
        return self.get(f"/containers/{container}/json")

    # -- images

    def tag(self, image: str, reference: str) -> None:
        repository, _, tag = reference.rpartition(":")
        self.ask("POST", f"/images/{image}/tag?{urllib.parse.urlencode({'repo': repository, 'tag': tag})}")

    def untag(self, reference: str) -> None:
        """Remove a name, and the image with its last one."""
        self.ask("DELETE", f"/images/{reference}?force=1")

    def push(self, reference: str, login: tuple[str, str] | None = None) -> list[Any]:
        """Push a tag, with a user's name and password; the lines of progress, also where it failed."""
        repository, _, tag = reference.rpartition(":")
        name, password = login or ("", "")
        sealed = json.dumps({"username": name, "password": password}).encode()
        auth = {"X-Registry-Auth": base64.urlsafe_b64encode(sealed).decode()}
        return self.ask("POST", f"/images/{repository}/push?tag={tag}", headers=auth, seconds=60).lines

    # -- events

    def events(self, since: float, to: float | None = None, **filters: Sequence[str]) -> list[Any]:
        """What happened between two times (seconds since the epoch), at most 256 of them."""
        query = {"since": f"{since:.9f}", "until": f"{time.time() if to is None else to:.9f}"}
        if filters:
            query["filters"] = json.dumps(filters)
        return self.ask("GET", f"/events?{urllib.parse.urlencode(query)}").lines

    # -- afterwards

    def sweep(self) -> None:
        """Remove all containers, the ledger, and all images but IMAGE: only for an engine of the tests."""
        for container in self.containers():
            self.call("DELETE", f"/containers/{container['Id']}?force=1&v=1")
        self.call("DELETE", f"/volumes/{VOLUME}?force=1")
        for image in self.get("/images/json"):
            for tag in image["RepoTags"] or [image["Id"]]:
                if tag != IMAGE:
                    self.call("DELETE", f"/images/{tag}?force=1")
