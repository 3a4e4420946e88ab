"""Everything in a row: build, test, tag, push, deploy; the first that fails stops it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.ledger.ledger import Ledger
from tui.model.operation import CACHED, DONE, FAILED, RUNNING, Plan, PlanStep, Result
from tui.operations.build import Build
from tui.operations.deploy import Deploy
from tui.operations.live_already import live_already, nothing_to_do
from tui.operations.push import Push
from tui.operations.remote import Remote
from tui.operations.suggest import suggestions
from tui.operations.tag import Tag, may_move, refuse_dirty
from tui.operations.undisturbed import read_undisturbed, refuse_while_leased

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.policy import Policy
    from tui.operations.report import Report
    from tui.operations.runner import Verb


class Ship:
    """Shipping one app (see operations.runner.Verb); without a version the next patch is taken."""

    def __init__(
        self,
        engine: Engine,
        app: AppSpec,
        policy: Policy,
        op: str,
        version: str,
        prove: Callable[[str], Verb],
        *,
        again: bool = False,
    ) -> None:
        """`prove` makes the verb that tests an image of a given ID; `again`: also what is live already."""
        self._engine = engine
        self._app = app
        self._policy = policy
        self._op = op
        self._version = version
        self._prove = prove
        self._again = again
        self._build = Build(engine, app, op)
        self._build_plan: Plan

    async def plan(self) -> Plan:
        app = self._app
        await refuse_while_leased(self._engine, app.name)
        if not self._version:
            listed = await self._engine.images.list()
            tags = [tag for image in listed for tag in app.versions_of(image.tags)]
            offered = (await suggestions(app, self._engine, tags)).offered
            self._version = offered[0].tag
        self._build_plan = first = await self._build.plan()
        Tag(self._engine, app, self._policy, self._version)  # whether it can be a version
        if self._build.source.dirty:
            refuse_dirty("what is here", self._version, self._build.source.commit, self._policy)
        deploy, taken = await asyncio.gather(self._deploy().foresee(), self._taken())
        facts = [*first.facts, ("version", self._version), ("engine", self._engine.endpoint.url)]
        facts += [fact for fact in deploy.facts if fact[0] not in ("new", *dict(facts))]
        warnings = dict.fromkeys((*first.warnings, *deploy.warnings, *taken))
        equal = f"holdfast build {app.name} && ... && holdfast deploy {app.name} {self._version}"
        title = f"Ship {app.name} {self._version}"
        return Plan(title, tuple(self._steps()), tuple(facts), tuple(warnings), equal, "Ship")

    def _steps(self) -> list[PlanStep]:
        app = self._app
        steps = [PlanStep("ship-build", f"Build {app.name}"), PlanStep("ship-test", "Test the image")]
        steps.append(PlanStep("ship-tag", f"Tag it {self._version}"))
        if app.has_registry:
            steps.append(PlanStep("ship-push", f"Push {app.image}:{self._version}"))
        steps.append(PlanStep("ship-deploy", f"Deploy {self._version}"))
        return steps

    def _deploy(self, *, again: bool = False) -> Deploy:
        return Deploy(self._engine, self._app, self._policy, self._op, self._version, again=again)

    async def _taken(self) -> list[str]:
        """Where the version is already. A registry out of reach is raised, before the build."""
        app, version = self._app, self._version
        places = []
        if await self._engine.images.inspect_id(f"{app.image}:{version}"):
            places.append("on this engine")
        if app.has_registry:
            async with Remote(self._engine, app) as remote:
                if await remote.digest(version):
                    places.append("in the registry")
        if not places or may_move(version, self._policy):
            return []
        there = " and ".join(places)
        return [f"{version} is {there} already: unless the build gives the same bytes, it ends there"]

    async def _live_already(self, image: str) -> Result | None:
        """What serves, where it is this very image with this configuration."""
        if self._again:
            return None
        app, ledger = self._app, await Ledger.open(self._engine)
        releases = await read_undisturbed(self._engine, ledger, app.name)
        live = await live_already(releases, app, version=self._version, image=image)
        if live is None:
            return None
        return Result(
            image=image,
            digest=live.digest,
            tags=(f"{app.image}:{live.version}",),
            release=f"r{live.number}",
            facts=(("nothing to do", nothing_to_do(releases, live).message),),
        )

    async def run(self, report: Report) -> Result:
        app, policy, engine = self._app, self._policy, self._engine
        built = await self._part("ship-build", self._build, report, self._build_plan)
        image = built.image
        if (live := await self._live_already(image)) is not None:
            for step in self._steps()[1:]:
                report.state(step.id, CACHED)
            return live
        await self._part("ship-test", self._prove(image), report)
        await self._deploy().foresee()  # a build takes long: a version is given only if it can be deployed
        await self._part("ship-tag", Tag(engine, app, policy, self._version, image), report)
        result = built
        if app.has_registry:
            result = await self._part("ship-push", Push(engine, app, policy, self._version, image), report)
        last = await self._part("ship-deploy", self._deploy(again=True), report)
        return last._replace(digest=last.digest or result.digest)

    async def _part(self, id: str, verb: Verb, report: Report, plan: Plan | None = None) -> Result:
        """One of them, its steps beneath its own; `plan` where it was made before, and is known already."""
        report.state(id, RUNNING)
        try:
            inner = report.within(id)
            if plan is None:
                plan = await verb.plan()
                for warning in plan.warnings:
                    report.warn(warning)
            for step in plan.steps:
                inner.state(step.id, "waiting", title=step.title)
            result = await verb.run(inner)
            inner.close()
        except BaseException:
            report.state(id, FAILED)
            raise
        report.state(id, DONE)
        return result
