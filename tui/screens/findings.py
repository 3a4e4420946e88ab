"""A screen of its own for one scan: what was found, why it passed or failed, how small the image is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual.containers import Vertical

from tui.panes.findings import FindingsList
from tui.presentation.findings import finding_lines, headline, lint_lines, size_lines, verdict_lines
from tui.presentation.header import footer_line
from tui.presentation.text import safe
from tui.screens.keyed import KeyedScreen
from tui.screens.reading import ReadingScreen
from tui.widgets.bars import Bar, TopBar
from tui.widgets.line_input import LineInput
from tui.widgets.list_keys import moved
from tui.widgets.text_view import TextView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.app import ComposeResult

    from tui.model.scan_view import ScanView
    from tui.presentation.style import Line
    from tui.widgets.list_view import ListView

FINDINGS = "findings"


class FindingsScreen(KeyedScreen[None], inherit_bindings=False):
    """Tab turns the page; Enter opens a finding; Escape or q goes back."""

    DEFAULT_CSS = """
    FindingsScreen Vertical { height: 100%; }
    FindingsScreen FindingsList { height: 1fr; }
    FindingsScreen TextView { height: 1fr; }
    FindingsScreen #keys { height: 1; dock: bottom; }
    FindingsScreen LineInput { dock: bottom; }
    """
    AUTO_FOCUS = "FindingsList"

    def __init__(self, view: ScanView, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._view = view
        live = view.live_report
        self._texts: list[tuple[str, Sequence[Line]]] = [
            ("verdict", verdict_lines(view, clock())),
            ("size", size_lines(view.report.size, live.size if live is not None else None)),
        ]
        if view.report.remarks:
            self._texts.append(("Dockerfile", lint_lines(view.report)))
        self._page = 0

    def compose(self) -> ComposeResult:
        if self.engine_line is not None:
            yield TopBar(self.engine_line)
        with Vertical():
            yield FindingsList(self._view, self._pages(0))
            yield TextView(id="text")
        yield Bar(self._draw_footer, id="keys")
        yield LineInput(id="line")

    def on_mount(self) -> None:
        self.query_one("#line").display = False
        self._turn(0)

    def _pages(self, page: int) -> str:
        names = [FINDINGS, *(name for name, _ in self._texts)]
        return "  ".join(f"[{name}]" if at == page else name for at, name in enumerate(names))

    def _turn(self, by: int) -> None:
        self._page = (self._page + by) % (len(self._texts) + 1)
        found, text = self.query_one(FindingsList), self.query_one(TextView)
        found.display, text.display = self._page == 0, self._page > 0
        if self._page:
            _, lines = self._texts[self._page - 1]
            title = f"{safe(self._view.called)} · {headline(self._view)}"
            text.set_title(title, self._pages(self._page), state=True)
            text.show(lines)
        (text if self._page else found).focus()
        self.query_one("#keys", Bar).refresh()

    def _draw_footer(self, width: int) -> Line:
        keys = [("Esc", "back"), ("Tab", "turn the page")]
        if self._page == 0:
            keys += [("Enter", "details"), ("/", "filter"), ("o", "sort")]
            if self._view.verdict.new is not None:
                keys.append(("n", "only new"))
            if self._view.report.base is not None:
                keys.append(("b", "base or ours"))
        return footer_line(width, keys)

    def take(self, event: events.Key) -> bool:
        match event.key:
            case "escape" | "q":
                self.dismiss()
            case "tab" | "right" | "l":
                self._turn(1)
            case "shift+tab" | "left" | "h":
                self._turn(-1)
            case key if self._page:
                return self.query_one(TextView).take(key)
            case key:
                return self._look(key)
        return True

    def _look(self, key: str) -> bool:
        """A key on the list."""
        found = self.query_one(FindingsList)
        match key:
            case "enter" | "i":
                found.open_row()
            case "o":
                found.sort_next()
            case "slash":
                self.query_one(LineInput).ask("Filter", found.filter_text)
            case "n":
                self._show_new(found)
            case "b":
                self._show_whose(found)
            case _:
                return moved(found, key)
        return True

    def _show_new(self, found: FindingsList) -> None:
        if self._view.verdict.new is not None:
            found.show_new()
            return
        live = self._view.live
        why = f"{live.called} was never scanned" if live is not None else "nothing is live"
        self.notify(f"what is new is not known: {safe(why)}", markup=False, timeout=4)

    def _show_whose(self, found: FindingsList) -> None:
        if self._view.report.base is None:
            said = "whose layer a finding is in is not known: the engine does not have the base image"
            self.notify(said, markup=False, timeout=4)
        else:
            found.show_whose()

    def on_list_view_opened(self, message: ListView.Opened) -> None:
        one = self.query_one(FindingsList).finding(message.key)
        page = (safe(one.id), finding_lines(one, self._view))
        screen = ReadingScreen(safe(self._view.called), [page])
        screen.engine_line = self.engine_line
        self.app.push_screen(screen)

    def on_line_input_changed_text(self, message: LineInput.ChangedText) -> None:
        found = self.query_one(FindingsList)
        found.set_filter(message.text)
        if message.final:
            self.query_one("#line").display = False
            found.focus()
