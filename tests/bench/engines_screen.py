"""A hundred engines on one screen: what that costs, and how long it takes to go from one to another."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.run import spread
from tests.bench.table import NEVER, Result, at_most
from tests.bench.terminal import clock
from tests.support.many_engines import many_engines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.run import Run
    from tests.bench.terminal import Terminal

ENGINES, CONTAINERS = 100, 20

LIMIT = 20.0
"""Seconds within which all of them have answered, or never."""


def measure(run: Run) -> list[Result]:
    with (
        tempfile.TemporaryDirectory(prefix="holdfast-many-") as folder,
        many_engines(Path(folder, "sockets"), ENGINES, CONTAINERS) as sockets,
    ):
        home = Path(folder, "home")
        _configure(home / run.ours.name / "config" / "holdfast", sockets)
        terminal = run.ours.start(str(sockets[0]), home)
        try:
            return _measured(run, terminal)
        finally:
            terminal.end()


def _configure(folder: Path, sockets: Sequence[Path]) -> None:
    folder.mkdir(parents=True)
    tables = [f'[engines.edge-{number:03}]\nhost = "unix://{path}"\n' for number, path in enumerate(sockets)]
    (folder / "config.toml").write_text("".join(tables))


def _measured(run: Run, terminal: Terminal) -> list[Result]:
    if run.ours.first_row(terminal) is None:
        return []
    terminal.watch(1.0)
    pressed = terminal.press("c")
    listed = terminal.until(lambda: _says(terminal, "Engines · "), LIMIT)
    answered = terminal.until(lambda: _says(terminal, f"{ENGINES} of {ENGINES} answer"), LIMIT)
    terminal.watch(run.either(10, 3))
    cpu, began = terminal.cpu_seconds(), clock()
    terminal.watch(run.either(60, 10))
    cpu = 100 * (terminal.cpu_seconds() - cpu) / (clock() - began)
    memory = terminal.memory()
    switches = spread(_switches(terminal, run.either(20, 6)))
    return [
        Result(f"{ENGINES} engines: listed", _milliseconds(pressed, listed), None, "ms", (at_most(300),)),
        Result(f"{ENGINES} engines: all have answered", _milliseconds(pressed, answered), None, "ms"),
        Result(f"{ENGINES} engines on the screen: memory", memory, None, "MB", (at_most(250),)),
        Result(f"{ENGINES} engines on the screen: idle CPU", cpu, None, "%", (at_most(3),)),
        Result("back to an engine, p95", switches.p95, None, "ms", (at_most(150),)),
    ]


def _says(terminal: Terminal, text: str) -> bool:
    return any(text in line for line in terminal.lines())


def _milliseconds(begun: float, ended: float | None) -> float:
    return NEVER if ended is None else 1000 * (ended - begun)


def _switches(terminal: Terminal, times: int) -> list[float | None]:
    """To the second engine and back again and again: from Enter until the header has its name."""
    found: list[float | None] = []
    for number in range(times + 2):
        name, keys = ("edge-001", "gj") if number % 2 == 0 else ("edge-000", "g")
        if not _says(terminal, "Engines · "):
            terminal.press("c")
            terminal.until(lambda: _says(terminal, "Engines · "), LIMIT)
        terminal.press(keys)
        terminal.watch(0.5)
        pressed = terminal.press("\r")
        shown = terminal.until(lambda name=name: _shows(terminal, name), LIMIT)  # type: ignore[misc]
        terminal.watch(1.0)
        if number > 1:  # the first time each is opened, which is not going back
            found.append(None if shown is None else shown - pressed)
    return found


def _shows(terminal: Terminal, name: str) -> bool:
    return name in terminal.lines()[0] and _says(terminal, "4 Containers")
