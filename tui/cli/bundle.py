"""`holdfast bundle`: all that is known of an app in one archive, for whoever is to find out what happened."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from tui.cli.asked import Asked, read_settings
from tui.cli.output import answer, answer_json, say, say_error
from tui.errors import HoldfastError
from tui.operations.bundling.bundle import write_bundle
from tui.operations.bundling.raw import Raw
from tui.operations.process.prepared import app_named
from tui.presentation.amounts import size
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.operations.bundling.bundle import Written
    from tui.operations.bundling.there import Extent

DOCTOR_SECONDS = 45.0
"""Time limit for the doctor's checks; what has been found by then counts."""


def run(asked: Asked, output: str, extent: Extent, *, json: bool) -> int:
    """Write it; the exit status: 3 where an engine is out of reach, whose part is missing then."""
    try:
        written = asyncio.run(_run(asked, output, extent))
    except HoldfastError as error:
        say_error(error)
        return error.exit_status
    except KeyboardInterrupt:
        say("holdfast: cancelled; nothing was written")
        return 130
    if json:
        fields = written._asdict() | {
            "path": str(written.path),
            "left_out": [one._asdict() for one in written.left_out],
        }
        answer_json(fields)
    else:
        _show(written)
    return written.away


def _show(written: Written) -> None:
    files = f"{written.files} files, {size(written.size)}"
    answer(f"{safe(str(written.path))}\n")
    say(f"{files}; secrets masked: {written.masked}; manifest.json says what is in it")
    for one in written.left_out:
        say(f"left out: {safe(one.what)}: {safe(one.why)}")


async def _run(asked: Asked, output: str, extent: Extent) -> Written:
    settings = await read_settings(asked)
    app = app_named(settings.apps, asked.app, settings.own)
    return await write_bundle(app, settings, asked.engine, output, extent, _doctor(asked))


async def _doctor(asked: Asked) -> AsyncIterator[Raw]:
    """What the doctor finds."""
    from tui.cli.doctor import findings

    found = []
    cut = ""
    with contextlib.suppress(TimeoutError):
        cut = f"it was not done within {DOCTOR_SECONDS:.0f} s"
        async with asyncio.timeout(DOCTOR_SECONDS):
            async for one in findings(asked):
                found.append(one._asdict())  # noqa: PERF401  # those before the limit count
            cut = ""
    yield Raw("doctor.json", "what holdfast doctor finds", found, cut)
