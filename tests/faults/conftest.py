"""The program in a terminal, as in tests/terminal, and calls to the engine that do not go through it."""

from __future__ import annotations

from tests.engine.conftest import api
from tests.faults.deploying import pytest_sessionfinish, pytest_terminal_summary, pytest_testnodedown
from tests.terminal.conftest import open_holdfast, open_terminal

__all__ = [
    "api",
    "open_holdfast",
    "open_terminal",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_testnodedown",
]
