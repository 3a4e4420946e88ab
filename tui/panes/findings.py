"""The list of what a scan has found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.model.scan_view import BASE, OURS, whose
from tui.presentation import findings as rows
from tui.presentation.text import safe
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.model.finding import Finding
    from tui.model.scan_view import ScanView
    from tui.presentation.style import Span

WHOSE = ("", OURS, BASE)


class FindingsList(ListView):
    """Reads one scan. pages: what the right end of its title says."""

    COLUMNS = rows.COLUMNS
    SORTS = rows.SORTS

    def __init__(self, view: ScanView, pages: str) -> None:
        self._view = view
        self._pages = pages
        self._found = {str(number): one for number, one in enumerate(view.everything)}
        self.only_new = False
        self.whose = ""
        super().__init__(id="findings")

    def on_mount(self) -> None:
        self.filling = False
        self.reload()
        self.move_to(0)

    def finding(self, key: str) -> Finding:
        return self._found[key]

    def show_new(self) -> None:
        """Only those that the live release has not, or all again."""
        self.only_new = not self.only_new
        self.reload()

    def show_whose(self) -> None:
        """Only ours, only the base image's, or all again."""
        self.whose = WHOSE[(WHOSE.index(self.whose) + 1) % len(WHOSE)]
        self.reload()

    def cell(self, key: str, column: str) -> Span:
        return rows.finding_cell(column, self._found[key], self._view)

    def sort_key(self, key: str) -> Any:
        return rows.sort_key(self.sorted_by, self._found[key], self._view)

    def matches(self, key: str) -> bool:
        return rows.matches(self._found[key], self.filter_text)

    def is_shown(self, key: str) -> bool:
        one = self._found[key]
        if self.only_new and not self._view.is_new(one):
            return False
        if self.whose and whose(one, self._view.report) != self.whose:
            return False
        return super().is_shown(key)

    def all_keys(self) -> Iterable[str]:
        return self._found

    def empty_text(self) -> str:
        if self._found:
            return "nothing matches"
        return "nothing was found" if self._view.verdict.passed else "nothing was looked at"

    def describe(self) -> None:
        only = " · ".join(
            word
            for word in (
                "only new" if self.only_new else "",
                f"only {self.whose}" if self.whose else "",
                f"/{safe(self.filter_text)}" if self.filter_text else "",
            )
            if word
        )
        shown = f"{only}: {len(self.ordering)} of {len(self._found)}" if only else rows.headline(self._view)
        self.set_title(f"{safe(self._view.called)} · {shown}", self._pages, state=True)
