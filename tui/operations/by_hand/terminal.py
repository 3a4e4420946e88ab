"""Giving the local terminal to a process inside a container."""

from __future__ import annotations

import asyncio
import os
import signal
import termios
import threading
import tty
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tui.engine.errors import EngineError
from tui.terminal import Terminal, given_back, stop_job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tui.engine.exec import ExecSession

KEYS_BYTES = 4096
"""Most bytes read from the terminal at once."""

END_OF_FILE = b"\x04"

SANE = b"\x1b[0m\x1b[?25h\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1047l"
"""Colours, cursor, pasting, mouse and screen as a program may leave them when it is cut off."""


async def attach_terminal(session: ExecSession, input_fd: int, output_fd: int) -> int:
    """Join a local terminal to a session until the process ends; returns its exit code.

    The terminal is in raw mode meanwhile, every key goes to the process (Ctrl+C too), and its size is passed
    on. However this ends, also by cancelling, the terminal is as it was. Raises EngineError.
    """
    terminal = Terminal(input_fd, output_fd, SANE)
    with given_back(terminal), _resizes() as resized, _raw(terminal, input_fd, resized):
        resized.set()
        others = [
            asyncio.create_task(_type(session, input_fd), name="keys"),
            asyncio.create_task(_resize(session, output_fd, resized), name="terminal size"),
        ]
        try:
            await _show(session, output_fd)
        finally:
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
    return await session.wait()


def terminal_size(fd: int) -> tuple[int, int]:
    """Columns and rows; 80 and 24 where it is no terminal, or one without a size."""
    return Terminal(fd, fd).size


async def _type(session: ExecSession, fd: int) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    while True:
        loop.add_reader(fd, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(fd)
        ready.clear()
        try:
            keys = os.read(fd, KEYS_BYTES)
        except OSError:
            keys = b""  # the terminal has gone
        await session.write(keys or END_OF_FILE)
        if not keys:
            return


async def _show(session: ExecSession, fd: int) -> None:
    while output := await session.read():
        await asyncio.to_thread(_write, fd, output)  # a terminal may be slow, or be stopped by Ctrl+S


def _write(fd: int, output: bytes) -> None:
    left = memoryview(output)
    while left:
        left = left[os.write(fd, left) :]


async def _resize(session: ExecSession, fd: int, resized: asyncio.Event) -> None:
    while True:
        await resized.wait()
        resized.clear()
        with suppress(EngineError):  # it has just ended: reading says so
            await session.resize(*terminal_size(fd))


@contextmanager
def _raw(terminal: Terminal, fd: int, resized: asyncio.Event) -> Iterator[None]:
    """Keys as they are pressed, none of them acted on here; again so after we were stopped."""

    def take() -> None:
        terminal.hold()
        with suppress(termios.error):  # the terminal has gone
            if terminal.before is not None:
                tty.setraw(fd, termios.TCSANOW)
        resized.set()

    def stop() -> None:
        if terminal.held:
            terminal.give_back()
            stop_job()
            take()

    take()
    if threading.current_thread() is threading.main_thread():
        loop = asyncio.get_running_loop()
        signal.signal(signal.SIGTSTP, lambda *_: loop.call_soon_threadsafe(stop))
        signal.signal(signal.SIGCONT, lambda *_: terminal.held and loop.call_soon_threadsafe(take))
    yield


@contextmanager
def _resizes() -> Iterator[asyncio.Event]:
    """An event that is set whenever the terminal's size changes; signals reach only the main thread."""
    resized = asyncio.Event()
    if threading.current_thread() is not threading.main_thread():
        yield resized
        return
    loop = asyncio.get_running_loop()
    before: Callable[..., object] | int | None = signal.getsignal(signal.SIGWINCH)
    loop.add_signal_handler(signal.SIGWINCH, resized.set)
    try:
        yield resized
    finally:
        loop.remove_signal_handler(signal.SIGWINCH)
        if before is not None:
            signal.signal(signal.SIGWINCH, before)
