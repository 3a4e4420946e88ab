"""Finding a scanner's binary, and whether it is one that may be started."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.files import open_file, read_file, write_whole
from tui.model.version import Version
from tui.paths import base_folder
from tui.scanners.base import Binary, Scanner
from tui.scanners.errors import ScanFailed, ScannerMissing, ScannerRefused
from tui.scanners.grype import Grype
from tui.scanners.running import run
from tui.scanners.trivy import Trivy

if TYPE_CHECKING:
    from collections.abc import Mapping

SCANNERS: Mapping[str, Scanner] = {scanner.name: scanner for scanner in (Trivy(), Grype())}
"""In the order in which they are looked for."""

MALICIOUS = {"trivy": ((0, 69, 4), (0, 69, 5), (0, 69, 6))}
"""Releases that steal credentials (CVE-2026-33634)."""

VERSION_SECONDS = 30.0
PART_BYTES = 1 << 20

INSTALL = (
    "install Trivy (trivy.dev) or Grype (github.com/anchore/grype), or name one: scanner in [apps.NAME.scan]"
)


def scanner_called(wanted: str) -> tuple[Scanner, str]:
    """The scanner of a setting, "" for the first that is installed, and the path of its binary.

    Raises ScannerMissing.
    """
    if not wanted:
        for scanner in SCANNERS.values():
            if path := shutil.which(scanner.name):
                return scanner, os.path.realpath(path)
        raise ScannerMissing("no scanner is installed: neither trivy nor grype is found", INSTALL)
    found = SCANNERS.get(kind_of(wanted))
    if found is None:
        raise ScannerMissing(f"{wanted} is no scanner that is known", "trivy or grype, or a path of one")
    path = shutil.which(wanted)
    if path is None:
        raise ScannerMissing(f"{wanted} is not installed, or is no program", INSTALL)
    return found, os.path.realpath(path)


def kind_of(wanted: str) -> str:
    """Which scanner a name or a path means: "/opt/trivy-0.76/trivy" is "trivy", as "/opt/trivy-0.76" is."""
    name = os.path.basename(wanted)  # noqa: PTH119
    return next((known for known in SCANNERS if name == known or name.startswith(f"{known}-")), "")


async def identified(
    scanner: Scanner, path: str, home: Path, before: tuple[str, ...], pinned: str = ""
) -> Binary:
    """The version and the digest of a binary that may be started.

    home     a folder of its own
    before   what takes the network from it: `running.isolation`

    Raises ScannerRefused for one that may not, before it is started where its digest says so; ScannerMissing,
    ScanFailed.
    """
    stamp, known = await asyncio.to_thread(_known, path)
    sha256 = known.get("sha256", "") or await asyncio.to_thread(_sha256, path)
    if pinned and sha256 != pinned:
        raise ScannerRefused(
            f"{path} is not the scanner that is pinned: its sha256 is {sha256}",
            f"install the one that is meant, or set sha256 in [apps.NAME.scan]: sha256sum {path}",
        )
    version = known.get("version", "") or await _version(scanner, path, home, before)
    parsed = Version.parse(version)
    if parsed is not None and parsed[:3] in MALICIOUS.get(scanner.name, ()):
        raise ScannerRefused(
            f"{scanner.name} {version} is malicious: it steals credentials (CVE-2026-33634)",
            f"remove {path}, change what secrets it could read, and install another version",
        )
    if not known:
        await asyncio.to_thread(_remember, path, {**stamp, "sha256": sha256, "version": version})
    return Binary(scanner.name, path, version, sha256)


async def _version(scanner: Scanner, path: str, home: Path, before: tuple[str, ...]) -> str:
    ran = await run(scanner.version_command(path, home), home, seconds=VERSION_SECONDS, before=before)
    try:
        version = scanner.read_version(ran.output)
    except ScanFailed:
        version = ""
    if ran.code or Version.parse(version) is None:
        raise ScannerMissing(
            f"{path} does not say which version of {scanner.name} it is",
            f"is it {scanner.name}? {path} version",
        )
    return version


def _sha256(path: str) -> str:
    """Blocks. Raises ScannerMissing."""
    digest = hashlib.sha256()
    try:
        with open_file(path) as file:
            while part := file.read(PART_BYTES):
                digest.update(part)
    except OSError as error:
        raise ScannerMissing(f"{path} cannot be read: {error.strerror}", INSTALL) from error
    return digest.hexdigest()


# Digests of files of 200 MB take a third of a second: they are kept by what changes whenever the file does.


def _remembered() -> Path:
    return cache_folder() / "scanners.json"


def cache_folder() -> Path:
    """$XDG_CACHE_HOME/holdfast: what can be had again."""
    return Path(base_folder(os.environ, "XDG_CACHE_HOME", ".cache")) / "holdfast"


def _known(path: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What tells whether a file is as it was, and what is known of it if so. Raises ScannerMissing."""
    try:
        stat = os.stat(path)  # noqa: PTH116
    except OSError as error:
        raise ScannerMissing(f"{path} cannot be read: {error.strerror}", INSTALL) from error
    # The time of a change of the inode cannot be set by whoever replaces the file.
    stamp = {"device": stat.st_dev, "inode": stat.st_ino, "size": stat.st_size, "changed": stat.st_ctime_ns}
    kept = _table().get(path)
    if not isinstance(kept, dict) or any(kept.get(name) != value for name, value in stamp.items()):
        return stamp, {}
    sha256, version = kept.get("sha256"), kept.get("version")
    if not isinstance(sha256, str) or not isinstance(version, str):
        return stamp, {}
    return stamp, {"sha256": sha256, "version": version}


def _table() -> dict[str, Any]:
    try:
        table = json.loads(read_file(_remembered()))
    except (OSError, ValueError, RecursionError):
        return {}
    return table if isinstance(table, dict) else {}


def _remember(path: str, known: dict[str, Any]) -> None:
    """A disk that is full costs the time again, nothing else."""
    try:
        _remembered().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(_remembered(), json.dumps({**_table(), path: known}).encode(), lasting=False)
    except OSError:
        return
