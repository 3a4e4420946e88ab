"""Where the time of a build went, as its journal tells it. Pure."""

from __future__ import annotations

import re
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from tui.model.operation import CACHED, DONE, FAILED, RUNNING, WAITING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.model.operation import Ended, Started, StepChanged

BUILDING = ("build", "ship")
"""The verbs that build."""

_STAGE = re.compile(r"\[(?:(.+) )?\d+/\d+\] ")
"""What BuildKit puts before the instruction of a Dockerfile: "[assets 2/4] ", "[2/4] "."""


class Part(StrEnum):
    """What a step of a build is for."""

    STEPS = "steps"
    EXPORT = "export"
    CONTEXT = "context"
    BASES = "base images"
    PUSH = "push"


class StepTime(NamedTuple):
    """One step. `seconds` is its own time: several may run at once."""

    title: str
    part: Part
    seconds: float
    state: str
    stage: str = ""


class BuildTimes(NamedTuple):
    """One build.

    op, verb   the operation's ID; "ship" where it was a part of that
    t          when it was begun, seconds since the epoch
    state      done, failed, cancelled, interrupted or running
    seconds    from its first step to its last, pushing included
    steps      in the order in which they were told of
    """

    op: str
    verb: str
    t: float
    state: str
    seconds: float
    steps: tuple[StepTime, ...] = ()

    @property
    def parts(self) -> dict[Part, float]:
        """What the steps of each kind took, added up."""
        return {part: sum(one.seconds for one in self.steps if one.part is part) for part in Part}

    @property
    def instructions(self) -> tuple[StepTime, ...]:
        """The steps of the Dockerfile."""
        return tuple(one for one in self.steps if one.part is Part.STEPS)

    @property
    def cached(self) -> int:
        """How many of those were there already."""
        return sum(one.state == CACHED for one in self.instructions)

    @property
    def failed(self) -> StepTime | None:
        """The step that has broken it."""
        return next((one for one in self.steps if one.state == FAILED), None)


def build_times(
    started: Started, changes: Iterable[StepChanged], ended: Ended | None, *, alive: bool
) -> BuildTimes:
    """Of the events of an operation that builds, those of steps."""
    planned = {step.id: step.title for step in started.plan}
    last: dict[str, StepChanged] = {}
    for event in changes:
        before = last.get(event.step)
        title = event.title or (before.title if before is not None else planned.get(event.step, ""))
        parent = event.parent or (before.parent if before is not None else "")
        last[event.step] = event._replace(title=title, parent=parent)
    prefix = "ship-build/" if started.verb == "ship" else ""
    root = last.get(f"{prefix}build")
    steps = []
    pushed = 0.0
    for id, event in last.items():
        seconds = max(event.seconds or 0.0, 0.0)
        if event.parent == f"{prefix}build" or id == f"{prefix}name":
            found = _STAGE.match(event.title)
            part = Part.EXPORT if id == f"{prefix}name" else _part(event.title, is_instruction=bool(found))
            stage = (found[1] or "") if found else ""
            steps.append(
                StepTime(title=event.title, part=part, seconds=seconds, state=event.state, stage=stage)
            )
        elif event.parent == "ship-push":
            steps.append(StepTime(event.title, Part.PUSH, seconds, event.state))
            pushed += seconds
    whole = root.seconds if root is not None and root.seconds is not None else None
    if whole is None:
        whole = ended.seconds if ended is not None and not prefix else sum(one.seconds for one in steps)
    return BuildTimes(
        op=started.op,
        verb=started.verb,
        t=started.t,
        state=_state(root, ended, alive=alive),
        seconds=max(whole, 0.0) + pushed,
        steps=tuple(one for one in steps if one.state != WAITING),
    )


def _part(title: str, *, is_instruction: bool) -> Part:
    low = title.lower()
    if is_instruction and not low.partition("] ")[2].startswith("from "):
        return Part.STEPS
    if is_instruction or "metadata for" in low or low.startswith(("resolve image", "pull", "docker-image:")):
        return Part.BASES
    if low.startswith("[internal]"):
        return Part.CONTEXT
    return Part.EXPORT if low.startswith(("export", "name the image", "writing", "naming")) else Part.STEPS


def _state(root: StepChanged | None, ended: Ended | None, *, alive: bool) -> str:
    """How the build ended, whatever came after it."""
    cancelled = ended is not None and ended.error is not None and ended.error.cancelled
    if root is not None and root.state == DONE:
        return DONE
    if ended is None:
        return RUNNING if alive else "interrupted"
    return "cancelled" if cancelled else FAILED


def usual(builds: Sequence[BuildTimes]) -> float | None:
    """The median of what good builds took; None for fewer than two, which tell nothing."""
    good = [one.seconds for one in builds if one.state == DONE]
    return median(good) if len(good) > 1 else None
