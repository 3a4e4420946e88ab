"""Start to first useful row: from starting the program to a container standing there with its state."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.bench.programs import FIRST_ROW_LIMIT
from tests.bench.run import Run, Spread, spread
from tests.bench.table import Goal, Result, times

if TYPE_CHECKING:
    from tests.bench.engines import Engine
    from tests.bench.programs import Program


class Started(NamedTuple):
    """Times from the start of a program to its first bytes and to its first row."""

    bytes: Spread
    row: Spread


def _starts(run: Run, engine: Engine, repeats: int) -> tuple[Started, Started | None]:
    """Each program `repeats` times, in turns."""
    bytes_after: dict[Program, list[float | None]] = {program: [] for program in run.programs}
    row_after: dict[Program, list[float | None]] = {program: [] for program in run.programs}
    for _ in range(repeats):
        for program in run.programs:
            with run.open(program, engine) as terminal:
                row, first = program.first_row(terminal), terminal.first_bytes
            bytes_after[program].append(first - terminal.started if first else None)
            row_after[program].append(row - terminal.started if row else None)
    return run.both(lambda program: Started(spread(bytes_after[program]), spread(row_after[program])))


def _result(run: Run, containers: int, engine: Engine, repeats: int, goal: Goal) -> Result:
    ours, theirs = _starts(run, engine, repeats)
    notes = [f"first bytes after {ours.bytes.median:.0f} ms"]
    for name, found in (("holdfast", ours), ("lazydocker", theirs)):
        if found and found.row.missed:
            notes.append(
                f"{name} showed no row within {FIRST_ROW_LIMIT:g} s in {found.row.missed} of {repeats} starts"
            )
    return Result(
        f"start to first row, {containers:,} containers",
        ours.row.median,
        theirs and theirs.row.median,
        "ms",
        (goal,),
        "; ".join(notes),
    )


def measure(run: Run) -> list[Result]:
    real = run.engines.real()
    real.fill(10, running=6)
    _starts(run, real, 1)  # fills the caches of both, not counted
    return [
        _result(run, 10, real, run.either(10, 5), times(1.0)),
        _result(run, 1_000, run.engines.load(1_000), run.either(8, 3), times(0.9)),
        _result(run, 10_000, run.engines.load(10_000), run.either(5, 1), times(0.3)),
    ]
