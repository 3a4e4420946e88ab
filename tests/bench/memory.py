"""Resident memory of all processes of a program, with long lists."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.bench.observation import observed
from tests.bench.table import Result, at_most

if TYPE_CHECKING:
    from tests.bench.run import Run


def measure(run: Run) -> list[Result]:
    results = []
    for containers, limit, both in ((1_000, 60, run.both), (10_000, 120, run.both_unless_quick)):
        ours, theirs = both(partial(observed, run, containers))
        measure = f"memory, {containers:,} containers"
        results.append(
            Result(measure, ours and ours.memory, theirs and theirs.memory, "MB", (at_most(limit),))
        )
    return results
