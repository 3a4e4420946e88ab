"""The down key: from typing it to another row being the selected one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.run import Run, Spread, pause, spread
from tests.bench.table import Goal, Result, at_most, times

if TYPE_CHECKING:
    from tests.bench.engines import Engine
    from tests.bench.programs import Program

ANSWER_LIMIT = 2.0
RUN_OF_KEYS = 6  # so many down, then as many up: the list need not scroll


def _press(run: Run, program: Program, engine: Engine, presses: int) -> Spread:
    took: list[float | None] = []
    with run.open(program, engine) as terminal:
        program.first_row(terminal)
        terminal.watch(run.either(3, 1))
        for number in range(presses):
            moved = program.selects_another(terminal)
            typed = terminal.press("j" if (number // RUN_OF_KEYS) % 2 == 0 else "k")
            shown = terminal.until(moved, ANSWER_LIMIT)
            took.append(shown - typed if shown and shown > typed else None)
            pause(terminal, 0.1, 0.25)
    return spread(took)


def _results(label: str, ours: Spread, theirs: Spread | None, middle: Goal, p95: Goal) -> list[Result]:
    return [
        Result(f"{label}, median", ours.median, theirs and theirs.median, "ms", (middle,)),
        Result(f"{label}, 95th percentile", ours.p95, theirs and theirs.p95, "ms", (p95,)),
        Result(f"{label}, lost", ours.missed, theirs and theirs.missed, goals=(at_most(0),)),
    ]


def measure(run: Run) -> list[Result]:
    presses = run.either(48, 12)
    real = run.engines.real()
    real.fill(10, running=6)
    quiet = run.both(lambda program: _press(run, program, real, presses))

    load = run.engines.load(1_000)
    load.control("rate", r=50)
    try:
        busy = run.both(lambda program: _press(run, program, load, presses))
    finally:
        load.control("rate", r=0)

    return [
        *_results("down key", *quiet, times(1.5), at_most(15)),
        *_results("down key, 50 events/s", *busy, at_most(8), at_most(33)),
    ]
