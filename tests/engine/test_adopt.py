"""Containers that nobody manages become apps, on a real engine."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import stat
import subprocess
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.engine.test_creation import SAME, front, place, replaced, told
from tests.support.busybox import IMAGE
from tests.support.refs import ref
from tui.engine.client import Engine
from tui.engine.container.creation import create_body
from tui.engine.container.resolving import resolved
from tui.engine.endpoint import Endpoint
from tui.engine.ref import EngineRef
from tui.errors import HoldfastError, Refused
from tui.journal.folder import new_id
from tui.ledger.ledger import Ledger
from tui.model.app import Mount, Port, RunSpec
from tui.model.drift import CONFIGURATION, DEFINITION, FILES
from tui.model.policy import Policy
from tui.operations.deploying import leased
from tui.operations.looking.drift import find_drift
from tui.operations.looking.releases import read_releases
from tui.operations.process.launch import Launched
from tui.operations.process.prepared import prepared
from tui.operations.process.request import Request
from tui.operations.running.runner import perform
from tui.operations.verbs.adoptable import NoSuchContainer
from tui.settings.app_file import app_file
from tui.settings.load import load

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.support.engine_calls import EngineCalls
    from tests.support.registry import Registry
    from tui.model.operation import Ended, Event, Plan

__all__ = ["front", "place"]

SECRET = "correct-horse-battery"


@pytest.fixture
async def engine(engine_host: str, api: EngineCalls) -> AsyncIterator[Engine]:
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        yield engine


@pytest.fixture(autouse=True)
def home(tmp_path: Path, api: EngineCalls, front: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home without anything, and an engine without anything afterwards."""
    for name, folder in (("HOME", "."), ("XDG_STATE_HOME", "state"), ("XDG_CONFIG_HOME", "config")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    yield tmp_path
    api.sweep()
    for volume in api.get("/volumes")["Volumes"] or ():
        api.ask("DELETE", f"/volumes/{volume['Name']}?force=1")


def docker(host: str, line: str) -> str:
    """What the docker command line says."""
    command = ["docker", "--host", host, *shlex.split(line)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def inspected(api: EngineCalls, id: str) -> Any:
    """What the engine says of a container; it tells what is mounted in any order."""
    found = api.inspect(id)
    found["Mounts"].sort(key=lambda mount: mount["Destination"])
    return found


class Adopting:
    """Adopts, and remembers what was told."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.plan: Plan
        self.told: list[Event] = []

    async def do(self, verb: str, name: str, **options: Any) -> Ended:
        options = {"engine": ref(self.host), **options}
        request = Request(new_id(verb, name, time.time()), verb, name, **options)
        async with prepared(request, load()) as found:
            self.plan = found.plan
            return await perform(
                found, op=request.op, name=verb, app=name, engine=self.host, tell=self.told.append
            )

    async def work(self, verb: str, name: str, **options: Any) -> Ended:
        ended = await self.do(verb, name, **options)
        assert ended.ok, ended.error
        return ended


@pytest.fixture
def adopting(engine_host: str) -> Adopting:
    return Adopting(engine_host)


@pytest.mark.parametrize("case", SAME)
async def test_every_option_of_the_command_line_is_read_back(
    engine: Engine, api: EngineCalls, place: Path, front: str, case: str, home: Path
) -> None:
    """What was read, through the file of an app, makes the same container; and drift sees no difference."""
    fields, options = SAME[case]
    words = {"TMP": str(place), "FRONT": front}
    chosen = [replaced(word, words) for word in shlex.split(options)]
    command = fields.get("command", ("sleep", "600"))
    docker_create = ["docker", "--host", engine.endpoint.url, "create", *chosen, IMAGE, *command]
    environ = {**os.environ, "GIVEN": "from outside"}
    done = await asyncio.to_thread(
        subprocess.run, docker_create, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    theirs = done.stdout.strip()
    found = await engine.containers.adoption(theirs)
    unset = [entry for entry in api.inspect(theirs)["Config"]["Env"] if "=" not in entry]
    profile = "profile.json" in options
    assert len(found.left) == len(unset) + profile
    assert await engine.containers.differences(theirs, found.run, "web") == []
    file = app_file("web", "example.com/web", found.run, ["a comment"], environ=os.environ)
    assert (file.app.run, file.left) == (found.run, ())
    if profile:
        return  # only its text is known, and an app names a file
    made = create_body(IMAGE, await resolved(file.app.run, {}))
    ours = await engine.containers.create(f"ours-{uuid.uuid4().hex[:8]}", made)
    assert told(api.inspect(ours.id)) == told(api.inspect(theirs))
    assert await engine.containers.differences(ours.id, await resolved(found.run, {}), "web") == []


async def test_a_container_of_docker_run_becomes_an_app(
    engine: Engine, api: EngineCalls, adopting: Adopting, home: Path, front: str
) -> None:
    id = docker(
        engine.endpoint.url,
        f"run -d --name my-app --network none --restart always -e LEVEL=info -e DB_PASSWORD={SECRET} "
        f"-v files:/files -v /data --memory 32m --label team=web {IMAGE} sleep 600",
    )
    before = inspected(api, id)
    ended = await adopting.work("adopt", "my-app")
    path = home / "config/holdfast/apps.d/my-app.toml"
    assert ended.result.release == "r1"
    assert ended.result.facts == (("file", str(path)),)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [child.name for child in path.parent.iterdir()] == ["my-app.toml"]
    [anonymous] = [mount["Name"] for mount in before["Mounts"] if mount["Destination"] == "/data"]
    app = load().apps["my-app"]
    assert app.image == "holdfast-test/busybox"
    assert app.engines == (engine.endpoint.url,)
    assert app.run == RunSpec(
        command=("sleep", "600"),
        network_mode="none",
        restart="always",
        environment={"LEVEL": "info", "DB_PASSWORD": SECRET},
        volumes=(
            Mount("volume", "files", "/files"),
            Mount("volume", anonymous, "/data"),
        ),
        mem_limit=32 << 20,
        labels={"team": "web"},
    )
    assert inspected(api, id) == before  # it runs on, untouched
    releases = await read_releases(engine, await Ledger.open(engine), "my-app")
    assert releases.foreign is None
    assert releases.live is not None
    assert (releases.live.id, releases.standing.live, releases.standing.good) == (id, 1, [1])
    release = releases.entries[1].release
    assert (release.adopted, release.run, release.version) == (True, app.run, "1")
    assert releases.entries[1].good
    assert not any(one["Names"] == ["/my-app.lease"] for one in api.containers())


async def test_no_secret_is_ever_shown(
    engine: Engine, adopting: Adopting, home: Path, api: EngineCalls
) -> None:
    url = f"postgres://me:{SECRET}@db/shop"
    docker(
        engine.endpoint.url,
        f"run -d --name web --network none -e DB_PASSWORD={SECRET} -e URL={url} -e LEVEL=info {IMAGE} "
        f"sh -c 'sleep 600' --token {SECRET}",
    )
    await adopting.work("adopt", "web")
    shown = "\n".join(adopting.plan.text)
    assert SECRET not in repr((adopting.plan, adopting.told))
    assert "DB_PASSWORD" in shown
    assert 'LEVEL = "info"' in shown
    [said] = [warning for warning in adopting.plan.warnings if "env_file" in warning]
    assert said.startswith("DB_PASSWORD, URL:")
    environment = load().apps["web"].run.environment
    assert environment == {"DB_PASSWORD": SECRET, "URL": url, "LEVEL": "info"}


async def test_a_process_of_its_own_shows_the_same_plan(
    engine: Engine, adopting: Adopting, home: Path
) -> None:
    """The file that will be written too, which the dashboard shows before anybody says yes."""
    docker(engine.endpoint.url, f"run -d --name web --network none {IMAGE} sleep 600")
    request = Request("op", "adopt", "web", engine=EngineRef(engine.endpoint))
    async with prepared(request, load()) as found:
        plan = found.plan
    launched = await Launched.start(request)
    try:
        assert await launched.plan() == plan
    finally:
        await launched.abandon()
    assert "[apps.web.run]" in plan.text


COMPOSE = (
    "--label com.docker.compose.project=shop --label com.docker.compose.service=web "
    "--label com.docker.compose.project.config_files=/srv/shop/compose.yaml"
)


async def test_a_container_of_compose_gets_the_apps_name(
    engine: Engine, api: EngineCalls, adopting: Adopting, front: str
) -> None:
    id = docker(
        engine.endpoint.url,
        f"run -d --name shop-web-1 {COMPOSE} --network {front} --network-alias web {IMAGE} sleep 600",
    )
    ended = await adopting.work("adopt", "web", container="shop-web-1")
    assert ended.result.release == "r1"
    [said] = [warning for warning in adopting.plan.warnings if "Compose" in warning]
    assert "project shop, service web" in said
    assert "/srv/shop/compose.yaml" in said
    assert [step.id for step in adopting.plan.steps] == ["lease", "rename", "file", "record"]
    assert api.inspect("web")["Id"] == id
    assert api.inspect("web")["State"]["Running"]
    assert load().apps["web"].run == RunSpec(
        command=("sleep", "600"), networks={front: ("web",)}, restart="no"
    )


@pytest.fixture
def images(engine_host: str, api: EngineCalls, registry: Registry) -> str:
    """A repository with v1 and v2 in the registry and on the engine; v2 differs by a variable."""
    repository = f"{registry.address}/team/web-{uuid.uuid4().hex[:8]}"
    api.import_busybox()
    api.tag(IMAGE, f"{repository}:v1")
    other = api.create()
    api.ask("POST", f"/commit?container={other}&repo={repository}&tag=v2&changes=ENV%20SECOND=1", {})
    api.remove(other)
    for version in ("v1", "v2"):
        assert not any("error" in line for line in api.push(f"{repository}:{version}"))
    return repository


def configure(repository: str, more: str = "") -> None:
    Path("holdfast.toml").write_text(
        f'[policy]\nrequire_tests = false\n[apps.web]\nimage = "{repository}"\n'
        "[apps.web.ready]\nstable = 0.1\nbake = 0.2\n"
        f'[apps.web.run]\ncommand = ["sleep", "601"]\nnetwork_mode = "none"\n{more}'
    )


async def test_what_was_adopted_is_retired_by_a_deploy_and_rolled_back_to(
    engine: Engine, api: EngineCalls, adopting: Adopting, images: str, registry: Registry, home: Path
) -> None:
    configure(images)
    id = docker(
        engine.endpoint.url,
        f"run -d --name web {COMPOSE} --network none --restart always --stop-timeout 1 {images}:v1 sleep 600",
    )
    ended = await adopting.work("adopt", "web")
    assert not (home / "config/holdfast/apps.d").exists()  # the app is configured by hand
    assert [step.id for step in adopting.plan.steps] == ["lease", "record"]
    assert any("says otherwise than the container: run.command" in said for said in adopting.plan.warnings)
    digest = registry.digest(images.partition("/")[2], "v1")
    assert ended.result.digest == digest

    await adopting.work("deploy", "web", version="v2")
    old, new = api.inspect(id), api.inspect("web")
    assert (old["Name"], old["State"]["Running"]) == ("/web.r1", False)
    assert old["HostConfig"]["RestartPolicy"]["Name"] == "no"
    assert new["Config"]["Labels"]["io.holdfast.previous"] == "1"
    assert new["Config"]["Cmd"] == ["sleep", "601"]

    await adopting.work("rollback", "web")
    again = api.inspect("web")
    assert again["Config"]["Image"] == f"{images}@{digest}"
    assert again["Config"]["Cmd"] == ["sleep", "600"]
    assert again["HostConfig"]["RestartPolicy"]["Name"] == "always"
    labels = again["Config"]["Labels"]
    assert labels["io.holdfast.rollback-of"] == "1"
    assert not any(name.startswith("com.docker.compose.") for name in labels)


async def test_a_failed_deploy_brings_what_was_adopted_back(
    engine: Engine, api: EngineCalls, adopting: Adopting, images: str
) -> None:
    configure(images)
    id = docker(
        engine.endpoint.url,
        f"run -d --name web --network none --restart on-failure:3 --stop-timeout 1 {images}:v1 sleep 600",
    )
    await adopting.work("adopt", "web")
    text = Path("holdfast.toml").read_text()
    Path("holdfast.toml").write_text(text.replace('["sleep", "601"]', '["false"]'))
    ended = await adopting.do("deploy", "web", version="v2")
    assert not ended.ok
    now = api.inspect("web")
    assert (now["Id"], now["State"]["Running"]) == (id, True)
    assert now["HostConfig"]["RestartPolicy"] == {"Name": "on-failure", "MaximumRetryCount": 3}


async def test_drift_of_what_was_adopted(
    engine: Engine, api: EngineCalls, adopting: Adopting, front: str
) -> None:
    id = docker(
        engine.endpoint.url,
        f"run -d --name web --network {front} -v /data --memory 32m {IMAGE} sleep 600",
    )
    await adopting.work("adopt", "web")
    ledger, app = await Ledger.open(engine), load().apps["web"]
    found = await find_drift(engine, ledger, app, Policy())
    assert [cause.kind for cause in found.causes] == ["runs a mutable tag"]
    assert found.unknown == ()
    docker(engine.endpoint.url, "update --memory 64m --memory-swap 128m web")
    docker(engine.endpoint.url, "exec web touch /made")
    other = app._replace(run=app.run._replace(user="1000"))
    found = await find_drift(engine, ledger, other, Policy())
    causes = {cause.kind: cause.message for cause in found.causes}
    assert causes[CONFIGURATION].endswith("as r1 was deployed: mem_limit")
    assert causes[DEFINITION].endswith("otherwise than r1: run.user")
    assert "/made (added)" in causes[FILES]
    assert api.inspect(id)["State"]["Running"]


REFUSED = {
    "--rm": ("run -d --rm --name web --network none IMAGE sleep 600", "started with --rm"),
    "stopped": ("create --name web --network none IMAGE sleep 600", "does not run"),
    "ours": (
        "run -d --name web --network none --label io.holdfast.lease=web IMAGE sleep 600",
        "one of Holdfast's own",
    ),
    "task": (
        "run -d --name web --network none --label com.docker.swarm.service.name=shop IMAGE sleep 600",
        "task of the service shop",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_refused(
    engine: Engine, adopting: Adopting, home: Path, api: EngineCalls, case: str
) -> None:
    line, said = REFUSED[case]
    docker(engine.endpoint.url, line.replace("IMAGE", IMAGE))
    with pytest.raises(Refused, match=said):
        await adopting.do("adopt", "web")
    assert not (home / "config").exists()


async def test_names_that_do_not_fit(engine: Engine, adopting: Adopting, api: EngineCalls) -> None:
    id = docker(engine.endpoint.url, f"run -d --name Shop_Web --network none {IMAGE} sleep 600")
    with pytest.raises(NoSuchContainer, match="there is no container web"):
        await adopting.do("adopt", "web")
    with pytest.raises(NoSuchContainer, match="no name of an app"):
        await adopting.do("adopt", "Shop_Web")
    with pytest.raises(NoSuchContainer, match="the ID of the container Shop_Web"):
        await adopting.do("adopt", id[:12])
    docker(engine.endpoint.url, f"run -d --name web --network none {IMAGE} sleep 600")
    with pytest.raises(Refused, match="another container is called web"):
        await adopting.do("adopt", "web", container=id[:12])
    await adopting.work("adopt", "shop", container=id[:12])
    with pytest.raises(Refused, match="it is r1 1 of shop already"):
        await adopting.do("adopt", "shop")
    with pytest.raises(Refused, match="is r1 of shop already"):
        await adopting.do("adopt", "other", container=id[:12])


async def test_a_file_that_is_there_is_not_overwritten(
    engine: Engine, adopting: Adopting, home: Path, api: EngineCalls
) -> None:
    path = home / "config/holdfast/apps.d/web.toml"
    path.parent.mkdir(parents=True)
    path.write_text("# mine\n")
    docker(engine.endpoint.url, f"run -d --name web --network none {IMAGE} sleep 600")
    with pytest.raises(Refused, match="exists and is not overwritten"):
        await adopting.do("adopt", "web")
    assert path.read_text() == "# mine\n"


async def test_a_container_that_changed_since_the_plan_is_not_adopted(
    engine: Engine, adopting: Adopting, home: Path, api: EngineCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker(engine.endpoint.url, f"run -d --name web --network none {IMAGE} sleep 600")
    acquire = leased.Lease.acquire

    async def later(*given: Any, **named: Any) -> Any:
        await asyncio.to_thread(docker, engine.endpoint.url, "update --restart always web")
        return await acquire(*given, **named)

    monkeypatch.setattr(leased.Lease, "acquire", later)
    ended = await adopting.do("adopt", "web")
    assert ended.error is not None
    assert "has changed since the plan was made" in ended.error.message
    assert not (home / "config/holdfast/apps.d").exists()
    assert await (await Ledger.open(engine)).entries("web") == []


@pytest.mark.parametrize("how", ["fails", "is cancelled"])
async def test_what_was_begun_is_taken_back_where_it_cannot_be_recorded(
    engine: Engine,
    adopting: Adopting,
    home: Path,
    api: EngineCalls,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    id = docker(engine.endpoint.url, f"run -d --name shop-web-1 --network none {IMAGE} sleep 600")

    async def broken(*_given: Any) -> None:
        if how == "fails":
            raise HoldfastError("the ledger is full")
        raise asyncio.CancelledError

    monkeypatch.setattr(Ledger, "record", broken)
    ended = await adopting.do("adopt", "web", container="shop-web-1")
    assert not ended.ok
    assert api.inspect(id)["Name"] == "/shop-web-1"
    assert list((home / "config/holdfast/apps.d").iterdir()) == []
    assert not any("lease" in one["Names"][0] for one in api.containers())


async def test_a_cancelled_adoption_that_is_recorded_is_done(
    engine: Engine, adopting: Adopting, api: EngineCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker(engine.endpoint.url, f"run -d --name web --network none {IMAGE} sleep 600")
    record = Ledger.record

    async def slowly(ledger: Ledger, release: Any) -> None:
        task.cancel()
        await record(ledger, release)

    monkeypatch.setattr(Ledger, "record", slowly)
    task = asyncio.create_task(adopting.do("adopt", "web"))
    ended = await task
    assert ended.ok, ended.error
    [entry] = await (await Ledger.open(engine)).entries("web")
    assert entry.good


async def test_ports_and_images_by_id(
    engine: Engine, adopting: Adopting, images: str, api: EngineCalls
) -> None:
    image = api.get(f"/images/{images}:v1/json")["Id"]
    docker(
        engine.endpoint.url,
        f"run -d --name web --network host {re.sub('sha256:', '', image)[:12]} sleep 600",
    )
    await adopting.work("adopt", "web")
    app = load().apps["web"]
    assert app.image == images or app.image == "holdfast-test/busybox"  # two names of one image
    assert app.run.network_mode == "host"


def test_ports_are_written_as_they_are_read(home: Path) -> None:
    ports = (Port(80, "8080"), Port(81, "8081", "127.0.0.1"), Port(53, "53", "::1", "udp"), Port(9))
    file = app_file("web", "web", RunSpec(ports=ports), [])
    assert file.app.run.ports == ports
