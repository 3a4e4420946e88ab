"""`holdfast engines`: each engine that is known by name, how it is, and with --apps what runs where."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.cli.asked import Asked, read_settings
from tui.cli.output import answer, answer_json, colours, say, say_error, say_errors, table_cells
from tui.engine.errors import NotAllowed
from tui.engine.turns import turn
from tui.errors import HoldfastError
from tui.model.digest import short_id
from tui.model.engine_state import EngineState, counted_once, same_engines, spread
from tui.operations.looking.endpoint_choice import current
from tui.operations.looking.engine_look import LIMIT, EngineLook
from tui.operations.looking.engines import KnownEngine, known_engines
from tui.presentation.console import painted, table
from tui.presentation.engines import answer_time, reason, state_words
from tui.presentation.spreads import also_as, is_odd, spread_words
from tui.presentation.spreads import state_words as app_state
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tui.model.engine_state import AppHere
    from tui.presentation.style import Line

COLUMNS = ("engine", "state", "version", "answers", "running", "apps", "endpoint")

AT_ONCE = 8
"""Engines that are asked at the same time."""

PATIENT = 1.0
"""Seconds after which one that does not answer gives its turn away."""

OUT_OF_REACH = 3


class _Found(NamedTuple):
    """An engine, and what one look has told of it; `asked`: whether there was one."""

    engine: KnownEngine
    state: EngineState
    asked: bool


def run(asked: Asked, *, apps: bool, json: bool) -> int:
    """Show them; the exit status: 3 where one does not answer that is not left alone."""
    try:
        found = asyncio.run(_run(asked, apps=apps or json))
    except HoldfastError as error:
        say_error(error)
        return error.exit_status
    now = time.time()
    if json:
        same = _same(found)
        answer_json({"engines": [_fields(one, now, same.get(one.engine.called, "")) for one in found]})
    else:
        _show(found, now, apps=apps)
    return OUT_OF_REACH if any(one.asked and not one.state.answers for one in found) else 0


async def _run(asked: Asked, *, apps: bool) -> list[_Found]:
    settings = await read_settings(asked)
    named = [await asyncio.to_thread(current, settings, asked.engine)] if any(asked.engine) else []
    known = await asyncio.to_thread(known_engines, settings, named)
    if named:  # the first is that one
        known = [known[0]._replace(said=known[0].said._replace(enabled=True, maintenance=0.0))]
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(engine: KnownEngine) -> _Found:
        look = EngineLook(engine)
        if engine.said.is_left_alone(time.time()):
            return _Found(engine, look.state, asked=False)
        if isinstance(engine.found, NotAllowed):
            return _Found(engine, await look.look(), asked=False)
        try:
            async with turn(gate, PATIENT):
                await look.look()
                if apps:
                    await look.look_at_apps()
        finally:
            await look.close()
        return _Found(engine, look.state, asked=True)

    asking = [asyncio.ensure_future(one(engine)) for engine in known]
    try:
        _, slow = await asyncio.wait(asking, timeout=LIMIT)
        if slow:
            names = ", ".join(
                engine.called for engine, task in zip(known, asking, strict=True) if task in slow
            )
            say(f"holdfast: not there yet, and waited for: {safe(names)}")
        return [await task for task in asking]
    finally:
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)


def _same(found: Sequence[_Found]) -> dict[str, str]:
    """Those that are an engine once more -> that one, by what they are called. What runs there tells it."""
    homes = {one.engine.called for one in found if one.engine.apps}
    return same_engines({one.engine.called: one.state for one in found if one.asked}, homes)


def _fields(found: _Found, now: float, same: str) -> dict[str, Any]:
    """An engine for JSON; `same`: the one that it is once more."""
    engine, state = found.engine, found.state
    left = reason(engine.said, now)
    return {
        "engine": engine.called,
        "names": engine.names,
        "endpoint": engine.url,
        "id": state.id,
        "same_as": same or None,
        "answers": state.answers,
        "left_alone": left,
        "protected": engine.said.protected,
        "colour": engine.said.colour,
        "version": state.version.version if state.version is not None else "",
        "host": state.host,
        "seconds": round(state.took, 6) if state.answers else None,
        "containers": state.containers,
        "running": state.running,
        "configured": engine.apps,
        "apps": [_app_fields(one) for one in state.apps.values()],
        "warnings": [*state.warnings],
        "error": {"message": state.error, "hint": state.hint} if state.error else None,
    }


def _app_fields(one: AppHere) -> dict[str, Any]:
    return {
        "app": one.app,
        "release": f"r{one.release}" if one.is_live else None,
        "version": one.version,
        "digest": one.digest,
        "state": one.state,
        "health": one.health,
        "restarts": one.restarts,
        "strange": one.strange,
        "error": one.error,
    }


def _show(found: Sequence[_Found], now: float, *, apps: bool) -> None:
    rows = [_row(one, now) for one in found]
    roles = [state_words(one.engine, one.state, now)[1] for one in found]
    lines: list[Line] = [*table(COLUMNS, rows, {"state": roles}, table_cells(1))]
    lines += [
        [
            (f"{safe(one.engine.called)}: ", "strong"),
            (f"left alone: {safe(reason(one.engine.said, now))}", "text"),
        ]
        for one in found
        if not one.asked and not isinstance(one.engine.found, NotAllowed)
    ]
    if apps:
        same = _same(found)
        lines += [
            [(f"{safe(one)}: ", "strong"), (f"the same engine as {safe(head)}", "text")]
            for one, head in same.items()
        ]
        lines += _app_lines(found, same)
    shown = colours(1)
    answer("".join([painted(line, colours=shown) + "\n" for line in lines]))
    for one in found:
        for warning in one.state.warnings:
            say(f"holdfast: {safe(one.engine.called)}: {safe(warning)}")
        if one.state.error and not isinstance(one.engine.found, NotAllowed):
            hint = f"\n  {safe(one.state.hint)}" if one.state.hint else ""
            say(f"holdfast: {safe(one.engine.called)}: {safe(one.state.error)}{hint}")
    refused = [one.engine.found for one in found if one.state.error]
    say_errors(error for error in refused if isinstance(error, NotAllowed))


def _row(found: _Found, now: float) -> tuple[str, ...]:
    engine, state = found.engine, found.state
    told = ["-"] * 4
    if state.answers:
        version = state.version.version if state.version is not None else "-"
        told = [version, answer_time(state.took), f"{state.running}/{state.containers}", str(len(state.apps))]
    words, _ = state_words(engine, state, now)
    return (safe(engine.called), words, *map(safe, told), safe(engine.url or "-"))


def _app_lines(found: Sequence[_Found], same: Mapping[str, str]) -> Iterator[Line]:
    """For each app who differs, and what runs on each engine."""
    states = counted_once({one.engine.called: one.state for one in found if one.asked}, same)
    homes: dict[str, list[str]] = {}
    for one in found:
        for app in one.engine.apps if one.asked else ():
            homes.setdefault(app, []).append(same.get(one.engine.called, one.engine.called))
    for app in sorted({*homes, *(app for state in states.values() for app in state.apps)}):
        over = spread(app, states, homes.get(app, ()))
        yield []
        yield [(spread_words(over), "strong warn" if is_odd(over) else "strong")]
        engines = sorted(over.engines)
        runs = [states[name].apps.get(app) for name in engines]
        how = [
            app_state(one, known=bool(states[name].seen), away=name in over.silent)
            for name, one in zip(engines, runs, strict=True)
        ]
        rows = [
            (
                f"  {safe(also_as(name, [one for one, head in same.items() if head == name]))}",
                *_runs(here),
                words,
            )
            for name, here, (words, _) in zip(engines, runs, how, strict=True)
        ]
        if rows:
            titles = ("  engine", "release", "version", "digest", "state")
            yield from table(titles, rows, {"state": [role for _, role in how]}, table_cells(1))


def _runs(one: AppHere | None) -> tuple[str, str, str]:
    if one is None or not one.is_live:
        return "-", "-", "-"
    return f"r{one.release}", safe(one.version) or "-", short_id(one.digest)
