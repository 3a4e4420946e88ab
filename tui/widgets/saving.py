"""Saving what a widget shows to a file, and saying where it is."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING

from tui.paths import state_folder
from tui.presentation.text import safe
from tui.store.output_file import save_output

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from textual.widget import Widget


async def save(widget: Widget, subject: str, chunks: Iterable[bytes]) -> None:
    """Write the chunks to SUBJECT-TIME.log in the state folder: never among the files of a build context."""
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", subject)[:128] or "log"
    stem = f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    try:
        path, count = await asyncio.to_thread(_save, stem, chunks)
    except OSError as error:
        said = f"the log could not be saved: {safe(str(error))}"
        widget.notify(said, severity="error", markup=False, timeout=8)
    else:
        widget.notify(f"{count:,} lines saved to {safe(str(path))}", markup=False, timeout=8)


def _save(stem: str, chunks: Iterable[bytes]) -> tuple[Path, int]:
    folder = state_folder() / "saved"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return save_output((folder,), stem, chunks)
