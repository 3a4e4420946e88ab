"""The terminal's driver: takes over a painted screen, lends the terminal, waits for none that is slow."""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
import termios
import threading
import tty
from collections import deque
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

from textual import constants, events
from textual.drivers.linux_driver import (
    KITTY_DISAMBIGUATE_ESCAPE_CODES,
    KITTY_REPORT_ALL_KEYS,
    KITTY_REPORT_ASSOCIATED_TEXT,
    LinuxDriver,
)
from textual.geometry import Size

from tui.presentation.announcing import POP as POP_TITLE
from tui.presentation.announcing import PUSH as PUSH_TITLE
from tui.widgets.keyboard import Keyboard
from tui.widgets.typed_messages import TypedMessages
from tui.widgets.waiting import Waiting
from tui.widgets.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from textual.app import App
    from textual.message import Message

    from tui.terminal import Terminal

PUSH = f"\x1b[>{KITTY_DISAMBIGUATE_ESCAPE_CODES | KITTY_REPORT_ALL_KEYS | KITTY_REPORT_ASSOCIATED_TEXT}u"
POP = "\x1b[<u"
"""Begin and end the keyboard's protocol: terminals keep a stack of its modes, so they go in pairs."""

TICK = 0.1
"""Seconds after which a key that could be the beginning of a longer one is one."""

SOON = 0.005
"""Seconds after which keys that wait are offered again."""

MOST_SENT = 64
"""Messages that are on their way to the App at most."""

READ = 4096
"""Bytes of keys that are taken at once."""


SCREEN = 2
"""Where the screen is: standard error, whatever standard output is connected to."""


class Shown(Protocol):
    """What the App gives to its driver.

    terminal   the terminal to be used
    painted    whether the first screen stands there already
    """

    terminal: Terminal
    painted: bool

    def redraw(self) -> None:
        """Draw everything again: what was drawn last did not reach the terminal."""
        ...

    def terminal_gone(self) -> None:
        """Nobody sees us any more."""
        ...

    def suspend_job(self) -> None:
        """Stop as Ctrl+Z does."""
        ...

    def keeps_up(self) -> bool:
        """Whether few messages wait for what they are for; called in the thread of the keys."""
        ...

    def quits(self, message: Message) -> bool:
        """Whether it ends the program wherever one is; called in the thread of the keys."""
        ...


class TerminalDriver(LinuxDriver):
    """Textual's own, but it never blocks the event loop, and writes nothing to a terminal that is lent."""

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        shown = cast("Shown", app)
        super().__init__(app, debug=debug, mouse=mouse, size=size or shown.terminal.size)
        self._shown = shown
        self._terminal = shown.terminal
        self._writer: Writer | None = None
        self._pushed = False
        self._sent: deque[Future[bool]] = deque()
        self._painted = shown.painted
        self._around = self._leave = ""
        loop = asyncio.get_running_loop()
        # Heard by the loop: what they do is too much for whatever place a signal happens to interrupt.
        signal.signal(signal.SIGTSTP, lambda *_: loop.call_soon_threadsafe(shown.suspend_job))
        signal.signal(signal.SIGCONT, lambda *_: loop.call_soon_threadsafe(self._continued))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTSTP})

    def _get_terminal_size(self) -> tuple[int, int]:
        return self._terminal.size

    def use_mouse(self, use: bool) -> None:
        """Whether clicks and the wheel are ours from now on, or the terminal's."""
        if use and not self._mouse:
            self._mouse = True
            self._enable_mouse_support()
        elif self._mouse and not use:
            self._disable_mouse_support()
            self._mouse = False

    # Writing

    def takes_frames(self) -> bool:
        """Whether a frame reaches the terminal soon; else everything is drawn again later."""
        return self._writer is not None and self._writer.takes_frames()

    def write(self, data: str) -> None:
        if data == POP and not self._pushed:
            return
        if data in (PUSH, POP):
            self._pushed = data == PUSH
        if self._writer is not None:
            self._writer.write(data)

    # Around the screen

    def show_around(self, shown: str, leave: str) -> None:
        """Sequences for what is around the screen, "" for nothing, and what undoes them beside the title.

        They are written again whenever the terminal has been somebody else's.
        """
        before, self._around, self._leave = self._around, shown, leave
        if shown:
            self._put_around(PUSH_TITLE if not before else "")
        elif before:
            self._leave_around(leave)

    def _put_around(self, push: str = PUSH_TITLE) -> None:
        if self._writer is not None and self._around:
            self._terminal.around = (self._leave + POP_TITLE).encode()
            self.write(push + self._around)

    def _leave_around(self, leave: str) -> None:
        if self._writer is not None:
            self.write(leave + POP_TITLE)
        self._terminal.around = b""

    # Taking the terminal, and giving it back

    def start_application_mode(self) -> None:
        self._terminal.hold()
        loop = asyncio.get_running_loop()

        def tell(what: Callable[[], None]) -> None:
            with suppress(RuntimeError):  # the program has just ended
                loop.call_soon_threadsafe(what)

        writer = self._writer = Writer(
            SCREEN,
            partial(tell, self._shown.redraw),
            partial(tell, self._shown.terminal_gone),
            (PUSH.encode(), POP.encode()),
        )
        self._terminal.silence = writer.silence

        def send_size() -> None:
            size = Size(*self._get_terminal_size())
            self.send_message(events.Resize(size, size))

        # The size is the kernel's alone, and a mouse is where a cell is: a terminal that says both otherwise
        # (modes 2048 and 1016, which Textual asks for) could say anything.
        signal.signal(signal.SIGWINCH, lambda *_: send_size())
        send_size()
        if self._painted:  # switching to the alternate screen again would clear it
            self._painted = False
        else:
            self.write("\x1b[?1049h")
        self._enable_mouse_support()
        self._raw()
        self.write("\x1b[?25l\x1b[?1004h")
        if not constants.DISABLE_KITTY_KEY:
            self.write(PUSH)
        self._key_thread = threading.Thread(target=self._run_input_thread, name="textual-input")
        self._key_thread.start()
        self._request_terminal_sync_mode_support()
        self._enable_bracketed_paste()
        self._disable_line_wrap()
        self._enable_mouse_support()  # once more, as Textual does it for iTerm
        self._put_around()

    def _raw(self) -> None:
        self.attrs_before = self._terminal.before
        if self.attrs_before is None:
            return
        raw = termios.tcgetattr(self.fileno)
        raw[tty.LFLAG] = self._patch_lflag(raw[tty.LFLAG])
        raw[tty.IFLAG] = self._patch_iflag(raw[tty.IFLAG])
        raw[tty.CC][termios.VMIN] = 1
        termios.tcsetattr(self.fileno, termios.TCSANOW, raw)

    def run_input_thread(self) -> None:
        """As Textual's, but no bytes end it, and nothing unended keeps the keys that follow it."""
        known, keyboard, waiting = TypedMessages(), Keyboard(), Waiting(self._shown.quits)
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            last = False
            while not last:
                last = self.exit_event.is_set()  # what waits then is ours still, and nobody else's
                ready = selector.select(SOON if waiting else TICK)
                if ready:
                    parts = keyboard.typed(os.read(self.fileno, READ))
                elif waiting:
                    parts = iter(())
                else:
                    parts = keyboard.silence()
                for typed in parts:
                    for message in known.messages(typed):
                        waiting.put(message)
                while waiting and self._takes_more():
                    self.process_message(waiting.get())

    def _takes_more(self) -> bool:
        """Whether the App has soon done what it was given; else what follows waits here."""
        while self._sent and self._sent[0].done():
            self._sent.popleft()
        return len(self._sent) < MOST_SENT and self._shown.keeps_up()

    def send_message(self, message: Message) -> None:
        sent = self._app._post_message(message)
        self._sent.append(asyncio.run_coroutine_threadsafe(sent, loop=self._loop))

    def stop_application_mode(self) -> None:
        if self._writer is not None:
            if self._around:
                self._leave_around(self._leave)
            super().stop_application_mode()

    def close(self) -> None:
        """Once all is written, or nobody takes it any more, the terminal is another's."""
        writer, self._writer = self._writer, None
        if writer is not None and writer.finish():
            self._terminal.let_go()
        else:
            self._terminal.give_back()
        self._terminal.silence = None

    def _continued(self) -> None:
        """Somebody has stopped us who cannot be heard, and a shell may have had the terminal since."""
        if self._writer is not None:
            self.suspend_application_mode()
            self.resume_application_mode()
            self._shown.redraw()
