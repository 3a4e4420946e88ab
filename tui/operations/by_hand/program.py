"""Giving the terminal to a program of this machine."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tui.errors import HoldfastError
from tui.operations.by_hand.terminal import SANE
from tui.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KEYS, SCREEN = 0, 2
"""Where the dashboard has them: its standard output may be a file."""


async def run_program(command: Sequence[str], above: str) -> int:
    """Until it ends; its exit status, negative for a signal. `above` it stands what it is.

    Its keys are its own, Ctrl+C too. The terminal is as it was afterwards.
    """
    terminal = Terminal(KEYS, SCREEN, SANE)
    terminal.hold()
    try:
        with _deaf():
            os.write(SCREEN, f"{shlex.join(command)}\n{above}\n".encode())
            try:
                process = await asyncio.create_subprocess_exec(
                    *command, stdin=KEYS, stdout=SCREEN, stderr=SCREEN
                )
            except OSError as error:
                raise HoldfastError(f"{command[0]} cannot be started: {error.strerror}") from error
            return await process.wait()
    finally:
        terminal.give_back()


@contextmanager
def _deaf() -> Iterator[None]:
    """Ctrl+C and Ctrl+\\ are for the other program: both get them from the terminal."""
    heard = (signal.SIGINT, signal.SIGQUIT)
    before = {number: signal.getsignal(number) for number in heard}
    for number in heard:
        signal.signal(number, lambda *_: None)  # not SIG_IGN, which the program would inherit
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)
