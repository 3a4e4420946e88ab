"""The pane of apps and their releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.presentation.text import fit
from tui.presentation.titles import APPS_NOTE, APPS_TITLE
from tui.widgets.framed import Framed

if TYPE_CHECKING:
    from tui.presentation.style import Line


class AppsPane(Framed):
    """Says that there are no apps yet: they come with deploy."""

    def __init__(self) -> None:
        super().__init__(id="apps")

    def on_mount(self) -> None:
        self.set_title(APPS_TITLE)

    def body_line(self, row: int, width: int) -> Line:
        return [(fit(f"  {APPS_NOTE[row]}" if row < len(APPS_NOTE) else "", width), "muted")]
