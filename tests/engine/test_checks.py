"""What cannot work is refused before anything is changed, and what would be lost is named."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.faults.deploying import App, import_images
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.operations.deploying import host_checks
from tui.operations.deploying.targets import check_image_platform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.private_engine import PrivateEngine


@pytest.fixture
def engine(
    private_engine: PrivateEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PrivateEngine]:
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "DOCKER_CONFIG"):
        monkeypatch.setenv(name, str(tmp_path))
    import_images(private_engine, "v1", "v2")
    yield private_engine
    private_engine.api.sweep()
    for volume in private_engine.api.get("/volumes")["Volumes"] or ():
        private_engine.api.ask("DELETE", f"/volumes/{volume['Name']}")
    for network in private_engine.api.get("/networks"):
        if network["Name"] in ("mine", "byhand"):
            private_engine.api.ask("DELETE", f"/networks/{network['Id']}")


async def refused(app: App, version: str = "v2") -> str:
    """The deploy is refused, and nothing has changed; why."""
    before = app.states()
    problem = await app.fail("deploy", version=version)
    assert problem.code == 4, problem
    assert app.states() == before
    assert [*(await app.releases())[0].entries] == [1]
    return f"{problem.message} ({problem.hint})"


async def test_a_port_that_a_process_of_the_host_has(engine: PrivateEngine, tmp_path: Path) -> None:
    app = App(tmp_path, engine, "web")
    await app.work("deploy", version="v1")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = {"networks": ["mine"], "ports": [f"127.0.0.1:{port}:80"]}
        app.configure(app={"create_networks": ["mine"]}, run=run)
        assert f"port {port}/tcp of this host is taken" in await refused(app)
    await app.work("deploy", version="v2")
    await app.work("deploy", version="v1")  # its own port is no other's
    assert await app.check() == 3


async def test_a_container_whose_network_is_to_be_shared(engine: PrivateEngine, tmp_path: Path) -> None:
    app = App(tmp_path, engine, "web")
    await app.work("deploy", version="v1")
    app.configure(run={"network_mode": "container:vpn"})
    assert "the container vpn" in await refused(app)
    id = engine.api.create(name="vpn")
    assert "docker start vpn" in await refused(app)
    engine.api.start(id)
    await app.work("deploy", version="v2")


async def test_an_image_for_another_platform(engine: PrivateEngine, tmp_path: Path) -> None:
    app = App(tmp_path, engine, "web")
    await app.work("deploy", version="v1")
    configured = (await app.settings()).apps["web"]
    async with await Engine.connect(Endpoint(engine.host, "the test")) as asked:
        image = await asked.images.config("faulty:v2")
        check_image_platform(asked, configured, image)
        with pytest.raises(Exception, match="is for linux/riscv64, and this engine is linux/"):
            check_image_platform(asked, configured, image._replace(architecture="riscv64"))


async def test_a_disk_that_is_too_small(
    engine: PrivateEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await Engine.connect(Endpoint(engine.host, "the test")) as asked:
        assert asked.is_on_this_machine(await asked.info())
        with pytest.raises(Exception, match="are free where the engine keeps its images"):
            await host_checks.check_room(asked, 1 << 60)
        monkeypatch.setattr(host_checks, "SCARCE_BYTES", 1 << 60)
        assert len(await host_checks.check_room(asked)) == 1
        monkeypatch.setattr("socket.gethostname", lambda: "another-machine")
        assert await host_checks.check_room(asked, 1 << 60) == []


async def test_a_network_that_somebody_connected_by_hand_is_named(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    app = App(tmp_path, engine, "web", app={"create_networks": ["mine"]}, run={"networks": ["mine"]})
    await app.work("deploy", version="v1")
    engine.api.ask("POST", "/networks/create", {"Name": "byhand"})
    engine.api.ask("POST", "/networks/byhand/connect", {"Container": "web"})

    await app.work("deploy", version="v2")

    assert [warning for warning in app.plan.warnings if "byhand" in warning]
    assert not [warning for warning in app.plan.warnings if "network mine" in warning]
