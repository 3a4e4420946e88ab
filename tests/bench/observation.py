"""A program left alone on the load engine: what it costs while nobody touches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.bench.terminal import Terminal, clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.bench.engines import LoadEngine
    from tests.bench.programs import Program
    from tests.bench.run import Run

LOOK_EVERY = 0.05
FROZEN_SETTLED = 2.0


class Observation(NamedTuple):
    """What a program did, left alone.

    cpu                 percent of one core
    memory              resident megabytes of all its processes
    bytes_per_second    written to the terminal
    bytes_per_change    the same, per row of the list that then looked different
    requests            per second, other than streams that it had opened before
    streams_per_row     statistics streams opened since its start, per running container on the screen
    event_streams       event streams opened since its start
    """

    cpu: float
    memory: float
    bytes_per_second: float
    bytes_per_change: float | None
    requests: float
    streams_per_row: float | None
    event_streams: int


def _streams(requests: Mapping[str, int], end: str) -> int:
    return sum(count for path, count in requests.items() if path.endswith(end))


def _others(requests: Mapping[str, int]) -> int:
    return sum(
        count for path, count in requests.items() if not path.endswith(("/stats", "/events", "/_ctl/stat"))
    )


def _changed_rows(program: Program, terminal: Terminal, seconds: float) -> int:
    """How often a row of the list looked different from a moment before."""
    limit = clock() + seconds
    changed = 0
    before = {row.line: terminal.lines()[row.line] for row in program.rows(terminal)}
    while clock() < limit:
        terminal.watch(LOOK_EVERY)
        now = {row.line: terminal.lines()[row.line] for row in program.rows(terminal)}
        changed += sum(before.get(line) != text for line, text in now.items())
        before = now
    return changed


def _requests(engine: LoadEngine) -> dict[str, int]:
    return dict(engine.control("stat")["req"])


def observed(run: Run, containers: int, program: Program) -> Observation | None:
    """Of this run; None when the program never showed a container."""
    key = program, containers
    if key not in run.observations:
        run.observations[key] = _observe(run, containers, program)
    return run.observations[key]


def _observe(run: Run, containers: int, program: Program) -> Observation | None:
    engine = run.engines.load(containers)
    engine.control("reset")
    with run.open(program, engine) as terminal:
        if program.first_row(terminal) is None:
            return None
        terminal.watch(run.either(6, 2))
        visible = sum(row.state == "running" for row in program.rows(terminal))
        requested, cpu, received, began = (
            _requests(engine),
            terminal.cpu_seconds(),
            terminal.received,
            clock(),
        )
        changed = _changed_rows(program, terminal, run.either(10, 3))
        seconds, received = clock() - began, terminal.received - received
        cpu = terminal.cpu_seconds() - cpu
        requests = _requests(engine)
        return Observation(
            cpu=100 * cpu / seconds,
            memory=terminal.memory(),
            bytes_per_second=received / seconds,
            bytes_per_change=received / changed if changed else None,
            requests=(_others(requests) - _others(requested)) / seconds,
            streams_per_row=_streams(requests, "/stats") / visible if visible else None,
            event_streams=_streams(requests, "/events"),
        )


def frozen_bytes(run: Run, containers: int, program: Program) -> int | None:
    """Bytes written to the terminal in 6 s (quick: 3 s) in which no container and no figure changes."""
    engine = run.engines.load(containers)
    engine.control("freeze", on=1)
    try:
        with run.open(program, engine) as terminal:
            if program.first_row(terminal) is None:
                return None
            terminal.watch(FROZEN_SETTLED)
            received = terminal.received
            terminal.watch(run.either(6, 3))
            return terminal.received - received
    finally:
        engine.control("freeze", on=0)
