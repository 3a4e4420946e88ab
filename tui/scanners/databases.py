"""What a scanner knows: which of the databases here is the newest, and fetching one."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tui.files import read_file
from tui.scanners.base import Database
from tui.scanners.binaries import cache_folder
from tui.scanners.errors import ScanFailed
from tui.scanners.running import run
from tui.scanners.trivy import METADATA

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.model.scan_spec import ScanSpec
    from tui.scanners.base import Binary, Scanner

STATUS_SECONDS = 30.0
FETCH_SECONDS = 600.0


def own_database(scanner: Scanner) -> Path:
    """Where ours is kept: no other program's is ever changed."""
    return cache_folder() / scanner.name


async def newest_database(
    scanner: Scanner, binary: Binary, spec: ScanSpec, home: Path, before: tuple[str, ...]
) -> Database | None:
    """The newest of ours and the scanner's own, or the one that is named; None where there is none."""
    if spec.database:
        folders = [Path(spec.database)]
    else:
        folders = [own_database(scanner), scanner.usual_database(os.environ)]
    found = [Database(folder, await _built(scanner, binary, folder, home, before)) for folder in folders]
    newest = max(found, key=lambda one: one.built)
    return newest if newest.built else None


async def _built(
    scanner: Scanner, binary: Binary, folder: Path, home: Path, before: tuple[str, ...]
) -> float:
    """0.0 where there is none that can be used."""
    command = scanner.status_command(binary.path, folder, home)
    try:
        if command is None:
            return scanner.read_built(await asyncio.to_thread(read_file, folder / METADATA))
        if not await asyncio.to_thread(folder.is_dir):
            return 0.0
        return scanner.read_built((await run(command, home, seconds=STATUS_SECONDS, before=before)).output)
    except (OSError, ScanFailed):
        return 0.0


async def fetch(scanner: Scanner, binary: Binary, home: Path, tell: Callable[[str], None]) -> str:
    """Fetch the scanner's database into ours; why that failed, "" where it did not."""
    folder = own_database(scanner)
    await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
    try:
        ran = await run(
            scanner.update_command(binary.path, folder, home), home,
            seconds=FETCH_SECONDS, network=True, tell=tell,
        )  # fmt: skip
    except ScanFailed as error:
        return error.message
    return last_words(ran.said) or f"exit code {ran.code}" if ran.code else ""


def last_words(said: str) -> str:
    """The last line that a scanner wrote, which is why it ended."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1][-300:] if lines else ""
