"""The printed table: measure, ours, theirs, ratio, goal, met or not, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADINGS = ("measure", "holdfast", "theirs", "ratio", "goal", "")

NEVER = inf
"""The figure of something that a program never did: worse than any other."""


@dataclass(frozen=True)
class Goal:
    """At most `limit`, of the unit measured or, where `relative`, of what lazydocker needed in this run."""

    limit: float
    relative: bool = False

    def met(self, ours: float, theirs: float | None) -> bool | None:
        """None where there is nothing to compare with."""
        if not self.relative:
            return ours <= self.limit
        return None if theirs is None else ours != NEVER and ours <= self.limit * theirs

    def text(self, unit: str) -> str:
        return f"{self.limit:g}x" if self.relative else f"{self.limit:g} {unit}".rstrip()


def at_most(limit: float) -> Goal:
    return Goal(limit)


def times(limit: float) -> Goal:
    return Goal(limit, relative=True)


@dataclass(frozen=True)
class Result:
    """One row of the table.

    ours, theirs   NEVER where the program never did it, None where it was not measured
    unit           "ms", "%", "MB", "B", or "" for counts
    goals          all of them must be met; () for a row that only explains others
    note           what must be known to read the row, or why a goal was missed
    """

    measure: str
    ours: float | None
    theirs: float | None = None
    unit: str = ""
    goals: tuple[Goal, ...] = ()
    note: str = ""

    @property
    def ratio(self) -> float | None:
        if self.ours is None or not self.theirs or NEVER in (self.ours, self.theirs):
            return None
        return self.ours / self.theirs

    @property
    def met(self) -> bool | None:
        """Whether every goal is met; None without a goal, or where one has nothing to stand on."""
        if not self.goals or self.ours is None:
            return None
        met = [goal.met(self.ours, self.theirs) for goal in self.goals]
        return False if False in met else None if None in met else True

    @property
    def goal(self) -> str:
        return f"<= {', '.join(goal.text(self.unit) for goal in self.goals)}" if self.goals else ""

    def cells(self) -> tuple[str, ...]:
        verdict = {True: "met", False: "NOT MET", None: "not measured" if self.goals else ""}[self.met]
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}x"
        return (self.measure, self._amount(self.ours), self._amount(self.theirs), ratio, self.goal, verdict)

    def _amount(self, value: float | None) -> str:
        if value is None:
            return ""
        if value == NEVER:
            return "never"
        digits = 0 if value == int(value) or value >= 100 else 1 if value >= 10 else 2
        return f"{value:,.{digits}f} {self.unit}".rstrip()

    def as_json(self) -> dict[str, Any]:
        """Plain JSON: "never" where a program never did it, null where it was not measured."""
        ours, theirs = ("never" if value == NEVER else value for value in (self.ours, self.theirs))
        return {
            "measure": self.measure,
            "unit": self.unit,
            "holdfast": ours,
            "lazydocker": theirs,
            "ratio": self.ratio,
            "goal": self.goal,
            "met": self.met,
            "note": self.note,
        }


def _line(cells: Iterable[str], widths: list[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]).rstrip()


def render(groups: dict[str, list[Result]]) -> str:
    """All groups as one text; a note stands under its row."""
    rows = [result.cells() for results in groups.values() for result in results]
    widths = [max(len(cells[column]) for cells in [HEADINGS, *rows]) for column in range(len(HEADINGS))]
    out = [_line(HEADINGS, widths), "-" * (sum(widths) + 2 * (len(widths) - 1))]
    for title, results in groups.items():
        out.append(title.upper())
        for result in results:
            out.append(_line(result.cells(), widths))
            if result.note:
                out.append(f"    {result.note}")
    return "\n".join(out)


def summary(groups: dict[str, list[Result]]) -> str:
    """How many goals are met, and which are not."""
    results = [result for found in groups.values() for result in found if result.goals]
    missed = [result.measure for result in results if result.met is False]
    unknown = [result.measure for result in results if result.met is None]
    out = [f"{len(results) - len(missed) - len(unknown)} of {len(results)} goals met."]
    if missed:
        out.append(f"Not met: {'; '.join(missed)}.")
    if unknown:
        out.append(f"Not measured: {'; '.join(unknown)}.")
    return "\n".join(out)
