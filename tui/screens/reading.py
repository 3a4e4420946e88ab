"""A screen to read something on: details, layers, help."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.containers import Vertical

from tui.presentation.header import footer_line
from tui.screens.keyed import KeyedScreen
from tui.widgets.bars import Bar, TopBar
from tui.widgets.line_input import LineInput
from tui.widgets.text_view import TextView

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from textual import events
    from textual.app import ComposeResult

    from tui.presentation.style import Line


class Drawn(NamedTuple):
    """A page that is made for its size, and made anew when what it shows has changed.

    lines       what it says in so many cells and rows
    subscribe   has a call made with every change; returns the call that ends it
    """

    lines: Callable[[int, int], Sequence[Line]]
    subscribe: Callable[[Callable[[], None]], Callable[[], None]]


class Act(NamedTuple):
    """Something that can be done on the pages.

    key, word   as the footer has them
    page        the page that is turned to; there the key does it
    do          is done in a task of the screen's own, which ends with it
    """

    key: str
    word: str
    page: str
    do: Callable[[], Coroutine[None, None, None]]


Page = tuple[str, "Sequence[Line] | Drawn"]


class ReadingScreen(KeyedScreen[None], inherit_bindings=False):
    """Pages of text, each with a name; Tab turns the page, Escape or q goes back. `act`: what can be done."""

    DEFAULT_CSS = """
    ReadingScreen Vertical { height: 100%; }
    ReadingScreen TextView { height: 1fr; }
    ReadingScreen #keys { height: 1; dock: bottom; }
    ReadingScreen LineInput { dock: bottom; }
    """
    AUTO_FOCUS = "TextView"

    def __init__(self, title: str, pages: Sequence[Page], first: int = 0, *, act: Act | None = None) -> None:
        super().__init__()
        self._act = act
        self._heading = title
        self._pages = pages
        self._page = first
        self._view = TextView(id="text")  # drawn for news too, while it closes
        self._ends: list[Callable[[], None]] = []

    def compose(self) -> ComposeResult:
        if self.engine_line is not None:
            yield TopBar(self.engine_line)
        with Vertical():
            yield self._view
        yield Bar(self._draw_footer, id="keys")
        yield LineInput(id="line")

    def on_mount(self) -> None:
        self.query_one("#line").display = False
        self._turn(0)
        for _, page in self._pages:
            if isinstance(page, Drawn):
                self._ends.append(page.subscribe(lambda page=page: self._changed(page)))  # type: ignore[misc]

    def on_unmount(self) -> None:
        for end in self._ends:
            end()

    def _changed(self, page: Drawn) -> None:
        if self._pages[self._page][1] is page:
            self._view.draw_again()

    def _turn(self, by: int) -> None:
        self._page = (self._page + by) % len(self._pages)
        name, lines = self._pages[self._page]
        others = "  ".join(
            f"[{name}]" if at == self._page else name for at, (name, _) in enumerate(self._pages)
        )
        view = self._view
        view.set_title(f"{self._heading} · {name}", others if len(self._pages) > 1 else "")
        if isinstance(lines, Drawn):
            view.draw(lines.lines)
        else:
            view.show(lines)

    def _draw_footer(self, width: int) -> Line:
        keys = [("Esc", "back"), ("/", "search"), ("n N", "next, previous")]
        if len(self._pages) > 1:
            keys.insert(1, ("Tab", "turn the page"))
        if self._act is not None:
            keys.insert(1, (self._act.key, self._act.word))
        return footer_line(width, keys)

    def _act_or_turn(self, act: Act) -> None:
        names = [name for name, _ in self._pages]
        if names[self._page] == act.page:
            self.run_worker(act.do(), name=act.word, group="act")
        else:
            self._turn(names.index(act.page) - self._page)

    def take(self, event: events.Key) -> bool:
        view = self._view
        if view.take(event.key):
            return True
        match event.key:
            case "escape" | "q" | "i":
                self.dismiss()
            case "tab" | "right" | "l":
                self._turn(1)
            case "shift+tab" | "left" | "h":
                self._turn(-1)
            case "slash":
                self.query_one(LineInput).ask("Search", "")
            case "n":
                view.find_next()
            case "N":
                view.find_previous()
            case key if self._act is not None and key == self._act.key:
                self._act_or_turn(self._act)
            case _:
                return False
        return True

    def on_line_input_changed_text(self, message: LineInput.ChangedText) -> None:
        if not message.final:
            return
        view = self._view
        self.query_one("#line").display = False
        view.focus()
        if message.text and not view.find(message.text):
            self.notify(f"not found: {message.text}", markup=False, timeout=3)
