"""Start to first useful row: from starting the program to a container standing there with its state."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.bench.programs import FIRST_ROW_LIMIT
from tests.bench.run import Run, Spread, spread
from tests.bench.table import Goal, Result, times

if TYPE_CHECKING:
    from tests.bench.engines import Engine
    from tests.bench.programs import Program


KEY_LIMIT = 3.0


class Started(NamedTuple):
    """Seconds from the start of a program, None for never.

    bytes   to its first bytes
    row     to its first row
    key     to another row being selected, by a key typed as soon as there was a row
    """

    bytes: float | None
    row: float | None
    key: float | None


def _start(run: Run, engine: Engine, program: Program) -> Started:
    with run.open(program, engine) as terminal:
        row = program.first_row(terminal)
        key = None
        if row and terminal.until(lambda: program.selected(terminal) is not None, KEY_LIMIT):
            moved = program.selects_another(terminal)
            terminal.press("j")
            key = terminal.until(moved, KEY_LIMIT)
        return Started(*(at and at - terminal.started for at in (terminal.first_bytes, row, key)))


def _starts(run: Run, engine: Engine, repeats: int) -> dict[Program, list[Started]]:
    """Each program `repeats` times, in turns."""
    found: dict[Program, list[Started]] = {program: [] for program in run.programs}
    for _ in range(repeats):
        for program in run.programs:
            found[program].append(_start(run, engine, program))
    return found


def _results(run: Run, containers: int, engine: Engine, repeats: int, goal: Goal) -> list[Result]:
    found = _starts(run, engine, repeats)

    def both(field: str) -> tuple[Spread, Spread | None]:
        return run.both(lambda program: spread([getattr(started, field) for started in found[program]]))

    ours, theirs = both("row")
    first_bytes, _ = both("bytes")
    key, their_key = both("key")
    notes = [f"first bytes after {first_bytes.median:.0f} ms"]
    for name, one in (("holdfast", ours), ("lazydocker", theirs)):
        if one and one.missed:
            notes.append(
                f"{name} showed no row within {FIRST_ROW_LIMIT:g} s in {one.missed} of {repeats} starts"
            )
    label = f"{containers:,} containers"
    return [
        Result(
            f"start to first row, {label}",
            ours.median,
            theirs and theirs.median,
            "ms",
            (goal,),
            "; ".join(notes),
        ),
        Result(f"start to first key answered, {label}", key.median, their_key and their_key.median, "ms"),
    ]


def measure(run: Run) -> list[Result]:
    real = run.engines.real()
    real.fill(10, running=6)
    _starts(run, real, 1)  # fills the caches of both, not counted
    return [
        *_results(run, 10, real, run.either(10, 4), times(1.0)),
        *_results(run, 1_000, run.engines.load(1_000), run.either(8, 2), times(0.9)),
        *_results(run, 10_000, run.engines.load(10_000), run.either(5, 1), times(0.3)),
    ]
