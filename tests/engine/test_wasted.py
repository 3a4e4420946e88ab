"""Counting what of an image nobody sees, on a real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import docker

from tui.controllers.wasted import Wasted
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.presentation.lines import plain

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.support.engine_calls import EngineCalls

MAKE = "dd if=/dev/zero of=/large bs=1024 count=2048; echo kept > /kept"


def committed(client: docker.DockerClient, image: str, script: str) -> str:
    """An image with a further layer: what a script leaves."""
    container = client.containers.run(image, ["/bin/sh", "-c", script], detach=True, network_mode="none")
    container.wait()
    made = container.commit()
    container.remove()
    return str(made.id)


async def test_a_file_that_a_later_layer_removes_is_wasted(
    engine_host: str, api: EngineCalls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    base = api.import_busybox()
    client = docker.DockerClient(base_url=engine_host)
    image = committed(client, committed(client, base, MAKE), "rm /large; echo more > /more")
    size = client.images.get(image).attrs["Size"]
    client.close()
    told: list[str] = []
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        wasted = Wasted(engine, image, size)
        wasted.subscribe(lambda: told.append(plain(wasted.lines(78, 20)[0])))
        assert "reads all" in plain(wasted.lines(78, 20)[0])
        await wasted.count()
    lines = [plain(line) for line in wasted.lines(78, 20)]
    assert lines[0].startswith("wasted 2.1 MB of")
    assert any("2→3" in line and "/large" in line for line in lines)
    assert any("of about" in line for line in told)
    assert not [*tmp_path.rglob("*.tar")]  # nothing is left of what was read
