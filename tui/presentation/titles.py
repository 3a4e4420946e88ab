"""The titles of panes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.presentation.layout import APPS, CONTAINERS, IMAGES, PANES, TAGS
from tui.presentation.text import safe

if TYPE_CHECKING:
    from tui.commands.keymap import Keymap

APPS_NOTE = ("No app is here: <app.new> makes one,", "holdfast init writes a file.")
"""In the place of apps where there are none."""

UNREAD = "…"
"""In the place of a number that is not known yet."""


def apps_note(keymap: Keymap) -> list[str]:
    """The same, with the keys as they are bound."""
    return [keymap.say(line) for line in APPS_NOTE]


def pane_head(keymap: Keymap, pane: str, name: str = "") -> str:
    """What a title begins with: the key that goes to the pane, and its name, or what stands in for it."""
    name = name or pane.capitalize()
    key = keymap.key_to(pane)
    return f"{key} {name}" if key else name


def tabs(keymap: Keymap) -> tuple[tuple[str, str], ...]:
    """Each pane and what its tab says."""
    return tuple((pane, pane_head(keymap, pane)) for pane in PANES)


def list_title(
    head: str, total: str, filter_text: str, shown: int, marked: int, order: str
) -> tuple[str, str]:
    """Both ends of a list's title line; `order` is "" while its rows are not all known."""
    left = f"{head}  {total}"
    if filter_text:
        left += f" · /{safe(filter_text)} {shown}"
    if marked:
        left += f" · {marked} marked"
    return left, f"by {order}" if order else ""


def unread_title(keymap: Keymap, pane: str) -> tuple[str, str]:
    """That of a list of which nothing is known yet."""
    return list_title(pane_head(keymap, pane), UNREAD, "", 0, 0, "")


def apps_title(
    keymap: Keymap, total: int, filter_text: str = "", shown: int = 0, marked: int = 0, order: str = "app"
) -> tuple[str, str]:
    """E.g. ("1 Apps  3", "by app")."""
    head = pane_head(keymap, APPS)
    if not total:
        return head, ""
    return list_title(head, str(total), filter_text, shown, marked, order)


def containers_title(
    keymap: Keymap,
    total: int,
    running: int,
    filter_text: str = "",
    shown: int = 0,
    marked: int = 0,
    order: str = "state",
    *,
    complete: bool = True,
    hidden: bool = False,
) -> tuple[str, str]:
    """E.g. ("4 Containers  3 running of 10", "by state"); "10…" while more may come, "…" before the first."""
    if not complete and not total:
        return list_title(pane_head(keymap, CONTAINERS), UNREAD, filter_text, shown, marked, "")
    words = f"{running} running of {total}{'' if complete else '…'}{', stopped hidden' if hidden else ''}"
    return list_title(pane_head(keymap, CONTAINERS), words, filter_text, shown, marked, order)


def images_title(
    keymap: Keymap,
    total: int,
    dangling: int,
    filter_text: str = "",
    shown: int = 0,
    marked: int = 0,
    order: str = "age",
    *,
    complete: bool = True,
) -> tuple[str, str]:
    """E.g. ("2 Images  12, 3 dangling", "by age")."""
    words = f"{total}, {dangling} dangling" if dangling else str(total)
    if not complete:
        words, order = UNREAD, ""
    return list_title(pane_head(keymap, IMAGES), words, filter_text, shown, marked, order)


def tags_title(
    keymap: Keymap,
    total: int,
    images: int,
    filter_text: str = "",
    shown: int = 0,
    marked: int = 0,
    order: str = "group",
    *,
    complete: bool = True,
) -> tuple[str, str]:
    """E.g. ("3 Tags  20 of 12 images", "by group")."""
    words = f"{total} of {images} images"
    if not complete:
        words, order = UNREAD, ""
    return list_title(pane_head(keymap, TAGS), words, filter_text, shown, marked, order)
