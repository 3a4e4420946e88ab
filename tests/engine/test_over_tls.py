"""An engine reached by tcp with TLS: by the variables of Docker, by a context, by [engines.NAME]."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.busybox import IMAGE
from tests.support.certificates import Authority
from tests.support.http import Http
from tests.support.ports import free_port
from tests.support.private_engine import PrivateEngine, TlsFiles
from tests.support.project import Project
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.endpoint_tls import Tls

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

PATIENCE = 120.0


class Far:
    """An engine that wants a certificate of its clients; `folder` is as DOCKER_CERT_PATH names it."""

    def __init__(self, engine: PrivateEngine, authority: Authority) -> None:
        self.engine = engine
        self.authority = authority
        self.folder = authority.docker_folder(authority.folder / "client")
        self.url = f"tcp://{engine.address}:{engine.port}"

    @property
    def tls(self) -> Tls:
        return Tls(*(f"{self.folder}/{name}.pem" for name in ("ca", "cert", "key")))


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Far]:
    authority = Authority(tmp_path_factory.mktemp("authority"))

    def files(_: Path, address: str) -> TlsFiles:
        pair = authority.pair("engine", address, "127.0.0.1", "localhost")
        return TlsFiles(authority.ca, pair.cert, pair.key)

    with PrivateEngine(tls=files) as engine:
        engine.api.ask("POST", "/networks/create", {"Name": "front"})
        yield Far(engine, authority)


class Place:
    """A project's folder and an account that reach the engine in one way."""

    def __init__(self, folder: Path, far: Far) -> None:
        self.far = far
        self.home = folder / "home"
        self.home.mkdir()
        self.project = Project(folder / "project", "web")
        self.port = free_port()
        self.publish("")
        self.environ = {
            name: value for name, value in os.environ.items() if not name.startswith(("DOCKER_", "XDG_"))
        } | {"HOME": f"{self.home}"}
        self.options: list[str] = []

    def publish(self, address: str) -> None:
        """Its port on an address of the engine's host, "" for all of them."""
        kept = (self.project.folder / "holdfast.toml").read_text().partition("\n[apps.web.run]")[0]
        if "bake" not in kept:
            kept = kept.replace("timeout = 20", "timeout = 20\nbake = 2")
        ports = f"{address}:{self.port}:8080" if address else f"{self.port}:8080"
        self.project.write(
            "holdfast.toml", f'{kept}\n[apps.web.run]\nports = ["{ports}"]\nnetworks = ["front"]\n'
        )
        self.project.commit()

    def holdfast(self, *words: str, status: int = 0) -> str:
        """Both outputs of a command that ends with this status."""
        done = subprocess.run(
            [sys.executable, "-m", "tui", *self.options, *words],
            cwd=self.project.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == status, f"{words}: {done.returncode}\n{said}"
        return said

    @property
    def page(self) -> str:
        return Http(f"http://{self.far.engine.address}:{self.port}").ask("GET", "/index.html").body.decode()


@pytest.fixture
def place(tmp_path: Path, far: Far) -> Iterator[Place]:
    """By DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH."""
    found = Place(tmp_path, far)
    found.environ |= {
        "DOCKER_HOST": far.url,
        "DOCKER_TLS_VERIFY": "1",
        "DOCKER_CERT_PATH": f"{far.folder}",
    }
    yield found
    far.engine.api.sweep()


def test_the_whole_way(place: Place) -> None:
    """Build (BuildKit's session), test, tag, deploy with a probe by the published port, status, roll back."""
    place.holdfast("build", "web")
    tested = place.holdfast("test", "web")
    assert "port 8080 is open on every address of the engine's host" in tested
    place.holdfast("tag", "web", "v1.0.0", "--yes")
    assert "http 8080/index.html" in place.holdfast("deploy", "web", "v1.0.0", "--yes")
    assert place.page == "hello world\n"
    place.project.write("index.html", "hello again\n")
    place.project.commit()
    for words in (("build", "web"), ("test", "web"), ("tag", "web", "v1.0.1", "--yes")):
        place.holdfast(*words)
    place.holdfast("deploy", "web", "v1.0.1", "--yes")
    assert place.page == "hello again\n"
    place.holdfast("rollback", "web", "--yes")
    assert place.page == "hello world\n"
    status = json.loads(place.holdfast("status", "--json"))
    assert status["apps"][0]["engine"] == place.far.url
    assert status["apps"][0]["live"]["version"] == "v1.0.0"


def test_what_is_published_on_the_engine_s_loopback_is_refused_before_anything_changes(place: Place) -> None:
    place.holdfast("build", "web")
    place.holdfast("test", "web")
    place.holdfast("tag", "web", "v2.0.0", "--yes")
    place.publish("127.0.0.1")
    said = place.holdfast("deploy", "web", "v2.0.0", "--yes", status=4)
    assert "port 8080, which its probe asks, is published on the loopback of the engine's host" in said
    assert "exec" in said
    assert place.far.engine.api.containers() == []
    said = place.holdfast("test", "web", status=2)
    assert "a test opens port 8080 on the loopback of the engine's host" in said
    text = (place.project.folder / "holdfast.toml").read_text()
    probe = 'exec = ["wget", "-qO-", "http://127.0.0.1:8080/index.html"]'
    place.project.write("holdfast.toml", text.replace('http = "8080/index.html"', probe))
    place.holdfast("deploy", "web", "v2.0.0", "--yes")


def by_context(place: Place) -> None:
    """One that docker's own client makes."""
    folder = place.far.folder
    files = ",".join(f"{name}={folder}/{name}.pem" for name in ("ca", "cert", "key"))
    made = ["docker", "context", "create", "far", "--docker", f"host={place.far.url},{files}"]
    subprocess.run(made, env=place.environ, check=True, capture_output=True)
    place.options = ["--context", "far"]


def by_configuration(place: Place) -> None:
    config = place.home / ".config/holdfast/config.toml"
    config.parent.mkdir(parents=True)
    folder = place.far.folder
    keys = "".join(f'{name} = "{folder}/{name}.pem"\n' for name in ("ca", "cert", "key"))
    config.write_text(f'engine = "far"\n[engines.far]\nhost = "{place.far.url}"\n{keys}')


@pytest.mark.parametrize("reached", [by_context, by_configuration])
def test_it_is_reached_however_it_is_named(tmp_path: Path, far: Far, reached) -> None:  # type: ignore[no-untyped-def]
    place = Place(tmp_path, far)
    reached(place)
    said = place.holdfast("doctor", status=0)
    assert far.url in said
    assert "Docker Engine" in said
    assert "not encrypted" not in said
    assert "cannot be seen from here" in said  # the disk is the engine's
    place.holdfast("build", "web")
    place.holdfast("status")
    far.engine.api.sweep()


def test_without_a_certificate_of_its_own_a_client_is_told_what_is_missing(tmp_path: Path, far: Far) -> None:
    place = Place(tmp_path, far)
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs" / "ca.pem").write_bytes(far.authority.ca.read_bytes())
    place.environ |= {
        "DOCKER_HOST": far.url,
        "DOCKER_TLS_VERIFY": "1",
        "DOCKER_CERT_PATH": f"{tmp_path}/certs",
    }
    said = place.holdfast("status", status=3)
    assert "wants a certificate of this client, and none is named" in said
    assert "DOCKER_CERT_PATH" in said
    del place.environ["DOCKER_TLS_VERIFY"]
    said = place.holdfast("status", status=2)
    assert "would be spoken to without TLS" in said
    assert "allow_plain = true" in said


# -- streams, and connections that are taken over


@pytest.fixture
async def engine(far: Far) -> AsyncIterator[Engine]:
    async with await Engine.connect(Endpoint(far.url, "the test", far.tls)) as engine:
        yield engine
    far.engine.api.sweep()


async def test_a_command_runs_to_its_end(engine: Engine, far: Far) -> None:
    id = far.engine.api.run("sleep", "600")
    async with engine.execs.run(id, ["sh", "-c", "seq 20000; echo bad >&2; exit 3"]) as process:
        out = {1: b"", 2: b""}
        async for stream, part in process:
            out[stream] += part
        assert await process.wait() == 3
    assert out[1].split()[-1] == b"20000"
    assert out[2] == b"bad\n"


async def test_a_terminal_is_typed_into_and_closed_at_once(engine: Engine, far: Far) -> None:
    id = far.engine.api.run("sleep", "600")
    session = await engine.execs.open(id, ["sh"], columns=101, rows=33)
    await session.write(b"stty size; exit 4\n")
    said = b""
    async with asyncio.timeout(10):
        while part := await session.read():
            said += part
        assert b"33 101" in said
        assert await session.wait() == 4
        await session.close()
    session = await engine.execs.open(id, ["sh"])
    with far.engine.frozen():
        async with asyncio.timeout(5):  # one that does not take leave is not waited for
            await session.close()


async def test_a_log_and_events_are_followed(engine: Engine, far: Far) -> None:
    async with asyncio.timeout(20), engine.events() as events:
        id = far.engine.api.run("sh", "-c", "for i in 1 2 3; do echo line $i; sleep 0.2; done")
        lines: list[bytes] = []
        async with engine.containers.logs(id, tail=-1) as batches:
            async for batch in batches:
                lines += [line.text for line in batch]
        assert lines == [b"line 1", b"line 2", b"line 3"]
        async for event in events:
            if event.id == id and event.action == "die":
                break


async def test_an_image_is_packed_and_unpacked(engine: Engine) -> None:
    config = await engine.images.config(IMAGE)
    assert config is not None
