"""Event to screen: from the engine's event reaching a listener of our own to the screen showing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.bench.engines import Engine
from tests.bench.run import Run, Spread, pause, spread
from tests.bench.table import Goal, Result, at_most, times
from tests.bench.terminal import Terminal, clock
from tests.bench.wire import EventLog

if TYPE_CHECKING:
    from tests.bench.programs import Program

KINDS = ("create", "start", "die", "rename", "destroy")
SHOWN_LIMIT = 5.0


Took = dict[str, list[float | None]]
"""Seconds by kind of event, None for each that was never shown."""


class _Observer:
    """Makes one change at a time and waits until the program's screen shows it."""

    def __init__(self, program: Program, terminal: Terminal, events: EventLog) -> None:
        self._program = program
        self._terminal = terminal
        self._events = events
        self.took: Took = {kind: [] for kind in KINDS}

    def shows(self, name: str, *states: str) -> Callable[[], bool]:
        """Whether a row has this name and, where states are given, one of them."""

        def shown() -> bool:
            rows = self._program.rows(self._terminal)
            return any(row.name == name and (not states or row.state in states) for row in rows)

        return shown

    def hides(self, name: str, *states: str) -> Callable[[], bool]:
        shown = self.shows(name, *states)
        return lambda: not shown()

    def see(self, kind: str, name: str, change: Callable[[], None], shown: Callable[[], bool]) -> None:
        """Make `change`; `kind` and `name` are those of the event that it causes."""
        told_already = shown()
        began = clock()
        change()
        answered = clock()
        event = self._events.when(kind, name, began)
        happened = event and min(event, answered)  # the engine tells its listeners before it answers
        seen = None if told_already else self._terminal.until(shown, SHOWN_LIMIT)
        self.took[kind].append(max(0.0, seen - happened) if seen and happened else None)
        pause(self._terminal, 0.2, 0.45)


def _short_list(observer: _Observer, engine: Engine, first: str, second: str) -> None:
    observer.see("create", first, lambda: engine.create(first), observer.shows(first, "created"))
    observer.see("start", first, lambda: engine.start(first), observer.shows(first, "running"))
    observer.see("die", first, lambda: engine.kill(first), observer.shows(first, "exited"))
    observer.see("rename", second, lambda: engine.rename(first, second), observer.shows(second))
    observer.see("destroy", second, lambda: engine.remove(second), observer.hides(second))


def _long_list(observer: _Observer, engine: Engine, first: str, second: str) -> None:
    """Only what runs is sure to be on the screen: what has stopped may have moved out of sight."""
    observer.see("create", first, lambda: engine.create(first), observer.shows(first, "running"))
    observer.see("rename", second, lambda: engine.rename(first, second), observer.shows(second))
    observer.see("die", second, lambda: engine.kill(second), observer.hides(second, "running"))
    observer.see("start", second, lambda: engine.start(second), observer.shows(second, "running"))
    observer.see("destroy", second, lambda: engine.remove(second), observer.hides(second))


Cycle = Callable[[_Observer, Engine, str, str], None]
"""Makes one container go through all kinds of events, under two names."""


def _observe(run: Run, program: Program, engine: Engine, cycle: Cycle, cycles: int) -> Took:
    events = EventLog(engine.path)
    try:
        with run.open(program, engine) as terminal:
            program.first_row(terminal)
            terminal.watch(run.either(3, 1))
            observer = _Observer(program, terminal, events)
            for number in range(cycles):
                cycle(observer, engine, f"00event{number:02d}", f"00named{number:02d}")
    finally:
        events.close()
    return observer.took


def _spreads(took: Took | None) -> dict[str, Spread]:
    """By kind, and "all" of them."""
    if took is None:
        return {}
    every = [one for kind in took.values() for one in kind]
    return {**{kind: spread(seconds) for kind, seconds in took.items()}, "all": spread(every)}


def _results(
    label: str, both: tuple[Took, Took | None], middle: Goal, worst: tuple[Goal, ...]
) -> list[Result]:
    ours, theirs = _spreads(both[0]), _spreads(both[1])

    def result(
        measure: str, kind: str, field: str, unit: str, goals: tuple[Goal, ...], note: str = ""
    ) -> Result:
        other = getattr(theirs[kind], field) if theirs else None
        return Result(f"{label}, {measure}", getattr(ours[kind], field), other, unit, goals, note)

    missed = [f"{kind} {ours[kind].missed}" for kind in KINDS if ours[kind].missed]
    count = sum(len(seconds) for seconds in both[0].values())
    return [
        *(result(kind, kind, "median", "ms", ()) for kind in KINDS),
        result("median of all", "all", "median", "ms", (middle,)),
        result("worst of all", "all", "worst", "ms", worst),
        result(f"missed of {count}", "all", "missed", "", (at_most(0),), ", ".join(missed)),
    ]


def measure(run: Run) -> list[Result]:
    real, load = run.engines.real(), run.engines.load(1_000)
    real.fill(4, running=2)
    short, long = run.either(12, 2), run.either(6, 1)
    few = run.both(lambda program: _observe(run, program, real, _short_list, short))
    many = run.both(lambda program: _observe(run, program, load, _long_list, long))
    return [
        *_results("event, real engine", few, times(1.0), (at_most(50),)),
        *_results("event, 1,000 containers", many, at_most(20), ()),
    ]
