"""The events of a build, and a program that shows them as the command line does.

As a program: `python -m tests.unit.cli.story RENDERING SECONDS`, where SECONDS pass before the build ends.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING

from tui.cli import rendering
from tui.model.operation import (
    Ended,
    Failure,
    Logged,
    PlanStep,
    Progressed,
    Result,
    Started,
    StepChanged,
    Warned,
)

if TYPE_CHECKING:
    from tui.model.operation import Event

OP = "20261124-093000-build-web-3f2a9c"
IMAGE = "sha256:" + "ab" * 32
PLAN = (PlanStep("build", "Build with BuildKit"), PlanStep("name", "Name the image"))


def beginning(t: float) -> list[Event]:
    """A cached step, a finished one, and one that runs."""
    return [
        Started(t, OP, "build", "web", "unix:///s", "alice", "host", 1, PLAN, "Build web"),
        Warned(t, "python:3 is named by a tag that moves"),
        StepChanged(t, "build", "running"),
        StepChanged(t, "a", "cached", title="[1/3] FROM python:3", parent="build"),
        StepChanged(t, "b", "running", title="[2/3] COPY . .", parent="build"),
        StepChanged(t + 1, "b", "done", 1.0),
        StepChanged(t + 1, "c", "running", title="[3/3] RUN make", parent="build"),
        Logged(t + 1, "c", 1, "compiling one\ncompiling \x1b[31mtwo\x1b[0m\x1b[2J"),
        Progressed(t + 1, "c", 500_000, 1_000_000),
    ]


def success(t: float) -> list[Event]:
    return [
        StepChanged(t, "c", "done", 2.0),
        StepChanged(t, "build", "done", 3.0),
        StepChanged(t, "name", "running"),
        StepChanged(t, "name", "done", 0.1),
        Ended(t, True, 3.1, Result(IMAGE, tags=("registry:5000/web:build-abababababab",))),
    ]


def failed(t: float, code: int = 1) -> list[Event]:
    problem = Failure(code, "RUN make failed with 2", "mend the Dockerfile", (" 3 | RUN make", "   | ^^^^"))
    return [
        StepChanged(t, "c", "failed", 2.0),
        StepChanged(t, "build", "failed", 3.0),
        Ended(t, False, 3.1, error=problem),
    ]


async def _show(kind: str, seconds: float) -> None:
    shown = getattr(rendering, kind)(12.5)
    for event in beginning(time.time()):
        shown.tell(event)
    await asyncio.sleep(seconds)
    for event in success(time.time()):
        shown.tell(event)
    shown.close()


if __name__ == "__main__":
    asyncio.run(_show(sys.argv[1], float(sys.argv[2])))
