"""Plain HTTP over a unix socket or TCP, without any library of the program under test."""

from __future__ import annotations

import http.client
import json
import socket
import urllib.parse
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATIENCE = 45.0
"""Seconds that an answer may take."""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, seconds: float) -> None:
        super().__init__("docker", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Reply(NamedTuple):
    """An answer with its whole body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def lines(self) -> list[Any]:
        """The values of a JSON stream."""
        return [json.loads(line) for line in self.body.splitlines() if line.strip()]


class Http:
    """Speaks with the server at `url`: "unix:///path" or "http://host:port"."""

    def __init__(self, url: str) -> None:
        self.url = url

    def _connection(self, seconds: float) -> http.client.HTTPConnection:
        parts = urllib.parse.urlsplit(self.url)
        if parts.scheme == "unix":
            return _UnixConnection(parts.path, seconds)
        return http.client.HTTPConnection(parts.netloc, timeout=seconds)

    def call(
        self,
        method: str,
        target: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = PATIENCE,
    ) -> Reply:
        """One request and its whole answer, whatever its status. Bytes go as a tar, all else as JSON."""
        connection = self._connection(seconds)
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        kind = "application/x-tar" if isinstance(body, bytes) else "application/json"
        try:
            connection.request(method, target, content, {"Content-Type": kind, **(headers or {})})
            answer = connection.getresponse()
            return Reply(answer.status, dict(answer.headers), answer.read())
        finally:
            connection.close()

    def ask(self, method: str, target: str, body: object = None, **options: Any) -> Reply:
        """The same, where nothing but success will do."""
        reply = self.call(method, target, body, **options)
        assert reply.status < 400, f"{method} {target}: {reply.status} {reply.body!r}"
        return reply

    def get(self, target: str, **filters: list[str]) -> Any:
        """The JSON of a successful GET, with the engine's `filters`."""
        if filters:
            target += ("&" if "?" in target else "?") + urllib.parse.urlencode(
                {"filters": json.dumps(filters)}
            )
        return self.ask("GET", target).json

    @contextmanager
    def stream(self, target: str, seconds: float = PATIENCE) -> Iterator[http.client.HTTPResponse]:
        """A streamed answer, to be read with `read1` or `readline`."""
        connection = self._connection(seconds)
        try:
            connection.request("GET", target)
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            yield answer
        finally:
            connection.close()
