"""`holdfast drift` and `verify`: whether what runs is still what was released, and its layers too."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.cli.output import answer, answer_json, colours, moves, say_error, say_errors
from tui.errors import HoldfastError
from tui.model.layers import ABSENT, DIFFERS, SAME, UNKNOWN
from tui.presentation import console
from tui.presentation.amounts import size
from tui.presentation.text import safe
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.cli.asked import Asked
    from tui.model.app import AppSpec
    from tui.model.drift import Cause, Drift
    from tui.model.layers import Layers
    from tui.operations.looking.endpoint_choice import Place
    from tui.presentation.style import Line
    from tui.settings.schema import Settings

DRIFTED, UNREACHABLE = 1, 3

REDRAW_SECONDS = 0.1

MARKS = {SAME: ("= ", "ok"), DIFFERS: ("! ", "bad"), UNKNOWN: ("? ", "warn"), ABSENT: ("- ", "muted")}


class Looked(NamedTuple):
    """What was found of an app on an engine: either a drift or an error.

    called   what the configuration calls the engine, else where it is
    layers   of the live release and every way back, None where nobody asked for them
    """

    app: str
    engine: str
    drift: Drift | None = None
    error: HoldfastError | None = None
    layers: tuple[Layers, ...] | None = None
    called: str = ""


class _Progress:
    """One line on a terminal that says what is being read; nothing anywhere else."""

    def __init__(self) -> None:
        self._shown = sys.stderr is not None and moves(2)
        self._next = 0.0

    def __call__(self, called: str, read: int, about: int) -> None:
        if self._shown and time.monotonic() >= self._next:
            self._next = time.monotonic() + REDRAW_SECONDS
            self._write(f"\r\x1b[K{safe(called)}: {size(read)} of about {size(max(read, about))} read")

    def end(self) -> None:
        if self._next:
            self._write("\r\x1b[K")

    @staticmethod
    def _write(text: str) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()


def run(asked: Asked, *, json: bool, deep: bool = False) -> int:
    """Look and show; the exit status: 0 no drift, 1 drift, 3 an engine or registry could not be asked."""
    try:
        found = look(asked, deep=deep)
    except HoldfastError as error:
        say_error(error)
        return error.exit_status
    except KeyboardInterrupt:
        return 130
    if json:
        answer_json({"apps": [words(one) for one in found]})
    else:
        show(found)
    return status(found)


def look(asked: Asked, *, deep: bool) -> list[Looked]:
    """Look at each app on each of its engines, saying on a terminal how far it is. Raises HoldfastError."""
    progress = _Progress()
    try:
        return asyncio.run(_look(asked, progress if deep else None))
    finally:
        progress.end()


def show(found: list[Looked]) -> None:
    """What was found, for people."""
    shown = colours(1)
    names = [one.app for one in found]
    lines = [
        console.painted(line, colours=shown) + "\n"
        for one in found
        for line in _lines(one, several=names.count(one.app) > 1)
    ]
    answer("".join(lines) or "no app is configured\n")
    say_errors(one.error for one in found if one.error is not None)


def status(found: list[Looked]) -> int:
    """Drift, or a layer that is another, is 1 anywhere; else what could not be asked is no agreement."""
    states = {layers.state for one in found for layers in one.layers or ()}
    if DIFFERS in states or any(one.drift is not None and one.drift.causes for one in found):
        return DRIFTED
    errors = [one.error.exit_status for one in found if one.error is not None]
    if errors:
        return max(errors)
    unknown = UNKNOWN in states or any(one.drift is not None and one.drift.unknown for one in found)
    return UNREACHABLE if unknown else 0


async def _look(asked: Asked, deep: _Progress | None) -> list[Looked]:
    from tui.cli.asked import read_settings
    from tui.operations.looking.endpoint_choice import places
    from tui.operations.process.prepared import app_named

    settings = await read_settings(asked)
    if asked.app:
        app_named(settings.apps, asked.app)
    known = places(settings, asked.app, asked.engine)
    apps = [settings.apps[asked.app]] if asked.app else settings.apps.values()
    return await all_of(
        *(_one(app, settings, place, deep) for app in apps for place in known if app.name in place.apps)
    )


async def _one(app: AppSpec, settings: Settings, place: Place, deep: _Progress | None) -> Looked:
    from tui.engine.client import Engine
    from tui.ledger.ledger import Ledger
    from tui.operations.looking.drift import find_drift
    from tui.operations.looking.layers import find_layers

    where = place.name
    try:
        where = place.engine.url
        async with await Engine.connect(place.engine.endpoint) as engine:
            ledger = await Ledger.open(engine)
            drift = await find_drift(engine, ledger, app, settings.policy)
            layers = None if deep is None else await find_layers(engine, ledger, app.name, deep)
            return Looked(app.name, where, drift, layers=layers, called=place.called)
    except HoldfastError as error:
        return Looked(app.name, where, error=error, called=place.called)


def _lines(one: Looked, *, several: bool) -> Iterator[Line]:
    """`several`: whether the app stands on more than one engine, so that each is to be named."""
    drift = one.drift
    if drift is None:
        yield [(f"{safe(one.app)}  ", "strong"), (f"unknown on {safe(one.called or one.engine)}", "bad")]
        return
    what = f"{safe(drift.release)}  " if drift.release else ""
    where = f" on {safe(one.called)}" if several else ""
    yield [(f"{safe(one.app)}{where}  {what}", "strong"), _summary(drift)]
    for cause in drift.causes:
        yield from _cause_lines("! ", "bad", f"{cause.kind}: {cause.message}", cause)
    for cause in drift.unknown:
        yield from _cause_lines("? ", "warn", f"unknown whether {cause.kind}: {cause.message}", cause)
    for layers in one.layers or ():
        mark, role = MARKS[layers.state]
        yield from _cause_lines(mark, role, layers.message, layers)


def _summary(drift: Drift) -> tuple[str, str]:
    if drift.causes:
        return "drift", "bad"
    if drift.unknown:
        return "no drift found, but not everything could be looked at", "warn"
    return ("no drift", "ok") if drift.release else ("not deployed here", "muted")


def _cause_lines(mark: str, role: str, said: str, cause: Cause | Layers) -> Iterator[Line]:
    yield [(f"  {mark}", role), (safe(said), "text")]
    if cause.hint:
        yield [(f"    {safe(cause.hint)}", "muted")]


def words(one: Looked) -> dict[str, Any]:
    """One app on one engine for JSON."""
    drift, error = one.drift, one.error
    return {
        "app": one.app,
        "engine": one.engine,
        "release": drift.release if drift is not None else "",
        "drift": bool(drift.causes) if drift is not None else None,
        "causes": [cause._asdict() for cause in drift.causes] if drift is not None else [],
        "unknown": [cause._asdict() for cause in drift.unknown] if drift is not None else [],
        **({} if one.layers is None else {"layers": [layers._asdict() for layers in one.layers]}),
        "checked_at": drift.checked_at if drift is not None else None,
        "error": {"message": error.message, "hint": error.hint} if error is not None else None,
    }
