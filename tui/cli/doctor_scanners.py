"""What `holdfast doctor` says of scanners: which there are, and how old what they know is."""

from __future__ import annotations

import asyncio
import shutil
import time
from typing import TYPE_CHECKING

from tui.cli.doctor_checks import NOTE, OK, PROBLEM, WARNING, Finding, failed
from tui.errors import HoldfastError
from tui.model.scan_spec import ScanSpec
from tui.operations.scanning.means import day, find_means
from tui.scanners.binaries import SCANNERS
from tui.scanners.errors import ScannerRefused
from tui.scanners.hadolint_report import NAME as HADOLINT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.model.app import AppSpec
    from tui.settings.schema import Settings


async def scanners(settings: Settings) -> AsyncIterator[Finding]:
    """Those that are installed, then what is wrong with the scan tables of apps."""
    for name in SCANNERS:
        if path := await asyncio.to_thread(shutil.which, name):
            yield await _scanner(name, path)
        else:
            yield Finding(name, NOTE, "not installed")
    path = await asyncio.to_thread(shutil.which, HADOLINT)
    yield Finding(HADOLINT, OK if path else NOTE, path or "not installed")
    for app in settings.apps.values():
        if app.scan is not None and (found := await _of_app(app, app.scan)) is not None:
            yield found


async def _scanner(name: str, path: str) -> Finding:
    try:
        means = await find_means(None, ScanSpec(scanner=name))
    except HoldfastError as error:
        return Finding(
            name, PROBLEM if isinstance(error, ScannerRefused) else WARNING, error.message, error.hint
        )
    said = f"{means.binary.version}, {path}"
    if not means.built:
        return Finding(name, OK, f"{said}, no database yet", "the first scan fetches it")
    said += f", database of {day(means.built)}"
    if means.is_stale(time.time()):
        return Finding(name, OK, said, "it is too old: the next scan fetches another")
    return Finding(name, OK, said)


async def _of_app(app: AppSpec, spec: ScanSpec) -> Finding | None:
    """What is wrong with the scan table of an app, None where nothing is."""
    try:
        means = await find_means(app, spec)
    except HoldfastError as error:
        return failed(f"scan {app.name}", error)
    if means.is_stale(time.time()) and not means.may_fetch:
        return Finding(
            f"scan {app.name}", WARNING, f"the database in {spec.database} is missing or too old",
            "bring a newer one there: nothing counts as scanned with it",
        )  # fmt: skip
    return None
