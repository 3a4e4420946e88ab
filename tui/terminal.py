"""The user's terminal: taken, and given back as it was, whatever ends the program.

Only plain system calls are used: it serves the first paint, before Textual is there, and signal handlers.
"""

from __future__ import annotations

import errno
import os
import select
import signal
import termios
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

SCREEN = (
    b"\x1b[?2026l\x1b[?2004l\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[?1004l"
    b"\x1b[?7h\x1b[0m\x1b[?1049l\x1b[?25h"
)
"""Undoes what the dashboard turns on."""

POP = b"\x1b[<u"
"""Undoes one mode of the keyboard, before its screen is left: each screen has a stack of them."""

ENDING = tuple(
    getattr(signal, name)
    for name in (
        "SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF",
        "SIGXCPU", "SIGXFSZ", "SIGIO", "SIGPWR", "SIGSTKFLT",
    )
    if hasattr(signal, name)
)  # fmt: skip
"""Signals that end a program which does not hear them, and that one can hear."""

PATIENCE = 0.5
"""Seconds that a terminal which takes nothing is waited for when the program ends."""

MOST_COLUMNS, MOST_ROWS = 1000, 500
"""The largest size that is drawn: a wall of screens has fewer cells."""

LAST = 5.0
"""Seconds that a program which was asked to end may take for it."""


class Terminal:
    """Where keys come from and where the screen is; `undo` is written when it is given back.

    held        whether it is ours now
    ask_to_end  where there is something to be ended in order, it is asked the first time, with the signal
    around      undoes what is around the screen, as its title; whoever changes that says so
    silence     keeps others from writing when it is given back in haste; how many modes of the keyboard are
                to be undone
    """

    def __init__(self, keys: int, screen: int, undo: bytes = SCREEN) -> None:
        self.held = False
        self.ask_to_end: Callable[[int], None] | None = None
        self.silence: Callable[[], int] | None = None
        self.before: list[Any] | None = None
        self.around = b""
        self._keys = keys
        self._screen = screen
        self._undo = undo

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows, whatever the environment says; 80 and 24 where it has no size.

        A terminal may call itself 65,535 rows high, and every cell takes memory: only a part is used then.
        """
        try:
            columns, rows = os.get_terminal_size(self._screen)
        except OSError:
            return 80, 24
        return min(columns, MOST_COLUMNS) or 80, min(rows, MOST_ROWS) or 24

    def hold(self) -> None:
        """Take it. In the background the kernel stops us here, until we are in the foreground again."""
        while not self.held:
            try:
                self.before = termios.tcgetattr(self._keys)
                termios.tcsetattr(self._keys, termios.TCSANOW, self.before)
            except termios.error as error:
                if error.args[0] == errno.EINTR:
                    continue
                self.before = None  # no terminal, or it has gone: what is written next says so
            self.held = True

    def let_go(self) -> None:
        """It was given back already, in order."""
        self.held = False

    def give_back(self) -> None:
        """As it was before it was taken; nothing where it is not held."""
        if not self.held:
            return
        self.held = False
        modes = self.silence() if self.silence is not None else 0
        if os.isatty(self._screen):
            with suppress(OSError, ValueError):  # it has gone, or is too many files further
                if select.select([], [self._screen], [], PATIENCE)[1]:
                    os.write(self._screen, POP * modes + self.around + self._undo)
        with suppress(OSError, termios.error):
            if self.before is not None and _in_foreground(self._keys):
                termios.tcsetattr(self._keys, termios.TCSANOW, self.before)


def _in_foreground(fd: int) -> bool:
    """Whether the terminal's settings are ours: in the background they are somebody else's by now."""
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:
        return True  # it controls no job of ours, so that it has no background


@contextmanager
def given_back(terminal: Terminal) -> Iterator[None]:
    """Whatever ends this, a signal that ends the program too, gives the terminal back."""
    former: dict[int, Any] = {}
    asked = 0

    def end(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked and number == signal.SIGALRM:  # it takes too long
            number = asked
        ask, terminal.ask_to_end = terminal.ask_to_end, None
        if ask is not None:
            asked = number
            signal.setitimer(signal.ITIMER_REAL, LAST)
            ask(number)
            return
        terminal.give_back()
        before = former.get(number)
        if callable(before) and before is not signal.default_int_handler:
            before(number, frame)
            return
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    heard = threading.current_thread() is threading.main_thread()  # signals reach no other
    job = [(number, signal.getsignal(number)) for number in (signal.SIGTSTP, signal.SIGCONT)]
    for number in ENDING if heard else ():
        if signal.getsignal(number) not in (signal.SIG_IGN, None):
            former[number] = signal.signal(number, end)
    try:
        yield
    finally:
        terminal.ask_to_end = None
        terminal.give_back()
        if asked:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, before in [*former.items(), *(job if heard else ())]:
            signal.signal(number, before)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTSTP})


def stop_job() -> bool:
    """Stop this process and its whole job, as Ctrl+Z does; returns when it is continued.

    False where it was not stopped: the kernel stops no job that no shell could continue.
    """
    continued = False

    def go_on(_number: int, _frame: FrameType | None) -> None:
        nonlocal continued
        continued = True

    before = signal.signal(signal.SIGTSTP, signal.SIG_DFL), signal.signal(signal.SIGCONT, go_on)
    try:
        os.kill(0, signal.SIGTSTP)
    finally:
        signal.signal(signal.SIGTSTP, before[0])
        signal.signal(signal.SIGCONT, before[1])
    return continued
