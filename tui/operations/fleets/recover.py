"""Recovering a fleet: on each engine by itself, where something was interrupted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.errors import HoldfastError, NothingToDo
from tui.model.fleet import ALL, EngineOutcome, EngineState, OnFailure
from tui.operations.fleets.deploy import NobodyThere, behind, called, fleet_plan
from tui.operations.fleets.part import named
from tui.operations.fleets.tickets import Ticket
from tui.operations.fleets.waves import FleetRun, Member
from tui.operations.running.runner import Planned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.model.app import AppSpec
    from tui.model.fleet import Fleet
    from tui.operations.fleets.part import Part


async def plan(
    app: AppSpec, fleet: Fleet, op: str, parts: Sequence[Part], away: Mapping[str, HoldfastError]
) -> Planned:
    """Recover all parts that need it; who does not answer is left behind. Raises HoldfastError."""
    leasing = asyncio.Lock()
    members: list[Member] = []
    outcomes = [behind(name, error) for name, error in away.items()]
    for part in parts:
        try:
            before = await part.serving()
            ticket = Ticket(op, fleet.engines, leasing)
            members.append(Member(part, await part.recover(), before, ticket))
        except NothingToDo:
            outcomes.append(EngineOutcome(part.name, EngineState.LIVE, before.called, before.called))
        except HoldfastError as error:
            raise named(error, part.name) from error
    if not members and away:
        name, why = next(iter(away.items()))
        raise NobodyThere(f"{name} does not answer: {why.message}", why.hint)
    if not members:
        raise NothingToDo(
            f"there is nothing to recover: no deploy of {app.name} was interrupted on {called(fleet)}",
            f"holdfast status {app.name}",
        )
    rules = fleet._replace(
        waves=(ALL,), parallel=0, bake=0.0, max_failures=len(members), on_failure=OnFailure.STOP
    )
    title = f"Recover {app.name} on {called(fleet)}"
    hint = f"holdfast recover {app.name} --context ENGINE goes on with one"
    what = f"what {app.name} needs"
    run = FleetRun(op, rules, what, [members], outcomes, leasing, hint=hint)
    return Planned(fleet_plan(title, "Recover", rules, [members], outcomes), run.run)
