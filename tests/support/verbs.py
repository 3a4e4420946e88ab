"""Planning and running a verb as an operation does, without one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.errors import HoldfastError
from tui.model.operation import Logged, StepChanged, Warned
from tui.operations.running.runner import Planned, failure, perform

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from tui.model.operation import Ended, Event, Failure, Plan


class Run:
    """What became of a verb: its plan, what it told, how it ended."""

    def __init__(self, plan: Plan, told: list[Event], ended: Ended) -> None:
        self.plan = plan
        self.told = told
        self.ended = ended

    @property
    def error(self) -> Failure:
        assert self.ended.error is not None, self.ended
        return self.ended.error

    @property
    def warnings(self) -> list[str]:
        return [event.message for event in self.told if isinstance(event, Warned)]

    @property
    def output(self) -> str:
        return "\n".join(event.text for event in self.told if isinstance(event, Logged))

    @property
    def states(self) -> dict[str, str]:
        """The last state of each step, by its ID."""
        return {event.step: event.state for event in self.told if isinstance(event, StepChanged)}


async def run(planning: Awaitable[Planned] | Planned, *, cancel_at: asyncio.Event | None = None) -> Run:
    """Plan and run; a refusal to plan is raised. It is cancelled once the event is set."""
    planned = planning if isinstance(planning, Planned) else await planning
    told: list[Event] = []
    task = asyncio.ensure_future(
        perform(planned, op="op", name="verb", app="web", engine="memory://", tell=told.append)
    )
    if cancel_at is not None:
        await asyncio.wait_for(cancel_at.wait(), 10)
        task.cancel()
    return Run(planned.plan, told, await task)


async def work(planning: Awaitable[Planned] | Planned) -> Run:
    done = await run(planning)
    assert done.ended.ok, done.ended.error
    return done


async def refused(planning: Awaitable[Planned]) -> Failure:
    """Why it is refused before anything is changed."""
    try:
        planned = await planning
    except HoldfastError as error:
        return failure(error)
    raise AssertionError(f"it was planned: {planned.plan}")
