"""A roll back of a fleet: everywhere at once, never through the waves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.engine.errors import EngineUnreachable
from tui.errors import HoldfastError, NothingToDo, Refused
from tui.model.fleet import ALL, EngineOutcome, EngineState, OnFailure, common_way
from tui.operations.fleets.deploy import NobodyThere, behind, called, fleet_plan
from tui.operations.fleets.part import named
from tui.operations.fleets.tickets import Ticket
from tui.operations.fleets.waves import FleetRun, Member
from tui.operations.running.runner import Planned
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.model.app import AppSpec
    from tui.model.fleet import Fleet, WayTo
    from tui.operations.fleets.part import Part, Serving


async def plan(
    app: AppSpec,
    fleet: Fleet,
    op: str,
    version: str,
    parts: Sequence[Part],
    away: Mapping[str, HoldfastError],
) -> Planned:
    """Roll all parts back to the newest release that each of them can go to, or to a version.

    Who does not answer is left behind, whatever the fleet's rule: the way back waits for nobody.
    Raises HoldfastError.
    """
    away = dict(away)
    there: list[tuple[Part, Serving, Sequence[WayTo]]] = []
    for part, found in zip(parts, await all_of(*map(_look, parts)), strict=True):
        if isinstance(found, EngineUnreachable):
            away[part.name] = found
        elif isinstance(found, HoldfastError):
            raise named(found, part.name)
        else:
            there.append((part, *found))
    if not there:
        name, error = next(iter(away.items()))
        raise NobodyThere(f"{name} does not answer: {error.message}", error.hint)
    chosen = common_way({part.name: ways for part, _, ways in there}, version)
    if chosen is None:
        raise _no_way(app, version, there)
    leasing = asyncio.Lock()
    outcomes = [behind(name, error) for name, error in away.items()]
    members = []
    for part, before, _ in there:
        way, ticket = chosen[part.name], Ticket(op, fleet.engines, leasing)
        if way.live:
            outcomes.append(EngineOutcome(part.name, EngineState.LIVE, before.called, before.called))
            continue
        try:
            members.append(Member(part, await part.back(way.number, ticket), before, ticket))
        except HoldfastError as error:
            raise named(error, part.name) from error
    what = next(iter(chosen.values())).version or version
    rules = fleet._replace(
        waves=(ALL,), parallel=0, bake=0.0, max_failures=len(members), on_failure=OnFailure.STOP
    )
    title = f"Roll {app.name} back to {what} on {called(fleet)}"
    hint = f"holdfast rollback {app.name} {what} goes on with those that are behind"
    run = FleetRun(op, rules, f"{what} of {app.name}", [members], outcomes, leasing, hint=hint)
    return Planned(fleet_plan(title, "Roll back", rules, [members], outcomes), run.run)


async def _look(part: Part) -> tuple[Serving, Sequence[WayTo]] | HoldfastError:
    try:
        return await part.serving(), await part.ways()
    except HoldfastError as error:
        return error


def _no_way(
    app: AppSpec, version: str, there: Sequence[tuple[Part, Serving, Sequence[WayTo]]]
) -> HoldfastError:
    detail = tuple(
        f"{part.name}: serves {before.called or 'nothing'}, can go back to {_named_once(ways)}"
        for part, before, ways in there
    )
    if version and all(any(way.live and way.version == version for way in ways) for _, _, ways in there):
        return NothingToDo(f"{version} of {app.name} is live on every engine that answers")
    what = f"{version} of {app.name}" if version else f"one release of {app.name}"
    return Refused(
        f"not every engine can go back to {what}",
        "holdfast rollback --context ENGINE goes back on one alone",
        detail,
    )


def _named_once(ways: Sequence[WayTo]) -> str:
    """Where an engine can go back to: a version is said once, however many releases have it."""
    names = [way.version or f"r{way.number}" for way in ways if not way.live]
    return ", ".join(dict.fromkeys(names)) or "nothing"
