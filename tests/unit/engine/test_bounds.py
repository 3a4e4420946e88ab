"""An engine that answers without an end, too slowly, or with what is no answer: on every call."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from contextlib import asynccontextmanager, contextmanager
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from tui.engine import descriptions, payloads
from tui.engine.bounds import LIST_BYTES
from tui.engine.client import Engine, agree
from tui.engine.container.adoption import adoption
from tui.engine.container.creation import Creation
from tui.engine.container.inspected import inspected
from tui.engine.container.listed import container_listed
from tui.engine.endpoint import Endpoint
from tui.engine.error_mapping import readable
from tui.engine.errors import EngineError, EngineSilent, MalformedAnswer
from tui.model.app import RunSpec
from tui.model.typed import typed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

VERSION = {"Version": "26.1", "ApiVersion": "1.45", "MinAPIVersion": "1.24", "Os": "linux", "Arch": "amd64"}

SLACK = 8 * 2**20
"""What connections hold on their way: buffers of the system and of both ends."""


async def drain(opened: Any) -> None:
    """Read a stream to its end, keeping nothing."""
    async with opened as found:
        async for _ in found:
            pass


ID = "0" * 64
CALLS: dict[str, Callable[[Engine], Awaitable[object]]] = {
    "info": lambda engine: engine.info(),
    "ping": lambda engine: engine.ping(5.0),
    "builder": lambda engine: engine.builds.builder(),
    "containers.list": lambda engine: engine.containers.list(),
    "containers.inspect": lambda engine: engine.containers.inspect(ID),
    "containers.details": lambda engine: engine.containers.details(ID),
    "containers.adoption": lambda engine: engine.containers.adoption(ID),
    "containers.differences": lambda engine: engine.containers.differences(ID, RunSpec(), "web"),
    "containers.changes": lambda engine: engine.containers.changes(ID),
    "containers.list_joined": lambda engine: engine.containers.list_joined(),
    "containers.create": lambda engine: engine.containers.create("web", Creation({}, {})),
    "containers.tail": lambda engine: engine.containers.tail(ID, 5),
    "containers.rename": lambda engine: engine.containers.rename(ID, "x"),
    "images.list": lambda engine: engine.images.list(),
    "images.details": lambda engine: engine.images.details("x"),
    "images.config": lambda engine: engine.images.config("x"),
    "images.distribution_digest": lambda engine: engine.images.distribution_digest("r:5000/x"),
    "images.import_empty": lambda engine: engine.images.import_empty("x", "1"),
    "networks.list": lambda engine: engine.networks.list(),
    "networks.create": lambda engine: engine.networks.create("x"),
    "volumes.list": lambda engine: engine.volumes.list(),
    "archives.get": lambda engine: engine.archives.get(ID, "/x"),
}
STREAMS: dict[str, Callable[[Engine], Awaitable[object]]] = {
    "events": lambda engine: drain(engine.events()),
    "containers.stats": lambda engine: drain(engine.containers.stats(ID)),
    "containers.logs": lambda engine: drain(engine.containers.logs(ID, tail=5, tty=False)),
    "containers.wait": lambda engine: engine.containers.wait(ID),
    "images.pull": lambda engine: drain(engine.images.pull("x")),
    "images.push": lambda engine: drain(engine.images.push("x", "1")),
}


class Fake:
    """An engine that answers everything but /version with `parts`, for as long as they are taken.

    taken   bytes that somebody has taken
    """

    def __init__(self, parts: Callable[[], Iterator[bytes]], pause: float, version: bytes) -> None:
        self.taken = 0
        self._parts = parts
        self._pause = pause
        self._version = version

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if b"/version " in head.split(b"\r\n")[0] and self._version:
                    size = len(self._version)
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (size, self._version))
                    continue
                for part in self._parts():
                    writer.write(part)
                    await writer.drain()
                    self.taken += len(part)
                    await asyncio.sleep(self._pause)
                break
        except (OSError, EOFError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def fake(
    folder: Path, parts: Callable[[], Iterator[bytes]], pause: float = 0.0, version: bytes | None = None
) -> AsyncIterator[tuple[Fake, Endpoint]]:
    answering = Fake(parts, pause, json.dumps(VERSION).encode() if version is None else version)
    path = str(folder / "engine.sock")
    server = await asyncio.start_unix_server(answering.answer, path)
    try:
        yield answering, Endpoint(f"unix://{path}", "the test")
    finally:
        server.close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"


def for_ever(beginning: bytes, part: bytes) -> Callable[[], Iterator[bytes]]:
    def parts() -> Iterator[bytes]:
        yield beginning
        while True:
            yield part * (65536 // len(part))

    return parts


ITEM = json.dumps(
    {"Id": ID, "Names": ["/a"], "Image": "a", "ImageID": "a", "State": "running", "Status": "", "Created": 1,
     "RepoTags": None, "RepoDigests": None, "Size": 1, "Labels": None, "Kind": 0, "Path": "/a",
     "Command": "x" * 3000},
).encode()  # fmt: skip
ENDLESS = {
    "a text": for_ever(HEAD + b'{"Name":"', b"x"),
    "a list": for_ever(HEAD + b"[" + ITEM, b"," + ITEM),
    "white space": for_ever(HEAD, b" \n"),
    "a header": for_ever(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "headers": for_ever(b"HTTP/1.1 200 OK\r\n", b"X: xxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n"),
    "an error": for_ever(b"HTTP/1.1 500 Oh\r\n\r\n", b"no "),
    "a frame": for_ever(HEAD + b"\1\0\0\0\xff\xff\xff\xff", b"x"),
}


@pytest.mark.parametrize(
    ("call", "endless"),
    [*product(CALLS, ["a text", "a list"]), *product(["info"], [*ENDLESS][2:])],
)
async def test_an_endless_answer_takes_no_more_than_its_bound(
    tmp_path: Path, call: str, endless: str
) -> None:
    async with fake(tmp_path, ENDLESS[endless]) as (engine_like, endpoint):
        async with await Engine.connect(endpoint) as engine:
            try:
                await CALLS[call](engine)
            except EngineError:
                pass
            else:
                # Only what needs no body, or is told to take a part of it, can do without its end.
                assert call in ("ping", "builder", "containers.changes", "containers.tail"), call
        assert engine_like.taken < LIST_BYTES + SLACK


@pytest.mark.parametrize(
    ("call", "endless"),
    [*product(STREAMS, ["a text"]), *product(["events", "images.pull"], ["a header", "headers", "an error"])],
)
async def test_a_streams_endless_value_takes_no_more_than_its_bound(
    tmp_path: Path, call: str, endless: str
) -> None:
    if (call, endless) == ("containers.logs", "a text"):
        endless = "a frame"  # text without a frame's head is none
    async with fake(tmp_path, ENDLESS[endless]) as (engine_like, endpoint):
        async with await Engine.connect(endpoint) as engine:
            with pytest.raises(EngineError):
                await STREAMS[call](engine)
        assert engine_like.taken < LIST_BYTES / 2


async def test_an_endless_version_is_bounded_too(tmp_path: Path) -> None:
    async with fake(tmp_path, ENDLESS["a text"], version=b"") as (engine_like, endpoint):
        with pytest.raises(EngineError, match="GET /version"):
            await Engine.connect(endpoint)
        assert engine_like.taken < SLACK + LIST_BYTES / 8


SPEED = 500


@contextmanager
def hurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Inside, the event loop's clock runs so many times faster."""
    loop = asyncio.get_running_loop()
    began = time.monotonic()
    monkeypatch.setattr(loop, "time", lambda: began + (time.monotonic() - began) * SPEED)
    over = threading.Event()

    def wake() -> None:
        while not over.wait(0.002):
            loop.call_soon_threadsafe(lambda: None)

    waking = threading.Thread(target=wake)
    waking.start()
    try:
        yield
    finally:
        over.set()
        waking.join()
        monkeypatch.undo()


def dripping() -> Iterator[bytes]:
    yield HEAD + b"["
    while True:
        yield b" "


def hanging() -> Iterator[bytes]:
    return iter(())


def silent() -> Iterator[bytes]:
    yield HEAD
    while True:
        yield b""


@pytest.mark.parametrize("slow", [dripping, silent])
@pytest.mark.parametrize("call", CALLS)
async def test_a_slow_answer_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, slow: Callable[[], Iterator[bytes]]
) -> None:
    async with fake(tmp_path, slow, pause=1.0) as (_, endpoint), await Engine.connect(endpoint) as engine:
        with hurried(monkeypatch), pytest.raises(EngineSilent):
            await CALLS[call](engine)


@pytest.mark.parametrize("call", STREAMS)
async def test_a_stream_of_a_frozen_engine_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """It is asked for a sign of life on another connection, and gives none there."""
    async with fake(tmp_path, silent, pause=1.0) as (_, endpoint), await Engine.connect(endpoint) as engine:
        with hurried(monkeypatch), pytest.raises(EngineError):
            await STREAMS[call](engine)


# -- answers of wrong types

CONTAINER = {
    "Id": ID, "Created": "2026-01-01T00:00:00Z", "Path": "httpd", "Args": ["-f"], "Image": "sha256:a",
    "Name": "/web", "RestartCount": 0, "Platform": "linux",
    "State": {"Status": "running", "Running": True, "Restarting": False, "OOMKilled": False, "ExitCode": 0,
              "Error": "", "StartedAt": "2026-01-01T00:00:00Z", "FinishedAt": "0001-01-01T00:00:00Z",
              "Health": {"Status": "healthy", "FailingStreak": 0,
                         "Log": [{"Start": "2026-01-01T00:00:00Z", "ExitCode": 0, "Output": "ok"}]}},
    "Config": {"Hostname": "h", "User": "", "Env": ["A=b"], "Cmd": ["httpd"], "Image": "web:1", "Tty": False,
               "Volumes": None, "WorkingDir": "", "Entrypoint": None, "Labels": {"a": "b"},
               "Healthcheck": {"Test": ["CMD", "true"], "Interval": 1000000000},
               "ExposedPorts": {"80/tcp": {}}},
    "HostConfig": {"Binds": ["/a:/b"], "NetworkMode": "bridge", "PortBindings": {"80/tcp": [
                       {"HostIp": "", "HostPort": "8080"}]},
                   "RestartPolicy": {"Name": "always", "MaximumRetryCount": 0}, "Memory": 0,
                   "LogConfig": {"Type": "json-file", "Config": {}}, "CapAdd": ["NET_ADMIN"],
                   "Ulimits": [{"Name": "nofile", "Soft": 1, "Hard": 2}], "SecurityOpt": None,
                   "Sysctls": {"a": "1"}},
    "Mounts": [{"Type": "volume", "Name": "v", "Source": "/x", "Destination": "/data", "RW": True}],
    "NetworkSettings": {"Ports": {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}]},
                        "Networks": {"bridge": {"IPAddress": "10.0.0.2", "Aliases": ["web"]}}},
}  # fmt: skip
LISTED = {
    "Id": ID, "Names": ["/web"], "Image": "web:1", "ImageID": "sha256:a", "Command": "httpd", "Created": 1,
    "Ports": [{"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"}],
    "Labels": {"a": "b"}, "State": "running", "Status": "Up 2 hours (healthy)",
}  # fmt: skip
IMAGE = {
    "Id": "sha256:a", "RepoTags": ["web:1"], "RepoDigests": ["web@sha256:b"],
    "Created": "2026-01-01T00:00:00Z", "Size": 1, "Os": "linux", "Architecture": "amd64", "Variant": "",
    "Config": {"Labels": {"a": "b"}, "Volumes": {"/data": {}}, "ExposedPorts": {"80/tcp": {}}, "Env": ["A=b"],
               "Entrypoint": ["x"], "Cmd": ["y"], "User": "u", "StopSignal": "TERM",
               "Healthcheck": {"Test": ["NONE"]}},
}  # fmt: skip
HISTORY = [{"Id": "<missing>", "Created": 1, "CreatedBy": "x", "Tags": ["web:1"], "Size": 1, "Comment": ""}]
INFO = {
    "ID": "X", "Name": "host", "SystemTime": "2026-01-01T00:00:00Z", "Driver": "overlay2",
    "DockerRootDir": "/v", "LoggingDriver": "json-file",
    "RegistryConfig": {"IndexConfigs": {"r": {"Secure": True}}, "InsecureRegistryCIDRs": ["127.0.0.0/8"]},
}  # fmt: skip
EVENT = {
    "Type": "container", "Action": "die", "Actor": {"ID": ID, "Attributes": {"name": "web"}},
    "time": 1, "timeNano": 1000000000,
}  # fmt: skip
STATS = {
    "memory_stats": {"usage": 5, "limit": 9, "stats": {"inactive_file": 1}}, "pids_stats": {"current": 1},
    "networks": {"eth0": {"rx_bytes": 1, "tx_bytes": 2}},
    "blkio_stats": {"io_service_bytes_recursive": [{"op": "read", "value": 1}, {"op": "Write", "value": 2}]},
    "cpu_stats": {"system_cpu_usage": 9, "cpu_usage": {"total_usage": 5}, "online_cpus": 2},
    "precpu_stats": {"system_cpu_usage": 5, "cpu_usage": {"total_usage": 1}},
}  # fmt: skip
READ: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "listed": (lambda item: container_listed(item, 1.0), LISTED),
    "inspected": (inspected, CONTAINER),
    "adoption": (lambda item: adoption(item, IMAGE), CONTAINER),
    "adoption, image": (lambda item: adoption(CONTAINER, item), IMAGE),
    "details": (descriptions.container, CONTAINER),
    "image details": (lambda item: descriptions.image(item, HISTORY), IMAGE),
    "history": (lambda item: descriptions.image(IMAGE, item), HISTORY),
    "image": (payloads.image_config, IMAGE),
    "image listed": (payloads.image_listed, IMAGE | {"Created": 1, "Labels": {"a": "b"}}),
    "event": (payloads.event, EVENT),
    "sample": (payloads.sample, STATS),
    "version": (lambda item: payloads.version(item, "", agree(item)), VERSION),
    "info": (payloads.info, INFO),
}
WRONG = [None, 5, 1e308, 2**70, True, "x", [5], ["x"], [{}], {}, {"x": 5}, {"x": None}]


def altered(value: Any) -> Iterator[Any]:
    """The same with each of its parts replaced by each of WRONG, and left out."""
    yield from WRONG
    if isinstance(value, dict):
        for key in value:
            yield {name: part for name, part in value.items() if name != key}
            for other in altered(value[key]):
                yield {**value, key: other}
    elif isinstance(value, list):
        for at in range(len(value)):
            for other in altered(value[at]):
                yield [*value[:at], other, *value[at + 1 :]]


@pytest.mark.parametrize("what", READ)
def test_a_value_is_what_its_class_says_or_there_is_none(what: str) -> None:
    """Whatever part of an answer is of a wrong type, nothing of that type gets further than here."""
    read, answer = READ[what]
    read(answer)
    for other in altered(answer):
        try:
            with readable(f"GET /{what}"):
                found = read(other)
        except EngineError as error:
            assert isinstance(error, MalformedAnswer) or what == "version"
            assert isinstance(error, MalformedAnswer) is (f"GET /{what}" in error.message)
        else:
            if hasattr(found, "_fields"):
                typed(found)


@pytest.mark.parametrize(
    "body", ["5", "[]", '{"Version": [], "ApiVersion": "1.45"}', "{", '{"ApiVersion": 5}']
)
async def test_an_engine_that_says_nonsense_of_itself_is_named(tmp_path: Path, body: str) -> None:
    async with fake(tmp_path, hanging, version=body.encode()) as (_, endpoint):
        with pytest.raises(EngineError, match="GET /version"):
            await Engine.connect(endpoint)
