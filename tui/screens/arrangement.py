"""The main screen's children, placed by the pure arithmetic of presentation.layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import NULL_OFFSET, NULL_SPACING, Region
from textual.layout import Layout as TextualLayout
from textual.layout import WidgetPlacement
from textual.widget import Widget

from tui.presentation.layout import CONTAINERS, DEFAULT, LOG, Layout, Rect, arrange, home_of

if TYPE_CHECKING:
    from textual.geometry import Size

    from tui.settings.columns import ViewSettings


class PaneLayout(TextualLayout):
    """Places children by their IDs: the panes, "header", "tabs", "divider", "footer" and "line"."""

    name = "panes"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> list[WidgetPlacement]:
        assert isinstance(parent, Panes)
        places = parent.places(size.width, size.height)
        placements = []
        for order, child in enumerate(children):
            rect = places.get(child.id or "")
            if rect is not None and rect.width > 0 and rect.height > 0:
                region = Region(*rect)
                placements.append(WidgetPlacement(region, NULL_OFFSET, NULL_SPACING, child, order))
        return placements


class Panes(Widget):
    """Holds everything on the main screen. `focus_on`, `zoomed` and `upper` decide what is shown.

    `slot` is the ID of the child that has the place of the log now; `apps`: whether any is configured; `view`
    is what of it is to be shown, and how large.
    """

    DEFAULT_CSS = "Panes { width: 100%; height: 100%; }"

    def __init__(self, *children: Widget, apps: bool = False, view: ViewSettings = DEFAULT) -> None:
        super().__init__(*children)
        self._layout = PaneLayout()
        self.focus_on = home_of(view)
        self.upper = CONTAINERS if self.focus_on == LOG else self.focus_on
        self.zoomed = False
        self.apps = apps
        self.view = view
        self.slot = LOG

    @property
    def layout(self) -> PaneLayout:
        return self._layout

    def arrangement(self, width: int, height: int) -> Layout:
        """The arrangement for a size of the screen."""
        return arrange(width, height, self.focus_on, self.zoomed, self.upper, apps=self.apps, view=self.view)

    def places(self, width: int, height: int) -> dict[str, Rect]:
        """Rectangles by child ID."""
        found = self.arrangement(width, height)
        places = {self.slot if name == LOG else name: rect for name, rect in found.panes.items()}
        places["header"] = found.header
        places["footer"] = places["line"] = found.footer
        if found.tabs is not None:
            places["tabs"] = found.tabs
        if found.divider is not None:
            places["divider"] = found.divider
        return places

    def rearrange(self) -> None:
        """Show the children that have a place now, hide the others."""
        places = self.places(*self.app.size)
        for child in self.children:
            if child.id not in ("footer", "line"):
                child.display = child.id in places
        self.refresh(layout=True)
