"""Idle with statistics shown: processor, bytes to the terminal, requests to the engine."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.bench.observation import Observation, frozen_bytes, observed
from tests.bench.table import Goal, Result, at_most, times

if TYPE_CHECKING:
    from tests.bench.run import Run


def _result(
    measure: str,
    field: str,
    ours: Observation | None,
    theirs: Observation | None,
    unit: str = "",
    goals: tuple[Goal, ...] = (),
) -> Result:
    return Result(measure, ours and getattr(ours, field), theirs and getattr(theirs, field), unit, goals)


def measure(run: Run) -> list[Result]:
    thousand = run.both(partial(observed, run, 1_000))
    ten_thousand = run.both_unless_quick(partial(observed, run, 10_000))
    frozen, frozen_theirs = run.both_unless_quick(partial(frozen_bytes, run, 1_000))
    return [
        _result("idle CPU, 1,000 containers", "cpu", *thousand, "%", (times(0.1), at_most(2))),
        _result("idle CPU, 10,000 containers", "cpu", *ten_thousand, "%", (at_most(2.5),)),
        _result("bytes to the terminal, per second", "bytes_per_second", *thousand, "B"),
        _result(
            "bytes to the terminal, per changed row", "bytes_per_change", *thousand, "B", (at_most(250),)
        ),
        Result("bytes to the terminal, nothing changes", frozen, frozen_theirs, "B", (at_most(0),)),
        _result("requests (lists, inspects) per second", "requests", *thousand, "", (at_most(0),)),
        _result("statistics streams per running row", "streams_per_row", *thousand, "", (at_most(1),)),
        _result("event streams", "event_streams", *thousand, "", (at_most(1),)),
    ]
