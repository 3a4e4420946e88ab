"""Each cause of drift, provoked on a real engine and a real registry."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.engine.test_adopt import Adopting, adopting, configure, docker, home, images
from tests.engine.test_creation import front
from tests.support.allowing import allow_file
from tests.support.busybox import IMAGE
from tests.support.registry import Registry
from tui.cli import drift as command
from tui.cli.asked import Asked
from tui.engine import containers
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.errors import EngineUnreachable
from tui.ledger.ledger import Ledger
from tui.model.drift import (
    CONFIGURATION,
    DEFINITION,
    DIGEST_GONE,
    FILES,
    FOREIGN,
    MUTABLE_TAG,
    NOT_RUNNING,
    NOT_THERE,
    PAUSED,
    RENAMED,
    TAG_HERE,
    TAG_IN_REGISTRY,
)
from tui.model.policy import Policy
from tui.operations.looking.drift import find_drift
from tui.operations.looking.endpoint_choice import Named
from tui.settings.load import load

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.engine_calls import EngineCalls
    from tests.support.private_engine import PrivateEngine
    from tui.model.drift import Drift

__all__ = ["adopting", "front", "home", "images"]


@pytest.fixture
async def engine(engine_host: str, api: EngineCalls) -> AsyncIterator[Engine]:
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        yield engine


class Live:
    """The app `web` with v1 of a repository in service."""

    def __init__(self, engine: Engine, repository: str, operations: Adopting) -> None:
        self.engine = engine
        self.repository = repository
        self.path = repository.partition("/")[2]
        self.operations = operations

    async def drift(self) -> Drift:
        ledger = await Ledger.open(self.engine)
        return await find_drift(self.engine, ledger, load().apps["web"], Policy())

    async def causes(self) -> dict[str, str]:
        """Kind -> sentence, where everything could be looked at."""
        found = await self.drift()
        assert found.unknown == ()
        assert found.release in ("r1 v1", "")
        return {cause.kind: cause.message for cause in found.causes}

    async def docker(self, line: str) -> str:
        return await asyncio.to_thread(docker, self.engine.endpoint.url, line)


@pytest.fixture
async def live(engine: Engine, images: str, adopting: Adopting) -> Live:
    configure(images, "stop_grace_period = 1\n")
    await adopting.work("deploy", "web", version="v1")
    return Live(engine, images, adopting)


async def test_what_was_just_deployed_has_not_drifted(live: Live) -> None:
    found = await live.drift()
    assert (found.causes, found.unknown, found.release) == ((), (), "r1 v1")


async def test_an_app_that_was_never_deployed(engine: Engine, images: str) -> None:
    configure(images)
    found = await find_drift(engine, await Ledger.open(engine), load().apps["web"], Policy())
    assert (found.causes, found.unknown, found.release) == ((), (), "")


async def test_a_tag_moved_in_the_registry(live: Live, api: EngineCalls, registry: Registry) -> None:
    api.tag(f"{live.repository}:v2", f"{live.repository}:v1")
    api.push(f"{live.repository}:v1")
    api.tag(IMAGE, f"{live.repository}:v1")
    causes = await live.causes()
    assert list(causes) == [TAG_IN_REGISTRY]
    assert registry.digest(live.path, "v2")[7:19] in causes[TAG_IN_REGISTRY]


async def test_a_tag_moved_on_the_engine(live: Live, api: EngineCalls) -> None:
    api.tag(f"{live.repository}:v2", f"{live.repository}:v1")
    causes = await live.causes()
    assert list(causes) == [TAG_HERE]
    api.untag(f"{live.repository}:v1")
    assert await live.causes() == {}


async def test_a_digest_gone_from_the_registry(live: Live, registry: Registry) -> None:
    digest = registry.digest(live.path, "v1")
    assert registry.ask(f"/v2/{live.path}/manifests/{digest}", "DELETE").status == 202
    causes = await live.causes()
    assert set(causes) == {TAG_IN_REGISTRY, DIGEST_GONE}
    assert digest[7:19] in causes[DIGEST_GONE]


async def test_files_changed_inside_the_container(live: Live) -> None:
    await live.docker("exec web sh -c 'echo x >/www/page; rm /bin/vi; echo >/tmp/cache'")
    causes = await live.causes()
    assert list(causes) == [FILES]
    assert "/www/page (added)" in causes[FILES]
    assert "/bin/vi (deleted)" in causes[FILES]
    path = Path("holdfast.toml")
    path.write_text(
        path.read_text().replace("[apps.web]\n", '[apps.web]\nignore_changes = ["/tmp", "/w*"]\n')
    )
    assert (await live.causes())[FILES] == "files were changed inside the container: /bin/vi (deleted)"


async def test_what_is_written_to_volumes_is_no_drift(
    engine: Engine, images: str, adopting: Adopting, api: EngineCalls
) -> None:
    configure(images, 'volumes = ["files:/new/files", "/also/new"]\ntmpfs = ["/scratch"]\n')
    text = Path("holdfast.toml").read_text()
    Path("holdfast.toml").write_text(text.replace("[apps.web]\n", '[apps.web]\ncreate_volumes = ["files"]\n'))
    await adopting.work("deploy", "web", version="v1")
    live = Live(engine, images, adopting)
    await live.docker("exec web touch /new/files/x /also/new/x /scratch/x")
    assert await live.causes() == {}


async def test_more_files_than_are_read(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    await live.docker("exec web sh -c 'for n in 0 1 2 3 4 5 6 7 8 9; do echo >/www/$n; done'")
    monkeypatch.setattr(containers, "CHANGES", 8)
    assert "and at least 2 more" in (await live.causes())[FILES]


async def test_a_container_updated_since(live: Live, front: str) -> None:
    await live.docker("update --memory 64m --memory-swap 64m --restart always web")
    assert (await live.causes())[CONFIGURATION].endswith(
        "is not as r1 was deployed: restart, mem_limit, memswap_limit"
    )


async def test_a_network_joined_since(
    engine: Engine, images: str, adopting: Adopting, front: str, api: EngineCalls
) -> None:
    configure(images)
    path = Path("holdfast.toml")
    path.write_text(path.read_text().replace('network_mode = "none"', f'networks = ["{front}"]'))
    await adopting.work("deploy", "web", version="v1")
    live = Live(engine, images, adopting)
    assert await live.causes() == {}
    await live.docker(f"network create back-{front}")
    try:
        await live.docker(f"network connect back-{front} web")
        assert (await live.causes())[CONFIGURATION].endswith("networks")
        await live.docker(f"network disconnect back-{front} web")
        assert await live.causes() == {}
    finally:
        api.sweep()
        await live.docker(f"network rm back-{front}")


async def test_a_container_made_anew_by_another_tool(live: Live, api: EngineCalls) -> None:
    """Tools that update containers copy labels, and run the tag: that makes no release of it."""
    labels = api.inspect("web")["Config"]["Labels"]
    api.remove("web")
    options = " ".join(f"--label '{name}={value}'" for name, value in labels.items())
    await live.docker(
        f"run -d --name web {options} --network none --restart unless-stopped --stop-timeout 1 "
        f"{live.repository}:v2 sleep 601"
    )
    causes = await live.causes()
    assert list(causes) == [FOREIGN, MUTABLE_TAG]


async def test_a_definition_that_says_otherwise(live: Live) -> None:
    path = Path("holdfast.toml")
    path.write_text(path.read_text().replace("601", "602").replace("stable = 0.1", "stable = 0.2"))
    causes = await live.causes()
    assert list(causes) == [DEFINITION]
    assert causes[DEFINITION].endswith("otherwise than r1: run.command, ready.stable")
    assert str(path.absolute()) in causes[DEFINITION]


async def test_a_file_of_variables_that_changed(engine: Engine, images: str, adopting: Adopting) -> None:
    configure(images, 'env_file = "web.env"\n')
    Path("web.env").write_text("TOKEN=hunter2\n")
    await adopting.work("deploy", "web", version="v1")
    live = Live(engine, images, adopting)
    assert await live.causes() == {}
    Path("web.env").write_text("TOKEN=hunter3\n")
    found = await live.drift()
    assert [cause.kind for cause in found.causes] == [DEFINITION]
    assert found.causes[0].message.endswith(f"contents of {Path('web.env').absolute()}")
    assert [cause.kind for cause in found.unknown] == [CONFIGURATION]
    assert "environment" in found.unknown[0].message
    Path("web.env").unlink()
    found = await live.drift()
    assert found.causes == ()
    assert {cause.kind for cause in found.unknown} == {CONFIGURATION, DEFINITION}
    assert "hunter" not in repr(found)


async def test_variables_from_outside_are_not_compared(
    engine: Engine, images: str, adopting: Adopting, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(images, 'environment = ["FROM_OUTSIDE", "LEVEL=info"]\n')
    allow_file()
    monkeypatch.setenv("FROM_OUTSIDE", "then")
    await adopting.work("deploy", "web", version="v1")
    monkeypatch.setenv("FROM_OUTSIDE", "now")
    assert await Live(engine, images, adopting).causes() == {}


async def test_a_container_of_somebody_else(engine: Engine, images: str, adopting: Adopting) -> None:
    configure(images)
    live = Live(engine, images, adopting)
    await live.docker(f"run -d --name web --network none {images}:v1 sleep 600")
    causes = await live.causes()
    assert list(causes) == [FOREIGN, MUTABLE_TAG]
    assert f"{images}:v1" in causes[MUTABLE_TAG]


async def test_a_release_that_somebody_stopped_paused_or_renamed(live: Live, api: EngineCalls) -> None:
    api.ask("POST", "/containers/web/pause")
    assert list(await live.causes()) == [PAUSED]
    api.ask("POST", "/containers/web/unpause")
    api.kill("web")
    api.stop("web")
    causes = await live.causes()
    assert list(causes) == [NOT_RUNNING]
    assert "exit code 137" in causes[NOT_RUNNING]
    api.start("web")
    api.rename("web", "web-old")
    causes = await live.causes()
    assert list(causes) == [RENAMED]
    assert "web-old" in causes[RENAMED]
    api.rename("web-old", "web")
    assert await live.causes() == {}


async def test_no_container_where_one_should_be(live: Live, api: EngineCalls) -> None:
    api.remove("web")
    assert list(await live.causes()) == [NOT_THERE]


async def test_a_record_that_is_lost_is_unknown(live: Live, api: EngineCalls, home: Path) -> None:
    api.remove("holdfast-ledger")
    api.ask("DELETE", "/volumes/holdfast-ledger?force=1")
    for file in (home / "state/holdfast/ledger").rglob("r1*"):
        file.unlink()
    found = await live.drift()
    assert found.causes == ()
    assert {cause.kind for cause in found.unknown} == {CONFIGURATION, DEFINITION}


async def test_a_registry_out_of_reach_is_unknown(
    engine: Engine, adopting: Adopting, api: EngineCalls, capsys: pytest.CaptureFixture[str]
) -> None:
    with Registry() as own:
        repository = f"{own.address}/web"
        api.tag(IMAGE, f"{repository}:v1")
        api.push(f"{repository}:v1")
        configure(repository)
        await adopting.work("deploy", "web", version="v1")
        live = Live(engine, repository, adopting)
        assert await live.causes() == {}
    found = await live.drift()
    assert found.causes == ()
    assert [cause.kind for cause in found.unknown] == [TAG_IN_REGISTRY, DIGEST_GONE]
    assert own.address in found.unknown[0].message
    status = await asyncio.to_thread(command.run, Asked("web", Named(engine.endpoint.url)), json=False)
    said = capsys.readouterr().out
    assert status == 3
    assert "? unknown whether tag moved in the registry" in said
    assert "no drift found, but" in said


async def test_the_command(live: Live, api: EngineCalls, capsys: pytest.CaptureFixture[str]) -> None:
    async def run(*, json: bool = False, app: str = "") -> tuple[int, str, str]:
        status = await asyncio.to_thread(command.run, Asked(app, Named(live.engine.endpoint.url)), json=json)
        return status, *capsys.readouterr()

    assert await run() == (0, "web  r1 v1  no drift\n", "")
    await live.docker("exec web touch /made")
    status, said, _ = await run(app="web")
    assert status == 1
    assert said.splitlines()[:2] == [
        "web  r1 v1  drift",
        "  ! files changed: files were changed inside the container: /made (added)",
    ]
    status, said, _ = await run(json=True)
    assert status == 1
    [one] = json.loads(said)["apps"]
    assert (one["app"], one["release"], one["drift"], one["unknown"]) == ("web", "r1 v1", True, [])
    assert one["causes"][0]["kind"] == FILES
    assert (await run(app="wep"))[0] == 2


async def test_the_command_without_an_engine(
    home: Path, images: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(images)
    for as_json in (False, True):
        host = f"unix://{home}/nothing.sock"
        assert await asyncio.to_thread(command.run, Asked("", Named(host)), json=as_json) == 3
        out = capsys.readouterr().out
        assert "unknown on" in out or json.loads(out)["apps"][0]["drift"] is None


async def test_an_engine_that_goes_away_is_no_answer(own_engine: PrivateEngine, home: Path) -> None:
    configure("example.com/web")
    async with await Engine.connect(Endpoint(own_engine.host, "the test")) as engine:
        ledger = await Ledger.open(engine)
        own_engine.kill()
        with pytest.raises(EngineUnreachable):
            await find_drift(engine, ledger, load().apps["web"], Policy())
