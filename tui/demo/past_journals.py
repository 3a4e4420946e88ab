"""Journals of what has been done with the demo's apps: they are there before anybody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.past_builds import builds
from tui.demo.pasts import FOUND, MINUTE, PASTS, SAID, SCANNED, WHY, operation
from tui.journal.writer import Journal
from tui.model.operation import (
    CACHED,
    DONE,
    FAILED,
    RUNNING,
    UNDONE,
    Ended,
    Failure,
    Logged,
    PlanStep,
    Result,
    Started,
    StepChanged,
)
from tui.model.step import UNDO, WORDS, StepKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tui.demo.past_builds import PastBuild
    from tui.demo.pasts import Deploy
    from tui.model.operation import Event

NEW, OLD = True, False
"""Whether a step of a deploy is one of the new release, or of the one before."""

DEPLOYING = (
    (StepKind.RECORD, NEW), (StepKind.CREATE, NEW), (StepKind.DISARM, OLD), (StepKind.STOP, OLD),
    (StepKind.RETIRE, OLD), (StepKind.PROMOTE, NEW), (StepKind.START, NEW), (StepKind.GATE, NEW),
    (StepKind.ARM, NEW), (StepKind.BAKE, NEW), (StepKind.GOOD, NEW),
)  # fmt: skip

TAKES = {StepKind.STOP: 0.4, StepKind.GATE: 6.2, StepKind.BAKE: 1.0}
"""Seconds of steps that take any time."""

NOT_READY = 12.6
"""Seconds until a release that does not become healthy has failed."""


class _Told:
    """The events of one operation, each at its time."""

    def __init__(self, at: float) -> None:
        self.began = self.now = at
        self.events: list[Event] = []

    def begin(self, verb: str, app: str, engine: str, by: str, title: str, steps: Sequence[PlanStep]) -> None:
        self.events.append(
            Started(
                t=self.began,
                op=operation(verb, app, self.began),
                verb=verb,
                app=app,
                engine=engine,
                by=by,
                host=f"{by}-laptop",
                pid=0,
                plan=tuple(steps),
                title=title,
            )
        )

    def step(self, id: str, seconds: float, state: str = DONE, title: str = "", parent: str = "") -> None:
        self.events.append(StepChanged(self.now, id, RUNNING, title=title, parent=parent))
        self.now += seconds
        self.events.append(StepChanged(self.now, id, state, seconds))

    def end(self, result: Result, error: Failure | None = None) -> None:
        took = self.now - self.began
        self.events.append(Ended(t=self.now, ok=error is None, seconds=took, result=result, error=error))


def write_past(folder: Path, engine: str, registry: str, now: float) -> None:
    """Write them all into the folder of journals. Blocks. Raises JournalFailed and OSError."""
    for told in sorted(_past(engine, registry, now), key=lambda one: one.began):
        started = told.events[0]
        assert isinstance(started, Started)
        journal = Journal.create(folder, started.op)
        try:
            for event in told.events:
                journal.write(event)
        finally:
            journal.close()


def _past(engine: str, registry: str, now: float) -> Iterator[_Told]:
    for app, past in PASTS.items():
        image = f"{registry}/shop/{app}"
        before = 0
        for number, one in enumerate(past.deploys, 1):
            yield _deploy(app, engine, image, number, before, one, now)
            before = number if one.good else before
        for version, age in past.pushed:
            yield _push(app, engine, f"{image}:{version}", now - age)
    for made in builds():
        yield _build(made, engine, now)
        if not made.failed:
            yield _test(made, engine, now)
    yield _scan("payments", engine, f"{registry}/shop/payments:v2.1.0", now - SCANNED)


def _deploy(app: str, engine: str, image: str, number: int, before: int, one: Deploy, now: float) -> _Told:
    told = _Told(now - one.age)
    steps = [
        (f"{kind} r{number if new else before}", kind, WORDS[kind].title.format(number if new else before))
        for kind, new in DEPLOYING
        if new or before
    ]
    planned = [PlanStep("lease", f"Take the lease of {app}")]
    planned += [PlanStep(id, title) for id, _, title in steps]
    told.begin("deploy", app, engine, one.by, f"Deploy {app} {one.version} as r{number}", planned)
    told.step("lease", 0.01)
    for id, kind, title in steps:
        if kind is StepKind.GATE and not one.good:
            told.events.append(Logged(told.now, id, 1, "\n".join(SAID)))
            told.step(id, NOT_READY, FAILED)
            _undo(told, number, before)
            return told
        told.step(id, TAKES.get(kind, 0.01), title=title)
    told.end(Result(tags=(f"{image}:{one.version}",), release=f"r{number}", gap_seconds=0.4))
    return told


def _undo(told: _Told, number: int, before: int) -> None:
    told.events.append(StepChanged(told.now, UNDO, RUNNING, title="Back to the release before"))
    for kind, of in ((StepKind.STOP, number), (StepKind.START, before), (StepKind.GATE, before)):
        title = WORDS[kind].title.format(of)
        told.step(f"{UNDO} {kind} r{of}", TAKES.get(kind, 0.01) / 10, UNDONE, title, UNDO)
    told.events.append(StepChanged(told.now, UNDO, UNDONE))
    version = PASTS["mailer"].deploys[before - 1].version
    detail = ("last lines of its log:", *SAID)
    told.end(
        Result(), Failure(code=1, message=f"r{number} {WHY}", detail=detail, serves=f"r{before} {version}")
    )


def _push(app: str, engine: str, reference: str, at: float) -> _Told:
    told = _Told(at)
    tag = reference.rpartition(":")[2]
    steps = (
        PlanStep("guard", "Ask the registry what it has"),
        PlanStep(f"push {tag}", f"Push {reference}"),
        PlanStep("verify", "Read the digest back"),
    )
    told.begin("push", app, engine, "anna", f"Push {app} {tag}", steps)
    for step, seconds in zip(steps, (0.1, 8.2, 0.1), strict=True):
        told.step(step.id, seconds)
    told.end(Result(tags=(reference,)))
    return told


def _build(made: PastBuild, engine: str, now: float) -> _Told:
    told = _Told(now - made.age)
    steps = (PlanStep("build", "Build with BuildKit"), PlanStep("name", "Name the image"))
    told.begin("build", made.app, engine, "anna", f"Build {made.app}", steps)
    told.events.append(StepChanged(told.now, "build", RUNNING))
    for number, one in enumerate(made.steps):
        state = FAILED if made.failed and one is made.steps[-1] else CACHED if one.cached else DONE
        told.step(f"step {number}", 0.0 if one.cached else one.seconds, state, one.title, "build")
    took = told.now - told.began
    told.events.append(StepChanged(told.now, "build", FAILED if made.failed else DONE, took))
    if made.failed:
        said = f"{made.steps[-1].title} did not complete successfully: exit code: 1"
        told.end(Result(), Failure(1, said, "look at its output above"))
    else:
        told.step("name", 0.01)
        told.end(Result())
    return told


def _test(made: PastBuild, engine: str, now: float) -> _Told:
    """What was built was tried, a minute later."""
    told = _Told(now - made.age + MINUTE)
    steps = (
        PlanStep("create", f"Create {made.app}.test"),
        PlanStep("ready", "Wait until it is ready"),
        PlanStep("remove", "Remove all of it"),
    )
    told.begin("test", made.app, engine, "anna", f"Test {made.app}", steps)
    for step, seconds in zip(steps, (0.1, 4.2, 0.3), strict=True):
        told.step(step.id, seconds)
    told.end(Result())
    return told


def _scan(app: str, engine: str, reference: str, at: float) -> _Told:
    told = _Told(at)
    steps = (
        PlanStep("save", f"Take {reference} from the engine"),
        PlanStep("scan", "Scan it with trivy"),
        PlanStep("judge", "Judge what was found"),
    )
    told.begin("scan", app, engine, "anna", f"Scan {app}", steps)
    told.step("save", 1.8)
    told.step("scan", 6.9)
    told.step("judge", 0.1, FAILED)
    told.end(Result(), Failure(1, FOUND, "build with the versions that mend them"))
    return told
