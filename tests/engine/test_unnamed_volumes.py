"""What an app writes to a volume without a name is there after every deploy, roll back and undoing."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from tests.faults.deploying import App, import_images
from tui.model.operation import Warned

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls
    from tests.support.private_engine import PrivateEngine


@pytest.fixture
def engine(
    private_engine: PrivateEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PrivateEngine]:
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "DOCKER_CONFIG"):
        monkeypatch.setenv(name, str(tmp_path))
    import_images(private_engine, "v1", "v2", "v3", changes=["VOLUME /data"])
    import_images(private_engine, "plain")
    yield private_engine
    private_engine.api.sweep()
    for volume in volumes(private_engine.api):
        private_engine.api.ask("DELETE", f"/volumes/{volume}")


def volumes(api: EngineCalls) -> list[str]:
    return [volume["Name"] for volume in api.get("/volumes")["Volumes"] or ()]


def write(api: EngineCalls, container: str, text: str, folder: str = "/data") -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar:
        member = tarfile.TarInfo("file")
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text.encode()))
    api.ask("PUT", f"/containers/{container}/archive?path={folder}", packed.getvalue())


def read(api: EngineCalls, container: str, folder: str = "/data") -> str:
    """What is in the file, "" where there is none."""
    reply = api.call("GET", f"/containers/{container}/archive?path={folder}/file")
    if reply.status == 404:
        return ""
    with tarfile.open(fileobj=io.BytesIO(reply.body)) as tar:
        found = tar.extractfile("file")
        assert found is not None
        return found.read().decode()


def mounted(api: EngineCalls, container: str, folder: str = "/data") -> str:
    mounts = api.inspect(container)["Mounts"]
    return str(next(mount["Name"] for mount in mounts if mount["Destination"] == folder))


def warnings(app: App) -> str:
    return "\n".join(event.message for event in app.told if isinstance(event, Warned))


@pytest.mark.parametrize("order", ["stop-first", "start-first"])
async def test_data_goes_on_through_deploys_and_roll_backs(
    engine: PrivateEngine, tmp_path: Path, order: str
) -> None:
    api, app = engine.api, App(tmp_path, engine, "web", order)
    await app.work("deploy", version="v1")
    write(api, "web", "of r1")

    await app.work("deploy", version="v2")
    assert read(api, "web") == "of r1"
    write(api, "web", "of r2")

    await app.work("rollback")
    assert read(api, "web") == "of r2"
    assert await app.check() == 3
    assert len({mounted(api, name) for name in app.states()}) == 1
    drift = await app.drift()
    assert [cause.message for cause in drift.causes if "volumes" in cause.message] == []


async def test_data_goes_on_where_the_volume_is_asked_for_without_a_name(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    api, app = engine.api, App(tmp_path, engine, "web", run={"volumes": ["/cache"]})
    await app.work("deploy", version="plain")
    write(api, "web", "kept", "/cache")

    await app.work("deploy", version="v1")
    assert read(api, "web", "/cache") == "kept"
    api.ask("POST", "/containers/prune")
    await app.work("rollback")
    assert read(api, "web", "/cache") == "kept"


async def test_a_retired_release_takes_no_data_along(engine: PrivateEngine, tmp_path: Path) -> None:
    """Neither where others have its volume, nor where no image declares it any more."""
    api, app = engine.api, App(tmp_path, engine, "web", app={"keep": 1})
    await app.work("deploy", version="v1")
    write(api, "web", "kept")
    for version in ("v2", "plain", "plain"):
        await app.work("deploy", version=version, again=True)
    assert sorted(app.states()) == ["web", "web.r3"]
    assert "docker volume rm" in warnings(app)

    await app.work("deploy", version="v3")

    assert read(api, "web") == "kept"


async def test_what_fails_takes_no_data_along(engine: PrivateEngine, tmp_path: Path) -> None:
    api, app = engine.api, App(tmp_path, engine, "web")
    await app.work("deploy", version="v1")
    write(api, "web", "kept")
    app.configure(ready={"exec": ["false"], "timeout": 0.5})

    await app.fail("deploy", version="v2")

    assert read(api, "web") == "kept"
    assert await app.check() == 1


async def test_what_the_very_first_release_wrote_before_it_failed_is_there_for_the_next(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    api = engine.api
    app = App(tmp_path, engine, "web", run={"command": ["sh", "-c", "echo early >> /data/file; exit 3"]})
    await app.fail("deploy", version="v1")
    assert app.states() == {}
    app.configure()

    await app.work("deploy", version="v1")

    assert read(api, "web") == "early\n"


async def test_data_of_what_was_adopted_goes_on_and_comes_back(engine: PrivateEngine, tmp_path: Path) -> None:
    api, app = engine.api, App(tmp_path, engine, "web")
    api.run(name="web", Image="faulty:v1")
    write(api, "web", "adopted")
    await app.work("adopt")

    await app.work("deploy", version="v2")
    assert read(api, "web") == "adopted"
    await app.work("rollback")
    assert read(api, "web") == "adopted"


async def test_the_earlier_containers_own_data_comes_back_where_the_live_one_has_none(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    api, app = engine.api, App(tmp_path, engine, "web")
    await app.work("deploy", version="v1")
    write(api, "web", "of r1")
    await app.work("deploy", version="plain")
    assert any("has data at /data" in warning for warning in app.plan.warnings)

    await app.work("rollback")

    assert read(api, "web") == "of r1"


async def test_a_volume_with_a_name_is_not_taken_for_one_without(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    api, app = engine.api, App(tmp_path, engine, "web")
    await app.work("deploy", version="v1")
    write(api, "web", "without a name")
    app.configure(app={"create_volumes": ["named"]}, run={"volumes": ["named:/data"]})
    await app.work("deploy", version="v2")
    assert mounted(api, "web") == "named"
    write(api, "web", "named")

    await app.work("rollback")

    assert read(api, "web") == "without a name"


async def test_the_plan_says_which_data_goes_on(engine: PrivateEngine, tmp_path: Path) -> None:
    api, app = engine.api, App(tmp_path, engine, "web")
    await app.work("deploy", version="v1")
    assert any("/data" in warning and "new and empty" in warning for warning in app.plan.warnings)

    await app.work("deploy", version="v2")

    assert dict(app.plan.facts)["volume /data"] == f"goes on from r1: {mounted(api, 'web')[:12]}"
    assert not any("/data" in warning for warning in app.plan.warnings)


async def test_prune_names_the_volumes_that_go_and_leaves_what_is_in_use(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    api, app = engine.api, App(tmp_path, engine, "web", app={"keep": 1})
    await app.work("deploy", version="v1")
    write(api, "web", "of r1")
    old = mounted(api, "web")
    for version in ("plain", "plain", "plain"):
        await app.work("deploy", version=version, again=True)
    assert old in volumes(api)

    await app.work("prune")

    assert old not in volumes(api)
    assert any(old[:12] in step.title and "what r1 wrote to /data" in step.title for step in app.plan.steps)
    assert "lost for good" in dict(app.plan.facts)["data"]
    await app.work("deploy", version="v2")
    write(api, "web", "of r5")
    await app.work("deploy", version="v3")
    await app.work("deploy", version="v2")
    await app.work("prune")
    assert "nothing to prune" in (await app.fail("prune")).message
    assert read(api, "web") == "of r5"
