"""An engine that lies: what it is asked for comes without an end, slowly, or as no engine would send it.

It is no Docker Engine: all that it knows is one container, web, and what to say instead of the truth.
"""

from __future__ import annotations

import json
import os
import re
import socketserver
import struct
import subprocess
import sys
import time
import zlib
from contextlib import suppress
from itertools import chain, count, repeat
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

ID = "5" * 64
IMAGE = "sha256:" + "1" * 64
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PIECE = 1 << 18
TREE = os.path.abspath(f"{__file__}/../../..")

CONTAINER = {
    "Id": ID, "Names": ["/web"], "Image": "web:1", "ImageID": IMAGE, "Command": "serve", "Created": 1,
    "State": "running", "Status": "Up 1 second", "Labels": {}, "Ports": [],
}  # fmt: skip
INSPECTED = {
    "Id": ID, "Name": "/web", "Created": "2026-11-24T11:46:46Z", "Path": "serve", "Args": [], "Image": IMAGE,
    "State": {"Status": "running", "Running": True, "StartedAt": "2026-11-24T11:46:46Z", "Pid": 1},
    "Config": {"Image": "web:1", "Labels": {}, "Env": [], "Cmd": ["serve"], "Tty": False},
    "HostConfig": {"LogConfig": {"Type": "json-file"}}, "NetworkSettings": {"Networks": {}}, "Mounts": [],
}  # fmt: skip


def _json(value: object) -> bytes:
    body = json.dumps(value).encode()
    return HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


TRUTH: dict[str, object] = {
    "/_ping": "OK",
    "/version": {"Version": "28.5", "ApiVersion": "1.51", "MinAPIVersion": "1.24", "Os": "linux"},
    "/info": {"ID": "lies", "Name": "liar", "SystemTime": "2026-11-24T11:46:46Z", "Driver": "overlay2"},
    "/containers/json": [CONTAINER],
    "/images/json": [],
    "/volumes": {"Volumes": [], "Warnings": None},
    "/networks": [],
    "/system/df": {"LayersSize": 0, "Images": [], "Containers": [], "Volumes": [], "BuildCache": []},
    f"/containers/{ID}/json": INSPECTED,
    "/containers/web/json": INSPECTED,
}


def endless(begin: bytes, piece: bytes, head: bytes = HEAD + b"\r\n") -> Callable[[], Iterator[bytes]]:
    """The head, how the body begins, and then the same again and again."""
    many = piece * max(1, PIECE // len(piece))

    def said() -> Iterator[bytes]:
        yield head + begin
        yield from repeat(many)

    return said


def _bomb() -> Iterator[bytes]:
    """Zeros without an end, a thousandth of their size on the way."""
    pack = zlib.compressobj(9, wbits=31)
    yield HEAD + b"Content-Encoding: gzip\r\n\r\n"
    for _ in repeat(None):
        if said := pack.compress(bytes(PIECE * 16)):
            yield said


def _labels() -> Iterator[bytes]:
    """Containers with very many labels, a list of as many bytes as a program may be ready to take."""
    yield HEAD + b"\r\n["
    for number in range(60):
        labels = {f"{number}-{at}": "a" for at in range(50_000)}
        yield json.dumps({**CONTAINER, "Id": f"{number:064x}", "Labels": labels}).encode() + b","


def _small_values() -> Iterator[bytes]:
    """An object of nearly 4 MiB that is whole, of the values that take most memory for their size."""
    body = b'{"ID":"lies","Name":"liar","a":[' + b'{"a":1},' * 500_000 + b"1]}"
    yield HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def _silence() -> Iterator[bytes]:
    """Nothing, and the connection stays open."""
    for _ in repeat(None):
        time.sleep(0.1)
        yield b""


def _drip() -> Iterator[bytes]:
    """A byte of a list every tenth of a second."""
    yield HEAD + b"\r\n["
    for _ in repeat(None):
        time.sleep(0.1)
        yield b" "


def _items() -> Iterator[bytes]:
    """A list of containers that has no end, each another."""
    yield HEAD + b"\r\n["
    for number in count():
        item = {**CONTAINER, "Id": f"{number:064x}", "Names": [f"/c{number}"]}
        yield json.dumps(item).encode() + b","


def _events() -> Iterator[bytes]:
    """10,000 events a second, of containers that come and go."""
    yield HEAD + b"\r\n"
    began, told = time.monotonic(), 0
    for _ in repeat(None):
        due = int((time.monotonic() - began) * 10_000) - told
        yield b"".join(_event(told + at) for at in range(due))
        told += due
        time.sleep(0.01)


def _event(number: int) -> bytes:
    action = ("create", "start", "die", "destroy")[number % 4]
    name = f"c{number // 4}"
    actor = {"ID": f"{number // 4:064x}", "Attributes": {"name": name, "image": "web:1"}}
    event = {"Type": "container", "Action": action, "Actor": actor, "time": 1, "timeNano": number}
    return json.dumps(event).encode() + b"\n"


def _log_line() -> Iterator[bytes]:
    """A log of one line, in messages as the engine frames them, that has no end."""
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"
    text = b"2026-11-24T11:46:46.123456789Z " + b"x" * 16_000
    yield from repeat((struct.pack(">BxxxL", 1, len(text)) + text) * 16)


LIES: dict[str, Callable[[], Iterator[bytes]]] = {
    "a string without an end": endless(b'{"ID":"', b"x"),
    "a list in a list without an end": endless(b"", b"["),
    "objects without an end": endless(b"[", b'{"a":"b"},'),
    "numbers without an end": endless(b"[", b"1,"),
    "keys without an end": endless(b'{"a":1', b',"b":{"c":"d"}'),
    "containers without an end": _items,
    "labels of a list": _labels,
    "values of an object": _small_values,
    "blanks without an end": endless(b"", b" "),
    "headers without an end": endless(b"", b"X-More: of the same\r\n", HEAD),
    "a header without an end": endless(b"X-Long: ", b"x", HEAD),
    "a status without an end": endless(b"", b"x", b"HTTP/1.1 200 "),
    "a chunk's extension without an end": endless(b"5;", b"x", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
    "trailers without an end": endless(
        b"0\r\n", b"X-More: of the same\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    ),
    "a chunk's size without an end": endless(b"", b"0", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
    "chunks of one byte without an end": endless(
        b"", b"1\r\n \r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    ),
    "interim answers without an end": endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n", b""),
    "a gzip bomb": _bomb,
    "10,000 events a second": _events,
    "a log's line without an end": _log_line,
    "no HTTP": endless(b"", b"x", b""),
    "an error without an end": endless(b"", b"x", b"HTTP/1.1 500 Internal Server Error\r\n\r\n"),
    "silence": _silence,
    "a drip": _drip,
    "wrong types": lambda: iter([_json(5)]),
}
"""What may be said instead of an answer, by what it is."""


class LyingEngine:
    """One in a process of its own, so that it holds up nobody who looks on; its socket is in `folder`.

    `lies` are names of LIES, by patterns of paths without the API's version; all else is answered truly.
    """

    def __init__(self, folder: Path, lies: Mapping[str, str]) -> None:
        path = folder / "lies.sock"
        self.host = f"unix://{path}"
        command = [sys.executable, "-m", "tests.support.lying_engine", str(path), json.dumps(lies)]
        self._process = subprocess.Popen(command, cwd=TREE, stdin=subprocess.DEVNULL)
        while not path.exists():
            assert self._process.poll() is None, "the lying engine did not start"
            time.sleep(0.02)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._process.kill()
        self._process.wait()


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 100
    lies: dict[str, str]


class _Connection(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        with suppress(OSError):
            while request := self.rfile.readline():
                size = 0
                while (line := self.rfile.readline()).strip():
                    if line.lower().startswith(b"content-length:"):
                        size = int(line.partition(b":")[2])
                self.rfile.read(size)
                path = re.sub(r"^/v\d+\.\d+", "", request.split()[1].decode().partition("?")[0])
                for said in self._answer(path):
                    self.connection.sendall(said)

    def _answer(self, path: str) -> Iterator[bytes]:
        assert isinstance(self.server, _Server)
        for pattern, kind in self.server.lies.items():
            if re.fullmatch(pattern, path):
                return LIES[kind]()
        if path == "/events":
            return chain([HEAD + b"\r\n"], _silence())
        if path in TRUTH:
            return iter([_json(TRUTH[path])])
        body = b'{"message":"No such thing"}'
        return iter([b"HTTP/1.1 404 Not Found\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)])


def main(path: str, lies: str) -> None:
    server = _Server(path, _Connection)
    server.lies = json.loads(lies)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
