"""`holdfast status`: for each app what is live, whether it is well, and what can be gone back to."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.cli.asked import Asked, apps_at, read_settings
from tui.cli.output import answer, answer_json, colours, say, say_errors, table_cells, terminal_cells
from tui.cli.plainness import worded
from tui.cli.release_words import (
    container_fields,
    drift_fields,
    health,
    health_role,
    lease_fields,
    release_fields,
    restarts,
)
from tui.engine.addresses import is_elsewhere, without_tls
from tui.engine.endpoint import OPEN
from tui.errors import HoldfastError
from tui.ledger.errors import NotOurs
from tui.ledger.lease_reading import read_lease
from tui.ledger.ledger import Ledger
from tui.model.digest import short_id
from tui.model.recorded_chain import recorded_chain
from tui.model.reference import split_reference
from tui.model.registry_name import registry_host
from tui.model.releases import State
from tui.model.remedies import troubles
from tui.model.ways_back import passed_over
from tui.operations.looking.drift import find_drift
from tui.operations.looking.endpoint_choice import Place, places, settings_of
from tui.operations.looking.engine_look import APPS_LIMIT, DRIFT_LIMIT, connected, within
from tui.operations.looking.release_reader import completed
from tui.operations.looking.releases import read_releases
from tui.operations.running.runner import failure
from tui.presentation.amounts import age
from tui.presentation.chain import CELLS, chain_fields, chain_lines
from tui.presentation.console import painted, table
from tui.presentation.engines import reason
from tui.presentation.text import safe
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.engine.client import Engine
    from tui.ledger.lease_state import LeaseState
    from tui.model.chain import Link
    from tui.model.drift import Drift
    from tui.model.release import Release
    from tui.model.releases import Releases
    from tui.operations.looking.releases import Deployed
    from tui.presentation.style import Line, Span
    from tui.settings.schema import Settings

MOST_REASONS = 3
"""Why no roll back goes somewhere by itself: so many are said, a line each."""

COLUMNS = ("app", "live", "version", "digest", "health", "age", "by", "back to", "drift", "lease")


class AppStatus(NamedTuple):
    """An app on one engine.

    engine   its endpoint
    called   what the configuration calls that, else the endpoint
    lease    who changes it now, None where nobody does
    drift    None where nobody looked
    notes    what is wrong besides what is wrong with the ledger
    is_open  whether others can read and write what is said to its engine
    chain    of the live release, by its record; () where none is live
    """

    app: str
    engine: str
    configured: bool
    found: Deployed
    lease: LeaseState | None = None
    drift: Drift | None = None
    notes: tuple[str, ...] = ()
    called: str = ""
    chain: tuple[Link, ...] = ()
    is_open: bool = False

    @property
    def releases(self) -> Releases:
        return self.found.releases


class Unknown(NamedTuple):
    """Apps of which nothing is known, and why."""

    apps: tuple[str, ...]
    why: HoldfastError
    engine: str = ""


class LeftAlone(NamedTuple):
    """An engine that is not asked by itself, and why."""

    engine: str
    why: str


def run(asked: Asked, *, drift: bool, json: bool) -> int:
    """Show it; the exit status."""
    return asyncio.run(_run(asked, drift=drift, json=json))


class Seen(NamedTuple):
    """What is so, of which apps nothing is known, and which engines are not asked."""

    found: list[AppStatus]
    problems: list[Unknown]
    left: list[LeftAlone]


async def look(settings: Settings, asked: Asked, *, drift: bool) -> Seen:
    """Ask every engine at once. Raises HoldfastError where it is not known which are meant."""
    seen = Seen([], [], [])
    known = places(settings, asked.app, asked.engine)
    for part in await all_of(*(_at(place, settings, asked, drift=drift) for place in known)):
        if isinstance(part, Unknown):
            seen.problems.append(part)
        elif isinstance(part, LeftAlone):
            seen.left.append(part)
        else:
            seen.found.extend(part)
    return seen


async def _run(asked: Asked, *, drift: bool, json: bool) -> int:
    found, problems, left = Seen([], [], [])
    try:
        found, problems, left = await look(await read_settings(asked), asked, drift=drift)
    except HoldfastError as error:
        problems.append(Unknown((asked.app,) if asked.app else (), error))
    now = time.time()
    if json:
        answer_json(
            {
                "apps": [fields(one) for one in found],
                "errors": [
                    {"engine": one.engine, "apps": one.apps, **failure(one.why)._asdict()} for one in problems
                ],
                "left_alone": [one._asdict() for one in left],
            }
        )
    else:
        _show(found, now, nothing=not (problems or left), chains=bool(asked.app))
        for one in left:
            name = safe(one.engine)
            say(f"{name} is left alone: {safe(one.why)}; --context {name} asks it all the same")
        say_errors(map(_of, problems))
    return max((one.why.exit_status for one in problems), default=0)


def _of(problem: Unknown) -> HoldfastError:
    """Why nothing is known, with the engine before it that it is of."""
    why = problem.why
    if problem.engine and problem.engine not in why.message:
        why.message = f"{safe(problem.engine)}: {why.message}"
    return why


async def _at(
    place: Place, settings: Settings, asked: Asked, *, drift: bool
) -> list[AppStatus] | Unknown | LeftAlone:
    """What is so on one engine; it has a time limit of its own, and none waits for another."""
    try:
        if not any(asked.engine):
            said = await asyncio.to_thread(settings_of, settings.engines, place.engine)
            if why := reason(said, time.time()):
                return LeftAlone(place.called, why)
        async with connected(place.engine) as engine, within(DRIFT_LIMIT if drift else APPS_LIMIT):
            names = await apps_at(place, settings, asked, await Ledger.open(engine))
            return list(
                await all_of(*(_status(engine, settings, name, place, drift=drift) for name in names))
            )
    except HoldfastError as error:
        return Unknown(place.apps, error, place.called)


async def _status(engine: Engine, settings: Settings, name: str, place: Place, *, drift: bool) -> AppStatus:
    ledger = await Ledger.open(engine)
    spec = settings.apps.get(name)
    found = await read_releases(engine, ledger, name)
    lease, strange = None, list[str]()
    try:
        lease = await read_lease(engine, name)
    except NotOurs as error:
        strange = [f"{error.message}; {error.hint}"]
    looked = None
    if spec is not None and name not in place.apps:
        strange.append(f"configured for another engine now: {', '.join(spec.engines) or settings.engine}")
    elif drift and spec is not None:
        looked = await find_drift(engine, ledger, spec, settings.policy)
    live = found.releases.live
    plain = live is not None and await _spoken_plainly(engine, live.release)
    elsewhere = live is not None and is_elsewhere(_registry_of(live.release), engine.endpoint)
    return AppStatus(
        app=name,
        engine=engine.endpoint.url,
        called=place.called,
        configured=spec is not None,
        found=await completed(engine, ledger, found, lease),
        lease=lease,
        drift=looked,
        notes=tuple(strange),
        is_open=engine.endpoint.is_open,
        chain=(
            recorded_chain(live, spec, settings.policy, plain=plain, elsewhere=elsewhere)
            if live is not None
            else ()
        ),
    )


async def _spoken_plainly(engine: Engine, release: Release) -> bool:
    """Whether the engine speaks to the registry of a release without TLS that is verified."""
    return bool(release.digest) and await without_tls(_registry_of(release), await engine.info())


def _registry_of(release: Release) -> str:
    return registry_host(split_reference(release.reference).repository)


def fields(one: AppStatus) -> dict[str, Any]:
    """An app for JSON."""
    releases, live, entry = one.releases, one.found.live, one.releases.live
    return {
        "app": one.app,
        "engine": one.engine,
        "called": one.called,
        "configured": one.configured,
        "live": release_fields(entry, State.LIVE) if entry is not None else None,
        "container": container_fields(live) if live is not None else None,
        "back_to": [
            {
                **release_fields(releases.entries[way.number], releases.state(way.number)),
                "why_not": way.why_not,
                "trusted": not way.untrusted,
            }
            for way in releases.ways
        ],
        "open": [f"r{number}" for number in releases.standing.open],
        "foreign": releases.foreign,
        "lease": lease_fields(one.lease) if one.lease is not None else None,
        "drift": drift_fields(one.drift) if one.drift is not None else None,
        "chain": chain_fields(one.chain),
        "notes": (*releases.notes, *one.notes, *([f"its engine is {OPEN}"] if one.is_open else [])),
    }


def _show(found: list[AppStatus], now: float, *, nothing: bool, chains: bool = False) -> None:
    if not found:
        if nothing:
            answer("no app is configured or was released here\n  holdfast init writes holdfast.toml\n")
        return
    engines = len({one.engine for one in found}) > 1
    columns = (*COLUMNS, "engine") if engines else COLUMNS
    rows = [row(one, now) + ((safe(one.called),) if engines else ()) for one in found]
    lines = [
        *table(
            columns,
            rows,
            {"health": [health_role(one.found.live or one.found.foreign) for one in found]},
            table_cells(1),
        ),
        *_noted(found, several=engines),
        *([(f"{safe(place)}: ", "strong"), (OPEN, "warn")] for place in _open(found)),
        *(line for one in found if chains for line in _chain(one, now, several=engines)),
    ]
    shown = colours(1)
    answer("".join([painted(line, colours=shown) + "\n" for line in lines]))


def _noted(found: list[AppStatus], *, several: bool) -> Iterator[Line]:
    """What is to be known of each; of several engines with their names, once where it is the same."""
    if not several:
        for one in found:
            yield from notes(one)
        return
    same: dict[tuple[str, tuple[Span, ...]], list[str]] = {}
    for one in found:
        for line in notes(one, several=True):
            same.setdefault((one.app, tuple(line[1:])), []).append(one.called)
    for (app, words), engines in same.items():
        yield [(f"{safe(app)} on {safe(', '.join(engines))}: ", "strong"), *words]


def _open(found: list[AppStatus]) -> list[str]:
    """What engines are called where others can read and write what is said to them."""
    return list(dict.fromkeys(one.called for one in found if one.is_open))


def _chain(one: AppStatus, now: float, *, several: bool) -> Iterator[Line]:
    """Who stands for what is live, as it was recorded when it was deployed."""
    entry = one.releases.live
    if entry is None or not one.chain:
        return
    called = one.releases.called(entry.release.number)
    where = f" on {safe(one.called)}" if several else ""
    yield []
    yield [(f"chain of {safe(called)}{where}", "strong"), (", as it is recorded:", "muted")]
    yield from worded(chain_lines(one.chain, now, terminal_cells(1) or CELLS))


def row(one: AppStatus, now: float) -> tuple[str, ...]:
    """An app in the cells of COLUMNS; "-" where there is nothing to say."""
    live, entry, foreign = one.found.live, one.releases.live, one.found.foreign
    if live is None or entry is None:
        cells = ["none", "-", "-", health(foreign) if foreign is not None else "-", "-", "-"]
    else:
        release = entry.release
        since = age(now - release.at) if release.at else "-"
        cells = [
            f"r{release.number}",
            release.version or "-",
            short_id(release.digest or release.image),
            restarts(live),
            since,
            release.by or "-",
        ]
    cells += [
        _back(one),
        _drift_cell(one.drift),
        _lease_cell(one.lease),
    ]
    return (safe(one.app), *map(safe, cells))


def _back(one: AppStatus) -> str:
    """Where a roll back goes by itself, and how many others there are."""
    by_itself = one.releases.way_back
    others = len(one.releases.ways) - (by_itself is not None)
    if by_itself is None:
        return f"none by itself: {others} kept, by choice" if others else "-"
    return one.releases.called(by_itself) + (f" and {others} more" if others else "")


def _drift_cell(found: Drift | None) -> str:
    if found is None:
        return "see --drift"
    if not found.causes and found.unknown:
        return "unknown"
    return f"{len(found.causes)} found" if found.causes else "none"


def _lease_cell(lease: LeaseState | None) -> str:
    if lease is None:
        return "-"
    return f"{lease.owner.by or 'somebody'}@{lease.owner.host or '?'}{'' if lease.alive else ' (dead)'}"


def notes(one: AppStatus, *, several: bool = False) -> Iterator[Line]:
    """What somebody should know or do, a line each; `several` engines have other releases each."""
    releases, lease, name = one.releases, one.lease, one.app
    busy = lease is not None and lease.alive
    if lease is not None and busy:
        yield _note(name, f"being changed by {lease.text}")
    for message, remedy in troubles(releases, busy=busy):
        yield _note(name, message, remedy)
    if lease is not None and not busy:
        yield _note(name, f"a dead lease: {lease.text}", "the next operation takes it over")
    for note in (*releases.notes, *one.notes):
        yield _note(name, note)
    for cause in one.drift.causes if one.drift is not None else ():
        yield _note(name, f"drift: {cause.message}", cause.hint)
    for cause in one.drift.unknown if one.drift is not None else ():
        yield _note(name, f"not known: {cause.kind}: {cause.message}", cause.hint)
    reasons: dict[str, list[str]] = {}
    for way in passed_over(releases.ways, releases.way_back or 0):
        reasons.setdefault(way.why_not, []).append(releases.called(way.number))
    if several and (count := sum(map(len, reasons.values()))):
        remedy = f"holdfast status {name} --context NAME says why"
        yield _note(
            name, f"no roll back goes to {count} earlier {'one' if count == 1 else 'ones'} by itself", remedy
        )
        return
    for why, called in [*reasons.items()][:MOST_REASONS]:
        yield _note(name, f"no roll back goes to {', '.join(called)} by itself: {why}")
    if more := sum(map(len, [*reasons.values()][MOST_REASONS:])):
        yield _note(name, f"nor to {more} more, of which --json says why")


def _note(app: str, message: str, remedy: str = "") -> Line:
    line: Line = [(f"{safe(app)}: ", "strong"), (safe(message), "text")]
    return [*line, (f"; {safe(remedy)}", "muted")] if remedy else line
