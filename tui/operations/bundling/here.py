"""What this machine knows of an app, whether its engine answers or not."""

from __future__ import annotations

import asyncio
import platform
import sys
from collections import deque
from importlib.metadata import distributions
from typing import TYPE_CHECKING, Any

from tui import __version__
from tui.files import read_file
from tui.journal.folder import listed, operations_folder
from tui.journal.format import as_dict
from tui.journal.reader import events, is_alive
from tui.ledger.reading import read_entries
from tui.ledger.records import is_record
from tui.ledger.tars import FILE_BYTES
from tui.model.bundle import file_name
from tui.model.operation import Ended, Started, StepChanged
from tui.model.operation_id import OperationId
from tui.operations.bundling.raw import Raw, as_json, names_alone
from tui.operations.bundling.released import entry_fields
from tui.paths import state_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tui.model.app import AppSpec
    from tui.settings.schema import Settings

OPERATIONS = 20
"""Operations whose journals are taken, the newest."""

JOURNAL_BYTES = 2 * 2**20
"""Of one journal; its beginning and its end are kept."""


async def versions() -> AsyncIterator[Raw]:
    """Holdfast, Python, what is installed beside it, and the system."""
    yield Raw("versions.json", "what runs here", await asyncio.to_thread(_versions))


def _versions() -> dict[str, Any]:
    installed = {one.name: one.version for one in distributions() if one.name}
    return {
        "holdfast": __version__,
        "python": sys.version,
        "system": platform.platform(),
        "packages": dict(sorted(installed.items())),
    }


async def configuration(app: AppSpec, settings: Settings) -> AsyncIterator[Raw]:
    """The app as the files define it, with names of variables alone."""
    said = names_alone(as_json(app))
    policy = {"policy_files": dict(settings.policy_files), "trust_files": dict(settings.trust_files)}
    found = {
        "app": said,
        **policy,
        "notes": [*settings.notes, *settings.trust_problems, *settings.not_obeyed],
    }
    yield Raw("configuration.json", f"{app.name} as {app.origin} defines it", found)


async def journals(app: str) -> AsyncIterator[Raw]:
    """What this account did with it: every journal, and how long which step took."""
    timings = []
    for path in await asyncio.to_thread(_journals, app):
        lines, cut, told = await asyncio.to_thread(_journal, path)
        name = file_name(path.stem)
        yield Raw(f"operations/{name}.jsonl", "what an operation told, step by step", lines, cut, lines=True)
        timings.append(told)
    if timings:
        yield Raw("timings.json", "how long which step of which operation took", timings)


def _journals(app: str) -> list[Path]:
    found = []
    for path in listed(operations_folder()):
        id = OperationId.read(path.stem)
        if id is not None and id.app == app:
            found.append(path)
    return found[:OPERATIONS]


def _journal(path: Path) -> tuple[list[dict[str, Any]], str, dict[str, Any]]:
    """Its events; what of them is left out; and its times."""
    told: dict[str, Any] = {"op": path.stem, "running": is_alive(path), "steps": {}}
    first: list[dict[str, Any]] = []
    last: deque[tuple[int, dict[str, Any]]] = deque()
    size = dropped = 0
    for event in events(path):
        fields = as_dict(event)
        match event:
            case Started():
                told |= {"verb": event.verb, "by": event.by, "host": event.host, "at": event.t}
                first.append(fields)
                continue
            case StepChanged() if event.seconds:
                told["steps"][event.step] = {"state": event.state, "seconds": event.seconds}
            case Ended():
                told |= {"ok": event.ok, "seconds": event.seconds}
        length = len(str(fields))
        last.append((length, fields))
        size += length
        while size > JOURNAL_BYTES and len(last) > 1:
            size -= last.popleft()[0]
            dropped += 1
    cut = f"{dropped:,} events behind its beginning" if dropped else ""
    return [*first, *(fields for _, fields in last)], cut, told


async def kept_records(app: str) -> AsyncIterator[Raw]:
    """This account's copies of the releases' records: for when the engine that has them is away."""
    for folder, fields in (await asyncio.to_thread(_kept, app)).items():
        yield Raw(
            f"kept/{file_name(folder)}.json",
            "releases, as this machine's copy of an engine's ledger has them",
            fields,
        )


def _kept(app: str) -> dict[str, Any]:
    found = {}
    for folder in sorted(state_folder().glob(f"ledger/*/{app}")):
        files = {path.name: read_file(path, FILE_BYTES) for path in folder.iterdir() if is_record(path.name)}
        reading = read_entries(app, files)
        found[folder.parent.name] = {
            "releases": [*map(entry_fields, reading.entries)],
            "notes": reading.notes,
        }
    return found
