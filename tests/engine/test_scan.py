"""Scanning images on a real engine by the real Trivy, offline: what is found, and what is not clean."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.engine.operating import Operations
from tests.support.busybox import IMAGE
from tests.support.project import Project
from tests.support.scanning import HADOLINT, TRIVY, plant, scanned_by
from tests.support.trivy_database import PIP, TrivyDatabase, alpine, python
from tui.evidence.files import read_evidence
from tui.evidence.scans import read_scan
from tui.model.evidence import ClaimKind
from tui.model.operation import CACHED, DONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.engine_calls import EngineCalls
    from tui.model.evidence import Claim
    from tui.model.finding import ScanReport

DAY = 86_400.0


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "DOCKER_CONFIG"):
        monkeypatch.setenv(name, str(home))
    for name in ("TRIVY_CACHE_DIR", "GRYPE_DB_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture
def database(tmp_path: Path) -> TrivyDatabase:
    database = TrivyDatabase(tmp_path / "database")
    database.plant("CVE-2099-0001", "plantedlib", fixed="1.0.1-r0")
    database.plant("CVE-2099-0002", "plantedlib", "HIGH")
    return database


@pytest.fixture
def web(
    tmp_path: Path, home: Path, engine_host: str, api: EngineCalls, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Operations]:
    name = f"web-{time.time_ns()}"  # the ledger of the engine outlives a test
    project = Project(tmp_path / "project", name, name=name)
    text = (project.folder / "holdfast.toml").read_text()
    serves = 'exec = ["grep", "-q", "hello", "/www/index.html"]\nbake = 0.2'
    project.write("holdfast.toml", text.replace('http = "8080/index.html"', serves))
    monkeypatch.chdir(project.folder)
    yield Operations(engine_host, project)
    left = [path.name for path in (home / "holdfast").glob("scan-*")]
    assert left == [], "a scan's folder is removed, however it ends"


def claim(web: Operations, image: str) -> Claim:
    found = read_evidence(web.project.name, image).claimed(ClaimKind.SCAN)
    assert found is not None
    return found


def kept(web: Operations, image: str) -> ScanReport:
    found = read_scan(web.project.name, image)
    assert found is not None
    return found


async def built(web: Operations, *layers: dict[str, str], base: str = IMAGE) -> str:
    plant(web.project, *layers, base=base)
    return (await web.work("build")).result.image


async def test_what_is_planted_is_found_and_fails(web: Operations, database: TrivyDatabase) -> None:
    scanned_by(web.project, database.folder)
    image = await built(web, alpine("plantedlib"), python("plantedpy"))
    problem = await web.fail("scan")
    assert problem.code == 1
    assert problem.message == (
        "1 finding is critical: CVE-2099-0001 in plantedlib 1.0.0-r0 (fixed in 1.0.1-r0)"
    )
    assert problem.detail == ("critical CVE-2099-0001 in plantedlib 1.0.0-r0 (fixed in 1.0.1-r0)",)
    assert f"[apps.{web.project.name}.scan]" in problem.hint
    report = kept(web, image)
    assert [(one.id, one.severity, one.fixed) for one in report.findings] == [
        ("CVE-2099-0001", "critical", "1.0.1-r0"),
        ("EOSL", "high", ""),
        ("CVE-2099-0002", "high", ""),
    ]
    assert (report.distribution, report.packages, report.os_packages) == ("alpine 3.18.0", 2, 1)
    assert report.isolated, "root gives the scanner a network in which nothing is"
    assert report.version == "0.76.0"
    said = claim(web, image)
    assert not said.passed
    assert said.detail.startswith(f"trivy 0.76.0 (sha256:{report.sha256}), database of 2")
    assert "1 critical, 2 high" in said.detail


async def test_the_layer_of_a_finding_is_one_of_the_image(web: Operations, database: TrivyDatabase) -> None:
    database.plant("GHSA-own", "plantedpy", "CRITICAL", "1.2.0", PIP)
    scanned_by(web.project, database.folder, 'fail_on = "none"')
    image = await built(web, alpine("plantedlib"), python("plantedpy"))
    ended = await web.work("scan")
    facts = dict(ended.result.facts)
    assert facts["findings"] == "2 critical, 2 high"
    report = kept(web, image)
    assert report.size is not None
    assert not report.size.why
    assert [one.digest for one in report.size.layers] == [*report.layers]
    assert "/bin/busybox" in report.size.shells
    assert report.size.is_root
    assert json.loads(Path(facts["report"]).read_text())["image"] == image
    layers = {one.id: report.layers.index(one.layer) for one in report.findings if one.layer}
    assert layers["CVE-2099-0001"] + 1 == layers["GHSA-own"]
    assert report.base is not None, "the base image is on the engine"
    assert report.layers[: len(report.base.layers)] == report.base.layers
    assert len(report.base.layers) == layers["CVE-2099-0001"]


async def test_the_same_is_not_scanned_twice_and_judged_anew(
    web: Operations, database: TrivyDatabase
) -> None:
    scanned_by(web.project, database.folder)
    await built(web, alpine("plantedlib"))
    await web.fail("scan")
    assert web.states()["scan"] == DONE
    scanned_by(
        web.project, database.folder, 'ignore = [{ id = "CVE-2099-0001", reason = "it is never called" }]'
    )
    ended = await web.work("scan")
    assert web.states()["save"] == web.states()["scan"] == CACHED
    assert ended.seconds < 1.0
    assert claim(web, ended.result.image).passed
    database.plant("CVE-2099-0003", "plantedlib")
    problem = await web.fail("scan")
    assert web.states()["scan"] == DONE, "by another database it is scanned again"
    assert "CVE-2099-0003" in problem.message


NOT_CLEAN = {
    "no results": ([{"app/x": "1"}], 0.0, "recognised nothing in the image"),
    "no packages": ([alpine()], 0.0, "found no packages"),
    "no advisories": ([alpine("other", release="3.99.0")], 0.0, "knows no advisories of alpine 3.99.0"),
    "an old database": ([alpine("other")], 4 * DAY, "is 4 days old, and max_db_age is 3 days"),
}


@pytest.mark.parametrize(("layers", "age", "why"), NOT_CLEAN.values(), ids=NOT_CLEAN)
async def test_what_was_not_scanned_is_not_clean(
    web: Operations, database: TrivyDatabase, layers: list[dict[str, str]], age: float, why: str
) -> None:
    """Trivy itself ends with 0 for each of them, and finds nothing."""
    database.age = age
    database.write()
    scanned_by(web.project, database.folder, 'fail_on = "none"')
    image = await built(web, *layers)
    problem = await web.fail("scan")
    assert problem.code == 1
    assert problem.message.startswith("not scanned: ")
    assert why in problem.message
    assert problem.hint
    assert not claim(web, image).passed


async def test_without_a_database_nothing_is_scanned(web: Operations, tmp_path: Path) -> None:
    scanned_by(web.project, tmp_path / "empty")
    image = await built(web, alpine("plantedlib"))
    problem = await web.fail("scan")
    assert problem.message == "not scanned: trivy has no database"
    assert "--download-db-only" in problem.hint
    assert not claim(web, image).passed


async def test_a_damaged_database_is_no_clean_image(web: Operations, database: TrivyDatabase) -> None:
    (database.folder / "db/trivy.db").write_bytes(os.urandom(5000))
    scanned_by(web.project, database.folder)
    await built(web, alpine("plantedlib"))
    problem = await web.fail("scan")
    assert problem.message.startswith("not scanned: trivy failed with exit code 1")
    assert any("failed to open db" in line for line in problem.detail)


async def test_an_image_that_is_mended_passes(web: Operations, database: TrivyDatabase) -> None:
    scanned_by(web.project, database.folder)
    image = await built(web, alpine("plantedlib", version="1.0.1-r0"))
    ended = await web.work("scan")
    assert dict(ended.result.facts)["findings"] == "2 high"
    assert claim(web, image).passed


async def test_policy_wants_a_scan_before_a_deploy(web: Operations, database: TrivyDatabase) -> None:
    text = (web.project.folder / "holdfast.toml").read_text()
    web.project.write("holdfast.toml", "[policy]\nrequire_scan = true\n" + text)
    await built(web, alpine("plantedlib"))
    await web.work("test")
    await web.work("tag", version="v1.0.0")
    problem = await web.fail("deploy", version="v1.0.0")
    assert problem.code == 4
    assert "was not scanned" in problem.message
    assert f"holdfast scan {web.project.name} --image v1.0.0" in problem.hint
    scanned_by(web.project, database.folder)
    await web.fail("scan")
    problem = await web.fail("deploy", version="v1.0.0")
    assert (problem.code, "has not passed its scan" in problem.message) == (4, True)


async def test_only_new_findings_fail_against_what_is_live(web: Operations, database: TrivyDatabase) -> None:
    scanned_by(web.project, database.folder, "only_new = true")
    await built(web, alpine("plantedlib"))
    await web.fail("scan")
    assert "live" not in web.states(), "there is nothing to compare it with"
    await web.work("test")
    await web.work("tag", version="v1.0.0")
    await web.work("deploy", version="v1.0.0")
    await built(web, alpine("plantedlib"), python("plantedpy"))
    database.plant("CVE-2099-0009", "plantedlib")  # found out since, and live too
    ended = await web.work("scan")
    assert web.states()["live"] == DONE
    assert dict(ended.result.facts)["findings"] == "2 critical, 2 high"
    database.plant("GHSA-new", "plantedpy", "CRITICAL", "1.2.0", PIP)
    problem = await web.fail("scan")
    assert problem.message == (
        "1 finding is critical, and the live release has not: GHSA-new in plantedpy 1.0.0 (fixed in 1.2.0)"
    )


async def test_ship_scans_before_it_gives_a_version(web: Operations, database: TrivyDatabase) -> None:
    scanned_by(web.project, database.folder)
    plant(web.project, alpine("plantedlib"))
    problem = await web.fail("ship", version="v1.0.0")
    assert "CVE-2099-0001" in problem.message
    parts = ["ship-build", "ship-test", "ship-scan", "ship-tag", "ship-deploy"]
    assert [step.id for step in web.plan.steps] == parts
    assert web.states()["ship-test"] == DONE
    assert "ship-tag" not in web.states()
    plant(web.project, alpine("plantedlib", version="1.0.1-r0"))
    ended = await web.work("ship", version="v1.0.0")
    assert ended.result.release == "r1"
    assert read_evidence(web.project.name, ended.result.image).scanned


async def test_the_dockerfile_is_linted(
    web: Operations, database: TrivyDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{HADOLINT.parent}:{os.environ['PATH']}")
    scanned_by(web.project, database.folder, 'dockerfile = true\nfail_on = "none"')
    plant(web.project, alpine("plantedlib"))
    text = (web.project.folder / "Dockerfile").read_text()
    web.project.write("Dockerfile", text + "WORKDIR here\n")
    web.project.commit("relative")
    image = (await web.work("build")).result.image
    await web.work("scan")
    assert [(one.code, one.level) for one in kept(web, image).remarks] == [("DL3000", "error")]
    assert any("DL3000" in line for line in web.output().splitlines())


async def test_a_vex_file_is_passed_on(web: Operations, database: TrivyDatabase) -> None:
    product = "pkg:apk/alpine/plantedlib@1.0.0-r0?arch=x86_64&distro=3.18.0"
    statement = {
        "vulnerability": {"name": "CVE-2099-0001"}, "products": [{"@id": product}],
        "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path",
    }  # fmt: skip
    vex = {
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.invalid/1", "author": "us",
        "timestamp": "2026-01-01T00:00:00Z", "version": 1, "statements": [statement],
    }  # fmt: skip
    web.project.write("vex.json", json.dumps(vex))
    scanned_by(web.project, database.folder, 'vex = "vex.json"')
    image = await built(web, alpine("plantedlib"))
    await web.work("scan")
    report = kept(web, image)
    assert [one.suppressed for one in report.suppressed] == [
        "not_affected: vulnerable_code_not_in_execute_path"
    ]
    assert any("VEX" in warning for warning in web.warnings())


async def test_the_scanner_gets_no_secrets(
    web: Operations, database: TrivyDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that tells what it was given, and is Trivy otherwise."""
    told = tmp_path / "told"
    program = tmp_path / "trivy"
    program.write_text(
        f'#!/bin/sh\n[ "$1" = version ] || {{ env; pwd; ls -A; cat /proc/net/dev; }} >{told}\n'
        f'exec {TRIVY} "$@"\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    for name in (
        "AWS_SECRET_ACCESS_KEY",
        "DOCKER_AUTH_CONFIG",
        "HTTPS_PROXY",
        "TRIVY_PASSWORD",
        "DOCKER_HOST",
    ):
        monkeypatch.setenv(name, "s3cret")
    scanned_by(web.project, database.folder, 'fail_on = "none"', program)
    await built(web, alpine("plantedlib"))
    monkeypatch.delenv("DOCKER_HOST")
    await web.work("scan")
    said = told.read_text()
    assert "s3cret" not in said
    assert str(web.project.folder) not in said, "it does not run where a trivy.yaml could lie"
    assert "image.tar" in said
    devices = {
        line.partition(":")[0].strip() for line in said.splitlines() if ":" in line and "|" not in line
    }
    assert "lo" in devices
    assert not {one for one in os.listdir("/sys/class/net") if one != "lo"} & devices


async def test_what_was_found_is_written_for_others_though_it_fails(
    web: Operations, database: TrivyDatabase, tmp_path: Path
) -> None:
    scanned_by(web.project, database.folder)
    await built(web, alpine("plantedlib"))
    file = tmp_path / "scan.sarif"
    await web.fail("scan", sarif=str(file))
    (run,) = json.loads(file.read_text())["runs"]
    assert [one["ruleId"] for one in run["results"]] == ["CVE-2099-0001", "EOSL", "CVE-2099-0002"]
    problem = await web.fail("scan", sarif=str(tmp_path / "nowhere" / "scan.sarif"))
    assert (problem.code, "there is no folder" in problem.message) == (2, True)


async def test_a_newer_base_is_said_to_mend_what_it_mends(
    web: Operations, database: TrivyDatabase, api: EngineCalls
) -> None:
    scanned_by(web.project, database.folder, 'fail_on = "none"')
    base = f"base-{time.time_ns()}:1"
    api.tag(await built(web, alpine("plantedlib")), base)
    image = await built(web, python("plantedpy"), base=base)
    await web.work("scan")
    report = kept(web, image)
    assert report.base is not None
    assert report.base.name == base
    assert not any("would mend" in warning for warning in web.warnings())
    api.tag(await built(web, alpine("plantedlib", version="1.0.1-r0")), base)
    await web.work("scan", image=base)
    await web.work("scan", image=image)
    assert web.states()["scan"] == CACHED
    assert f"a newer {base} would mend 1 of 2" in web.warnings()
    database.plant("CVE-2099-0007", "plantedlib")
    await web.work("scan", image=base)
    await web.work("scan", image=image)
    assert web.states()["scan"] == DONE
    assert f"a newer {base} would mend 1 of 3" in web.warnings(), "what it was built on is still known"


def wrapper(folder: Path, script: str) -> Path:
    """A scanner that does something else where it is to scan; $OUT is the report that is asked for."""
    program = folder / "trivy"
    find = 'for word; do [ "$last" = --output ] && OUT=$word; last=$word; done'
    program.write_text(f'#!/bin/sh\n[ "$1" = version ] && exec {TRIVY} "$@"\n{find}\n{script}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


FAILING = {
    "crashes": ("echo 'panic: no' >&2; exit 2", "failed with exit code 2: panic: no"),
    "is killed": ("kill -9 $$", "was killed by signal 9: it said nothing"),
    "writes nothing": ("exit 0", "the report of trivy cannot be read: No such file or directory"),
    "writes garbage": ('echo garbage >"$OUT"', "cannot be read: it is no JSON"),
    "writes too much": ('truncate -s 65M "$OUT"', "larger than 64 MiB"),
    "writes a link": ('ln -s /dev/zero "$OUT"', "it is a device"),
    "writes a pipe": ('mkfifo "$OUT"', "it is a FIFO"),
    "never ends": ("sleep 60", "did not end within 1 s, and was stopped"),
    "looks elsewhere": (
        'echo \'{"Metadata": {"DiffIDs": ["sha256:0"]}, "Results": []}\' >"$OUT"',
        "looked at another image",
    ),
}


@pytest.mark.parametrize(("script", "why"), FAILING.values(), ids=FAILING)
async def test_a_scanner_that_fails_is_no_clean_image(
    web: Operations, database: TrivyDatabase, tmp_path: Path, script: str, why: str
) -> None:
    program = wrapper(tmp_path, script)
    scanned_by(web.project, database.folder, 'fail_on = "none"\ntimeout = 1', program)
    image = await built(web, alpine("plantedlib"))
    problem = await web.fail("scan")
    assert why in problem.message
    assert problem.hint
    assert not read_evidence(web.project.name, image).scanned


async def test_a_database_is_fetched_where_there_is_none(
    web: Operations, database: TrivyDatabase, tmp_path: Path, home: Path
) -> None:
    """By the only step that may use a network, which is told of no image."""
    fetches = (
        f'if [ "$2" = --download-db-only ]; then echo "$@" >{tmp_path}/told; env >>{tmp_path}/told; '
        f'cp -r {database.folder}/db "$4/"; exit; fi; exec {TRIVY} "$@"'
    )
    program = wrapper(tmp_path, fetches)
    scanned_by(web.project, database.folder, 'fail_on = "none"', program)
    text = (web.project.folder / "holdfast.toml").read_text()
    web.project.write("holdfast.toml", text.replace(f'database = "{database.folder}"\n', ""))
    await built(web, alpine("plantedlib"))
    ended = await web.work("scan")
    assert web.states()["database"] == DONE
    assert dict(ended.result.facts)["findings"] == "1 critical, 2 high"
    told = (tmp_path / "told").read_text()
    assert "image.tar" not in told
    await web.work("scan")
    assert "database" not in web.states(), "it is new enough"
    for age in (4 * DAY, 0.0):
        kept_at = home / "holdfast/trivy/db/metadata.json"
        database.age = 4 * DAY
        database.write()
        kept_at.write_text((database.folder / "db/metadata.json").read_text())
        database.age = age
        database.write()
        if age:
            assert "is 4 days old" in (await web.fail("scan")).message, "what was fetched is as old"
        else:
            await web.work("scan")
        assert web.states()["database"] == DONE


async def test_a_database_that_cannot_be_fetched_is_said(web: Operations, tmp_path: Path) -> None:
    program = wrapper(tmp_path, "echo 'FATAL no route to ghcr.io' >&2; exit 1")
    scanned_by(web.project, tmp_path / "none", "", program)
    text = (web.project.folder / "holdfast.toml").read_text()
    web.project.write("holdfast.toml", text.replace(f'database = "{tmp_path / "none"}"\n', ""))
    await built(web, alpine("plantedlib"))
    problem = await web.fail("scan")
    assert problem.message == "not scanned: trivy has no database"
    assert any("could not be fetched: FATAL no route to ghcr.io" in warning for warning in web.warnings())


async def test_a_scan_that_is_cancelled_leaves_nothing(
    web: Operations, database: TrivyDatabase, tmp_path: Path, home: Path
) -> None:
    scanned_by(web.project, database.folder, "", wrapper(tmp_path, f"echo $$ >{tmp_path}/pid; exec sleep 60"))
    image = await built(web, alpine("plantedlib"))
    task = asyncio.create_task(web.do("scan"))
    async with asyncio.timeout(30):
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            await asyncio.sleep(0.02)
    task.cancel()
    ended = await task
    assert ended.error is not None
    assert ended.error.cancelled
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()
    assert read_evidence(web.project.name, image).claimed(ClaimKind.SCAN) is None
