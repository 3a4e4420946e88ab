"""Which program is a scanner, and which one is never started."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from tui.model.scan_spec import ScanSpec
from tui.scanners.base import Binary
from tui.scanners.binaries import SCANNERS, identified, kind_of, scanner_called
from tui.scanners.databases import newest_database, own_database
from tui.scanners.errors import ScanFailed, ScannerMissing, ScannerRefused
from tui.scanners.grype import Grype
from tui.scanners.hadolint import lint
from tui.scanners.trivy import Trivy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.scanners.conftest import Program

SAYS = 'echo started >>"$HOME/started"; echo \'{{"Version": "{}"}}\''


def test_the_first_that_is_installed_is_taken(
    program: Program, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grype = program("true", "grype")
    monkeypatch.setenv("PATH", str(grype.parent))
    assert scanner_called("") == (SCANNERS["grype"], str(grype))
    trivy = program("true")
    assert scanner_called("") == (SCANNERS["trivy"], str(trivy))
    assert scanner_called("grype") == (SCANNERS["grype"], str(grype))
    monkeypatch.setenv("PATH", str(home))
    assert scanner_called(str(trivy)) == (SCANNERS["trivy"], str(trivy))
    for wanted, words in (("", "no scanner is installed"), ("grype", "grype is not installed")):
        with pytest.raises(ScannerMissing, match=words) as caught:
            scanner_called(wanted)
        assert "install Trivy" in caught.value.hint
        assert caught.value.exit_status == 2
    with pytest.raises(ScannerMissing, match="is no scanner that is known"):
        scanner_called("/usr/bin/clair")


@pytest.mark.parametrize(
    ("wanted", "kind"),
    [
        ("trivy", "trivy"),
        ("/a/trivy", "trivy"),
        ("/a/grype-0.116", "grype"),
        ("/a/trivyx", ""),
        ("", ""),
    ],
)
def test_a_path_says_which_scanner_it_is(wanted: str, kind: str) -> None:
    assert kind_of(wanted) == kind


async def test_a_binary_is_known_by_its_bytes(program: Program, home: Path) -> None:
    path = program(SAYS.format("0.76.0"))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    found = await identified(Trivy(), str(path), home, ())
    assert found == Binary("trivy", str(path), "0.76.0", sha256)
    assert await identified(Trivy(), str(path), home, (), sha256) == found
    assert (home / "started").read_text() == "started\n", "the second time nothing is started"
    path.write_text(path.read_text().replace("0.76.0", "0.77.0"))
    assert (await identified(Trivy(), str(path), home, ())).version == "0.77.0", "it is another one now"


async def test_what_was_kept_of_a_binary_may_be_damaged(program: Program, home: Path) -> None:
    path = program(SAYS.format("0.76.0"))
    before = await identified(Trivy(), str(path), home, ())
    for damage in ("", "{", "[]", '{"x": 1}', f'{{"{path}": 5}}'):
        (home / "holdfast" / "scanners.json").write_text(damage)
        assert await identified(Trivy(), str(path), home, ()) == before


@pytest.mark.parametrize("version", ["0.69.4", "0.69.5", "0.69.6", "v0.69.5", "0.69.5-dirty", "0.69.6+x"])
async def test_versions_that_steal_are_refused(program: Program, home: Path, version: str) -> None:
    path = program(SAYS.format(version))
    with pytest.raises(ScannerRefused, match="CVE-2026-33634") as caught:
        await identified(Trivy(), str(path), home, ())
    assert caught.value.exit_status == 4
    assert str(path) in caught.value.hint


@pytest.mark.parametrize("version", ["0.69.3", "0.69.7", "0.70.4", "1.69.5"])
async def test_versions_beside_those_are_not(program: Program, home: Path, version: str) -> None:
    assert (await identified(Trivy(), str(program(SAYS.format(version))), home, ())).version == version


async def test_one_that_is_not_pinned_is_never_started(program: Program, home: Path) -> None:
    path = program(SAYS.format("0.76.0"))
    with pytest.raises(ScannerRefused, match="is not the scanner that is pinned") as caught:
        await identified(Trivy(), str(path), home, (), "0" * 64)
    assert f"sha256sum {path}" in caught.value.hint
    assert not (home / "started").exists()


@pytest.mark.parametrize(
    "script", ["true", "echo garbage", "exit 1", 'echo \'{"Version": "new"}\'', "kill -9 $$", "echo '[]'"]
)
async def test_what_does_not_say_its_version_is_none(program: Program, home: Path, script: str) -> None:
    with pytest.raises(ScannerMissing, match="does not say which version of trivy it is"):
        await identified(Trivy(), str(program(script)), home, ())


# Databases


def with_database(folder: Path, built: str) -> None:
    (folder / "db").mkdir(parents=True, exist_ok=True)
    (folder / "db/metadata.json").write_text(f'{{"UpdatedAt": "{built}"}}')


async def test_the_newest_database_is_taken_and_a_named_one_before_it(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanner, binary = Trivy(), Binary("trivy", "/nowhere/trivy", "0.76.0", "")
    monkeypatch.delenv("TRIVY_CACHE_DIR", raising=False)
    assert await newest_database(scanner, binary, ScanSpec(), home, ()) is None
    with_database(own_database(scanner), "2026-01-01T00:00:00Z")
    with_database(home / "trivy", "2026-01-02T00:00:00Z")
    found = await newest_database(scanner, binary, ScanSpec(), home, ())
    assert found is not None
    assert found.folder == home / "trivy"
    with_database(tmp_path / "own", "2020-01-01T00:00:00Z")
    monkeypatch.setenv("TRIVY_CACHE_DIR", str(tmp_path / "own"))
    found = await newest_database(scanner, binary, ScanSpec(), home, ())
    assert found is not None
    assert found.folder == own_database(scanner)
    named = await newest_database(scanner, binary, ScanSpec(database=str(tmp_path / "own")), home, ())
    assert named is not None
    assert named.folder == tmp_path / "own"
    (tmp_path / "own/db/metadata.json").write_text("[]")
    assert await newest_database(scanner, binary, ScanSpec(database=str(tmp_path / "own")), home, ()) is None


@pytest.mark.parametrize(
    ("said", "built"),
    [
        ('{"built": "2026-07-20T06:20:17Z", "valid": true}', 1784528417.0),
        ('{"built": "2026-07-20T06:20:17Z", "valid": false}', None),
        ("no database", None),
    ],
)
async def test_grype_is_asked_for_its_database(
    program: Program, home: Path, said: str, built: float | None
) -> None:
    path = program(f"[ \"$1 $2\" = 'db status' ] && [ -d \"$GRYPE_DB_CACHE_DIR\" ] && echo '{said}'", "grype")
    binary = Binary("grype", str(path), "0.116.0", "")
    (home / "db").mkdir()
    found = await newest_database(Grype(), binary, ScanSpec(database=str(home / "db")), home, ())
    assert (found.built if found is not None else None) == built


# The linter


async def test_a_linter_that_fails_is_said(program: Program, home: Path, tmp_path: Path) -> None:
    dockerfile = tmp_path / "Dockerfile"
    with pytest.raises(ScanFailed, match="Dockerfile cannot be read: No such file"):
        await lint("/nowhere/hadolint", str(dockerfile), str(tmp_path), home, ())
    dockerfile.write_text("FROM scratch\n")
    failing = program("echo 'bad config' >&2; exit 1", "hadolint")
    with pytest.raises(ScanFailed, match="hadolint failed with exit code 1: bad config"):
        await lint(str(failing), str(dockerfile), str(tmp_path), home, ())
    garbage = program("echo '{}'", "hadolint")
    with pytest.raises(ScanFailed, match="cannot be read"):
        await lint(str(garbage), str(dockerfile), str(tmp_path), home, ())


async def test_the_rules_of_a_project_count(program: Program, home: Path, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / ".hadolint.yaml").write_text("ignored: [DL3006]\n")
    told = program('echo "$@" >told; cat .hadolint.yaml >>told; echo "[]"', "hadolint")
    assert await lint(str(told), str(tmp_path / "Dockerfile"), str(tmp_path), home, ()) == ()
    said = (home / "told").read_text()
    assert "--config" in said
    assert "DL3006" in said
    assert os.fspath(tmp_path / "Dockerfile") not in said.split(), "it is given a copy"
