"""Where one is on the main screen, to be there again after it was opened anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.screens.main import MainScreen


class Place(NamedTuple):
    """The focused pane and how the panes are arranged; of each list the filter and the row of the cursor."""

    pane: str
    upper: str
    zoomed: bool
    lists: Mapping[str, tuple[str, str | None]]


def place_of(screen: MainScreen) -> Place:
    """Where one is now."""
    panes = screen.panes
    lists = {
        name: (view.filter_text, view.cursor)
        for name, view in screen.views.items()
        if isinstance(view, ListView)
    }
    return Place(panes.focus_on, panes.upper, panes.zoomed, lists)


def return_to(screen: MainScreen, place: Place) -> None:
    """Be there again, as far as it is there still."""
    for name, (text, cursor) in place.lists.items():
        view = screen.views[name]
        assert isinstance(view, ListView)
        if text:
            view.set_filter(text)
        index = view.ordering.index(cursor) if cursor is not None else None
        if index:
            view.move_to(index)
    screen.panes.upper, screen.panes.zoomed = place.upper, place.zoomed
    screen.go(place.pane)
