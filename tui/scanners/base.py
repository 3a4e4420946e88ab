"""What a scanner is, to those who use one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tui.model.finding import ScanReport
    from tui.model.scan_spec import ScanSpec


class Binary(NamedTuple):
    """A program as it lies on the disk. scanner: which one it is."""

    scanner: str
    path: str
    version: str
    sha256: str


class Command(NamedTuple):
    """A command line, and all of its environment."""

    words: tuple[str, ...]
    environment: Mapping[str, str]


class Database(NamedTuple):
    """What a scanner knows. folder: where, as it wants it named; built: seconds since the epoch."""

    folder: Path
    built: float


class Scanner(Protocol):
    """One kind of scanner: how it is told what to do, and what it says. It starts nothing itself."""

    @property
    def name(self) -> str: ...

    def usual_database(self, environ: Mapping[str, str]) -> Path:
        """Where it keeps its database by itself."""
        ...

    def version_command(self, path: str, home: Path) -> Command:
        """Says which version it is."""
        ...

    def read_version(self, said: bytes) -> str:
        """Raises ScanFailed."""
        ...

    def status_command(self, path: str, database: Path, home: Path) -> Command | None:
        """Says of when a database is; None where that stands in a file, which `read_built` reads."""
        ...

    def read_built(self, said: bytes) -> float:
        """When a database was built, 0.0 where it is not to be used. Raises ScanFailed."""
        ...

    def update_command(self, path: str, database: Path, home: Path) -> Command:
        """Fetches the database: the only one that needs a network, and is told of no image."""
        ...

    def scan_command(self, path: str, archive: Path, report: Path, database: Path, spec: ScanSpec) -> Command:
        """Looks at an archive and writes its report, with the folder of the archive as its home."""
        ...

    def read_report(self, raw: bytes, said: str) -> ScanReport:
        """Raises ScanFailed."""
        ...
