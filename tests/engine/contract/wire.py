"""Plain HTTP over a unix socket: what the contract suite speaks with either engine."""

from __future__ import annotations

import http.client
import json
import socket
import time
import urllib.parse
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 45.0
"""Seconds that an answer, or a state that is waited for, may take."""

IMAGE = "holdfast-test/busybox:1"


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str, seconds: float) -> None:
        super().__init__("docker", timeout=seconds)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Reply(NamedTuple):
    """An answer with its whole body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def message(self) -> str:
        """The text of an error answer."""
        return str(self.json["message"])


class Wire:
    """Speaks with the engine at `host` ("unix:///...")."""

    def __init__(self, host: str) -> None:
        self.path = host.removeprefix("unix://")

    def call(
        self, method: str, target: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """One request and its whole answer; bytes are sent as they are, anything else as JSON."""
        connection = _Connection(self.path, PATIENCE)
        content = body if isinstance(body, bytes) or body is None else json.dumps(body)
        kind = "application/x-tar" if isinstance(body, bytes) else "application/json"
        try:
            connection.request(method, target, content, {"Content-Type": kind, **(headers or {})})
            response = connection.getresponse()
            return Reply(response.status, dict(response.headers), response.read())
        finally:
            connection.close()

    def get(self, target: str, **filters: list[str]) -> Any:
        """The JSON of a successful GET."""
        if filters:
            target += ("&" if "?" in target else "?") + "filters=" + urllib.parse.quote(json.dumps(filters))
        reply = self.call("GET", target)
        assert reply.status == 200, reply
        return reply.json

    @contextmanager
    def stream(self, target: str, seconds: float = PATIENCE) -> Iterator[http.client.HTTPResponse]:
        """A streamed answer, read with `read1`."""
        connection = _Connection(self.path, seconds)
        try:
            connection.request("GET", target)
            response = connection.getresponse()
            assert response.status == 200, response.read()
            yield response
        finally:
            connection.close()

    # -- containers

    def create(self, command: list[str], name: str = "", **config: Any) -> tuple[str, str]:
        """Create a container; returns its ID and name."""
        name = name or f"contract-{uuid.uuid4().hex[:12]}"
        host = {"NetworkMode": "none", **config.pop("HostConfig", {})}
        body = {"Image": IMAGE, "Cmd": command, "HostConfig": host, "Labels": {"contract": "1"}, **config}
        reply = self.call("POST", f"/containers/create?name={name}", body)
        assert reply.status == 201, reply
        return reply.json["Id"], name

    def start(self, container: str) -> None:
        reply = self.call("POST", f"/containers/{container}/start")
        assert reply.status == 204, reply

    def run(self, command: list[str], **config: Any) -> tuple[str, str]:
        """Create and start."""
        made = self.create(command, **config)
        self.start(made[0])
        return made

    def wait(self, container: str) -> None:
        """Wait until it has ended, and the list says so too."""
        reply = self.call("POST", f"/containers/{container}/wait")
        assert reply.status == 200, reply
        self.until(lambda: self.listed(container)["State"] == "exited")

    def inspect(self, container: str) -> Any:
        return self.get(f"/containers/{container}/json")

    def listed(self, container: str) -> Any:
        (entry,) = self.get("/containers/json?all=1", id=[container])
        return entry

    def until(self, true: Any) -> None:
        """Wait until something holds."""
        limit = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < limit, "it did not come about"
            time.sleep(0.02)

    # -- events

    def events(self, since: float, until: float, **filters: list[str]) -> list[Any]:
        """What happened between two times."""
        query = f"since={since:.9f}&until={until:.9f}"
        if filters:
            query += "&filters=" + urllib.parse.quote(json.dumps(filters))
        reply = self.call("GET", f"/events?{query}")
        assert reply.status == 200, reply
        return [json.loads(line) for line in reply.body.splitlines()]

    def happened(self, since: float, last: str, **filters: list[str]) -> list[Any]:
        """The events since then, once the last of them is the action `last`."""
        found: list[Any] = []

        def ended() -> bool:
            told = self.events(since, time.time(), **filters)
            # What happens while an engine begins to tell it tells twice, as what was and as what is.
            found[:] = {(one.get("timeNano", n), one["Action"]): one for n, one in enumerate(told)}.values()
            return bool(found) and found[-1]["Action"] == last

        self.until(ended)
        return found


def frames(stream: bytes) -> list[tuple[int, bytes]]:
    """The frames of a multiplexed stream: (1 stdout or 2 stderr, payload)."""
    found = []
    at = 0
    while at < len(stream):
        kind, size = stream[at], int.from_bytes(stream[at + 4 : at + 8], "big")
        assert stream[at + 1 : at + 4] == b"\0\0\0"
        found.append((kind, stream[at + 8 : at + 8 + size]))
        at += 8 + size
    return found
