"""With what an image is scanned: the scanner, its database, how it is kept from the network."""

from __future__ import annotations

import asyncio
import hashlib
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from tui.files import read_file
from tui.model.digest import short_id
from tui.model.scan_gate import days
from tui.operations.scanning.room import scan_folder
from tui.scanners.binaries import identified, scanner_called
from tui.scanners.databases import fetch, newest_database
from tui.scanners.errors import ScannerMissing
from tui.scanners.hadolint import hadolint_path
from tui.scanners.running import isolation

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.model.app import AppSpec
    from tui.model.finding import ScanReport
    from tui.model.scan_spec import ScanSpec
    from tui.scanners.base import Binary, Database, Scanner


class Means(NamedTuple):
    """What a scan is done with.

    before     words before the scanner's command, which take the network from it; () where that cannot be
    database   None where there is none
    vex        the SHA-256 of the VEX files, "" for none
    hadolint   the path of the linter, "" where none is wanted
    """

    scanner: Scanner
    binary: Binary
    spec: ScanSpec
    before: tuple[str, ...] = ()
    database: Database | None = None
    vex: str = ""
    hadolint: str = ""

    @property
    def built(self) -> float:
        return self.database.built if self.database is not None else 0.0

    def is_stale(self, now: float) -> bool:
        """Whether the database is missing, or too old to say that nothing was found."""
        return now - self.built > self.spec.max_db_age

    @property
    def may_fetch(self) -> bool:
        """A database that is named belongs to somebody else."""
        return not self.spec.database

    def has_done(self, report: ScanReport | None) -> bool:
        """Whether a report is what these would find again."""
        return report is not None and bool(self.built) and (
            (report.scanner, report.version, report.sha256, report.database, report.vex)
            == (self.binary.scanner, self.binary.version, self.binary.sha256, self.built, self.vex)
        )  # fmt: skip

    def facts(self, now: float) -> list[tuple[str, str]]:
        """What a plan says of them."""
        one = self.binary
        return [
            ("scanner", f"{one.scanner} {one.version}, {one.path}, sha256:{short_id(one.sha256)}"),
            ("database", _database_words(self.built, now)),
            ("network", "none" if self.before else "the scanner is told not to use it"),
        ]


def _database_words(built: float, now: float) -> str:
    if not built:
        return "none"
    return f"of {day(built)}, {days(max(now - built, 0.0))} old"


def day(seconds: float) -> str:
    """ "2026-11-27"."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


async def find_means(app: AppSpec | None, spec: ScanSpec) -> Means:
    """For an app, or whichever there will be. Raises HoldfastError."""
    scanner, path = await asyncio.to_thread(scanner_called, spec.scanner)
    vex = await asyncio.to_thread(_digest, spec.vex)
    linting = spec.dockerfile and app is not None and app.build is not None
    hadolint = await asyncio.to_thread(hadolint_path) if linting else ""
    before = await isolation()
    async with scan_folder() as home:
        binary = await identified(scanner, path, home, before, spec.sha256)
        database = await newest_database(scanner, binary, spec, home, before)
    return Means(
        scanner=scanner, binary=binary, spec=spec, before=before, database=database, vex=vex,
        hadolint=hadolint,
    )  # fmt: skip


async def refreshed(means: Means, tell: Callable[[str], None]) -> tuple[Means, str]:
    """With a new database; why there is none, "" where there is. Raises HoldfastError."""
    async with scan_folder() as home:
        why = await fetch(means.scanner, means.binary, home, tell)
        database = await newest_database(means.scanner, means.binary, means.spec, home, means.before)
    found = means._replace(database=database)
    if not why and found.is_stale(time.time()):
        why = f"{means.scanner.name} fetched none that is new enough"
    return found, why


def _digest(files: tuple[str, ...]) -> str:
    """Blocks. Raises ScannerMissing: what would be left out of a scan is no detail."""
    if not files:
        return ""
    digest = hashlib.sha256()
    for file in files:
        try:
            digest.update(hashlib.sha256(read_file(file, 16 * 2**20)).digest())
        except OSError as error:
            raise ScannerMissing(
                f"the VEX file {file} cannot be read: {error.strerror}", "see vex in [apps.NAME.scan]"
            ) from error
    return digest.hexdigest()
