"""What `holdfast doctor` says of scanners."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tui.cli.doctor_scanners import scanners
from tui.model.app import AppSpec
from tui.model.scan_spec import ScanSpec
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from tui.cli.doctor_checks import Finding


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv("TRIVY_CACHE_DIR", raising=False)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path}/bin")
    return tmp_path


def program(home: Path, name: str, says: str) -> None:
    path = home / "bin" / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)


def database(home: Path, age: float) -> None:
    (home / "trivy/db").mkdir(parents=True, exist_ok=True)
    built = datetime.fromtimestamp(time.time() - age, UTC).isoformat()
    (home / "trivy/db/metadata.json").write_text(json.dumps({"UpdatedAt": built}))


async def said(**apps: ScanSpec) -> dict[str, Finding]:
    settings = Settings(apps={name: AppSpec(name, name, "", scan=spec) for name, spec in apps.items()})
    return {one.name: one async for one in scanners(settings)}


async def test_what_is_installed_is_named_with_what_it_knows(home: Path) -> None:
    found = await said()
    assert [(one.state, one.message) for one in found.values()] == [("note", "not installed")] * 3
    program(home, "trivy", '{"Version": "0.76.0"}')
    program(home, "hadolint", "")
    found = await said()
    assert found["trivy"].message == f"0.76.0, {home}/bin/trivy, no database yet"
    assert (found["hadolint"].state, found["hadolint"].message) == ("ok", f"{home}/bin/hadolint")
    database(home, 3600.0)
    assert ", database of 2" in (await said())["trivy"].message
    database(home, 10 * 86_400.0)
    assert "too old" in (await said())["trivy"].remedy


async def test_one_that_steals_is_a_problem(home: Path) -> None:
    program(home, "trivy", '{"Version": "0.69.5"}')
    found = (await said())["trivy"]
    assert (found.state, "CVE-2026-33634" in found.message) == ("problem", True)
    program(home, "trivy", "garbage")
    assert (await said())["trivy"].state == "warning"


async def test_what_is_wrong_with_an_apps_scan_is_said(home: Path) -> None:
    found = await said(web=ScanSpec())
    assert found["scan web"].message.startswith("no scanner is installed")
    program(home, "trivy", '{"Version": "0.76.0"}')
    assert "scan web" not in await said(web=ScanSpec())
    old = ScanSpec(database=str(home / "trivy"))
    database(home, 10 * 86_400.0)
    assert (await said(web=old))["scan web"].state == "warning"
    pinned = await said(web=ScanSpec(sha256="0" * 64))
    assert "is not the scanner that is pinned" in pinned["scan web"].message
