"""What an operation plans, and what it tells while it runs: the events of its journal."""

from __future__ import annotations

from typing import NamedTuple

from tui.model.fleet import EngineOutcome  # noqa: TC001  # read by the codec too

WAITING, RUNNING, DONE, CACHED, FAILED, UNDONE, SKIPPED = (
    "waiting", "running", "done", "cached", "failed", "undone", "skipped",
)  # fmt: skip
"""States of a step."""


CANCELLED = 130
"""The exit status of what was cancelled."""


class PlanStep(NamedTuple):
    """A step that is known beforehand."""

    id: str
    title: str


class Plan(NamedTuple):
    """What an operation will do, shown before anything changes.

    title      e.g. "Push web v1.4.0 to registry:5000/team/web"
    facts      (name, value) each: engine, image, digest, where to ...
    warnings   sentences
    equal      the docker command that does the same, "" where there is none
    verb       the word on the button
    text       lines to read before it: a file that will be written
    typed      what has to be typed before it is done, "" where saying yes is enough
    engines    all on which it is done where those are several, as the configuration calls them
    """

    title: str
    steps: tuple[PlanStep, ...]
    facts: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    equal: str = ""
    verb: str = "Do it"
    text: tuple[str, ...] = ()
    typed: str = ""
    engines: tuple[str, ...] = ()


class Failure(NamedTuple):
    """Why an operation ended badly.

    code     the exit status
    detail   lines worth showing
    serves   the release that serves after it was undone, "r12 v1.4.0"; "" where none does, or none was asked
    """

    code: int
    message: str
    hint: str = ""
    detail: tuple[str, ...] = ()
    serves: str = ""

    @property
    def cancelled(self) -> bool:
        """Whether somebody stopped it, and it has cleaned up."""
        return self.code == CANCELLED


class Started(NamedTuple):
    """The first event. `op` is the operation's ID, `t` seconds since the epoch (in every event).

    engines   all on which it is done, where those are several
    """

    t: float
    op: str
    verb: str
    app: str
    engine: str
    by: str
    host: str
    pid: int
    plan: tuple[PlanStep, ...] = ()
    title: str = ""
    engines: tuple[str, ...] = ()


class StepChanged(NamedTuple):
    """A step has another state. A step that was not planned comes with its title and its parent.

    seconds   how long it took, None while it runs
    started   seconds since the epoch when it began, where that is not `t`
    """

    t: float
    step: str
    state: str
    seconds: float | None = None
    title: str = ""
    parent: str = ""
    started: float | None = None


class Logged(NamedTuple):
    """Output of a step: one or more lines. stream: 1 standard output, 2 standard error, 0 Holdfast itself."""

    t: float
    step: str
    stream: int
    text: str


class Progressed(NamedTuple):
    """How far a step has come; `total` 0 where unknown. unit: "bytes", "files"..."""

    t: float
    step: str
    current: int
    total: int
    unit: str = "bytes"


class Warned(NamedTuple):
    """Something to know that stops nothing."""

    t: float
    message: str


class Paused(NamedTuple):
    """Somebody has paused it, or it goes on: what has begun goes on all the same, and nothing else begins."""

    t: float
    paused: bool


SERVES = "serves"
"""The fact of a result that names the release which serves now, where a verb may end with one or another."""


class Result(NamedTuple):
    """What a finished operation has made; what does not apply is empty.

    image     the image's ID
    digest    the manifest digest, as the registry has it
    tags      references "repository:tag"
    facts     further things to keep (base images with their digests ...): (name, value) each
    engines   what became of each engine of a fleet, () where it was one alone
    """

    image: str = ""
    digest: str = ""
    tags: tuple[str, ...] = ()
    release: str = ""
    gap_seconds: float | None = None
    facts: tuple[tuple[str, str], ...] = ()
    engines: tuple[EngineOutcome, ...] = ()


class Ended(NamedTuple):
    """The last event."""

    t: float
    ok: bool
    seconds: float
    result: Result = Result()
    error: Failure | None = None


Event = Started | StepChanged | Logged | Progressed | Warned | Paused | Ended
