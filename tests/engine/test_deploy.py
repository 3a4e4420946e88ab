"""Deploys and roll backs on a simulated and a real engine: exact bytes, a gate, and always a way back."""

from __future__ import annotations

import asyncio
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.engine.operating import Operations
from tests.support.ports import free_port
from tests.support.project import Project
from tui.engine.client import Engine
from tui.engine.endpoint import resolve
from tui.engine.errors import Conflict
from tui.engine.images import Images
from tui.ledger.ledger import Ledger
from tui.model.operation import StepChanged

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls
    from tests.support.registry import RegistryCalls


class Shop(Operations):
    """A web server that publishes a port; releases differ by what their page says."""

    port: int

    async def release(self, version: str, word: str = "hello") -> None:
        """Build, test, tag and push another version."""
        self.project.write("index.html", f"hello, this is {version} {word}\n")
        self.project.commit()
        await self.work("build")
        await self.work("test")
        await self.work("tag", version=version)
        await self.work("push")

    def page(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/index.html", timeout=5) as answer:
            return answer.read().decode()

    def configure(self, old: str, new: str) -> None:
        path = self.project.folder / "holdfast.toml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        self.project.commit()


@pytest.fixture
def api(both_api: EngineCalls) -> EngineCalls:
    return both_api


@pytest.fixture
def shop(
    tmp_path: Path,
    both_host: str,
    api: EngineCalls,
    both_registry: RegistryCalls,
    monkeypatch: pytest.MonkeyPatch,
) -> Shop:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "DOCKER_CONFIG"):
        monkeypatch.setenv(name, str(home))
    port = free_port()
    project = Project(tmp_path / "project", f"{both_registry.address}/team/web-{time.time_ns()}")
    with (project.folder / "holdfast.toml").open("a") as config:
        config.write(f'\n[apps.web.run]\nports = ["127.0.0.1:{port}:8080"]\nnetworks = ["front"]\n')
        config.write('stop_signal = "SIGKILL"\n')  # busybox httpd does not heed SIGTERM
    path = project.folder / "holdfast.toml"
    path.write_text(path.read_text().replace("timeout = 20\n", "timeout = 20\nbake = 0.2\n"))
    text = path.read_text().replace("[apps.web]\n", '[apps.web]\ncreate_networks = ["front"]\n')
    path.write_text(text)
    project.commit()
    monkeypatch.chdir(project.folder)
    shop = Shop(both_host, project)
    shop.port = port
    yield shop
    for container in api.containers():
        api.remove(container["Id"])
    for network in api.get("/networks"):
        if network["Name"] == "front":
            api.ask("DELETE", f"/networks/{network['Id']}")
    for volume in api.get("/volumes")["Volumes"] or ():
        api.ask("DELETE", f"/volumes/{volume['Name']}")


def serving(api: EngineCalls) -> dict[str, str]:
    """Name -> state of everything that is the app's."""
    return {
        one["Names"][0].lstrip("/"): one["State"]
        for one in api.containers()
        if one["Names"][0].lstrip("/").startswith("web")
    }


def names(api: EngineCalls) -> set[str]:
    """The tags of all images."""
    return {tag for image in api.get("/images/json") for tag in image["RepoTags"] or ()}


async def test_a_deploy_serves_exact_bytes_under_the_apps_name(shop: Shop, api: EngineCalls) -> None:
    await shop.release("v0.1.0")

    ended = await shop.work("deploy", version="v0.1.0")

    assert "v0.1.0" in shop.page()
    assert ended.result.release == "r1"
    inspected = api.inspect("web")
    assert inspected["Config"]["Image"] == f"{shop.project.image}@{ended.result.digest}"
    assert inspected["Config"]["Labels"]["io.holdfast.version"] == "v0.1.0"
    assert inspected["HostConfig"]["RestartPolicy"]["Name"] == "unless-stopped"
    assert serving(api) == {"web": "running"}


async def test_the_next_one_retires_it_and_says_how_long_nothing_served(shop: Shop, api: EngineCalls) -> None:
    await shop.release("v0.1.0")
    await shop.work("deploy", version="v0.1.0")
    await shop.release("v0.2.0")

    ended = await shop.work("deploy", version="v0.2.0")

    assert "v0.2.0" in shop.page()
    assert serving(api) == {"web": "running", "web.r1": "exited"}
    assert api.inspect("web.r1")["HostConfig"]["RestartPolicy"]["Name"] == "no"
    assert ended.result.gap_seconds is not None
    facts = dict(shop.plan.facts)
    assert "r1 v0.1.0" in facts["way back"]
    assert "v0.2.0" in facts["new"]


async def test_roll_back_brings_bytes_and_configuration_back(shop: Shop, api: EngineCalls) -> None:
    await shop.release("v0.1.0")
    await shop.work("deploy", version="v0.1.0")
    shop.configure("[apps.web.run]\n", '[apps.web.run]\nenvironment = { COLOUR = "blue" }\n')
    await shop.release("v0.2.0")
    await shop.work("deploy", version="v0.2.0")
    assert "COLOUR=blue" in api.inspect("web")["Config"]["Env"]

    ended = await shop.work("rollback")

    assert "v0.1.0" in shop.page()
    assert ended.result.release == "r3"
    inspected = api.inspect("web")
    assert "COLOUR=blue" not in inspected["Config"]["Env"]
    assert inspected["Config"]["Labels"]["io.holdfast.rollback-of"] == "1"
    assert serving(api) == {"web": "running", "web.r1": "exited", "web.r2": "exited"}
    assert any("environment" in name for name, _ in shop.plan.facts)


async def test_roll_back_after_the_container_was_pruned(shop: Shop, api: EngineCalls) -> None:
    await shop.release("v0.1.0")
    await shop.work("deploy", version="v0.1.0")
    await shop.release("v0.2.0")
    await shop.work("deploy", version="v0.2.0")
    api.ask("POST", "/containers/prune")
    assert serving(api) == {"web": "running"}

    await shop.work("rollback")

    assert "v0.1.0" in shop.page()


async def test_roll_back_when_only_the_registry_has_the_image(shop: Shop, api: EngineCalls) -> None:
    await shop.release("v0.1.0")
    first = await shop.work("deploy", version="v0.1.0")
    await shop.release("v0.2.0")
    await shop.work("deploy", version="v0.2.0")
    api.ask("POST", "/containers/prune")
    api.ask("DELETE", f"/images/{first.result.image}?force=1")

    ended = await shop.work("rollback", to=1)

    assert "v0.1.0" in shop.page()
    assert ended.result.digest == first.result.digest


async def test_a_release_that_exits_at_once_is_undone(shop: Shop, api: EngineCalls) -> None:
    await shop.release("v0.1.0")
    await shop.work("deploy", version="v0.1.0")
    before = api.inspect("web")["Id"]
    await shop.release("v0.2.0")
    shop.configure("[apps.web.run]\n", '[apps.web.run]\ncommand = ["sh", "-c", "echo no; exit 7"]\n')

    problem = await shop.fail("deploy", version="v0.2.0")

    assert problem.code == 1
    assert "7" in problem.message
    assert "r1 v0.1.0 serves again" in problem.message
    assert "no" in problem.detail
    assert "v0.1.0" in shop.page()
    assert api.inspect("web")["Id"] == before
    assert serving(api) == {"web": "running"}
    assert api.inspect("web")["HostConfig"]["RestartPolicy"]["Name"] == "unless-stopped"
    refused = await shop.fail("recover")
    assert "nothing to recover" in refused.message


async def test_a_container_of_somebody_else_is_never_replaced(shop: Shop, api: EngineCalls) -> None:
    await shop.release("v0.1.0")
    other = api.run(name="web")

    problem = await shop.fail("deploy", version="v0.1.0")

    assert problem.code == 4
    assert "adopt" in problem.hint
    assert api.inspect("web")["Id"] == other


async def test_a_port_that_another_container_has_is_found_before_anything_stops(
    shop: Shop, api: EngineCalls
) -> None:
    await shop.release("v0.1.0")
    await shop.work("deploy", version="v0.1.0")
    await shop.release("v0.2.0")
    port = free_port()
    api.ask("POST", "/networks/create", {"Name": "other"})
    api.run(
        name="taker",
        ExposedPorts={"8080/tcp": {}},
        HostConfig={
            "NetworkMode": "other",
            "PortBindings": {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(port)}]},
        },
    )
    shop.configure(f":{shop.port}:8080", f":{port}:8080")

    problem = await shop.fail("deploy", version="v0.2.0")

    assert problem.code == 4
    assert "taker" in problem.message
    assert "v0.1.0" in shop.page()
    api.remove("taker")
    api.ask("DELETE", "/networks/other")


async def test_a_missing_network_is_refused_with_the_remedy(shop: Shop) -> None:
    await shop.release("v0.1.0")
    shop.configure('create_networks = ["front"]\n', "")

    problem = await shop.fail("deploy", version="v0.1.0")

    assert problem.code == 4
    assert "docker network create front" in problem.hint


async def test_two_at_once_one_is_refused_and_told_who(shop: Shop) -> None:
    await shop.release("v0.1.0")
    first = asyncio.create_task(shop.do("deploy", version="v0.1.0"))
    other = Shop(shop.host, shop.project)
    second = asyncio.create_task(other.do("deploy", version="v0.1.0"))

    ends = [await first, await second]

    codes = sorted(end.error.code if end.error else 0 for end in ends)
    assert codes[0] == 0
    assert codes[1] in (5, 4)  # leased; or, when it came a moment later, already recorded


async def test_cancelling_brings_the_former_release_back(shop: Shop, api: EngineCalls) -> None:
    await shop.release("v0.1.0")
    await shop.work("deploy", version="v0.1.0")
    await shop.release("v0.2.0")
    shop.configure("bake = 0.2", "bake = 60")
    task = asyncio.create_task(shop.do("deploy", version="v0.2.0"))
    end = time.monotonic() + 40
    while shop.states().get("bake r2") != "running":
        assert time.monotonic() < end and not task.done()
        await asyncio.sleep(0.05)

    task.cancel()
    ended = await task

    assert ended.error is not None
    assert ended.error.code == 130
    assert "v0.1.0" in shop.page()
    assert serving(api) == {"web": "running"}


async def test_retention_keeps_as_many_as_it_says(shop: Shop, api: EngineCalls) -> None:
    shop.configure("[apps.web]\n", "[apps.web]\nkeep = 1\n")
    for number in range(1, 4):
        await shop.release(f"v0.{number}.0")
        await shop.work("deploy", version=f"v0.{number}.0")

    assert serving(api) == {"web": "running", "web.r2": "exited"}


async def test_a_good_deploy_removes_images_that_only_retired_releases_had(
    shop: Shop, api: EngineCalls
) -> None:
    shop.configure("[apps.web]\n", "[apps.web]\nkeep = 1\nkeep_builds = 1\n")
    for number in range(1, 3):
        await shop.release(f"v0.{number}.0")
        await shop.work("deploy", version=f"v0.{number}.0")
    await shop.release("v0.3.0")
    image = shop.project.image
    api.tag(f"{image}:v0.2.0", f"{image}-copy:mine")

    await shop.work("deploy", version="v0.3.0")

    named = [step for step in shop.plan.steps if f"{image}:v0.1.0" in step.title]
    assert [shop.states()[step.id] for step in named] == ["done"]
    assert f"{image}:v0.1.0" not in names(api)
    await shop.release("v0.4.0")
    await shop.work("deploy", version="v0.4.0")
    assert {f"{image}-copy:mine", f"{image}:v0.3.0", f"{image}:v0.4.0"} <= names(api)
    await shop.work("rollback", to=1)
    assert "v0.1.0" in shop.page()


async def test_what_another_app_of_the_repository_may_go_back_to_stays(shop: Shop, api: EngineCalls) -> None:
    """Also where its container is gone, and only the ledger tells that it is kept."""
    image = shop.project.image
    shop.configure("[apps.web]\n", "[apps.web]\nkeep = 1\nkeep_builds = 1\n")
    with (shop.project.folder / "holdfast.toml").open("a") as config:
        config.write(f'\n[apps.worker]\nimage = "{image}"\n[apps.worker.ready]\nstable = 0.2\nbake = 0.2\n')
        config.write("[policy]\nrequire_tests = false\n")
    shop.project.commit()
    for number in range(1, 4):
        await shop.release(f"v0.{number}.0")
        if number < 3:
            shop.project.name = "worker"
            await shop.work("deploy", version=f"v0.{number}.0")
            shop.project.name = "web"
            await shop.work("deploy", version=f"v0.{number}.0")
    api.remove("worker.r1")

    await shop.work("deploy", version="v0.3.0")

    assert serving(api) == {"web": "running", "web.r2": "exited"}
    assert f"{image}:v0.1.0" in names(api)


async def test_that_an_old_image_stays_is_a_warning(
    shop: Shop, api: EngineCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.configure("[apps.web]\n", "[apps.web]\nkeep = 1\nkeep_builds = 1\n")
    for number in range(1, 4):
        await shop.release(f"v0.{number}.0")
        if number < 3:
            await shop.work("deploy", version=f"v0.{number}.0")

    async def refused(self: Images, ref: str, *, force: bool = False) -> list[str]:
        raise Conflict(409, f"{ref} is being used")

    monkeypatch.setattr(Images, "remove", refused)
    await shop.work("deploy", version="v0.3.0")

    assert any("v0.1.0 could not be removed" in warning for warning in shop.warnings())
    assert "v0.3.0" in shop.page()


async def test_prune_takes_builds_and_images_that_nothing_needs(shop: Shop, api: EngineCalls) -> None:
    shop.configure("[apps.web]\n", "[apps.web]\nkeep = 1\nkeep_builds = 1\n")

    def tags() -> set[str]:
        """Of the app, without those of builds, and how many builds have one."""
        mine = [tag.rpartition(":")[2] for image in api.get("/images/json") for tag in image["RepoTags"] or ()
                if tag.startswith(shop.project.image)]  # fmt: skip
        return {f"{sum(tag.startswith('build-') for tag in mine)} builds"} | {
            tag for tag in mine if not tag.startswith("build-")
        }

    for number in range(1, 4):
        await shop.release(f"v0.{number}.0")
        # So that no deploy takes it.
        api.tag(f"{shop.project.image}:v0.1.0", f"{shop.project.image}-copy:mine")
        await shop.work("deploy", version=f"v0.{number}.0")
    shop.project.write("index.html", "hello, never shipped\n")
    await shop.work("build")
    never = shop.project.image
    await shop.work("build")
    assert tags() == {"4 builds", "v0.1.0", "v0.2.0", "v0.3.0", "mine"}
    api.untag(f"{never}-copy:mine")

    await shop.work("prune")

    assert tags() == {"1 builds", "v0.2.0", "v0.3.0"}
    assert dict(shop.plan.facts)["frees"].startswith("at least")
    assert any("v0.1.0 (r1, which is not kept)" in step.title for step in shop.plan.steps)
    assert "v0.3.0" in shop.page()
    assert "nothing to prune" in (await shop.fail("prune")).message
    await shop.work("rollback")
    assert "v0.2.0" in shop.page()


async def test_ship_does_it_all_in_a_row(shop: Shop) -> None:
    shop.project.write("index.html", "hello, shipped\n")
    shop.project.commit()

    ended = await shop.work("ship")

    assert "shipped" in shop.page()
    assert ended.result.release == "r1"
    assert ended.result.digest


async def test_ship_uses_no_version_up_for_what_can_be_known_before(shop: Shop, api: EngineCalls) -> None:
    """Neither a build nor a tag nor a push is made; the plan says why it would end."""
    tags = {tag for image in api.get("/images/json") for tag in image["RepoTags"] or ()}

    async def refused(words: str, code: int = 4, **options: str) -> None:
        problem = await shop.fail("ship", version="v0.1.0", **options)
        assert (problem.code, words in f"{problem.message} {problem.hint}") == (code, True), problem
        assert {tag for image in api.get("/images/json") for tag in image["RepoTags"] or ()} == tags

    shop.configure('create_networks = ["front"]\n', "")
    await refused("docker network create front")
    shop.configure("[apps.web]\n", '[apps.web]\ncreate_networks = ["front"]\n')
    other = api.run(name="web")
    await refused("holdfast adopt web")
    api.remove(other)
    shop.project.write("index.html", "hello, changed\n")
    await refused("uncommitted changes")
    shop.project.commit()
    lease = api.create(name="web.lease", Labels={"io.holdfast.lease": "web"})
    await refused("web is being changed", 5)
    api.remove(lease)

    await shop.work("ship", version="v0.1.0")

    assert dict(shop.plan.facts)["way back"].startswith("none")
    assert "changed" in shop.page()


async def test_pruning_everything_between_two_deploys_loses_nothing(shop: Shop, api: EngineCalls) -> None:
    await shop.release("v0.1.0")
    await shop.work("deploy", version="v0.1.0")
    await shop.release("v0.2.0")
    await shop.work("deploy", version="v0.2.0")
    api.ask("POST", "/containers/prune")
    api.ask("POST", "/volumes/prune")  # what `docker system prune --volumes` does, on 20.10 to named ones too
    api.ask("POST", '/images/prune?filters={"dangling":["true"]}')

    ended = await shop.work("rollback")

    assert "v0.1.0" in shop.page()
    assert ended.result.release == "r3"
    async with await Engine.connect(resolve(host=shop.host)) as engine:
        entries = await (await Ledger.open(engine)).entries("web")
    assert [(entry.release.number, entry.good) for entry in entries] == [(3, True), (2, True), (1, True)]


async def test_secrets_of_an_env_file_are_in_the_container_and_nowhere_else(
    shop: Shop, api: EngineCalls, tmp_path: Path
) -> None:
    (shop.project.folder / ".env").write_text("TOKEN=s3cr3t-value\n")
    shop.project.write(".gitignore", ".env\n")
    shop.project.write(".dockerignore", ".env\n")
    shop.configure("[apps.web.run]\n", '[apps.web.run]\nenv_file = ".env"\n')
    await shop.release("v0.1.0")

    await shop.work("deploy", version="v0.1.0")

    assert "TOKEN=s3cr3t-value" in api.inspect("web")["Config"]["Env"]
    assert "s3cr3t-value" not in repr(shop.told) + repr(shop.plan)
    written = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert any("ledger" in str(path) for path in written)
    assert not [path for path in written if b"s3cr3t-value" in path.read_bytes()]


async def test_an_env_file_that_has_changed_is_named_once_its_container_is_gone(
    shop: Shop, api: EngineCalls
) -> None:
    env = shop.project.write("web.env", "COLOUR=blue\n")
    shop.configure("[apps.web.run]\n", '[apps.web.run]\nenv_file = "web.env"\n')
    await shop.release("v0.1.0")
    await shop.work("deploy", version="v0.1.0")
    await shop.release("v0.2.0")
    await shop.work("deploy", version="v0.2.0")
    env.write_text("COLOUR=red\n")

    await shop.work("rollback")
    assert "COLOUR=blue" in api.inspect("web")["Config"]["Env"]  # the container had it exactly

    await shop.work("deploy", version="v0.2.0")
    api.ask("POST", "/containers/prune")
    await shop.work("rollback", to=1)
    assert any("web.env has changed since r1" in warning for warning in shop.plan.warnings)


async def test_declared_volumes_are_made_and_others_never(shop: Shop, api: EngineCalls) -> None:
    shop.configure("[apps.web.run]\n", '[apps.web.run]\nvolumes = ["web-files:/files"]\n')
    await shop.release("v0.1.0")
    problem = await shop.fail("deploy", version="v0.1.0")
    assert problem.code == 4
    assert "docker volume create web-files" in problem.hint

    shop.configure("[apps.web]\n", '[apps.web]\ncreate_volumes = ["web-files"]\n')
    await shop.work("deploy", version="v0.1.0")

    assert [mount["Name"] for mount in api.inspect("web")["Mounts"]] == ["web-files"]


async def test_a_volume_that_the_image_declares_and_nobody_mounts_is_warned_about(shop: Shop) -> None:
    dockerfile = shop.project.folder / "Dockerfile"
    dockerfile.write_text(dockerfile.read_text() + "VOLUME /data\n")
    await shop.release("v0.1.0")

    await shop.work("deploy", version="v0.1.0")

    assert any("declares the volume /data" in warning for warning in shop.plan.warnings)


async def test_a_volume_that_the_app_asks_for_is_not_said_to_be_the_images(shop: Shop) -> None:
    shop.configure("[apps.web.run]\n", '[apps.web.run]\nvolumes = ["/cache"]\n')
    await shop.release("v0.1.0")

    await shop.work("deploy", version="v0.1.0")

    assert not any("/cache" in warning for warning in shop.plan.warnings)


async def test_start_first_the_new_one_is_ready_before_the_old_one_stops(
    shop: Shop, api: EngineCalls
) -> None:
    shop.configure(f'ports = ["127.0.0.1:{shop.port}:8080"]\n', "")
    shop.configure("[apps.web]\n", '[apps.web]\norder = "start-first"\ndrain_seconds = 0.1\n')
    await shop.release("v0.1.0")
    await shop.work("deploy", version="v0.1.0")
    await shop.release("v0.2.0")

    await shop.work("deploy", version="v0.2.0")

    steps = [event.step for event in shop.told if isinstance(event, StepChanged) and event.state == "done"]
    assert steps.index("gate r2") < steps.index("stop r1")
    aliases = api.inspect("web")["NetworkSettings"]["Networks"]["front"]["Aliases"]
    assert "web" in aliases
    assert serving(api) == {"web": "running", "web.r1": "exited"}


async def test_a_lease_that_somebody_removes_stops_the_deploy_and_undoes_it(
    shop: Shop, api: EngineCalls
) -> None:
    await shop.release("v0.1.0")
    await shop.work("deploy", version="v0.1.0")
    await shop.release("v0.2.0")
    task = asyncio.create_task(shop.do("deploy", version="v0.2.0"))
    end = time.monotonic() + 40
    while "create r2" not in shop.states():
        assert time.monotonic() < end and not task.done()
        await asyncio.sleep(0.005)
    api.remove("web.lease")

    ended = await task

    assert ended.error is not None
    assert ended.error.code == 1
    assert "the lease of web" in ended.error.message
    assert "v0.1.0" in shop.page()
    assert serving(api) == {"web": "running"}
