"""A deploy to a fleet: the same bytes everywhere, pulled before anything is switched, then wave by wave."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.errors import EngineUnreachable
from tui.errors import HoldfastError, NothingToDo
from tui.model.fleet import EngineOutcome, EngineState, Unreachable, waves_of
from tui.model.operation import Plan, PlanStep
from tui.operations.fleets.part import COMES_FROM, Pin, named
from tui.operations.fleets.tickets import Ticket
from tui.operations.fleets.waves import FleetRun, Member
from tui.operations.running.runner import Planned
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.model.app import AppSpec
    from tui.model.fleet import Fleet
    from tui.operations.fleets.part import Part


class NobodyThere(HoldfastError):
    """No engine on which there is anything to do answers."""

    exit_status = 3


class Looked(NamedTuple):
    """What was found of a fleet before a plan.

    members    engines on which something is to be done
    outcomes   of the others
    """

    members: list[Member]
    outcomes: list[EngineOutcome]


async def plan(
    app: AppSpec,
    fleet: Fleet,
    op: str,
    what: str,
    parts: Sequence[Part],
    away: Mapping[str, HoldfastError],
) -> Planned:
    """Deploy to all parts.

    what   the version, for people
    away   engines that do not answer, and why

    Raises HoldfastError: what one engine refuses is refused on all.
    """
    refuse_away(fleet, away)
    leasing = asyncio.Lock()
    looked = await _look(fleet, op, parts, leasing)
    outcomes = [*looked.outcomes, *(behind(name, error) for name, error in away.items())]
    if not looked.members:
        raise _nothing(app, what, looked, away)
    ordered = sorted(looked.members, key=lambda member: (member.before.healthy, _place(fleet, member)))
    waves = waves_of(ordered, fleet.waves)
    title = f"Deploy {app.name} {what} to {called(fleet)}"
    hint = (
        f"holdfast deploy {app.name} --only behind finishes it, holdfast rollback {app.name} goes back "
        "everywhere"
    )
    run = FleetRun(op, fleet, f"{what} of {app.name}", waves, outcomes, leasing, hint=hint)
    return Planned(fleet_plan(title, "Deploy", fleet, waves, outcomes), run.run)


def called(fleet: Fleet) -> str:
    """A fleet in words."""
    count = f"{len(fleet.engines)} engines"
    return f"{fleet.name} ({count})" if fleet.name else count


def refuse_away(fleet: Fleet, away: Mapping[str, HoldfastError]) -> None:
    """Raises NobodyThere where one is away and the fleet stops for that."""
    if away and fleet.on_unreachable is Unreachable.STOP:
        name, error = next(iter(away.items()))
        more = tuple(f"{other}: {why.message}" for other, why in away.items() if other != name)
        raise NobodyThere(
            f"{name} does not answer: {error.message}",
            f'on_unreachable = "skip" in [fleets.{fleet.name}] leaves it behind, to be finished later'
            if fleet.name
            else "name one that does: --context",
            more,
        ) from error


def behind(name: str, error: HoldfastError) -> EngineOutcome:
    """Of an engine that does not answer."""
    return EngineOutcome(name, EngineState.BEHIND, message=error.message)


def _place(fleet: Fleet, member: Member) -> int:
    return fleet.engines.index(member.name) if member.name in fleet.engines else len(fleet.engines)


async def _look(fleet: Fleet, op: str, parts: Sequence[Part], leasing: asyncio.Lock) -> Looked:
    """Raises what an engine refuses, with its name before it."""
    pin = Pin()

    async def one(part: Part) -> Member | EngineOutcome | HoldfastError:
        ticket = Ticket(op, fleet.engines, leasing)
        try:
            before = await part.serving()
            try:
                return Member(part, await part.deploy(pin, ticket), before, ticket)
            except NothingToDo:
                return EngineOutcome(part.name, EngineState.LIVE, before.called, before.called)
        except EngineUnreachable as error:
            if fleet.on_unreachable is Unreachable.SKIP:
                return behind(part.name, error)
            return named(error, part.name)
        except HoldfastError as error:
            return named(error, part.name)

    found = await all_of(*map(one, parts))
    errors = [one for one in found if isinstance(one, HoldfastError)]
    if errors:
        first, *others = errors
        first.detail = (*first.detail, *(error.message for error in others))
        raise first
    return Looked(
        [one for one in found if isinstance(one, Member)],
        [one for one in found if isinstance(one, EngineOutcome)],
    )


def _nothing(app: AppSpec, what: str, looked: Looked, away: Mapping[str, HoldfastError]) -> HoldfastError:
    if away or any(one.state == EngineState.BEHIND for one in looked.outcomes):
        names = ", ".join([*away, *(o.engine for o in looked.outcomes if o.state == EngineState.BEHIND)])
        return NobodyThere(
            f"{what} of {app.name} is live wherever an engine answers; {names} does not",
            f"holdfast deploy {app.name} --only behind, once it does",
        )
    return NothingToDo(
        f"{what} of {app.name} is live already on all {len(looked.outcomes)} engines, with these bytes and "
        "this configuration",
        "--again deploys it all the same",
    )


def fleet_plan(
    title: str,
    verb: str,
    fleet: Fleet,
    waves: Sequence[Sequence[Member]],
    outcomes: Sequence[EngineOutcome],
) -> Plan:
    """One plan of all: a step for each engine; what their plans have in common is said once."""
    facts, steps, warnings = [], [], dict[str, list[str]]()
    for number, wave in enumerate(waves, 1):
        for member in wave:
            new = dict(member.planned.plan.facts).get("new", "")
            name = f"wave {number}" if len(waves) > 1 else "at once"
            told = dict(member.planned.plan.facts)
            words = f"{member.name}: {member.before.called or 'nothing'} -> {new.partition(' ')[0] or new}"
            words += f", gap {told['gap']}" if told.get("gap") else ""
            words += f", image from {told[COMES_FROM]}" if COMES_FROM in told else ""
            facts.append((name, words))
            steps.append(PlanStep(member.name, f"{member.name}: {member.planned.plan.title}"))
            for warning in member.planned.plan.warnings:
                warnings.setdefault(warning, []).append(member.name)
    facts += [(one.state, f"{one.engine} {one.after}".rstrip()) for one in outcomes]
    steps += [PlanStep(one.engine, f"{one.engine}: {one.state}") for one in outcomes]
    if len(waves) > 1:
        facts.append(("rules", _rules(fleet)))
    members = [member for wave in waves for member in wave]
    return Plan(
        title=title,
        steps=tuple(steps),
        facts=(("engine", ", ".join(fleet.engines)), *_shared(members), *facts),
        warnings=tuple(
            words if len(names) == len(members) else f"{', '.join(names)}: {words}"
            for words, names in warnings.items()
        ),
        verb=verb,
        engines=fleet.engines,
        typed=next((member.planned.plan.typed for member in members if member.planned.plan.typed), ""),
    )


OF_EACH = ("host", "engine", "old", "way back", "gap", COMES_FROM)
"""Facts of a plan that differ from engine to engine by their nature."""


def _shared(members: Sequence[Member]) -> list[tuple[str, str]]:
    """Facts that the plans of all engines have in common."""
    first, *others = [member.planned.plan.facts for member in members]
    return [fact for fact in first if fact[0] not in OF_EACH and all(fact in facts for facts in others)]


def _rules(fleet: Fleet) -> str:
    after = {"stop": "it stops there", "back": "their wave goes back", "all-back": "all go back"}
    many = f"more than {fleet.max_failures} fail" if fleet.max_failures else "one fails"
    watched = f"each wave is watched for {fleet.bake:g} s; " if fleet.bake else ""
    return f"{watched}where {many}, {after[fleet.on_failure]}"
