"""A program in a real pseudo-terminal, seen as its user sees it."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import ptyprocess  # type: ignore[import-untyped]

from tests.support.screen import Screen, answers

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pyte.screens import Char

SIZES = [(80, 24), (120, 40), (200, 60)]
"""Columns and lines at which the screen is looked at."""

PATIENCE = 45.0
"""Seconds that something which is waited for may take."""

FRAME_BEGINS, FRAME_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"
"""Synchronised output: a terminal shows nothing of what is between them before all of it is there."""

AGAIN = 8.0
"""Seconds after which a key that has shown no effect is pressed again."""

KEYS = {
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "enter": "\r", "escape": "\x1b", "tab": "\t",
    "backspace": "\x7f", "space": " ",
}  # fmt: skip
"""What a terminal sends for keys that have a name."""


def _hear_signals() -> None:
    """As in a terminal, also where the tests themselves run under nohup, or behind a shell's &."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


class Terminal:
    """Starts `command` in a terminal of `size` (columns, lines); its environment is exactly `env`.

    output   all bytes that it has written so far
    """

    synchronised = True
    """Whether it says that it knows synchronised output."""

    def __init__(
        self,
        command: Sequence[str | os.PathLike[str]],
        size: tuple[int, int] = (120, 40),
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        columns, lines = size
        self.output = bytearray()
        self._screen = Screen(columns, lines)
        self._changed = threading.Condition()
        self._ended = False
        self._in_frame = False
        self._taken_away = False
        own = {"TERM": "xterm-256color", "COLORTERM": "truecolor", **(os.environ if env is None else env)}
        self._child = ptyprocess.PtyProcess.spawn(
            [os.fspath(word) for word in command],
            cwd=cwd,
            env=own,
            dimensions=(lines, columns),
            preexec_fn=_hear_signals,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return int(self._child.pid)

    def _read(self) -> None:
        while True:
            try:
                chunk = b"" if self._taken_away else os.read(self._child.fd, 1 << 16)
            except OSError:  # how Linux reports the end of a pseudo-terminal
                chunk = b""
            with self._changed:
                self._ended = not chunk
                self.output += chunk
                fresh = self.output[-len(chunk) - len(FRAME_BEGINS) :]
                if (begins := fresh.rfind(FRAME_BEGINS)) != (ends := fresh.rfind(FRAME_ENDS)):
                    self._in_frame = self.synchronised and begins > ends
                self._screen.feed(chunk)
                self._changed.notify_all()
            if not chunk:
                return
            if b"\x1b" in chunk and (said := answers(chunk, synchronised=self.synchronised)):
                self.send(said)

    def send(self, keys: str | bytes) -> None:
        """Type text, or the bytes of keys."""
        with contextlib.suppress(OSError):  # it has ended: what is waited for says so
            os.write(self._child.fd, keys.encode() if isinstance(keys, str) else keys)

    def press(self, *keys: str) -> None:
        """Press keys by name ("down") or character ("q"), one after the other."""
        for key in keys:
            self.send(KEYS.get(key, key))

    # -- looking

    def lines(self) -> list[str]:
        """The screen, without blanks at the ends of lines."""
        with self._changed:
            return [line.rstrip() for line in self._screen.lines()]

    def text(self) -> str:
        return "\n".join(self.lines())

    def cell(self, line: int, column: int) -> Char:
        """A cell with its colours and attributes, counted from 0."""
        with self._changed:
            return self._screen.cell(line, column)

    def wait(self, true: Callable[[str], object], seconds: float = PATIENCE, what: str = "it") -> str:
        """Wait until the text of the screen is as wanted; that text. Fails with the screen."""
        limit = time.monotonic() + seconds
        with self._changed:
            while True:
                left = limit - time.monotonic()
                halfway = self._in_frame and left > 0 and not self._ended
                text = self.text()
                if not halfway and true(text):
                    return text
                why = "the program has ended" if self._ended else f"{seconds:g} s have passed"
                assert left > 0 and not self._ended, f"{what} did not show: {why}\n{text}"
                self._changed.wait(left)

    def wait_for(self, wanted: str | re.Pattern[str], seconds: float = PATIENCE) -> str:
        """Wait until a text or pattern is on the screen; the screen."""
        if isinstance(wanted, str):
            return self.wait(lambda text: wanted in text, seconds, repr(wanted))
        return self.wait(wanted.search, seconds, repr(wanted.pattern))

    def wait_until_gone(self, unwanted: str, seconds: float = PATIENCE) -> str:
        """Wait until a text is no longer on the screen; the screen."""
        return self.wait(lambda text: unwanted not in text, seconds, f"a screen without {unwanted!r}")

    def answer(self, key: str, question: str) -> None:
        """Press a key until the question is gone: in the moment in which it appears no key is an answer.

        Not soon again: where the first one counted and the screen is slow, the next question would get it.
        """
        self.wait_for(question)
        limit = time.monotonic() + PATIENCE
        while question in self.text():
            assert time.monotonic() < limit, f"{question!r} is still there\n{self.text()}"
            self.press(key)
            with suppress(AssertionError):
                self.wait_until_gone(question, AGAIN)

    # -- size and end

    def resize(self, columns: int, lines: int) -> None:
        with self._changed:
            self._screen.resize(columns, lines)
        self._child.setwinsize(lines, columns)

    def wait_end(self, seconds: float = PATIENCE) -> int:
        """Wait until the program has ended by itself; its exit status, negative for a signal."""
        self._reader.join(seconds)
        assert self._ended, f"it has not ended within {seconds:g} s\n{self.text()}"
        self._child.wait()
        return -self._child.signalstatus if self._child.signalstatus else int(self._child.exitstatus)

    def take_away(self) -> None:
        """Close the terminal under the program, as a closed window or a lost connection does.

        The kernel sends SIGHUP as soon as the program has written once more, and every write fails then.
        """
        self._taken_away = True
        self._child.fileobj.close()

    def close(self) -> None:
        """End the program, politely at first, and whatever it left in its process group."""
        for ending in (signal.SIGHUP, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, ending)
            self._reader.join(2)
        self._child.close(force=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
