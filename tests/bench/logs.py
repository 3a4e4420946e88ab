"""Following a log that floods: how late its last line is, what is lost, whether keys are answered."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.run import Run, spread
from tests.bench.table import NEVER, Goal, Result, at_most, times
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


class Followed(NamedTuple):
    """One flood. All in milliseconds, megabytes or lines.

    late         the last line on the screen after it was due, NEVER when it never came
    engine_late  the engine itself had written it this long after it was due
    counted      lines that the program says it has received since the flood began, None where it does not say
    key          the worst answer to a key meanwhile
    """

    late: float
    engine_late: float | None
    counted: int | None
    key: float
    keys_missed: int
    memory: float


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

    def counted(self) -> int | None:
        """The number of lines that a title on the screen speaks of."""
        for line in self._terminal.lines():
            if match := _COUNT.search(line):
                return int(re.sub(r"\D", "", match[1]))
        return None

    def answer(self) -> float | None:
        """Seconds until an overlay opened at a key; it is closed again."""
        typed = self._terminal.press(self._program.overlay_key)
        shown = self._terminal.until(self.overlaid, KEY_LIMIT)
        self._terminal.press(ESCAPE)
        self._terminal.until(self.uncovered, KEY_LIMIT)
        return shown - typed if shown else None


def _follow(run: Run, program: Program, engine: LoadEngine, rate: int, lines: int) -> Followed:
    tag = f"{random.randrange(10**9):09d}"
    with run.open(program, engine) as terminal:
        program.first_row(terminal)
        terminal.watch(SETTLED)
        for key in program.log_keys:
            terminal.press(key)
            terminal.watch(SETTLED)
        screen = _Screen(program, terminal, f"END-{tag}")
        before = screen.counted()
        names = engine.names()
        due = clock() + lines / rate
        for name in names:  # the program follows one of them
            engine.control("log", name=name, n=lines, rate=rate, tag=tag)
        answers: list[float | None] = []
        terminal.watch(KEYS_EVERY)
        while clock() < due - LAST_KEY:
            answers.append(screen.answer())
            terminal.until(screen.ended, KEYS_EVERY)
        terminal.until(screen.ended, max(0.0, due - clock()) + LAST_LINE_LIMIT)
        memory = terminal.memory()
        terminal.watch(0.5)
        after = screen.counted()
        done = [
            log["done"]
            for log in engine.control("stat")["logs"].values()
            if log.get("tag") == tag and log["done"]
        ]
    keys = spread(answers)
    return Followed(
        late=NEVER if screen.last_line_at is None else 1000 * (screen.last_line_at - due),
        engine_late=1000 * (min(done) - due) if done else None,
        counted=None if after is None else after - (before or 0),
        key=keys.worst,
        keys_missed=keys.missed,
        memory=memory,
    )


def _results(rate: int, lines: int, ours: Followed, theirs: Followed | None, late: Goal) -> list[Result]:
    label = f"log at {rate:,} lines/s"
    lost = None if ours.counted is None else abs(lines - ours.counted)
    engine = f"the engine itself was done {ours.engine_late:.0f} ms late" if ours.engine_late else ""
    return [
        Result(f"{label}, last line late", ours.late, theirs and theirs.late, "ms", (late,), engine),
        Result(f"{label}, lines lost of {lines:,}", lost, goals=(at_most(0),)),
        Result(f"{label}, key answered, worst", ours.key, theirs and theirs.key, "ms", (at_most(50),)),
        Result(f"{label}, keys lost", ours.keys_missed, theirs and theirs.keys_missed, goals=(at_most(0),)),
    ]


def measure(run: Run) -> list[Result]:
    engine = run.engines.load(CONTAINERS, running=1.0)
    some = run.either(40_000, 20_000)
    ours, theirs = run.both(lambda program: _follow(run, program, engine, 10_000, some))
    flood, flood_theirs = run.both_unless_quick(lambda program: _follow(run, program, engine, 50_000, MANY))
    return [
        *_results(10_000, some, ours, theirs, times(0.6)),
        *_results(50_000, MANY, flood, flood_theirs, at_most(200)),
        Result(
            f"memory, {MANY:,} lines seen",
            flood.memory,
            flood_theirs and flood_theirs.memory,
            "MB",
            (at_most(80),),
        ),
    ]
