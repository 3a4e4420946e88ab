"""The ledger on a real engine: written once, complete after every kind of pruning."""

from __future__ import annotations

import asyncio
import io
import subprocess
import tarfile
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from tests.support.busybox import IMAGE
from tui.engine import archives
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.errors import EngineError
from tui.errors import Refused
from tui.ledger.anchor import VOLUME
from tui.ledger.errors import LedgerConflict, LedgerUnreadable, NotOurs
from tui.ledger.ledger import Ledger
from tui.ledger.records import encode_release
from tui.ledger.tars import pack
from tui.model.app import Port, RunSpec
from tui.model.release import Outcome, Release
from tui.operations.looking.releases import read_releases

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls
    from tests.support.private_engine import PrivateEngine

LIMITS = archives.Archives.get.__kwdefaults__ or {}

PRUNINGS = (
    ("container", "prune"),
    ("system", "prune"),
    ("system", "prune", "--all"),
    ("system", "prune", "--volumes"),
    ("volume", "prune"),
)


def release(number: int, app: str = "web") -> Release:
    digest = f"sha256:{number:064x}"
    run = RunSpec(ports=(Port(80, "8080"),), environment={"NUMBER": str(number)})
    return Release(app, number, f"v1.{number}.0", f"reg/web@{digest}", digest, digest, run, at=float(number))


@asynccontextmanager
async def opened(host: str, state: Path) -> AsyncIterator[tuple[Engine, Ledger]]:
    """A client of its own, whose state is in a folder of its own."""
    async with await Engine.connect(Endpoint(host, "the test")) as engine:
        yield engine, await Ledger.open(engine, {"XDG_STATE_HOME": str(state)})


@pytest.fixture
async def pair(api: EngineCalls, engine_host: str, tmp_path: Path) -> AsyncIterator[tuple[Engine, Ledger]]:
    async with opened(engine_host, tmp_path / "here") as pair:
        yield pair
    api.sweep()
    api.call("DELETE", f"/volumes/{VOLUME}")


def docker(engine: PrivateEngine, *words: str) -> None:
    command = ["/usr/bin/docker", "--host", engine.host, *words]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


async def test_what_is_recorded_is_read_by_everybody(
    pair: tuple[Engine, Ledger], engine_host: str, tmp_path: Path
) -> None:
    _, ledger = pair
    await ledger.record(release(1))
    await ledger.outcome("web", Outcome(1, True, 5.0, gap_seconds=0.3))
    await ledger.record(release(2))
    await ledger.record(release(1, "shop"))
    async with opened(engine_host, tmp_path / "there") as (_, other):
        entries = await other.entries("web")
        assert [(entry.release, entry.good) for entry in entries] == [(release(2), None), (release(1), True)]
        assert entries[1].outcome == Outcome(1, True, 5.0, gap_seconds=0.3)
        assert await other.apps() == ["shop", "web"]
        assert other.notes == []
    assert sorted((tmp_path / "there").rglob("*.json"))


async def test_looking_at_an_engine_without_a_ledger_changes_nothing(
    pair: tuple[Engine, Ledger], api: EngineCalls
) -> None:
    def standing() -> list[object]:
        images = {image["Id"]: image["RepoTags"] for image in api.get("/images/json")}
        return [api.containers(), images, api.get("/volumes")["Volumes"]]

    _, ledger = pair
    before = standing()
    assert await ledger.entries("web") == []
    assert await ledger.apps() == []
    assert standing() == before


async def test_no_number_is_given_twice(
    pair: tuple[Engine, Ledger], engine_host: str, tmp_path: Path
) -> None:
    _, ledger = pair
    await ledger.record(release(1))
    async with opened(engine_host, tmp_path / "there") as (_, other):
        with pytest.raises(LedgerConflict, match=r"r1\.json"):
            await other.record(release(1)._replace(version="v9"))
        await other.record(release(1))  # the same again, as after a lost answer
        await other.record(release(2))
        with pytest.raises(LedgerConflict):
            await ledger.record(release(2)._replace(version="v9"))
        await other.outcome("web", Outcome(1, True, 5.0))
        with pytest.raises(LedgerConflict):
            await ledger.outcome("web", Outcome(1, False, 6.0))
        assert [entry.release for entry in await other.entries("web")] == [release(2), release(1)]
        assert other.notes == []


async def test_of_several_who_take_a_number_at_once_one_gets_it(
    pair: tuple[Engine, Ledger], engine_host: str, tmp_path: Path
) -> None:
    _, ledger = pair
    assert await ledger.entries("web") == []
    async with opened(engine_host, tmp_path / "there") as (_, other):
        assert await other.entries("web") == []
        tries = [
            one.record(release(1)._replace(by=by)) for by, one in (("a", ledger), ("b", other)) for _ in "123"
        ]
        done = await asyncio.gather(*tries, return_exceptions=True)
        refused = [error for error in done if error is not None]
        assert len(refused) == 3
        assert all(isinstance(error, LedgerConflict) for error in refused)
        winner = "b" if done[0] is not None else "a"
        assert [entry.release.by for entry in await ledger.entries("web")] == [winner]


async def test_an_outcome_without_its_record_is_refused(pair: tuple[Engine, Ledger]) -> None:
    _, ledger = pair
    with pytest.raises(LedgerConflict, match="no record"):
        await ledger.outcome("web", Outcome(1, True, 5.0))


@pytest.mark.parametrize("pruning", PRUNINGS, ids=" ".join)
async def test_the_history_is_complete_after_pruning(
    own_engine: PrivateEngine, tmp_path: Path, pruning: tuple[str, ...]
) -> None:
    async with opened(own_engine.host, tmp_path) as (_, ledger):
        await ledger.record(release(1))
        await ledger.outcome("web", Outcome(1, True, 5.0))
        docker(own_engine, *pruning, "--force")
        await ledger.record(release(2))
        docker(own_engine, *pruning, "--force")
        await ledger.outcome("web", Outcome(2, True, 6.0))
        docker(own_engine, *pruning, "--force")
    async with opened(own_engine.host, tmp_path) as (engine, later):
        entries = await later.entries("web")
        assert [(entry.release, entry.good) for entry in entries] == [(release(2), True), (release(1), True)]
        destroyed = "--volumes" in pruning
        assert any("restored from this machine's copy" in note for note in later.notes) is destroyed
        assert not any("not whole" in note for note in later.notes)
        assert await engine.volumes.exists(VOLUME)
    # What was restored is on the engine: somebody who has no copy sees it too.
    async with opened(own_engine.host, tmp_path / "elsewhere") as (_, other):
        assert [entry.release.number for entry in await other.entries("web")] == [2, 1]


async def test_two_who_restore_at_once_do_not_disturb_each_other(
    own_engine: PrivateEngine, tmp_path: Path
) -> None:
    async with opened(own_engine.host, tmp_path) as (_, ledger):
        for number in (1, 2, 3):
            await ledger.record(release(number))
        docker(own_engine, "system", "prune", "--volumes", "--force")
        async with opened(own_engine.host, tmp_path) as (_, other):
            found = await asyncio.gather(ledger.entries("web"), other.entries("web"), ledger.entries("web"))
            assert [[entry.release.number for entry in entries] for entries in found] == [[3, 2, 1]] * 3


async def test_a_copy_of_another_history_is_set_aside(own_engine: PrivateEngine, tmp_path: Path) -> None:
    async with opened(own_engine.host, tmp_path / "here") as (_, ledger):
        await ledger.record(release(1))
        await ledger.record(release(2))
    docker(own_engine, "system", "prune", "--volumes", "--force")
    async with opened(own_engine.host, tmp_path / "elsewhere") as (_, other):
        await other.record(release(1)._replace(by="somebody who knew nothing of it"))
    async with opened(own_engine.host, tmp_path / "here") as (_, ledger):
        assert [entry.release.by for entry in await ledger.entries("web")] == [
            "somebody who knew nothing of it"
        ]
        assert any("the engine's count" in note for note in ledger.notes)
    kept = sorted((tmp_path / "here").rglob("web~1/*.json"))
    assert [path.name for path in kept] == ["r1.json", "r2.json"]


async def test_a_record_that_was_changed_on_the_engine_is_not_trusted(pair: tuple[Engine, Ledger]) -> None:
    engine, ledger = pair
    for number in (1, 2, 3):
        await ledger.record(release(number))
    path = "/ledger/web/r2.json"
    raw = await engine.archives.get("holdfast-ledger", path)
    changed = raw[512:].rstrip(b"\0").replace(b"v1.2.0", b"v6.6.6")
    await engine.archives.put("holdfast-ledger", "/ledger/web", pack({"r2.json": changed}))
    entries = await ledger.entries("web")
    assert [entry.is_trusted for entry in entries] == [True, False, True]
    assert any("r2 is not what r3 was recorded after" in note for note in ledger.notes)
    assert any("the engine's count" in note for note in ledger.notes)


async def test_files_that_are_no_records_stop_nothing(
    pair: tuple[Engine, Ledger], engine_host: str, tmp_path: Path
) -> None:
    engine, ledger = pair
    for number in (1, 2, 3):
        await ledger.record(release(number))
        await ledger.outcome("web", Outcome(number, True, 5.0))
    copied = encode_release(release(2), "")
    junk = {f"junk{number}": b"junk" for number in range(50)}
    await engine.archives.put(
        "holdfast-ledger", "/ledger/web", pack({"r999999999.json": copied, "big": b"x" * 3_000_000, **junk})
    )
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name in ("r3.json", "r4.json"):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(link)
    await engine.archives.put("holdfast-ledger", "/ledger/web", packed.getvalue())
    async with opened(engine_host, tmp_path / "here") as (_, again):
        releases = await read_releases(engine, again, "web")
        assert releases.standing.next_number == 5
        assert releases.entries[3].good
        assert any("r3.json of web on the engine is no record" in note for note in again.notes)
        assert any("rm -r /ledger/web/" in note for note in again.notes)
        with pytest.raises(LedgerConflict, match=r"r4\.json"):
            await again.record(release(4))
        await again.record(release(5))
        with pytest.raises(Refused, match="r1000000000"):
            await again.record(release(1_000_000_000))
        assert (await again.entries("web"))[1].release == release(5)
    assert not [*(tmp_path / "here").rglob("r999999999.json"), *(tmp_path / "here").rglob("junk*")]


async def test_a_ledger_that_is_far_too_large_names_the_file(
    pair: tuple[Engine, Ledger], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, ledger = pair
    await ledger.record(release(1))
    await engine.archives.put("holdfast-ledger", "/ledger/web", pack({"junk": bytes(3_000_000)}))
    monkeypatch.setattr(archives.Archives.get, "__kwdefaults__", {**LIMITS, "limit": 1_000_000})
    with pytest.raises(LedgerUnreadable, match="web/junk has 3,000,000 bytes") as caught:
        await ledger.entries("web")
    assert "rm -r /ledger/web/junk" in caught.value.hint
    assert await ledger.apps() == ["web"]


async def test_a_container_tells_of_a_release_whose_record_is_lost(
    pair: tuple[Engine, Ledger], api: EngineCalls
) -> None:
    _, ledger = pair
    await ledger.record(release(1))
    await ledger.record(release(3))
    labels = {"io.holdfast.app": "web", "io.holdfast.release": "2", "io.holdfast.version": "v1.2.0"}
    labels["io.holdfast.digest"] = api.get(f"/images/{IMAGE}/json")["Id"]
    api.run(name="web", Labels=labels)
    api.create(name="web.r1", Labels={**labels, "io.holdfast.release": "1", "io.holdfast.version": "v0"})
    entries = await ledger.entries("web")
    assert [(entry.release.version, entry.good) for entry in entries] == [
        ("v1.3.0", None), ("v1.2.0", True), ("v1.1.0", None),
    ]  # fmt: skip
    assert ledger.notes == ["the record of r2 of web is lost: only its container tells of it"]
    assert await ledger.apps() == ["web"]


async def test_a_container_of_somebody_else_is_left_alone(
    pair: tuple[Engine, Ledger], api: EngineCalls
) -> None:
    _, ledger = pair
    id = api.run(name="holdfast-ledger")
    with pytest.raises(NotOurs, match="not made by Holdfast"):
        await ledger.record(release(1))
    assert api.inspect(id)["State"]["Running"]


async def test_a_copy_that_cannot_be_written_is_said_and_stops_nothing(
    pair: tuple[Engine, Ledger], engine_host: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    async with opened(engine_host, tmp_path / "file") as (_, ledger):
        await ledger.record(release(1))
        assert [entry.release.number for entry in await ledger.entries("web")] == [1]
        assert any("no copy of the ledger can be kept here" in note for note in ledger.notes)


async def test_an_engine_that_is_gone_is_said(own_engine: PrivateEngine, tmp_path: Path) -> None:
    async with opened(own_engine.host, tmp_path) as (_, ledger):
        own_engine.kill()
        with pytest.raises(EngineError):
            await ledger.entries("web")
        with pytest.raises(EngineError):
            await ledger.record(release(1))


async def test_a_restart_policy_is_changed(pair: tuple[Engine, Ledger], api: EngineCalls) -> None:
    engine, _ = pair
    id = api.run(HostConfig={"RestartPolicy": {"Name": "always"}})
    for policy, wanted in (("no", ("no", 0)), ("on-failure:3", ("on-failure", 3)), ("always", ("always", 0))):
        await engine.containers.set_restart(id, policy)
        found = api.inspect(id)["HostConfig"]["RestartPolicy"]
        assert (found["Name"], found["MaximumRetryCount"]) == wanted
