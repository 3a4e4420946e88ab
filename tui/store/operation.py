"""An operation as it is known from its events: a tree of steps, their output, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.operation import (
    DONE,
    RUNNING,
    WAITING,
    Ended,
    Logged,
    Paused,
    Progressed,
    Started,
    StepChanged,
    Warned,
)
from tui.store.output import Output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tui.model.operation import Event

STEP_LINES = 100_000
STEP_BYTES = 16 * 2**20
"""What is kept in memory of one step's output; the journal has the rest."""


class Step:
    """One step, as it is now.

    state     "waiting", "running", "done", "cached", "failed", "undone" or "skipped"
    started   seconds since the epoch, None while it waits
    seconds   how long it took, None while it runs
    current, total, unit   how far it has come; total 0 where unknown
    output    its lines, None while there are none
    """

    __slots__ = (
        "children", "current", "id", "output", "parent", "seconds", "started", "state", "title", "total",
        "unit",
    )  # fmt: skip

    def __init__(self, id: str, title: str, parent: str = "") -> None:
        self.id = id
        self.title = title
        self.parent = parent
        self.state = WAITING
        self.started: float | None = None
        self.seconds: float | None = None
        self.current = 0
        self.total = 0
        self.unit = ""
        self.output: Output | None = None
        self.children: list[Step] = []

    @property
    def lines(self) -> int:
        """How many lines of output are kept."""
        return len(self.output) if self.output is not None else 0


class Operation:
    """Made from its first event, then fed with the others.

    complete     whether every event so far was fed; one known from its first and last event only is not
    alive        whether its process still runs
    paused       whether nothing else begins until somebody lets it go on
    changes      counts up whenever steps come or change, which may put them in another order
    """

    def __init__(self, started: Started) -> None:
        self.started = started
        self.id = started.op
        self.steps: dict[str, Step] = {step.id: Step(step.id, step.title) for step in started.plan}
        self.roots: list[Step] = list(self.steps.values())
        self.warnings: list[str] = []
        self.ended: Ended | None = None
        self.complete = False
        self.alive = True
        self.paused = False
        self.changes = 0
        self._readers: list[Callable[[], None]] = []

    @property
    def running(self) -> bool:
        return self.ended is None and self.alive

    @property
    def interrupted(self) -> bool:
        """Whether its process is gone without having said how it ended."""
        return self.ended is None and not self.alive

    @property
    def state(self) -> str:
        """running, done, failed, cancelled or interrupted."""
        if self.ended is None:
            return RUNNING if self.alive else "interrupted"
        if self.ended.ok:
            return DONE
        return "cancelled" if self.ended.error is not None and self.ended.error.cancelled else "failed"

    def subscribe(self, reader: Callable[[], None]) -> Callable[[], None]:
        """Call `reader` after each batch of events; returns the call that ends it."""
        self._readers.append(reader)
        return lambda: self._readers.remove(reader) if reader in self._readers else None

    def tell(self) -> None:
        """Tell readers that something has changed."""
        for reader in tuple(self._readers):
            reader()

    def feed(self, events: Iterable[Event]) -> None:
        """Take events over, in their order, and tell readers once."""
        for event in events:
            self._take(event)
        self.tell()

    def in_order(self, steps: list[Step] | None = None) -> Iterator[tuple[Step, int]]:
        """Every step with its depth, parents first; siblings that were not planned by when they began."""
        for step in self.roots if steps is None else steps:
            yield step, 0
            for inner, depth in self.in_order(_by_start(step.children)):
                yield inner, depth + 1

    def step(self, id: str) -> Step:
        """The step of an ID; one that was never announced is put at the end."""
        found = self.steps.get(id)
        if found is None:
            found = self.steps[id] = Step(id, id)
            self.roots.append(found)
            self.changes += 1
        return found

    def _take(self, event: Event) -> None:
        match event:
            case StepChanged():
                self._change(event)
            case Logged():
                step = self.step(event.step)
                if step.output is None:
                    step.output = Output(STEP_LINES, STEP_BYTES)
                at = str(event.t).encode()
                step.output.extend(
                    (event.stream, at, line) for line in event.text.encode("utf-8", "replace").split(b"\n")
                )
            case Progressed():
                step = self.step(event.step)
                step.current, step.total, step.unit = event.current, event.total, event.unit
            case Warned():
                self.warnings.append(event.message)
            case Paused():
                self.paused = event.paused
            case Ended():
                self.ended = event
                self.alive = False

    def _change(self, event: StepChanged) -> None:
        self.changes += 1
        step = self.steps.get(event.step)
        if step is None:
            step = self.steps[event.step] = Step(event.step, event.title or event.step, event.parent)
            parent = self.steps.get(event.parent)
            (parent.children if parent is not None else self.roots).append(step)
        if event.title:
            step.title = event.title
        step.state = event.state
        if event.state == WAITING:
            step.started = None
        elif event.started is not None:
            step.started = event.started
        elif event.state == RUNNING or step.started is None:
            step.started = event.t - (event.seconds or 0.0)
        step.seconds = event.seconds


def _by_start(steps: list[Step]) -> list[Step]:
    """By when they began, those that wait last, in the order in which they were announced."""
    return sorted(steps, key=lambda step: (step.started is None, step.started or 0.0))
