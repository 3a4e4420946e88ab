"""An App in a terminal of its own: it lends it, and lets act only what was made for what can be seen."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual._time import get_time
from textual.app import App
from textual.widgets._toast import ToastHolder, ToastRack

from tui.terminal import stop_job
from tui.widgets.closing import ClosingScreen, InputGate
from tui.widgets.driver import TerminalDriver
from tui.widgets.lean_update import Codes, LeanUpdate
from tui.widgets.toasts import Toasts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType
    from rich.style import Style
    from textual.await_complete import AwaitComplete
    from textual.driver import Driver
    from textual.message import Message
    from textual.screen import Screen
    from textual.timer import Timer
    from textual.widget import AwaitMount

    from tui.terminal import Terminal

HOLD = 0.3
"""Seconds for which keys wait for a screen that is about to open."""


MOST_QUEUED = 64
"""Messages that may wait for a part of the App before a further key does."""


class TerminalApp(App[str], inherit_bindings=False):
    """Textual's App, with a terminal that is given to it by `use_terminal`; without one it is a test's.

    Keys that come before it is ready are kept.
    """

    def __init__(self, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class=driver_class)
        self.terminal: Terminal | None = None
        self.painted = False
        self._lent = False
        self._codes: dict[Style, Codes] = {}
        self._held: list[events.InputEvent] | None = []
        self._holding: Timer | None = None
        self._gate = InputGate(get_time)
        self._framed = 0.0
        self._notifications = Toasts()

    # The terminal

    def use_terminal(self, terminal: Terminal, *, painted: bool) -> None:
        """Show it there; `painted`: the first screen stands there already."""
        self.terminal = terminal
        self.painted = painted

    def hear_the_end(self) -> None:
        """Signals that end the program end it in order from now on."""
        if self.terminal is not None:
            loop = asyncio.get_running_loop()

            def ask(number: int) -> None:
                loop.call_soon_threadsafe(self._end_by_signal, number)

            self.terminal.ask_to_end = ask

    def panic(self, *renderables: RenderableType) -> None:
        self._return_code = self._return_code or 1  # Textual's is 0 where another thread has failed
        super().panic(*renderables)

    def _end_by_signal(self, number: int) -> None:
        self.exit(return_code=128 + number)

    def terminal_gone(self) -> None:
        """Nobody sees it any more."""
        self._end_by_signal(signal.SIGHUP)

    def redraw(self) -> None:
        """Draw everything again: what was drawn last did not reach the terminal."""
        self.refresh(layout=True)

    def show_around(self, shown: str, leave: str) -> None:
        """Sequences for what is around the screen, and what undoes them beside the title."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.show_around(shown, leave)

    def tell_terminal(self, sequence: str) -> None:
        """Write a sequence that moves nothing on the screen; not while the terminal is another's."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.write(sequence)

    @contextmanager
    def lent_terminal(self) -> Iterator[None]:
        """The terminal belongs to another program meanwhile: nothing is drawn, and no key is ours."""
        self._lent = True
        try:
            # What is drawn into a batch is not drawn: without one, frames would be made for nobody.
            with self.batch_update(), self.suspend():
                yield
        finally:
            self._lent = False

    @property
    def cannot_lend(self) -> str:
        """Why its terminal cannot belong to another program for a while, "" where it can."""
        lends = self._driver is not None and self._driver.can_suspend
        return "" if lends else "this terminal cannot be left to another program and taken back"

    def suspend_job(self) -> None:
        """Stop as Ctrl+Z does everywhere, and come back whole."""
        if self._lent:
            return
        if self.cannot_lend:
            said = f"not suspended: {self.cannot_lend}"
            self.notify(said, severity="warning", markup=False, timeout=4)
            return
        with self.lent_terminal():
            stopped = stop_job()
        if not stopped:
            said = "nothing would bring it back: no shell with job control has started it"
            self.notify(f"not suspended: {said}", severity="warning", markup=False, timeout=6)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(self._driver, TerminalDriver) and not self._driver.takes_frames():
            if isinstance(screen, ClosingScreen):
                screen.frame_lost()
            return
        self._framed = get_time()
        if renderable is not None and not self._batch_count:
            if isinstance(screen, ClosingScreen):
                screen.framed(self._framed)
            if isinstance(renderable, LayoutUpdate):  # all of the screen, whatever was closed
                self._gate.drawn(self._framed)
        if isinstance(renderable, ChopsUpdate):
            renderable = LeanUpdate(renderable, self._codes)
        super()._display(screen, renderable)

    def _refresh_notifications(self) -> None:
        # Textual takes a box away that is replaced, and leaves what held it.
        kept = {ToastRack._toast_id(notification) for notification in self._notifications}
        for holder in self.screen_stack[-1].query(ToastHolder) if self.screen_stack else ():
            if holder.id not in kept:
                holder.remove()
        super()._refresh_notifications()

    def forget_warnings(self, title: str = "") -> None:
        """Take away what was warned of, and failures of this title: it is so no more."""
        for one in tuple(self._notifications):
            if one.severity == "warning" or (title and one.title == title):
                self._unnotify(one, refresh=False)
        self._refresh_notifications()

    # Keys and clicks

    def quits(self, message: Message) -> bool:
        """Whether it ends the program wherever one is; called in the thread of the keys."""
        return False

    def keeps_up(self) -> bool:
        """Whether few messages wait for the App, its screen and what has the focus; in any thread."""
        screen = self.screen_stack[-1] if self.screen_stack else None
        pumps = (self, screen, screen and screen.focused)
        if len(self._held or ()) >= MOST_QUEUED:
            return False
        return all(pump is None or pump.message_queue_size < MOST_QUEUED for pump in pumps)

    def act_at_once(self, event: events.InputEvent) -> bool:
        """Do what an input stands for wherever it is made; False leaves it to the screen that is shown."""
        return False

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.InputEvent) and not self.screen_stack:
            return  # it is ending: a key that a screen has handed back acts on nothing
        if not isinstance(event, events.InputEvent) or event.is_forwarded:
            await super().on_event(event)
        elif self._held is not None:
            self._held.append(event)
        elif self._acts(event) and not self.act_at_once(event):
            await super().on_event(event)

    def _acts(self, event: events.InputEvent) -> bool:
        """Whether what it acts on was there, and ours, when it was made."""
        if self._lent or not self._gate.passes(event.time):
            return False
        return not isinstance(self.screen, ClosingScreen) or event.time >= self.screen.readable_from

    def hold_input(self, seconds: float = HOLD) -> None:
        """Keep keys for a screen that is about to open; not for long."""
        if self._held is None:
            self._held = []
            self._holding = self.set_timer(seconds, self.release_input)

    def release_input(self) -> None:
        """Keys count again, those too that have come meanwhile."""
        if self._holding is not None:
            self._holding.stop()
            self._holding = None
            self.call_next(self._deliver_held)

    async def _deliver_held(self) -> None:
        held, self._held = self._held or [], None
        for event in held:
            await self.on_event(event)

    async def on_ready(self) -> None:
        """All is there: now the keys that were pressed before count."""
        await self._deliver_held()

    def push_screen(self, *arguments: Any, **more: Any) -> Any:
        self.release_input()
        return super().push_screen(*arguments, **more)

    def pop_screen(self) -> AwaitComplete:
        popped = super().pop_screen()
        self._gate_screen()
        return popped

    def switch_mode(self, mode: str) -> AwaitMount:
        switched = super().switch_mode(mode)
        self._gate_screen()
        return switched

    def _gate_screen(self) -> None:
        """What is on top now has not been seen: until it is drawn, nothing acts on it."""
        self._gate.closed()
        self.screen.call_after_refresh(lambda: self._gate.drawn(self._framed))
