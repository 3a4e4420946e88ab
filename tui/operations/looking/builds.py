"""The last builds of an app on one engine, as the journals of this account tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.endpoint import place_of
from tui.journal.folder import listed
from tui.journal.reader import events, is_alive, summary
from tui.model.build_times import BUILDING, BuildTimes, build_times
from tui.model.operation import Ended, Started, StepChanged
from tui.model.operation_id import OperationId

if TYPE_CHECKING:
    from pathlib import Path

SHOWN = 20
"""Builds that are shown, the newest."""

MOST_BYTES = 64 * 2**20
"""Of a journal that is read through: of a longer one it is told only how long it took."""

MOST_CHANGES = 50_000
"""Changes of steps that are taken of one."""


def recent_builds(folder: Path, app: str, engine: str) -> list[BuildTimes]:
    """The newest first. Blocks. What cannot be read is left out."""
    found: list[BuildTimes] = []
    for path in _of_app(folder, app):
        if len(found) >= SHOWN:
            break
        try:
            one = _read(path, engine)
        except OSError:  # gone meanwhile, or no file at all
            continue
        if one is not None:
            found.append(one)
    return found


def _of_app(folder: Path, app: str) -> list[Path]:
    try:
        paths = listed(folder)
    except OSError:
        return []
    named = ((path, OperationId.read(path.stem)) for path in paths)
    return [path for path, id in named if id is not None and id.app == app and id.verb in BUILDING]


def _read(path: Path, engine: str) -> BuildTimes | None:
    """None where it is of another engine. Raises OSError."""
    told = summary(path)
    if told is None or place_of(told.started.engine) != place_of(engine):
        return None
    if path.stat().st_size > MOST_BYTES:
        return build_times(told.started, (), told.ended, alive=told.alive)
    alive = is_alive(path)
    started, ended = told.started, None
    changes: list[StepChanged] = []
    for event in events(path):
        match event:
            case StepChanged() if len(changes) < MOST_CHANGES:
                changes.append(event)
            case Ended():
                ended = event
            case Started():
                started = event
    return build_times(started, changes, ended, alive=alive)
