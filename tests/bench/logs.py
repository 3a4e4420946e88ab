"""Following a log that floods: how late its last line is, what is lost, whether keys are answered."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.run import Run, Spread, spread
from tests.bench.table import Goal, Result, at_most, times
from tests.bench.terminal import Terminal, clock

if TYPE_CHECKING:
    from tests.bench.engines import LoadEngine
    from tests.bench.programs import Program

CONTAINERS = 3
MANY = 300_000
SETTLED = 1.5
LAST_LINE_LIMIT = 8.0
KEY_LIMIT = 2.0
KEYS_EVERY = 0.4
LAST_KEY = 0.8  # seconds before the last line is due: no overlay may hide it
ESCAPE = "\x1b"

_COUNT = re.compile(r"\b([\d,.' ]*\d) lines\b")


class Flooded(NamedTuple):
    """One flood, in seconds.

    late      the last line on the screen after it was due, None for never
    written   the engine itself had written it this long after it was due
    answers   to keys meanwhile
    """

    late: float | None
    written: float | None
    answers: list[float | None]


class Followed(NamedTuple):
    """Several floods.

    late          the last lines on the screen after they were due
    engine_late   the engine itself had written them this many milliseconds after they were due, at worst
    counted       lines that the program says it has received, None where it does not say
    keys          answers to keys meanwhile
    memory        resident megabytes of all its processes at the end
    """

    late: Spread
    engine_late: float
    counted: int | None
    keys: Spread
    memory: float


def _counted(terminal: Terminal) -> int | None:
    """The number of lines that a title on the screen speaks of."""
    for line in terminal.lines():
        if match := _COUNT.search(line):
            return int(re.sub(r"\D", "", match[1]))
    return None


class _Screen:
    """What the measure looks for on the screen of a program that follows a log."""

    def __init__(self, program: Program, terminal: Terminal, last_line: str) -> None:
        self._program = program
        self._terminal = terminal
        self._last_line = last_line
        self.last_line_at: float | None = None

    def _stands(self, text: str) -> bool:
        return any(text in line for line in self._terminal.lines())

    def ended(self) -> bool:
        """Whether the last line has been seen; keeps the moment of it."""
        if self.last_line_at is None and self._stands(self._last_line):
            self.last_line_at = self._terminal.stamp
        return self.last_line_at is not None

    def overlaid(self) -> bool:
        self.ended()
        return self._stands(self._program.overlay_text)

    def uncovered(self) -> bool:
        return not self.overlaid()

    def answer(self) -> float | None:
        """Seconds until an overlay opened at a key; it is closed again."""
        typed = self._terminal.press(self._program.overlay_key)
        shown = self._terminal.until(self.overlaid, KEY_LIMIT)
        self._terminal.press(ESCAPE)
        self._terminal.until(self.uncovered, KEY_LIMIT)
        return shown - typed if shown else None


def _flood(terminal: Terminal, program: Program, engine: LoadEngine, rate: int, lines: int) -> Flooded:
    tag = f"{random.randrange(10**9):09d}"
    screen = _Screen(program, terminal, f"END-{tag}")
    due = clock() + lines / rate
    for name in engine.names():  # the program follows one of them
        engine.control("log", name=name, n=lines, rate=rate, tag=tag)
    answers: list[float | None] = []
    terminal.watch(KEYS_EVERY)
    while clock() < due - LAST_KEY:
        answers.append(screen.answer())
        terminal.until(screen.ended, KEYS_EVERY)
    terminal.until(screen.ended, max(0.0, due - clock()) + LAST_LINE_LIMIT)
    logs = engine.control("stat")["logs"].values()
    written = min((log["done"] for log in logs if log["tag"] == tag and log["done"]), default=None)
    late = None if screen.last_line_at is None else screen.last_line_at - due
    return Flooded(late, written and written - due, answers)


def _follow(run: Run, program: Program, engine: LoadEngine, rate: int, floods: tuple[int, ...]) -> Followed:
    """Floods of so many lines each, one after the other."""
    with run.open(program, engine) as terminal:
        program.first_row(terminal)
        terminal.watch(SETTLED)
        for key in program.log_keys:
            terminal.press(key)
            terminal.watch(SETTLED)
        before = _counted(terminal)
        flooded = [_flood(terminal, program, engine, rate, lines) for lines in floods]
        terminal.watch(0.5)
        after = _counted(terminal)
        return Followed(
            late=spread([flood.late for flood in flooded]),
            engine_late=max((1000 * flood.written for flood in flooded if flood.written), default=0.0),
            counted=None if after is None or before is None else after - before,
            keys=spread([answer for flood in flooded for answer in flood.answers]),
            memory=terminal.memory(),
        )


def _results(rate: int, lines: int, ours: Followed, theirs: Followed | None, late: Goal) -> list[Result]:
    label = f"log at {rate:,} lines/s"
    lost = None if ours.counted is None else abs(lines - ours.counted)
    engine = f"the engine itself was done up to {ours.engine_late:.0f} ms late"

    def result(measure: str, group: str, field: str, unit: str, *goals: Goal, note: str = "") -> Result:
        mine, other = getattr(ours, group), theirs and getattr(theirs, group)
        found = getattr(mine, field), other and getattr(other, field)
        return Result(f"{label}, {measure}", *found, unit, goals, note)

    return [
        result("last line late", "late", "median", "ms", late, note=engine),
        Result(f"{label}, lines lost of {lines:,}", lost, goals=(at_most(0),)),
        result("key answered, median", "keys", "median", "ms"),
        result("key answered, worst", "keys", "worst", "ms", at_most(50)),
        result("keys lost", "keys", "missed", "", at_most(0)),
    ]


def measure(run: Run) -> list[Result]:
    engine = run.engines.load(CONTAINERS, running=1.0)
    some = (15_000,) * run.either(5, 2)
    followed = run.both(lambda program: _follow(run, program, engine, 10_000, some))
    flooded = run.both_unless_quick(lambda program: _follow(run, program, engine, 50_000, (MANY,)))
    ours, theirs = flooded
    return [
        *_results(10_000, sum(some), *followed, times(0.6)),
        *_results(50_000, MANY, *flooded, at_most(200)),
        Result(f"memory, {MANY:,} lines seen", ours.memory, theirs and theirs.memory, "MB", (at_most(80),)),
    ]
