"""Where the panes are: pure arithmetic, so that the first paint and Textual agree to the cell."""

from __future__ import annotations

from typing import NamedTuple

from tui.commands.command import LIST_SCOPES
from tui.settings.columns import ViewSettings

APPS, IMAGES, TAGS, CONTAINERS, LOG = "apps", "images", "tags", "containers", "log"
PANES = (*(scope.value for scope in LIST_SCOPES), LOG)
"""In the order of their keys."""

BESIDE = tuple(pane for pane in PANES if pane not in (APPS, CONTAINERS, LOG))
"""The lists that share the left column."""


DEFAULT = ViewSettings()


class Rect(NamedTuple):
    x: int
    y: int
    width: int
    height: int


class Layout(NamedTuple):
    """The rectangles of a screen of `width` x `height` cells; panes that are not shown have none."""

    header: Rect
    tabs: Rect | None
    panes: dict[str, Rect]
    divider: Rect | None
    footer: Rect


def arrange(
    width: int,
    height: int,
    focus: str,
    zoomed: bool = False,
    upper: str = CONTAINERS,
    *,
    apps: bool = False,
    view: ViewSettings = DEFAULT,
) -> Layout:
    """Arrange the panes.

    From 100 columns and 24 rows on all that are to be shown are: apps and the other lists at the left,
    containers above the log at the right. Where there are apps (`apps`) theirs has the whole width instead,
    above all others: one look at it answers what is live, and whether one can go back. On smaller screens
    fewer are shown, not smaller ones: one list above the log, or from 20 rows down a single pane, and a line
    of tabs says where the others are. The fewest rows are the header's, the footer's, the tabs', then the
    pane's. `upper` is the list shown above the log while the log has the focus; `view` says which panes are
    to be shown, and how large. The one with the focus always is.
    """
    header = Rect(0, 0, width, 1)
    footer = Rect(0, max(height - 1, 0), width, min(height - 1, 1))
    room = height - 2
    shown = tuple(pane for pane in PANES if view.shows(pane) or pane == focus)
    if width >= 100 and height >= 24 and not zoomed:
        panes, divider = _side_by_side(width, room, shown, view, apps=apps)
        return Layout(header=header, tabs=None, panes=panes, divider=divider, footer=footer)
    tabs = Rect(0, 1, width, 1) if height > 2 else None
    body = Rect(0, 2, width, max(room - 1, 0))
    if zoomed or height < 22 or LOG not in shown:
        return Layout(header=header, tabs=tabs, panes={focus: body}, divider=None, footer=footer)
    log = _part(body.height, view.log, 6) if view.log else max(6, body.height * 2 // 5)
    above = upper if focus == LOG else focus
    return Layout(
        header=header,
        tabs=tabs,
        panes={
            above: Rect(0, 2, width, body.height - log),
            LOG: Rect(0, 2 + body.height - log, width, log),
        },
        divider=None,
        footer=footer,
    )


def home_of(view: ViewSettings) -> str:
    """The pane that has the focus at first, and that one goes back to."""
    return next((pane for pane in (CONTAINERS, *PANES) if view.shows(pane)), CONTAINERS)


FEWEST = 3
"""Rows of a pane whose height is configured: its title, its heading and a row."""


def _part(whole: int, percent: int, least: int) -> int:
    """A part of so many cells, which leaves as many as it has at least to the rest."""
    return max(min(least, whole // 2), min(whole * percent // 100, whole - least))


def _side_by_side(
    width: int, room: int, shown: tuple[str, ...], view: ViewSettings, *, apps: bool
) -> tuple[dict[str, Rect], Rect | None]:
    """The rectangles of panes beside each other below the header, and the line between both columns."""
    above = APPS in shown and apps
    column = [pane for pane in shown if pane in BESIDE or (pane == APPS and not apps)]
    right = [pane for pane in shown if pane in (CONTAINERS, LOG)]
    panes: dict[str, Rect] = {}
    top, side = 1, room
    if above:
        high = max(7, room // 4)
        if view.apps:
            high = _part(room, view.apps, FEWEST)
        high = high if column or right else room
        panes[APPS] = Rect(0, 1, width, high)
        top, side = 1 + high, room - high
    left = max(34, min(64, width * 32 // 100))
    if view.left:
        left = _part(width, view.left, 34)
    left = left if right else width
    if column:
        panes |= _stacked(column, Rect(0, top, left, side), view)
    x = left + 1 if column else 0
    log = max(6, side * 2 // 5)
    if view.log:
        log = _part(side, view.log, FEWEST)
    log = (log if CONTAINERS in right else side) if LOG in right else 0
    if CONTAINERS in right:
        panes[CONTAINERS] = Rect(x, top, width - x, side - log)
    if log:
        panes[LOG] = Rect(x, top + side - log, width - x, log)
    return panes, Rect(left, top, 1, side) if column and right else None


def _stacked(column: list[str], place: Rect, view: ViewSettings) -> dict[str, Rect]:
    """Panes beneath each other; that of the apps, first among them, has less than the others."""
    panes = {}
    free, top = place.height, place.y
    others = [pane for pane in column if pane != APPS]
    if len(others) < len(column):
        high = _part(free, view.apps, FEWEST) if view.apps else max(4, free // 5)
        high = high if others else free
        panes[APPS] = Rect(place.x, top, place.width, high)
        free, top = free - high, top + high
    for count in range(len(others), 0, -1):  # from below: the first gets the odd rows
        share = free // count
        free -= share
        panes[others[count - 1]] = Rect(place.x, top + free, place.width, share)
    return {pane: panes[pane] for pane in column}
