"""Which panes and columns there are, by the names that [view] and [columns] give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tui.settings.rules import Key, nearest, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

PANES = ("apps", "images", "tags", "containers", "log")

WIDEST = 200
"""Cells of a column at most."""

KNOWN: Mapping[str, tuple[str, ...]] = {
    "apps": ("app", "version", "state", "digest", "age", "by", "test", "back", "drift", "last"),
    "images": ("repository", "size", "age", "used", "id"),
    "tags": ("group", "tag", "where", "id", "age"),
    "containers": (
        "name", "state", "image", "cpu", "trend", "memory", "network", "block", "age", "ports", "project",
    ),
    "volumes": ("volume", "size", "age", "of", "driver", "users"),
    "networks": ("network", "driver", "subnet", "age", "of", "scope", "users"),
    "events": ("time", "kind", "action", "name", "about"),
}  # fmt: skip
"""The columns of each list."""


class ViewSettings(NamedTuple):
    """[view]: what the main screen shows.

    panes   those that are shown while they have not the focus, () for all
    left    percent of the width that the lists at the left have, 0 for what suits the screen
    apps    percent of the height that the apps have, 0 likewise
    log     percent of the height that the log has, 0 likewise
    """

    panes: tuple[str, ...] = ()
    left: int = 0
    apps: int = 0
    log: int = 0

    def shows(self, pane: str) -> bool:
        """Whether a pane is on the main screen while another one has the focus."""
        return not self.panes or pane in self.panes


class ColumnSettings(NamedTuple):
    """[columns]: those of each list in their order, "name" or "name:width"; () for all that fit."""

    apps: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


def columns_of(pane: str) -> Key:
    """Some columns of a list, each once; on the screen a text with commas between them."""
    known = KNOWN[pane]

    def check(value: Any) -> tuple[str, ...]:
        from tui.settings.units import NotAllowed  # most say nothing of columns

        words = [word.strip() for word in value.split(",")] if isinstance(value, str) else value
        found = texts([word for word in words if word] if isinstance(words, list) else words)
        names = [word.partition(":")[0] for word in found]
        for name, word in zip(names, found, strict=True):
            width = word.partition(":")[2]
            if name not in known:
                raise NotAllowed(f'"{name}" is no column of the {pane}{nearest(name, known)}')
            if ":" in word and not (width.isascii() and width.isdigit() and 1 <= int(width[:6]) <= WIDEST):
                raise NotAllowed(f'"{word}": a width is 1 to {WIDEST} cells')
            if names.count(name) > 1:
                raise NotAllowed(f'"{name}" is there twice')
        return found

    return Key(f'some of {", ".join(known)}, each perhaps with a width: "{known[0]}:30"', check)
