"""Trivy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui.paths import base_folder
from tui.scanners import trivy_report
from tui.scanners.base import Command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.model.finding import ScanReport
    from tui.model.scan_spec import ScanSpec

METADATA = "db/metadata.json"

OFFLINE = {
    f"TRIVY_{name}": "true"
    for name in (
        "SKIP_DB_UPDATE", "SKIP_JAVA_DB_UPDATE", "OFFLINE_SCAN", "SKIP_VERSION_CHECK", "DISABLE_TELEMETRY",
        "SKIP_VEX_REPO_UPDATE",
    )
}  # fmt: skip
"""None of what would ask somebody. As variables, because an earlier version passes over those that it does
not know, and ends where a flag is unknown to it."""

WANTED = {
    "TRIVY_CACHE_BACKEND": "memory",
    "TRIVY_LIST_ALL_PKGS": "true",
    "TRIVY_SHOW_SUPPRESSED": "true",
    "TRIVY_SCANNERS": "vuln",
    "TRIVY_NO_PROGRESS": "true",
}


class Trivy:
    """See `tui.scanners.base.Scanner`."""

    name = trivy_report.NAME

    def usual_database(self, environ: Mapping[str, str]) -> Path:
        named = environ.get("TRIVY_CACHE_DIR", "")
        return Path(named) if named else Path(base_folder(environ, "XDG_CACHE_HOME", ".cache")) / "trivy"

    def version_command(self, path: str, home: Path) -> Command:
        return Command((path, "version", "--format", "json", "--cache-dir", str(home)), {})

    def read_version(self, said: bytes) -> str:
        return trivy_report.read_version(said)

    def status_command(self, path: str, database: Path, home: Path) -> Command | None:
        return None

    def read_built(self, said: bytes) -> float:
        return trivy_report.read_database(said)

    def update_command(self, path: str, database: Path, home: Path) -> Command:
        quiet = {name: OFFLINE[name] for name in ("TRIVY_SKIP_VERSION_CHECK", "TRIVY_DISABLE_TELEMETRY")}
        words = (path, "image", "--download-db-only", "--cache-dir", str(database))
        return Command(words, {**quiet, "TRIVY_NO_PROGRESS": "true"})

    def scan_command(self, path: str, archive: Path, report: Path, database: Path, spec: ScanSpec) -> Command:
        """Its cache is a folder of this scan alone, in which the database is only named."""
        cache = archive.parent / "cache"
        cache.mkdir(mode=0o700)
        for name in ("db", "java-db"):
            if (database / name).is_dir():
                (cache / name).symlink_to((database / name).resolve())
        words = (
            *("image", "--input", str(archive), "--cache-dir", str(cache)),
            *("--format", "json", "--output", str(report), "--exit-code", "0"),
            *("--timeout", f"{spec.timeout + 5:.0f}s"),  # ours ends it, and says so
            *(word for file in spec.vex for word in ("--vex", file)),
        )
        return Command((path, *words), {**OFFLINE, **WANTED})

    def read_report(self, raw: bytes, said: str) -> ScanReport:
        return trivy_report.read_report(raw, said)
