"""Doing verbs in a project's folder, as an operation process does them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.support.refs import ref
from tui.errors import HoldfastError
from tui.journal.folder import new_id
from tui.model.operation import Logged, StepChanged, Warned
from tui.operations.process.prepared import prepared
from tui.operations.process.request import Request
from tui.operations.running.runner import failure, perform
from tui.settings.load import load

if TYPE_CHECKING:
    from tests.support.project import Project
    from tui.model.operation import Ended, Event, Failure, Plan


class Operations:
    """Does verbs on the project's app; `told` holds the events of the last one, `plan` its plan."""

    def __init__(self, host: str, project: Project) -> None:
        self.host = host
        self.project = project
        self.told: list[Event] = []
        self.plan: Plan

    async def do(self, verb: str, **options: Any) -> Ended:
        """Plan and run a verb; a refusal to plan is raised."""
        name = self.project.name
        request = Request(new_id(verb, name, time.time()), verb, name, ref(self.host), **options)
        self.told = []
        async with prepared(request, load()) as found:
            self.plan = found.plan
            return await perform(
                found,
                op=request.op,
                name=verb,
                app=name,
                engine=self.host,
                tell=self.told.append,
            )

    async def fail(self, verb: str, **options: Any) -> Failure:
        """How a verb fails, before it begins or later."""
        try:
            ended = await self.do(verb, **options)
        except HoldfastError as error:
            return failure(error)
        assert ended.error is not None, f"{verb} worked: {ended}"
        return ended.error

    async def work(self, verb: str, **options: Any) -> Ended:
        ended = await self.do(verb, **options)
        assert ended.ok, ended.error
        return ended

    def output(self) -> str:
        return "\n".join(event.text for event in self.told if isinstance(event, Logged))

    def warnings(self) -> list[str]:
        return [event.message for event in self.told if isinstance(event, Warned)]

    def states(self) -> dict[str, str]:
        """The last state of each step, by its ID."""
        return {event.step: event.state for event in self.told if isinstance(event, StepChanged)}
