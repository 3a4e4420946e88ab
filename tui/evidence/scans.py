"""Reports of scans as files, one per app and image: $XDG_STATE_HOME/holdfast/evidence/APP/scans/IMAGE.json.

They lie beside the evidence, whose claims say in a sentence what stands here in full: the newest of an image,
which can be judged again by other rules, shown, and compared with that of another image.
"""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING

from tui.files import read_file, write_whole
from tui.model.app_name import is_app_name
from tui.model.codec import plain, read
from tui.model.finding import ScanReport
from tui.paths import state_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REPORT_BYTES = 32 * 2**20
"""The largest that is read, and so written."""

KEPT = 50
"""Reports of one app that stay, the newest."""


class ReportTooLarge(OSError):
    """A report has so much in it that it would never be read again."""


def scan_path(app: str, image: str, environ: Mapping[str, str] = os.environ) -> Path:
    """Raises OSError for a name that would lead elsewhere."""
    digits = image.removeprefix("sha256:")
    if not is_app_name(app) or not digits.isalnum():
        raise OSError(errno.EINVAL, "no app or image can be called so", f"{app}/{image}")
    return state_folder(environ) / "evidence" / app / "scans" / f"{digits}.json"


def read_scan(app: str, image: str, environ: Mapping[str, str] = os.environ) -> ScanReport | None:
    """The newest report of an image; None where there is none, or it is damaged. Blocks."""
    try:
        found: ScanReport = read(
            json.loads(read_file(scan_path(app, image, environ), REPORT_BYTES)), ScanReport, []
        )
    except (OSError, ValueError, RecursionError):
        return None
    return found


def write_scan(app: str, report: ScanReport, environ: Mapping[str, str] = os.environ) -> Path:
    """Keep a report in the place of an earlier one of the same image; its path. Blocks. Raises OSError."""
    path = scan_path(app, report.image, environ)
    raw = json.dumps(plain(report, ScanReport)).encode()
    if len(raw) > REPORT_BYTES:
        raise ReportTooLarge(errno.EFBIG, "the report is too large to be kept", str(path))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, raw)
    _forget(path.parent)
    return path


def _forget(folder: Path) -> None:
    """Older ones are for images that are long gone; what cannot be removed stays."""
    try:
        newest = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in newest[KEPT:]:
            path.unlink(missing_ok=True)
    except OSError:
        return
