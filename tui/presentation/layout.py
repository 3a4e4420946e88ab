"""Where the panes are: pure arithmetic, so that the first paint and Textual agree to the cell."""

from __future__ import annotations

from typing import NamedTuple

from tui.commands.command import LIST_SCOPES

APPS, IMAGES, TAGS, CONTAINERS, LOG = "apps", "images", "tags", "containers", "log"
PANES = (*(scope.value for scope in LIST_SCOPES), LOG)
"""In the order of their keys."""

BESIDE = tuple(pane for pane in PANES if pane not in (APPS, CONTAINERS, LOG))
"""The lists that share the left column."""


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
) -> Layout:
    """Arrange the panes.

    From 100 columns and 24 rows on all are shown: apps and the other lists at the left, containers above
    the log at the right. Where there are apps (`apps`) theirs has the whole width instead, above all others:
    one look at it answers what is live, and whether one can go back. On smaller screens fewer are shown, not
    smaller ones: one list above the log, or from 20 rows down a single pane, and a line of tabs says where
    the others are. The fewest rows are the header's, the footer's, the tabs', then the pane's. `upper` is the
    list shown above the log while the log has the focus.
    """
    header = Rect(0, 0, width, 1)
    footer = Rect(0, max(height - 1, 0), width, min(height - 1, 1))
    room = height - 2
    if width >= 100 and height >= 24 and not zoomed:
        left = max(34, min(64, width * 32 // 100))
        right = width - left - 1
        high = max(7, room // 4) if apps else max(4, room // 5)
        first = Rect(0, 1, width if apps else left, high)
        side, top = (room - high, 1 + high) if apps else (room, 1)
        beside: dict[str, Rect] = {}
        free = room - high
        for count in range(len(BESIDE), 0, -1):  # from below: the first gets the odd rows
            share = free // count
            free -= share
            beside[BESIDE[count - 1]] = Rect(0, 1 + high + free, left, share)
        log = max(6, side * 2 // 5)
        return Layout(
            header=header,
            tabs=None,
            panes={
                APPS: first,
                **beside,
                CONTAINERS: Rect(left + 1, top, right, side - log),
                LOG: Rect(left + 1, top + side - log, right, log),
            },
            divider=Rect(left, top, 1, side),
            footer=footer,
        )
    tabs = Rect(0, 1, width, 1) if height > 2 else None
    body = Rect(0, 2, width, max(room - 1, 0))
    if zoomed or height < 22:
        return Layout(header=header, tabs=tabs, panes={focus: body}, divider=None, footer=footer)
    log = max(6, body.height * 2 // 5)
    shown = upper if focus == LOG else focus
    return Layout(
        header=header,
        tabs=tabs,
        panes={
            shown: Rect(0, 2, width, body.height - log),
            LOG: Rect(0, 2 + body.height - log, width, log),
        },
        divider=None,
        footer=footer,
    )
