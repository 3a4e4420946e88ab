"""Writing a bundle in a process of its own: masking takes a processor for seconds."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.endpoint import is_endpoint
from tui.errors import HoldfastError
from tui.operations.process.launch import import_path
from tui.paths import state_folder

if TYPE_CHECKING:
    from pathlib import Path

    from tui.engine.ref import EngineRef
    from tui.model.app import AppSpec

SECONDS = 900.0
"""Time limit for all of it."""


class NoBundle(HoldfastError):
    """The process that writes a bundle for the dashboard has written none; what it said stands behind it."""


class Told(NamedTuple):
    """What became of it: where the bundle is, its bytes, and how many things are not in it."""

    path: str
    size: int
    left_out: int


async def bundle_apart(app: AppSpec, shown: EngineRef, config: str) -> Told:
    """Write it among this account's own files. Raises HoldfastError."""
    folder = state_folder() / "bundles"
    try:
        await asyncio.to_thread(folder.mkdir, 0o700, parents=True, exist_ok=True)
        process = await asyncio.create_subprocess_exec(
            *_command(app, shown, config, folder),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": import_path()},
        )
    except OSError as error:
        raise NoBundle(f"no bundle could be begun: {error.strerror}", f"look at {folder}") from error
    try:
        async with asyncio.timeout(SECONDS):
            out, err = await process.communicate()
    except TimeoutError:
        raise NoBundle(
            "the bundle took too long, and was given up", "holdfast bundle says where it waits"
        ) from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return _read(out, err)


def _read(out: bytes, err: bytes) -> Told:
    try:
        told = json.loads(out)
        return Told(str(told["path"]), int(told["size"]), len(told["left_out"]))
    except (ValueError, KeyError, TypeError):
        words = err.decode("utf-8", "replace").strip().removeprefix("holdfast: ")
        first, _, hint = words.partition("\n")
        raise NoBundle(
            f"no bundle was written: {first}", hint.strip() or "holdfast bundle tries it on the command line"
        ) from None


def _command(app: AppSpec, shown: EngineRef, config: str, folder: Path) -> list[str]:
    """An app with engines of its own is looked at on all of them, another on the one that is shown."""
    place: list[str] = []
    if shown.asked or not app.engines:
        named = shown.name and not is_endpoint(shown.name)
        place = ["--context", shown.name] if named else ["--host", shown.url]
    if config:
        place += ["--config", config]
    # -P: nothing is imported from the folder that one stands in: it may be a stranger's.
    return [sys.executable, "-P", "-m", "tui", *place, "bundle", app.name, "--json", "--output", str(folder)]
