"""Shown while no engine has answered yet: what was tried, why it failed, what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import Vertical
from textual.widgets import Static

from tui.presentation.text import safe
from tui.store.store import LinkState, Topic
from tui.widgets.bars import TopBar
from tui.widgets.closing import ClosingScreen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.app import ComposeResult

    from tui.store.store import Store


OFFER = "m  opens the demo: three apps on a simulated engine. All keys work, nothing is real.\n"


class ConnectionScreen(ClosingScreen[str], inherit_bindings=False):
    """Dismissed with "live" when the engine answers, with "demo" when the user asks for the demo.

    `retry` tries again now, `engines` shows them all; `back` goes to the engine that was shown before, None
    where there is none: who leaves it then, quits. `log_in` runs a command in the terminal, which asks for
    what the way to the engine wants.
    """

    DEFAULT_CSS = """
    ConnectionScreen { align: center middle; }
    ConnectionScreen Vertical {
        width: 90%; max-width: 90; height: auto; padding: 1 3;
        border: round $primary; background: $surface;
    }
    ConnectionScreen .title { text-style: bold; color: $error; margin-bottom: 1; }
    ConnectionScreen #hint { color: $accent; margin-bottom: 1; }
    ConnectionScreen .quiet { color: $foreground-muted; }
    """

    def __init__(
        self,
        store: Store,
        source: str,
        retry: Callable[[], None],
        engines: Callable[[], None],
        back: Callable[[], None] | None = None,
        log_in: Callable[[Sequence[str]], None] = lambda _: None,
    ) -> None:
        super().__init__()
        self._engines = engines
        self._back = back
        self._store = store
        self._source = source
        self._retry = retry
        self._log_in = log_in
        self._left = False

    def compose(self) -> ComposeResult:
        if self.engine_line is not None:
            yield TopBar(self.engine_line)
        with Vertical():
            yield Static("No Docker Engine answers", classes="title")
            yield Static(id="why")
            yield Static(id="hint")
            yield Static(id="tried", classes="quiet")
            yield Static(Text(OFFER), id="offer")
            yield Static(id="keys")

    def on_mount(self) -> None:
        self._unsubscribe = self._store.subscribe(Topic.LINK, lambda _: self._look())
        self._look()

    def on_unmount(self) -> None:
        self._unsubscribe()

    def _look(self) -> None:
        link = self._store.link
        if link.state in (LinkState.LOADING, LinkState.LIVE):
            self._leave("live")
            return
        self.query_one("#why", Static).update(Text(safe(link.error)))
        hint = self.query_one("#hint", Static)
        hint.update(Text(safe(link.hint)))
        hint.display = bool(link.hint)
        leave = "Esc  back" if self._back is not None else "q  quit"
        asked = ["l  run it here"] if link.login else []
        keys = ["Enter  try again now", *asked, "c  engines", leave]
        self.query_one("#keys", Static).update(Text("    ".join(keys)))
        source = f", from {safe(self._source)}" if self._source else ""
        self.query_one("#tried", Static).update(
            Text(f"tried {safe(link.endpoint)}{source}: {link.attempt} times. It is tried again by itself.\n")
        )

    def _leave(self, answer: str) -> None:
        """Once: the engine may answer again before this screen has gone."""
        if not self._left:
            self._left = True
            self.dismiss(answer)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        match event.key:
            case "enter" | "r":
                self._retry()
            case "l" if login := self._store.link.login:
                self._log_in(login)
            case "m":
                self._leave("demo")
            case "c":
                self._engines()
            case "q" | "escape" if self._back is not None:
                self._back()
            case "q" | "escape":
                self.app.exit()
