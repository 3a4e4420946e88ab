"""What hands did to the containers of an app: it is named, it does no harm, and there is a way out."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import tarfile
import urllib.parse
from typing import TYPE_CHECKING

import pytest

from tests.faults.deploying import IMAGE, KILLED, App, Point, bury_the_dead, import_images
from tests.support.busybox import archive
from tui.cli import drift
from tui.cli.asked import Asked
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.model.drift import NOT_RUNNING, NOT_THERE, PAUSED, RENAMED
from tui.operations.deploying.rollout import Rollout
from tui.operations.looking.endpoint_choice import Named
from tui.operations.testing.cleanup import labels_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.private_engine import PrivateEngine
    from tui.model.step import RolloutStep

pytestmark = pytest.mark.timeout(200)


@pytest.fixture
def engine(private_engine: PrivateEngine) -> Iterator[PrivateEngine]:
    import_images(private_engine, "v1", "v2", "v3")
    yield private_engine
    private_engine.api.sweep()  # the other suites begin with an empty one


def commit(engine: PrivateEngine, container: str, repository: str) -> None:
    """What `docker commit` does: the image gets the container's labels."""
    engine.api.ask("POST", f"/commit?container={container}&repo={repository}&tag=1", {})


def run_copy(engine: PrivateEngine, name: str, image: str, **labels: str) -> str:
    """Somebody's own container of that image."""
    given = {f"io.holdfast.{key}": value for key, value in labels.items()}
    id = engine.api.create("sleep", "600", name=name, Image=image, Labels=given)
    engine.api.start(id)
    return id


async def test_a_container_with_copied_labels_is_no_release(engine: PrivateEngine, tmp_path: Path) -> None:
    app = App(tmp_path, engine, "copied")
    await app.work("deploy", version="v1")
    await app.work("deploy", version="v2")
    commit(engine, app.name, "debug")
    strange = [
        run_copy(engine, "copied-debug", "debug:1"),
        run_copy(engine, "copied-huge", "debug:1", release="999999999"),
        run_copy(engine, "copied-next", "debug:1", release="3"),
        run_copy(engine, "copied-same", "faulty:v2", app="copied", release="7", digest="sha256:00"),
    ]

    releases, notes = await app.releases()
    problem = await app.fail("recover")
    await app.work("deploy", version="v3")

    assert notes == []
    assert releases.standing.next_number == 3
    assert releases.standing.open == []
    assert set(releases.releases.strangers) == {"copied-debug", "copied-huge", "copied-next", "copied-same"}
    assert "copied-huge" in " ".join(releases.stranger_notes())
    assert "nothing to recover" in problem.message
    now = {one["Id"]: one["State"] for one in engine.api.containers()}
    assert [now[id] for id in strange] == ["running"] * 4
    await app.work("rollback")
    assert engine.api.inspect("copied")["Config"]["Labels"]["io.holdfast.rollback-of"] == "2"


async def test_a_stranger_under_the_apps_name_can_be_adopted(engine: PrivateEngine, tmp_path: Path) -> None:
    app = App(tmp_path, engine, "taken")
    await app.work("deploy", version="v1")
    commit(engine, app.name, "debug")
    engine.api.remove(app.name)
    own = run_copy(engine, "taken", "debug:1")

    problem = await app.fail("deploy", version="v2")
    assert problem.code == 4
    assert "holdfast adopt taken" in problem.hint
    await app.work("adopt")
    await app.work("deploy", version="v2")

    assert engine.api.inspect("taken.r2")["Id"] == own


async def test_a_name_that_a_release_needs_is_found_to_be_taken_before_anything_changes(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    app = App(tmp_path, engine, "names")
    await app.work("deploy", version="v1")
    for name in ("names.r1", "names.r2"):
        own = run_copy(engine, name, "faulty:v1")
        problem = await app.fail("deploy", version="v2")
        assert problem.code == 4
        assert f"docker rename {name}" in problem.hint
        assert app.states()["names"] == "running"
        engine.api.remove(own)
    await app.work("deploy", version="v2")


def labels(engine: PrivateEngine, name: str) -> dict[str, str]:
    return dict(engine.api.inspect(name)["Config"]["Labels"])


async def test_rolling_back_twice_goes_further_back(engine: PrivateEngine, tmp_path: Path) -> None:
    app = App(tmp_path, engine, "twice")
    for version in ("v1", "v2", "v3"):
        await app.work("deploy", version=version)

    await app.work("rollback")
    await app.work("rollback")

    assert labels(engine, "twice")["io.holdfast.version"] == "v1"
    problem = await app.fail("rollback")
    assert problem.code == 4
    assert any("r4 is a roll back from it" in line for line in problem.detail)


async def test_a_kept_container_that_was_changed_by_hand_is_named_and_not_taken_over(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    (tmp_path / "own.env").write_text("TOKEN=as-it-was\n")
    reference = {"env_file": [str(tmp_path / "own.env")], "environment": ["PASSED", "SAID=1"]}
    app = App(tmp_path, engine, "kept")
    app.configure(run=reference)
    with pytest.MonkeyPatch.context() as outside:
        outside.setenv("PASSED", "then")
        await app.work("deploy", version="v1")
    app.configure()
    await app.work("deploy", version="v2")
    engine.api.ask("POST", "/containers/kept.r1/update", {"Memory": 64 << 20, "MemorySwap": 64 << 20})
    (tmp_path / "own.env").unlink()

    refused = await app.fail("rollback")
    insisted = await app.fail("rollback", to=1)
    await app.work("rollback", to=1, force=True)

    assert any("mem_limit" in line for line in refused.detail)
    assert "mem_limit" in insisted.message
    assert "--force" in insisted.hint
    assert app.plan.typed == "kept"
    assert any("mem_limit" in warning for warning in app.plan.warnings)
    made = engine.api.inspect("kept")
    assert made["HostConfig"]["Memory"] == 0
    assert {"TOKEN=as-it-was", "PASSED=then", "SAID=1"} <= set(made["Config"]["Env"])


async def test_the_live_release_is_made_anew_where_hands_have_changed_it(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    app = App(tmp_path, engine, "anew", run={"networks": []})
    await app.work("deploy", version="v1")
    engine.api.ask("POST", "/networks/bridge/disconnect", {"Container": "anew", "Force": True})

    drifted = await app.drift()
    await app.work("rollback", to=1)

    assert any("networks" in cause.message and "--to r1" in cause.hint for cause in drifted.causes)
    assert app.plan.title.startswith("Make anew r1 v1 anew")
    assert any("networks" in warning for warning in app.plan.warnings)
    assert list(engine.api.inspect("anew")["NetworkSettings"]["Networks"]) == ["bridge"]
    assert labels(engine, "anew")["io.holdfast.rollback-of"] == "1"
    assert await app.check() == 2


async def test_a_forged_record_is_no_way_back(engine: PrivateEngine, tmp_path: Path) -> None:
    app = App(tmp_path, engine, "forged")
    for version in ("v1", "v2", "v3"):
        await app.work("deploy", version=version)
    await app.forge("r2.json", b'"sleep"', b'"evil"')

    await app.work("rollback")
    assert labels(engine, "forged")["io.holdfast.version"] == "v1"
    assert any("r2 v2 is passed over: its record is not whole" in one for one in app.plan.warnings)
    problem = await app.fail("rollback", to=2)
    assert problem.code == 4
    assert "not whole" in problem.message


PROBED = {"exec": ["test", "-x", "/bin/vi"], "timeout": 1}


async def break_live(app: App) -> None:
    """A file that its probe asks for is removed inside the live container."""
    async with (
        await Engine.connect(Endpoint(app.engine.host, "the test")) as engine,
        engine.execs.run(app.name, ["rm", "/bin/vi"]) as process,
    ):
        async for _ in process:
            pass


async def test_a_damaged_former_release_is_made_anew_where_a_deploy_fails(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    app = App(tmp_path, engine, "damaged", ready=PROBED)
    await app.work("deploy", version="v1")
    await break_live(app)
    app.configure(run={"command": ["false"]}, ready=PROBED)

    problem = await app.fail("deploy", version="v2")

    assert problem.code == 1, problem
    assert "made anew as r3" in problem.message
    assert labels(engine, "damaged")["io.holdfast.rollback-of"] == "1"
    releases, _ = await app.releases()
    assert (releases.standing.live, releases.standing.open) == (3, [])
    assert app.awake() == ["damaged"]
    app.configure(ready=PROBED)
    await app.work("deploy", version="v2")
    await app.work("rollback")


@pytest.mark.parametrize("by", ["undo", "recover"])
async def test_a_former_release_that_was_changed_by_hand_is_made_anew_though_it_would_pass(
    engine: PrivateEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    app = App(tmp_path, engine, f"changed-{by}")
    await app.work("deploy", version="v1")
    engine.api.ask("POST", f"/containers/{app.name}/update", {"Memory": 64 << 20, "MemorySwap": 64 << 20})

    if by == "undo":
        app.configure(run={"command": ["false"]})
        problem = await app.fail("deploy", version="v2")
        assert problem.code == 1, problem
    else:
        bury_the_dead(monkeypatch)
        killed = app.start("deploy", Point(6, "before"), version="v2")
        assert await killed.end() == KILLED
        assert app.awake() == []
        await app.work("recover")

    assert labels(engine, app.name)["io.holdfast.rollback-of"] == "1"
    assert engine.api.inspect(app.name)["HostConfig"]["Memory"] == 0
    assert app.awake() == [app.name]
    releases, _ = await app.releases()
    assert (releases.standing.live, releases.standing.open) == (3, [])


async def test_where_no_former_release_can_be_made_anew_nobody_is_locked_out(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    proof = tmp_path / "data" / "ok"
    proof.parent.mkdir()
    proof.touch()
    run = {"volumes": [f"{proof.parent}:/data"]}
    ready = {"exec": ["test", "-e", "/data/ok"], "timeout": 1}
    app = App(tmp_path, engine, "locked", run=run, ready=ready)
    await app.work("deploy", version="v1")
    proof.unlink()  # neither its container nor one made anew passes now

    problem = await app.fail("deploy", version="v2")

    assert problem.code == 6, problem
    releases, _ = await app.releases()
    assert (releases.standing.live, releases.standing.open) == (1, [])
    assert app.awake() == ["locked"]
    proof.touch()
    await app.work("rollback", to=1)
    await app.work("deploy", version="v2")
    assert labels(engine, "locked")["io.holdfast.version"] == "v2"


async def test_what_a_killed_test_left_goes_with_the_next_operation_of_any_kind(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    app = App(tmp_path, engine, "tidy")
    left = labels_of("20261124-093000-test-tidy-3f2a9c", "tidy", socket.gethostname())

    for verb, options in (("deploy", {"version": "v1"}), ("recover", {})):
        engine.api.run(name="tidy-test", Labels=left)
        await app.work(verb, **options)
        assert set(app.states()) == {"tidy"}
        assert "tidy-test" not in {one["Names"][0].lstrip("/") for one in engine.api.containers()}


async def test_a_container_of_an_image_that_was_built_here_is_a_stranger_and_can_be_adopted(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    """The image passes the app's label on: by itself it makes nobody a release."""
    app = App(tmp_path, engine, "inherited")
    await app.work("deploy", version="v1")
    engine.api.remove("inherited")
    own = run_copy(engine, "inherited", "faulty:v1", app="inherited")

    for verb, options in (("deploy", {"version": "v2"}), ("rollback", {"to": 1}), ("recover", {})):
        problem = await app.fail(verb, **options)
        assert (problem.code, "holdfast adopt inherited" in problem.hint) == (4, True), (verb, problem)
    await app.work("adopt")

    releases, _ = await app.releases()
    assert (releases.standing.live, releases.foreign) == (2, None)
    assert engine.api.inspect("inherited")["Id"] == own


async def test_a_stranger_is_adopted_under_another_name_and_a_release_is_not(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    app, other = App(tmp_path, engine, "first"), App(tmp_path, engine, "second")
    await app.work("deploy", version="v1")
    await app.work("deploy", version="v2")
    commit(engine, app.name, "debug")
    own = run_copy(engine, "first-debug", "debug:1")

    for name in ("first", "first.r1"):
        problem = await other.fail("adopt", container=name)
        assert problem.code == 4
        assert "of first already" in problem.message
    await other.work("adopt", container="first-debug")

    assert engine.api.inspect("second")["Id"] == own


async def test_recover_leaves_a_stranger_alone_and_makes_no_release_anew(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    app = App(tmp_path, engine, "strange")
    await app.work("deploy", version="v1")
    await app.work("deploy", version="v2")
    engine.api.remove("strange")
    own = run_copy(engine, "strange", "faulty:v3")

    problem = await app.fail("recover")

    releases, _ = await app.releases()
    assert problem.code == 4
    assert "was not made by Holdfast" in problem.message
    assert set(releases.entries) == {1, 2}
    assert engine.api.inspect("strange")["Id"] == own


async def test_an_interrupted_deploy_and_a_stranger_have_a_way_out(
    engine: PrivateEngine, tmp_path: Path
) -> None:
    app = App(tmp_path, engine, "both")
    await app.work("deploy", version="v1")
    await app.start("deploy", Point(4, "after"), version="v2").end()
    if "both" in app.states():
        engine.api.ask("POST", "/containers/both/rename?name=both.r1")
    own = run_copy(engine, "both", "faulty:v3")

    for verb in ("recover", "adopt"):
        problem = await app.fail(verb)
        assert problem.code == 4
        assert "docker rename both ANOTHER-NAME, then holdfast recover both" in problem.hint, verb
    engine.api.ask("POST", f"/containers/{own}/rename?name=elsewhere")
    await app.recover()

    assert (await app.releases())[0].standing.live == 1
    assert engine.api.inspect("elsewhere")["State"]["Running"]


@pytest.mark.parametrize("verb", ["deploy", "recover"])
async def test_a_stranger_that_takes_the_name_between_steps_is_named_as_the_cause(
    engine: PrivateEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    name = f"between-{verb}"
    app = App(tmp_path, engine, name)
    await app.work("deploy", version="v1")
    if verb == "recover":
        engine.api.ask("POST", f"/containers/{name}/rename?name={name}.r1")
        engine.api.ask("POST", f"/containers/{name}.r1/stop")
    made, own = Rollout._one, []

    async def one(self: Rollout, step: RolloutStep, id: str) -> None:
        if step.kind == "promote" and not own:
            own.append(run_copy(engine, name, "faulty:v3"))
        await made(self, step, id)

    monkeypatch.setattr(Rollout, "_one", one)
    problem = await app.fail(verb, **({"version": "v2"} if verb == "deploy" else {}))

    releases, _ = await app.releases()
    assert f"the container {name} is there and was not made by Holdfast" in problem.message
    assert f"holdfast adopt {name}" in problem.hint
    assert "Conflict" not in problem.message
    assert set(releases.entries) == ({1, 2} if verb == "deploy" else {1})
    assert releases.standing.open == []
    assert engine.api.inspect(name)["Id"] == own[0]
    engine.api.ask("POST", f"/containers/{own[0]}/rename?name=elsewhere")
    await app.work("recover")
    assert (await app.releases())[0].standing.live == 1
    assert engine.api.inspect(name)["State"]["Running"]


@pytest.mark.parametrize(("verb", "number"), [("create", 2), ("retire", 1)])
async def test_a_stranger_that_takes_the_name_of_an_earlier_release_is_named_with_a_way_out(
    engine: PrivateEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str, number: int
) -> None:
    name = f"earlier-{verb}"
    app = App(tmp_path, engine, name)
    await app.work("deploy", version="v1")
    made, own = Rollout._one, []

    async def one(self: Rollout, step: RolloutStep, id: str) -> None:
        if step == (verb, number) and not own:
            own.append(run_copy(engine, f"{name}.r{number}", "faulty:v3"))
        await made(self, step, id)

    monkeypatch.setattr(Rollout, "_one", one)
    problem = await app.fail("deploy", version="v2")

    assert f"somebody's container {name}.r{number} has the name" in problem.message
    assert f"docker rename {name}.r{number} ANOTHER-NAME" in problem.hint
    assert "Conflict" not in problem.message
    assert engine.api.inspect(name)["State"]["Running"]
    assert engine.api.inspect(own[0])["State"]["Running"]
    engine.api.ask("POST", f"/containers/{name}.r{number}/rename?name=elsewhere-{verb}")
    await app.work("deploy", version="v2")
    assert (await app.releases())[0].standing.live == 3


async def follow(app: App, engine: PrivateEngine, remedy: str) -> None:
    """Do what a remedy says, as far as it is a command."""
    words = remedy.replace(",", "").split()
    match words[:2]:
        case ["docker", "rename"]:
            engine.api.rename(words[2], words[3])
        case ["docker", verb]:
            engine.api.ask("POST", f"/containers/{words[2]}/{verb}")
        case _:
            assert words[:3] == ["holdfast", words[1], app.name], remedy
            to = int(words[words.index("--to") + 1][1:]) if "--to" in words else 0
            await app.work(words[1], to=to, force="--force" in words)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize(
    ("state", "kind"),
    [("stop", NOT_RUNNING), ("pause", PAUSED), ("rename", RENAMED), ("remove", NOT_THERE)],
)
async def test_every_remedy_that_is_named_works(
    engine: PrivateEngine, tmp_path: Path, state: str, kind: str, count: int
) -> None:
    name = f"remedy-{state}{count}"
    app = App(tmp_path, engine, name)
    for version in ("v1", "v2")[:count]:
        await app.work("deploy", version=version)
    tried = 0
    while True:
        match state:
            case "rename":
                engine.api.rename(name, f"{name}-away")
            case "remove":
                engine.api.remove(name)
            case "stop":
                engine.api.stop(name)
            case _:
                engine.api.ask("POST", f"/containers/{name}/{state}")
        hints = [cause.hint for cause in (await app.drift()).causes if cause.kind == kind]
        remedies = hints[0].partition("; ")[2] or hints[0]
        await follow(app, engine, remedies.split(", or ")[tried])
        now = engine.api.inspect(name)["State"]
        assert (now["Running"], now["Paused"]) == (True, False), remedies
        tried += 1
        if tried == len(remedies.split(", or ")):
            return


async def test_a_failed_deploy_says_what_serves_now(engine: PrivateEngine, tmp_path: Path) -> None:
    """Nothing was live: the way back makes anew what was live last, and starts no earlier release."""
    app = App(tmp_path, engine, "now")
    await app.work("deploy", version="v1")
    await app.work("deploy", version="v2")
    engine.api.remove("now")
    app.configure(run={"command": ["false"]})

    problem = await app.fail("deploy", version="v3")

    assert (await app.releases())[0].standing.live == 4
    assert problem.message.endswith("r2 v2 did not serve any more: made anew as r4, it serves")
    assert problem.serves == "r4 v2"
    assert labels(engine, "now")["io.holdfast.rollback-of"] == "2"


def own_layer(engine: PrivateEngine, version: str) -> Path:
    """An image with a file in a layer that no other image has; where that is on the engine's disk."""

    def dated(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.mtime = len(version)
        return member

    packed = io.BytesIO(archive())
    with tarfile.open(fileobj=packed, mode="a") as tar:
        tar.add("/etc/hostname", "etc/own", filter=dated)
    query = urllib.parse.urlencode(
        {"fromSrc": "-", "repo": IMAGE, "tag": version, "changes": "ENV PATH=/bin"}
    )
    engine.api.ask("POST", f"/images/create?{query}", packed.getvalue())
    driver = engine.api.get(f"/images/{IMAGE}:{version}/json")["GraphDriver"]
    return engine.on_its_disk(f"{driver['Data']['UpperDir']}/etc/own")


async def test_layers_that_were_altered_on_the_engine_s_disk_are_found(
    engine: PrivateEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def verify(*, json: bool = False) -> tuple[int, str]:
        config = str(app.config)
        status = await asyncio.to_thread(
            drift.run, Asked("", Named(engine.host), config), json=json, deep=True
        )
        return status, capsys.readouterr().out

    own = own_layer(engine, "v4")
    app = App(tmp_path, engine, "layers")
    await app.work("deploy", version="v4")
    await app.work("deploy", version="v1")
    id = engine.api.get(f"/images/{IMAGE}:v4/json")["Id"]
    whole = own.read_bytes()

    status, said = await verify()
    assert status == 0, said
    assert f"  = 1 layer of r1 v4, all those of {id}" in said.splitlines()

    own.write_bytes(b"evil")
    status, said = await verify()
    assert status == 1
    assert (
        f"! the layers of r1 v4 on this engine are not those of {id}: file integrity checksum failed" in said
    )
    assert "docker rmi --force" in said
    assert "  = 1 layer of r2 v1" in said
    own.unlink()
    status, said = await verify(json=True)
    assert status == 1
    [one] = json.loads(said)["apps"]
    assert [(layers["release"], layers["state"]) for layers in one["layers"]] == [
        ("r2 v1", "same"),
        ("r1 v4", "differs"),
    ]

    own.write_bytes(whole)
    assert (await verify())[0] == 0
    engine.api.remove("layers.r1")
    engine.api.untag(f"{IMAGE}:v4")
