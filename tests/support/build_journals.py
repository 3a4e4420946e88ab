"""Journals of builds, as operations write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.journal.format import encode
from tui.model.operation import Ended, Failure, PlanStep, Started, StepChanged

if TYPE_CHECKING:
    from pathlib import Path

ENGINE = "unix:///var/run/docker.sock"

STEPS = (
    ("[internal] load build definition from Dockerfile", 0.1),
    ("[internal] load build context", 0.9),
    ("[build 1/5] FROM node:22-alpine", 0.4),
    ("[build 2/5] COPY package.json .", 0.2),
    ("[build 3/5] RUN npm ci", 8.0),
    ("[build 4/5] COPY . .", 0.3),
    ("[build 5/5] RUN npm run build", 4.0),
    ("exporting to image", 1.1),
)


def write_build(
    folder: Path,
    app: str,
    number: int,
    t: float,
    *,
    slow: float = 1.0,
    cached: int = 0,
    failed: str = "",
    ended: bool = True,
    engine: str = ENGINE,
) -> str:
    """One build, begun at `t`: its ID. `cached` steps were there already, `failed` has broken it."""
    op = f"20231114-{number // 60 % 24:02}{number % 60:02}00-build-{app}-{number:06x}"
    plan = (PlanStep("build", "Build with BuildKit"), PlanStep("name", "Name the image"))
    events = [
        Started(t=t, op=op, verb="build", app=app, engine=engine, by="anna", host="box", pid=1, plan=plan),
        StepChanged(t, "build", "running"),
    ]
    now, ok = t, True
    for place, (title, seconds) in enumerate(STEPS):
        state, took = "done", seconds * slow
        if 3 <= place < 3 + cached:
            state, took = "cached", 0.0
        if failed and failed in title:
            state, ok = "failed", False
        events.append(
            StepChanged(now, f"sha256:{place}", "running", title=title, parent="build", started=now)
        )
        now += took
        events.append(
            StepChanged(now, f"sha256:{place}", state, took, title=title, parent="build", started=now - took)
        )
        if not ok:
            break
    if ended:
        events.append(StepChanged(now, "build", "done" if ok else "failed", now - t))
        error = None if ok else Failure(1, "exit code: 1")
        events.append(Ended(now, ok, now - t, error=error))  # type: ignore[arg-type]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{op}.jsonl").write_bytes(b"".join(map(encode, events)))
    return op
