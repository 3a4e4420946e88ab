"""The titles of panes."""

from __future__ import annotations

from tui.presentation.text import safe

TABS = (("1", "Apps"), ("2", "Images"), ("3", "Tags"), ("4", "Containers"), ("5", "Log"))
"""Key and name of each pane."""

APPS_NOTE = ("No app is configured here:", "holdfast init writes its file.")
"""In the place of apps where there are none."""

LOG_TITLE = "5 Log"


def list_title(
    number: int, name: str, total: str, filter_text: str, shown: int, marked: int, order: str
) -> tuple[str, str]:
    """Both ends of a list's title line."""
    left = f"{number} {name}  {total}"
    if filter_text:
        left += f" · /{safe(filter_text)} {shown}"
    if marked:
        left += f" · {marked} marked"
    return left, f"by {order}"


def apps_title(
    total: int, filter_text: str = "", shown: int = 0, marked: int = 0, order: str = "app"
) -> tuple[str, str]:
    """E.g. ("1 Apps  3", "by app")."""
    if not total:
        return "1 Apps", ""
    return list_title(1, "Apps", str(total), filter_text, shown, marked, order)


def containers_title(
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
    """E.g. ("4 Containers  3 running of 10", "by state"); "10…" while more may come."""
    words = f"{running} running of {total}{'' if complete else '…'}{', stopped hidden' if hidden else ''}"
    return list_title(4, "Containers", words, filter_text, shown, marked, order)


def images_title(
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
    words = words if complete else "…"
    return list_title(2, "Images", words, filter_text, shown, marked, order)


def tags_title(
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
    words = f"{total} of {images} images" if complete else "…"
    return list_title(3, "Tags", words, filter_text, shown, marked, order)
