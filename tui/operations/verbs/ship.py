"""Everything in a row: build, test, scan, tag, push, deploy; the first that fails stops it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tui.model.operation import CACHED, DONE, FAILED, RUNNING, Plan, PlanStep, Result
from tui.operations.attesting.signing_keys import push_signer, signed_by
from tui.operations.deploying.live_already import live_already, nothing_to_do
from tui.operations.deploying.sources import FromBuild, FromVersion
from tui.operations.deploying.undisturbed import refuse_while_leased
from tui.operations.looking.app_repository import Remote
from tui.operations.looking.suggested_versions import suggestions
from tui.operations.orchestrators.standalone import Standalone
from tui.operations.running.runner import Planned
from tui.operations.verbs import deploy, push, scan, tag
from tui.operations.verbs import test as test
from tui.operations.verbs.build import find_build
from tui.operations.verbs.tag import refuse_dirty, refuse_illegal
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator, Sequence

    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.policy import Policy
    from tui.operations.running.report import Report
    from tui.operations.verbs.build import Build


async def plan(
    engine: Engine, app: AppSpec, policy: Policy, op: str, version: str, *, again: bool = False
) -> Planned:
    """Ship one app; without a version the next patch is taken, and with `again` also what is live already.

    Raises HoldfastError.
    """
    await refuse_while_leased(engine, app.name)
    if not version:
        listed = await engine.images.list()
        tags = [tag for image in listed for tag in app.versions_of(image.tags)]
        version = (await suggestions(app, engine, tags)).offered[0].tag
    build = await find_build(engine, app, op)
    refuse_illegal(version)
    if build.source.dirty:
        refuse_dirty("what is here", version, build.source.commit, policy)
    signer = await push_signer(policy.trust) if app.has_registry else None
    signed = [signed_by(signer)] if signer is not None else []
    ship = _Ship(engine, app, policy, op, version, build, signed, again=again)
    return Planned(await ship.plan(), ship.run)


class _Ship:
    """Shipping one app as this version. signed: the fact of which key signs what is pushed, if one does."""

    def __init__(
        self,
        engine: Engine,
        app: AppSpec,
        policy: Policy,
        op: str,
        version: str,
        build: Build,
        signed: Sequence[tuple[str, str]],
        *,
        again: bool,
    ) -> None:
        self._engine = engine
        self._app = app
        self._policy = policy
        self._op = op
        self._version = version
        self._build = build
        self._signed = signed
        self._again = again

    async def plan(self) -> Plan:
        """What will be done, as far as it can be said before the build. Raises HoldfastError."""
        app, first = self._app, self._build.plan()
        foreseen, taken = await all_of(self._foreseen(), self._taken())
        facts = [
            *first.facts,
            ("version", self._version),
            ("engine", self._engine.endpoint.url),
            *self._signed,
        ]
        facts += [fact for fact in foreseen.facts if fact[0] not in ("new", *dict(facts))]
        warnings = dict.fromkeys((*first.warnings, *foreseen.warnings, *taken))
        equal = f"holdfast build {app.name} && ... && holdfast deploy {app.name} {self._version}"
        title = f"Ship {app.name} {self._version}"
        return Plan(
            title=title,
            steps=tuple(self._steps()),
            facts=tuple(facts),
            warnings=tuple(warnings),
            equal=equal,
            verb="Ship",
        )

    def _steps(self) -> list[PlanStep]:
        app = self._app
        steps = [PlanStep("ship-build", f"Build {app.name}"), PlanStep("ship-test", "Test the image")]
        if app.scan is not None:
            steps.append(PlanStep("ship-scan", "Scan it"))
        steps.append(PlanStep("ship-tag", f"Tag it {self._version}"))
        if app.has_registry:
            signing = " and sign it" if self._signed else ""
            steps.append(PlanStep("ship-push", f"Push {app.image}:{self._version}{signing}"))
        steps.append(PlanStep("ship-deploy", f"Deploy {self._version}"))
        return steps

    async def _foreseen(self) -> Plan:
        """What can be said of the deploy before the version has bytes; what is refused anyway is raised."""
        orchestrator = Standalone(self._engine)
        source = FromBuild(self._app, self._op, self._version)
        return (await deploy.plan(orchestrator, self._app, self._op, source)).plan

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
        if not places or self._policy.may_move(version):
            return []
        there = " and ".join(places)
        return [f"{version} is {there} already: unless the build gives the same bytes, it ends there"]

    async def _live_already(self, image: str) -> Result | None:
        """What serves, where it is this very image with this configuration."""
        if self._again:
            return None
        app = self._app
        releases = await Standalone(self._engine).read_undisturbed(app.name)
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
        app, policy, engine, op, version = self._app, self._policy, self._engine, self._op, self._version
        built = await self._part("ship-build", Planned(self._build.plan(), self._build.run), report)
        image = built.image
        if (live := await self._live_already(image)) is not None:
            for step in self._steps()[1:]:
                report.state(step.id, CACHED)
            return live
        await self._planned("ship-test", test.plan(engine, app, op, image), report)
        if app.scan is not None:
            await self._planned("ship-scan", scan.plan(engine, app, op, image), report)
        await self._foreseen()  # a build takes long: a version is given only if it can be deployed
        tagging = tag.plan(engine, app, policy, version, image, part=True)
        await self._planned("ship-tag", tagging, report)
        result = built
        if app.has_registry:
            pushing = push.plan(engine, app, policy, version, image, op)
            result = await self._planned("ship-push", pushing, report)
        orchestrator = Standalone(engine)
        source = FromVersion(engine, app, policy, op, version, again=True)
        last = await self._planned("ship-deploy", deploy.plan(orchestrator, app, op, source), report)
        return last._replace(digest=last.digest or result.digest)

    async def _planned(self, id: str, planning: Coroutine[Any, Any, Planned], report: Report) -> Result:
        """One of them that is planned only now, and so has warnings that nobody has seen."""
        with _going(id, report):
            planned = await planning
            for warning in planned.plan.warnings:
                report.warn(warning)
            return await _run(id, planned, report)

    async def _part(self, id: str, planned: Planned, report: Report) -> Result:
        """One of them that was planned before."""
        with _going(id, report):
            return await _run(id, planned, report)


@contextmanager
def _going(id: str, report: Report) -> Iterator[None]:
    report.state(id, RUNNING)
    try:
        yield
    except BaseException:
        report.state(id, FAILED)
        raise
    report.state(id, DONE)


async def _run(id: str, planned: Planned, report: Report) -> Result:
    """Its steps stand beneath that of its own."""
    inner = report.within(id)
    for step in planned.plan.steps:
        inner.state(step.id, "waiting", title=step.title)
    result = await planned.run(inner)
    inner.close()
    return result
