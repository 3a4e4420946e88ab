"""Scanning by command line: what is seen, what a script gets, how it exits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.busybox import IMAGE
from tests.support.scanning import TRIVY
from tests.support.shell import Shell
from tests.support.trivy_database import TrivyDatabase, alpine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls


@pytest.fixture
def shell(tmp_path: Path, api: EngineCalls) -> Shell:
    """With an app whose image has a hole, and a scanner that knows of it."""
    database = TrivyDatabase(tmp_path / "database")
    database.plant("CVE-2099-0001", "plantedlib", fixed="1.0.1-r0")
    shell = Shell(tmp_path, api.url)
    source = shell.folder / "src"
    for path, content in alpine("plantedlib").items():
        file = source / "root" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    (source / "Dockerfile").write_text(f'FROM {IMAGE}\nCOPY root /\nCMD ["sleep", "600"]\n')
    (shell.folder / "holdfast.toml").write_text(
        '[apps.web]\nimage = "web"\n[apps.web.build]\ncontext = "src"\nnetwork = "none"\n'
        f'[apps.web.scan]\nscanner = "{TRIVY}"\ndatabase = "{database.folder}"\n'
    )
    shell.run("allow", "--yes")  # what its user would write into a file of their own
    shell.run("build")
    return shell


def allow(shell: Shell) -> None:
    with (shell.folder / "holdfast.toml").open("a") as config:
        config.write('fail_on = "none"\n')
    shell.run("allow", "--yes")


def test_a_finding_that_fails_is_said_with_its_remedy(shell: Shell) -> None:
    planned = shell.run("scan", "--plan").stdout
    assert "critical findings" in planned
    assert "trivy 0.76.0" in planned
    failed = shell.run("scan", status=1)
    assert "1 finding is critical: CVE-2099-0001 in plantedlib 1.0.0-r0 (fixed in 1.0.1-r0)" in failed.stderr
    assert "[apps.web.scan]" in failed.stderr
    assert "EOSL" in failed.stdout
    history = shell.run("history", "web", "--operations").stdout
    assert "scan" in history


def test_a_script_reads_what_was_found(shell: Shell, tmp_path: Path) -> None:
    allow(shell)
    events = shell.events("scan", "web", "--sarif", "scan.sarif")
    outcome = events[-1]
    assert outcome["ok"] is True
    assert outcome["facts"]["findings"] == "1 critical, 1 high"
    with open(outcome["facts"]["report"]) as file:
        assert [one["id"] for one in json.load(file)["findings"]] == ["CVE-2099-0001", "EOSL"]
    with open(shell.folder / "scan.sarif") as file:
        assert json.load(file)["version"] == "2.1.0"
    assert "1 critical, 1 high" in shell.run("scan").stdout


def test_a_scanner_that_is_missing_or_not_the_pinned_one(shell: Shell) -> None:
    config = shell.folder / "holdfast.toml"
    text = config.read_text()
    config.write_text(text.replace(str(TRIVY), "/nowhere/trivy"))
    assert "holdfast allow" in shell.run("scan", status=2).stderr
    shell.run("allow", "--yes")
    missing = shell.run("scan", status=2).stderr
    assert "/nowhere/trivy is not installed" in missing
    assert "install Trivy" in missing
    config.write_text(f'{text}sha256 = "{"0" * 64}"\n')
    shell.run("allow", "--yes")
    refused = shell.run("scan", status=4).stderr
    assert "is not the scanner that is pinned" in refused
