"""Having a scanner look at one image."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.engine.image_layers import try_size
from tui.evidence.files import read_evidence
from tui.evidence.scans import read_scan
from tui.files import open_file, read_file
from tui.model.digest import short_id
from tui.operations.scanning.archive import OtherBytes, save
from tui.operations.scanning.bases import base_of
from tui.operations.scanning.room import scan_folder
from tui.scanners.databases import last_words
from tui.scanners.errors import ScanFailed
from tui.scanners.reading import REPORT_BYTES
from tui.scanners.running import run

if TYPE_CHECKING:
    from pathlib import Path

    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.finding import ScanReport
    from tui.model.image import ImageConfig
    from tui.model.image_size import ImageSize
    from tui.operations.running.report import Report
    from tui.operations.scanning.means import Means
    from tui.scanners.base import Database

SAVE, SCAN = "save", "scan"
"""The steps."""


async def scan_image(
    engine: Engine,
    app: AppSpec,
    image: ImageConfig,
    means: Means,
    report: Report,
    *,
    within: str = "",
) -> ScanReport:
    """Scan an app's image with what there is; `within` is a step of which all is a part.

    Raises HoldfastError.
    """
    if means.database is None:
        raise ScanFailed(
            f"not scanned: {means.scanner.name} has no database",
            "fetch it: trivy image --download-db-only, or grype db update; "
            "or name a folder that has it: database in [apps.NAME.scan]",
        )
    async with scan_folder() as home:
        archive = home / "image.tar"
        if within:
            await save(engine, image, archive, lambda read: report.progress(within, read, image.size))
            found = await _seen(means, means.database, archive, report, within)
        else:
            async with report.step(SAVE):
                await save(engine, image, archive, lambda read: report.progress(SAVE, read, image.size))
            async with report.step(SCAN):
                found = await _seen(means, means.database, archive, report, SCAN)
    evidence = await asyncio.to_thread(read_evidence, app.name, image.id)
    before = await asyncio.to_thread(read_scan, app.name, image.id)
    # Its name may mean a newer one by now: then what was found earlier has more of the layers.
    bases = (await base_of(engine, image, evidence, app.build), before.base if before is not None else None)
    base = max((one for one in bases if one is not None), key=lambda one: len(one.layers), default=None)
    if image.layers and found.layers and image.layers != found.layers:
        raise OtherBytes(
            f"{means.scanner.name} looked at another image than {short_id(image.id)}: its layers are others",
            "scan it again",
        )
    return found._replace(
        image=image.id,
        version=means.binary.version,
        sha256=means.binary.sha256,
        database=found.database or means.built,
        at=time.time(),
        isolated=bool(means.before),
        layers=image.layers or found.layers,
        base=base,
        vex=means.vex,
    )


async def _seen(means: Means, database: Database, archive: Path, report: Report, step: str) -> ScanReport:
    """By the scanner, and by us: both read the same archive."""
    sizing = asyncio.create_task(asyncio.to_thread(_size, archive))
    try:
        found = await _scanned(means, database, archive, report, step)
        return found._replace(size=await sizing)
    finally:
        await asyncio.gather(sizing, return_exceptions=True)  # it reads a file that goes away


def _size(archive: Path) -> ImageSize:
    """Blocks."""
    with open_file(archive) as file:
        return try_size(file, archive.stat().st_size)


async def _scanned(means: Means, database: Database, archive: Path, report: Report, step: str) -> ScanReport:
    name, written = means.scanner.name, archive.with_name("report.json")
    ran = await run(
        means.scanner.scan_command(means.binary.path, archive, written, database.folder, means.spec),
        archive.parent,
        seconds=means.spec.timeout,
        before=means.before,
        tell=lambda line: report.log(step, line, 2),
    )
    if ran.code:
        how = f"was killed by signal {-ran.code}" if ran.code < 0 else f"failed with exit code {ran.code}"
        raise ScanFailed(
            f"not scanned: {name} {how}: {last_words(ran.said) or 'it said nothing'}",
            "what it said is in the step that failed" if ran.said else f"{name} --version works?",
            tuple(ran.said.strip().splitlines()[-20:]),
        )
    try:
        raw = await asyncio.to_thread(read_file, written, REPORT_BYTES)
    except OSError as error:
        raise ScanFailed(
            f"not scanned: the report of {name} cannot be read: {error.strerror}",
            f"does {name} run by itself? {name} --version",
        ) from error
    return await asyncio.to_thread(means.scanner.read_report, raw, ran.said)
