"""A registry on the loopback of an engine's host that is reached by ssh."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.memory_registry import MemoryRegistry
from tests.support.sshd import Sshd
from tui.engine.client import Engine
from tui.model.app import AppSpec
from tui.operations.looking.app_repository import Remote
from tui.registry.errors import RegistryUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "shop/web"


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hf-", dir="/tmp") as name:
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


def forwarded(sshd: Sshd, port: str) -> bool:
    """Whether the host was asked to connect to one of its ports."""
    return any("direct_tcpip" in line and f"port {port}" in line for line in sshd.log().splitlines())


async def test_it_is_asked_by_the_way_to_the_engine(tmp_path: Path, engine_host: str) -> None:
    async with MemoryRegistry() as memory:
        memory.put_manifest(PATH, {"mediaType": "application/vnd.oci.image.manifest.v1+json"}, "v1")
        app = AppSpec("web", f"{memory.address}/{PATH}", "holdfast.toml")
        with Sshd(tmp_path, "LogLevel DEBUG1") as sshd:
            endpoint = sshd.endpoint(engine_host)
            async with await Engine.connect(endpoint) as engine, Remote(engine, app) as remote:
                assert await remote.tags() == ["v1"]
                assert await remote.digest("v1") == memory.tags[PATH, "v1"]
                assert len(sshd.connections) == 1
            assert forwarded(sshd, memory.address.rpartition(":")[2])
            async with Remote(None, app, insecure=True, endpoint=endpoint) as remote:
                assert await remote.tags() == ["v1"]


async def test_where_ports_are_not_forwarded_this_machine_s_is_not_asked_instead(
    tmp_path: Path, engine_host: str
) -> None:
    async with MemoryRegistry() as memory:
        memory.put_manifest(PATH, {"mediaType": "application/vnd.oci.image.manifest.v1+json"}, "v1")
        app = AppSpec("web", f"{memory.address}/{PATH}", "holdfast.toml")
        with Sshd(tmp_path, "AllowTcpForwarding no") as sshd:
            async with (
                await Engine.connect(sshd.endpoint(engine_host)) as engine,
                Remote(engine, app) as remote,
            ):
                for _ in range(2):
                    with pytest.raises(RegistryUnreachable) as refused:
                        await remote.tags()
                assert "AllowTcpForwarding yes" in refused.value.hint
                assert "probe" not in refused.value.hint


async def test_nobody_listens_there(tmp_path: Path, engine_host: str) -> None:
    app = AppSpec("web", f"127.0.0.1:9/{PATH}", "holdfast.toml")
    with Sshd(tmp_path) as sshd:
        async with Remote(None, app, insecure=True, endpoint=sshd.endpoint(engine_host)) as remote:
            with pytest.raises(RegistryUnreachable):
                await remote.tags()
