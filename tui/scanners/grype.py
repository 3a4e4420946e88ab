"""Grype."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui.paths import base_folder
from tui.scanners import grype_report
from tui.scanners.base import Command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.model.finding import ScanReport
    from tui.model.scan_spec import ScanSpec

OFFLINE = {
    "GRYPE_DB_AUTO_UPDATE": "false",
    "GRYPE_CHECK_FOR_APP_UPDATE": "false",
    "GRYPE_DB_VALIDATE_AGE": "false",  # how old it may be is ours to say
}


class Grype:
    """See `tui.scanners.base.Scanner`."""

    name = grype_report.NAME

    def usual_database(self, environ: Mapping[str, str]) -> Path:
        named = environ.get("GRYPE_DB_CACHE_DIR", "")
        return Path(named) if named else Path(base_folder(environ, "XDG_CACHE_HOME", ".cache")) / "grype/db"

    def version_command(self, path: str, home: Path) -> Command:
        return Command((path, "version", "--output", "json"), OFFLINE)

    def read_version(self, said: bytes) -> str:
        return grype_report.read_version(said)

    def status_command(self, path: str, database: Path, home: Path) -> Command | None:
        return Command((path, "db", "status", "--output", "json"), _with(database))

    def read_built(self, said: bytes) -> float:
        built, valid = grype_report.read_status(said)
        return built if valid else 0.0

    def update_command(self, path: str, database: Path, home: Path) -> Command:
        return Command((path, "db", "update"), _with(database))

    def scan_command(self, path: str, archive: Path, report: Path, database: Path, spec: ScanSpec) -> Command:
        words = (
            *(f"docker-archive:{archive}", "--output", "json", "--file", str(report)),
            *("--show-suppressed", "--verbose"),
            *(word for file in spec.vex for word in ("--vex", file)),
        )
        return Command((path, *words), _with(database))

    def read_report(self, raw: bytes, said: str) -> ScanReport:
        return grype_report.read_report(raw, said)


def _with(database: Path) -> dict[str, str]:
    return {**OFFLINE, "GRYPE_DB_CACHE_DIR": str(database)}
