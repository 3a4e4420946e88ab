"""The program as it is started by its user: another process, a real terminal, a home of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.engine.conftest import api
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["api"]

TREE = os.path.abspath(f"{__file__}/../../..")

OpenTerminal = Callable[..., Terminal]


@pytest.fixture
def open_terminal() -> Iterator[OpenTerminal]:
    """Start a command in a terminal, with Terminal's arguments; it is ended after the test."""
    opened: list[Terminal] = []

    def start(*command: str | os.PathLike[str], **options: object) -> Terminal:
        opened.append(Terminal(command, **options))  # type: ignore[arg-type]
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()


@pytest.fixture
def open_holdfast(open_terminal: OpenTerminal, tmp_path: Path) -> OpenTerminal:
    """Start the checkout's `holdfast` with these arguments, with a home of its own."""

    def start(*arguments: str, **options: object) -> Terminal:
        (tmp_path / ".local/state/holdfast-demo").mkdir(parents=True, exist_ok=True)
        (tmp_path / ".local/state/holdfast-demo/seen").touch()  # first steps are asked for
        env = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": TREE}
        return open_terminal(
            sys.executable, "-m", "tui", *arguments, **{"env": env, "cwd": tmp_path} | options
        )

    return start
