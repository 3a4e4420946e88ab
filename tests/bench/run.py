"""What all measures share: the programs, the engines, and how much patience the run has."""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from statistics import median
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from tests.bench.table import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tests.bench.engines import Engine, Engines
    from tests.bench.observation import Observation
    from tests.bench.programs import Program
    from tests.bench.terminal import Terminal

T = TypeVar("T")


@dataclass(frozen=True)
class Run:
    """One run of the benchmark.

    home           holds the private folders of both programs
    remarks        what a reader of the table must know besides
    observations   by program and number of containers: several measures read the same one
    """

    quick: bool
    ours: Program
    theirs: Program | None
    engines: Engines
    home: Path
    remarks: set[str] = field(default_factory=set)
    observations: dict[tuple[Program, int], Observation | None] = field(default_factory=dict)

    @property
    def programs(self) -> list[Program]:
        return [self.ours, self.theirs] if self.theirs else [self.ours]

    def either(self, full: int, quick: int) -> int:
        """How often, or for how many seconds."""
        return quick if self.quick else full

    def both(self, measure: Callable[[Program], T]) -> tuple[T, T | None]:
        """`measure` of ours and, where it is installed, of lazydocker."""
        return measure(self.ours), measure(self.theirs) if self.theirs else None

    def both_unless_quick(self, measure: Callable[[Program], T]) -> tuple[T, T | None]:
        """Where the goal is not a ratio, lazydocker only shows what others reach."""
        return (measure(self.ours), None) if self.quick else self.both(measure)

    @contextmanager
    def open(self, program: Program, engine: Engine) -> Iterator[Terminal]:
        """The program on an engine that has nothing else to do; ended at the end."""
        engine.calm()
        terminal = program.start(engine.path, self.home)
        try:
            yield terminal
        finally:
            if terminal.ended:
                said = " ".join(line.strip() for line in terminal.lines() if line.strip())
                self.remarks.add(f"{program.name} ended by itself: ...{said[-200:]}")
            terminal.end()


class Spread(NamedTuple):
    """How long something took, in milliseconds, and how often it never came; NEVER when it never did."""

    median: float
    p95: float
    worst: float
    missed: int


def spread(seconds: Sequence[float | None]) -> Spread:
    """Of measured seconds, None for each that never came."""
    came = sorted(1000 * one for one in seconds if one is not None)
    missed = len(seconds) - len(came)
    if not came:
        return Spread(NEVER, NEVER, NEVER, missed)
    return Spread(median(came), came[ceil(0.95 * len(came)) - 1], came[-1], missed)


def pause(terminal: Terminal, least: float, most: float) -> None:
    """A random while, so that nothing is measured in step with a program that polls."""
    terminal.watch(random.uniform(least, most))
