"""Requests to an engine without any library of the program under test, and its events as they come."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from typing import TYPE_CHECKING

from tests.bench.terminal import clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ANSWER_LIMIT = 60.0


class EngineError(RuntimeError):
    """An engine answered with an error, or not at all."""


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket: waits while the program under test keeps the engine's queue full."""

    def __init__(self, path: str, timeout: float | None) -> None:
        super().__init__("docker", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        limit = clock() + ANSWER_LIMIT
        while True:
            try:
                return self.sock.connect(self._path)
            except BlockingIOError:
                if clock() > limit:
                    raise
                time.sleep(0.01)


class EventLog:
    """The engine's events as they reach a listener of our own: the moment from which a screen is late."""

    def __init__(self, path: str) -> None:
        self._connection = _UnixConnection(path, None)
        self._connection.request("GET", "/events")
        self._answer = self._connection.getresponse()
        self._seen: dict[tuple[str, str], float] = {}
        self._changed = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        rest = b""
        while chunk := self._read():
            now = clock()
            *lines, rest = (rest + chunk).split(b"\n")
            events = [json.loads(line) for line in lines if line.strip()]
            with self._changed:
                for event in events:
                    name = event.get("Actor", {}).get("Attributes", {}).get("name", "")
                    self._seen[event.get("Action", ""), name] = now
                self._changed.notify_all()

    def _read(self) -> bytes:
        with contextlib.suppress(OSError, http.client.HTTPException):  # closed
            return self._answer.read1(1 << 16)
        return b""

    def when(self, action: str, name: str, after: float) -> float | None:
        """When the event came, if it came after `after` and within 5 s."""

        def came() -> bool:
            return self._seen.get((action, name), 0.0) >= after

        with self._changed:
            return self._seen[action, name] if self._changed.wait_for(came, 5.0) else None

    def close(self) -> None:
        self._connection.sock.shutdown(socket.SHUT_RDWR)


def call(path: str, method: str, url: str, body: bytes = b"", content: str = "application/json") -> bytes:
    """One request to the engine at the socket `path`: the answer's body."""
    connection = _UnixConnection(path, ANSWER_LIMIT)
    try:
        connection.request(method, url, body, {"Content-Type": content})
        answer = connection.getresponse()
        said = answer.read()
    finally:
        connection.close()
    if answer.status >= 400:
        raise EngineError(f"{method} {url}: {answer.status} {said.decode(errors='replace').strip()}")
    return said


def last_words(log: Path) -> str:
    """The last line of what an engine wrote before it gave up."""
    lines = log.read_text(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def answers(path: str, alive: Callable[[], bool]) -> bool:
    """Wait until an engine that was just started answers; False when it ended or took too long."""
    limit = clock() + ANSWER_LIMIT
    while alive() and clock() < limit:
        with contextlib.suppress(OSError):
            call(path, "GET", "/_ping")
            return True
        time.sleep(0.05)
    return False
