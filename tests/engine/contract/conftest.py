"""Both engines: the simulated one, and a real one that belongs to the tests."""

from __future__ import annotations

import asyncio
import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from tests.engine.contract.wire import IMAGE, Wire
from tui.demo.launch import DemoEngine

if TYPE_CHECKING:
    from collections.abc import Iterator


def tar(**files: bytes) -> bytes:
    """A tar archive of these files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@pytest.fixture(scope="session")
def demo_host() -> Iterator[str]:
    """The simulated engine, with the one image that the suite needs."""
    demo = DemoEngine(containers=0)
    endpoint = asyncio.run(demo.start())
    repository, tag = IMAGE.split(":")
    reply = Wire(endpoint.url).call(
        "POST", f"/images/create?fromSrc=-&repo={repository}&tag={tag}", tar(sh=b"static")
    )
    assert reply.status == 200, reply
    yield endpoint.url
    demo.stop_process()


@pytest.fixture(scope="session", params=["demo", "real"])
def any_host(request: pytest.FixtureRequest) -> str:
    """Each engine in turn, as "unix:///..."."""
    fixture = "demo_host" if request.param == "demo" else "engine_host"
    return str(request.getfixturevalue(fixture))


def _sweep(wire: Wire) -> None:
    for container in wire.get("/containers/json?all=1", label=["contract=1"]):
        wire.call("DELETE", f"/containers/{container['Id']}?force=1&v=1")
    for image in wire.get("/images/json"):
        for tag in image["RepoTags"] or ():
            if tag.startswith("contract/"):
                wire.call("DELETE", f"/images/{tag}?force=1")


@pytest.fixture
def wire(any_host: str) -> Iterator[Wire]:
    """A connection to either engine; what the test made is removed after it."""
    found = Wire(any_host)
    yield found
    _sweep(found)


@pytest.fixture
def both(demo_host: str, engine_host: str) -> Iterator[tuple[Wire, Wire]]:
    """The simulated and the real engine side by side."""
    pair = Wire(demo_host), Wire(engine_host)
    yield pair
    for found in pair:
        _sweep(found)
