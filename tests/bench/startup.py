"""Start to first useful row: from starting the program to a container standing there with its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.programs import FIRST_ROW_LIMIT
from tests.bench.run import Run, Spread, spread
from tests.bench.table import Goal, Result, times

if TYPE_CHECKING:
    from tests.bench.engines import Engine
    from tests.bench.programs import Program


def _starts(run: Run, engine: Engine, repeats: int) -> tuple[Spread, Spread | None]:
    """Each program `repeats` times, in turns; a first start that only fills caches is not counted."""
    took: dict[Program, list[float | None]] = {program: [] for program in run.programs}
    for repeat in range(repeats + 1):
        for program in run.programs:
            with run.open(program, engine) as terminal:
                shown = program.first_row(terminal)
            if repeat:
                took[program].append(shown - terminal.started if shown else None)
    return run.both(lambda program: spread(took[program]))


def _result(run: Run, containers: int, engine: Engine, repeats: int, goal: Goal) -> Result:
    ours, theirs = _starts(run, engine, repeats)
    never = [
        f"{name} showed no row within {FIRST_ROW_LIMIT:g} s in {found.missed} of {repeats} starts"
        for name, found in (("holdfast", ours), ("lazydocker", theirs))
        if found and found.missed
    ]
    measure = f"start to first row, {containers:,} containers"
    return Result(measure, ours.median, theirs and theirs.median, "ms", (goal,), "; ".join(never))


def measure(run: Run) -> list[Result]:
    real = run.engines.real()
    real.fill(10, running=6)
    return [
        _result(run, 10, real, run.either(10, 5), times(1.0)),
        _result(run, 1_000, run.engines.load(1_000), run.either(8, 3), times(0.9)),
        _result(run, 10_000, run.engines.load(10_000), run.either(5, 2), times(0.3)),
    ]
