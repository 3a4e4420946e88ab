"""What was found, as a file for others."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from tui.errors import HoldfastError
from tui.files import write_whole
from tui.model.sarif import sarif

if TYPE_CHECKING:
    from tui.model.app import AppSpec
    from tui.model.finding import ScanReport
    from tui.model.scan_gate import ScanVerdict


class NotWritten(HoldfastError):
    """The file that was asked for cannot be there."""

    exit_status = 2


def check_place(path: str) -> None:
    """Before anything is done for it. Blocks. Raises NotWritten."""
    folder = os.path.dirname(path)  # noqa: PTH120
    if not os.path.isdir(folder):  # noqa: PTH112
        raise NotWritten(f"{path} cannot be written: there is no folder {folder}", "make it first")
    if os.path.isdir(path):  # noqa: PTH112
        raise NotWritten(f"{path} is a folder", "name a file: --sarif scan.sarif")


def write_sarif(path: str, report: ScanReport, verdict: ScanVerdict, app: AppSpec) -> None:
    """Blocks. Raises NotWritten."""
    dockerfile = ""
    if app.build is not None:
        dockerfile = os.path.relpath(app.build.dockerfile, os.path.dirname(app.origin) or ".")  # noqa: PTH120
    document = json.dumps(sarif(report, verdict, app.image, dockerfile), indent=1)
    try:
        write_whole(path, document.encode())
    except OSError as error:
        raise NotWritten(f"{path} cannot be written: {error.strerror}", "name another file") from error
