"""Putting a text where it can be pasted from, and saying where that is."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tui.files import write_whole
from tui.paths import state_folder
from tui.presentation.clipboard import LONGEST, Around, around, clipboard_sequence
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import App

NAME = "copied"
"""The file with the newest copy, in the state folder."""

TMUX = ("tmux", "load-buffer", "-w", "-")
"""Puts it into tmux's buffer and, `-w`, on the clipboard, however tmux is configured (tmux 3.2)."""

TMUX_SECONDS = 2.0


async def copy(app: App[str], texts: Sequence[str], what: str = "") -> str:
    """Copy the texts, a line each; what is to be said of it: `what` it is, else the first of them.

    Whether a terminal takes it can mostly not be known: then it is in a file as well.
    """
    text = "\n".join(texts)
    more = f" and {len(texts) - 1} more" if len(texts) > 1 else ""
    said = f"copied {what or safe(texts[0]) + more}"
    place = around(os.environ)
    too_long = len(text.encode("utf-8", "replace")) > LONGEST
    if not too_long:
        if place is Around.TMUX and os.environ.get("TMUX") and await _taken_by_tmux(text):
            return f"{said}, into tmux's buffer too"
        if (driver := app._driver) is not None:
            driver.write(clipboard_sequence(text, place))
        if place is Around.KNOWN:
            return said
    try:
        path = await asyncio.to_thread(_write, text)
    except OSError as error:
        return f"{said}; the file for it could not be written: {safe(str(error))}"
    if too_long:
        return f"{said} to {path}: too much for a terminal's clipboard"
    return f"{said}; also in {path}"


async def _taken_by_tmux(text: str) -> bool:
    """Whether tmux has it."""
    try:
        tmux = await asyncio.create_subprocess_exec(
            *TMUX,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(TMUX_SECONDS):
            await tmux.communicate(text.encode("utf-8", "replace"))
    except TimeoutError:
        with suppress(ProcessLookupError):
            tmux.kill()
        await tmux.wait()
    return tmux.returncode == 0


def _write(text: str) -> str:
    """Keep it in the file; its path as people write it."""
    folder = state_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(folder / NAME, text.encode("utf-8", "replace"), lasting=False)
    return written_path(folder / NAME)


def written_path(path: Path) -> str:
    """A path as people write it: ~ for the home folder."""
    home = str(Path.home())
    text = str(path)
    return safe(f"~{text.removeprefix(home)}" if text.startswith(f"{home}/") else text)
