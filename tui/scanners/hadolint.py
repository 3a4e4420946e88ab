"""hadolint, the linter of Dockerfiles."""

from __future__ import annotations

import asyncio
import os
import shutil
from typing import TYPE_CHECKING

from tui.files import read_file, write_whole
from tui.scanners.base import Command
from tui.scanners.databases import last_words
from tui.scanners.errors import ScanFailed, ScannerMissing
from tui.scanners.hadolint_report import NAME, read_remarks
from tui.scanners.running import run

if TYPE_CHECKING:
    from pathlib import Path

    from tui.model.finding import Remark

SECONDS = 60.0

CONFIG = (".hadolint.yaml", ".hadolint.yml")
"""Beside the Dockerfile's build context: which rules a project leaves out."""


def hadolint_path() -> str:
    """Raises ScannerMissing."""
    if path := shutil.which(NAME):
        return os.path.realpath(path)
    raise ScannerMissing(
        "hadolint is not installed, and the configuration wants it for the Dockerfile",
        "install it (github.com/hadolint/hadolint), or set dockerfile = false in [apps.NAME.scan]",
    )


async def lint(
    path: str, dockerfile: str, folder: str, home: Path, before: tuple[str, ...]
) -> tuple[Remark, ...]:
    """What it says of a Dockerfile. folder: of the project, whose rules count. Raises ScannerError."""
    try:
        copy = await asyncio.to_thread(_copied, dockerfile, home / "Dockerfile")
    except OSError as error:
        raise ScanFailed(f"{dockerfile} cannot be read: {error.strerror}", "see [apps.NAME.build]") from error
    words = [path, "--no-fail", "--no-color", "--format", "json"]
    for name in CONFIG:
        if rules := await asyncio.to_thread(_rules, os.path.join(folder, name), home / name):  # noqa: PTH118
            words += ["--config", rules]
            break
    ran = await run(Command((*words, copy), {}), home, seconds=SECONDS, before=before)
    if ran.code:
        raise ScanFailed(
            f"hadolint failed with exit code {ran.code}: {last_words(ran.said)}", f"hadolint {dockerfile}"
        )
    return read_remarks(ran.output)


def _copied(source: str, to: Path) -> str:
    """Blocks. Raises OSError."""
    write_whole(to, read_file(source), lasting=False)
    return str(to)


def _rules(source: str, to: Path) -> str:
    """Blocks. "" where there are none."""
    try:
        return _copied(source, to)
    except OSError:
        return ""
