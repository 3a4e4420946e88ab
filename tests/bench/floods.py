"""How late a key is while an engine tells of 10,000 events a second."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.run import pause, spread
from tests.bench.table import Result, at_most
from tests.support.lying_engine import LyingEngine

if TYPE_CHECKING:
    from tests.bench.run import Run
    from tests.bench.terminal import Terminal

PATIENCE = 20.0


def _opened(terminal: Terminal) -> bool:
    return any("Help · keys" in line for line in terminal.lines())


def _key(terminal: Terminal, key: str, opened: bool) -> float | None:
    """Seconds until the screen has answered it."""
    pressed = terminal.press(key)
    seen = terminal.until(lambda: _opened(terminal) is opened, PATIENCE)
    return None if seen is None else seen - pressed


def measure(run: Run) -> list[Result]:
    took: list[float | None] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        LyingEngine(Path(folder), {"/events": "10,000 events a second"}) as engine,
    ):
        terminal = run.ours.start(engine.host.removeprefix("unix://"), run.home)
        try:
            terminal.until(lambda: any("● live" in line for line in terminal.lines()), PATIENCE)
            for _ in range(run.either(20, 5)):
                for key, opened in (("?", True), ("\x1b", False)):
                    took.append(_key(terminal, key, opened))
                    pause(terminal, 0.2, 0.45)
        finally:
            terminal.end()
    found = spread(took)
    return [
        Result("key, 10,000 events/s, median", found.median, None, "ms", (at_most(500),)),
        Result("key, 10,000 events/s, worst", found.worst, None, "ms", (at_most(1000),)),
        Result(f"key, 10,000 events/s, missed of {len(took)}", found.missed, None, "", (at_most(0),)),
    ]
