"""A screen of its own for all engines: how each is, and which app runs what where."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.containers import Vertical

from tui.engine.ref import EngineRef
from tui.model.engine_state import same_engines
from tui.panes.engines import EnginesList
from tui.panes.spreads import SpreadsList
from tui.presentation.engines import DETAILS, detail_lines
from tui.presentation.header import footer_line
from tui.presentation.spreads import also_as
from tui.presentation.text import safe
from tui.screens.keyed import KeyedScreen
from tui.widgets.bars import Bar, Lines, TopBar
from tui.widgets.line_input import LineInput
from tui.widgets.list_keys import moved

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual import events
    from textual.app import ComposeResult

    from tui.model.drift import Drift
    from tui.operations.looking.engines import KnownEngine
    from tui.presentation.style import Line
    from tui.sync.engines import EnginesFollower
    from tui.widgets.list_view import ListView

PAGES = ("engines", "apps")


class ChosenEngine(NamedTuple):
    """The engine that is to be shown; `app` is to be the current one there, "" for whichever it is."""

    engine: EngineRef
    app: str = ""


class EnginesView(NamedTuple):
    """What the screen shows, and whom it asks.

    follower   looks at the engines while the screen is open
    shown      the key of the engine that the dashboard shows
    drift      what was found of an app on the engine of a key, None where nobody has looked
    verify     looks for drift of an app on the engine of a key now; says why not where it cannot
    """

    follower: EnginesFollower
    shown: str
    drift: Callable[[str, str], Drift | None]
    verify: Callable[[str, str], Awaitable[str]]
    clock: Callable[[], float]


class EnginesScreen(KeyedScreen[ChosenEngine], inherit_bindings=False):
    """Enter opens an engine, Tab turns the page, Escape or q goes back."""

    DEFAULT_CSS = f"""
    EnginesScreen Vertical {{ height: 100%; }}
    EnginesScreen ListView {{ height: 1fr; }}
    EnginesScreen #details {{ height: {DETAILS}; }}
    EnginesScreen #keys {{ height: 1; dock: bottom; }}
    EnginesScreen LineInput {{ dock: bottom; }}
    """
    AUTO_FOCUS = "EnginesList"

    def __init__(self, view: EnginesView, page: int = 0) -> None:
        super().__init__()
        self._view = view
        self._page = page
        self._details = Lines(self._draw_details, id="details")  # drawn for news too, while it closes

    def compose(self) -> ComposeResult:
        view = self._view
        if self.engine_line is not None:
            yield TopBar(self.engine_line)
        with Vertical():
            yield EnginesList(view.follower, view.shown, self._pages(0), view.clock)
            yield SpreadsList(view.follower, self._pages(1), view.drift, view.clock)
            yield self._details
        yield Bar(self._draw_footer, id="keys")
        yield LineInput(id="line")

    def on_mount(self) -> None:
        self.query_one("#line").display = False
        self._engines, self._spreads = self.query_one(EnginesList), self.query_one(SpreadsList)
        self._unsubscribe = self._view.follower.subscribe(self._changed)
        self.run_worker(self._view.follower.run(), name="engines")
        self._turn(0)

    def on_unmount(self) -> None:
        self._unsubscribe()

    def _changed(self, key: str) -> None:
        self._engines.apply((key,), ())
        self._spreads.take()
        if key == self._under_cursor:
            self._draw_again()

    @property
    def _list(self) -> ListView:
        return self._spreads if self._page else self._engines

    @property
    def _under_cursor(self) -> str:
        """The key of the engine on whose line the cursor stands, "" for none."""
        if self._page:
            row = self._spreads.under_cursor
            return row.engine if row is not None else ""
        return self._engines.cursor or ""

    def _pages(self, page: int) -> str:
        return "  ".join(f"[{name}]" if at == page else name for at, name in enumerate(PAGES))

    def _turn(self, by: int) -> None:
        self._page = (self._page + by) % len(PAGES)
        self._engines.display, self._spreads.display = not self._page, bool(self._page)
        if self._page and not self._view.follower.apps:
            self._view.follower.want_apps()
        self._list.focus()
        self._draw_again()
        self.query_one("#keys", Bar).refresh()

    def _draw_again(self) -> None:
        self._details.refresh()

    def _draw_details(self, width: int) -> list[Line]:
        follower = self._view.follower
        key = self._under_cursor
        one = next((engine for engine in follower.engines if engine.key == key), None)
        called = {each.key: each.called for each in follower.engines}
        same = same_engines(follower.states, {each.key for each in follower.engines if each.apps})
        also = [called[each] for each, head in same.items() if head == key]
        words = f"the same engine as {called[same[key]]}" if key in same else also_as("", also).lstrip(", ")
        return detail_lines(one, self._engines.state_of(key), self._view.clock(), width, words)

    def _draw_footer(self, width: int) -> Line:
        keys = [("Esc", "back"), ("Enter", "open"), ("Tab", PAGES[1 - self._page]), ("/", "filter")]
        keys.append(("v", "verify") if self._page else ("o", "sort"))
        return footer_line(width, [*keys, ("Ctrl+R", "ask again")])

    # Keys

    def take(self, event: events.Key) -> bool:
        match event.key:
            case "escape" | "q" | "c":
                self.dismiss()
            case "tab" | "shift+tab" | "left" | "right" | "h" | "l":
                self._turn(1)
            case "a" if not self._page:
                self._turn(1)
            case "enter":
                self._open()
            case "slash":
                self.query_one(LineInput).ask("Filter", self._list.filter_text)
            case "o" if not self._page:
                self._engines.sort_next()
            case "v" if self._page:
                self._verify()
            case "ctrl+r":
                self._view.follower.ask_again()
            case key:
                return moved(self._list, key)
        return True

    def _open(self) -> None:
        if not self._page:
            if (one := self._engines.under_cursor) is not None:
                self._choose(one, "")
        elif (row := self._spreads.under_cursor) is not None:
            if (there := self._spreads.engine(row)) is not None:
                self._choose(there, row.app)
            else:
                self.notify("on which engine? Enter on its line opens it", markup=False, timeout=4)

    def _choose(self, one: KnownEngine, app: str) -> None:
        if isinstance(one.found, EngineRef):
            self.dismiss(ChosenEngine(one.found, app))
        else:
            said = safe(f"{one.called} cannot be opened: {one.found.message}")
            self.notify(said, severity="warning", markup=False, timeout=6)

    def _verify(self) -> None:
        row = self._spreads.under_cursor
        if row is not None:
            keys = [row.engine] if row.engine else self._spreads.engines_of(row.app)
            self.run_worker(self._verified(row.app, keys), group="verify", exclusive=True)

    async def _verified(self, app: str, keys: list[str]) -> None:
        for key in keys:
            if said := await self._view.verify(key, app):
                self.notify(safe(said), severity="warning", markup=False, timeout=6)
            self._spreads.refresh_row(f"{app}\0{key}")

    # What the lists say

    def on_list_view_highlighted(self, _: ListView.Highlighted) -> None:
        self._draw_again()

    def on_list_view_opened(self, _: ListView.Opened) -> None:
        self._open()

    def on_line_input_changed_text(self, message: LineInput.ChangedText) -> None:
        self._list.set_filter(message.text)
        if message.final:
            self.query_one("#line").display = False
            self._list.focus()
