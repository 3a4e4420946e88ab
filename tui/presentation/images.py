"""Images and their tags as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.digest import short_id
from tui.model.reference import split_reference
from tui.model.remote import Whereabouts
from tui.presentation.amounts import age, size
from tui.presentation.table import Column
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.model.image import Image
    from tui.presentation.style import Span

COLUMNS = (
    Column("repository", "REPOSITORY", 12, grow=5, most=60, end=True),
    Column("size", "SIZE", 5, right=True),
    Column("age", "AGE", 4, rank=1, right=True),
    Column("used", "USED BY", 7, grow=1, most=24, rank=2),
    Column("id", "IMAGE ID", 12, rank=3),
)
SORTS = ("age", "repository", "size", "used")

TAG_COLUMNS = (
    Column("group", "", 1),
    Column("tag", "TAG", 12, grow=5, most=70, end=True),
    Column("id", "IMAGE ID", 12, rank=1),
    Column("age", "AGE", 4, rank=2, right=True),
)
REMOTE_TAG_COLUMNS = (
    *TAG_COLUMNS[:2],
    Column("where", "WHERE", 6),
    Column("id", "IMAGE ID", 12, rank=2),
    Column("age", "AGE", 4, rank=1, right=True),
)
"""Once a registry was asked."""

TAG_SORTS = ("group", "tag", "age")

WHERE_STYLES = {
    Whereabouts.LOCAL: "text",
    Whereabouts.REMOTE: "muted",
    Whereabouts.BOTH: "ok",
    Whereabouts.MOVED: "bad",
    Whereabouts.UNKNOWN: "warn",
}


class TagRow(NamedTuple):
    """A tag of an image: `first` of its image's names in the list, or one more of the same image.

    image   None where only the registry has it
    where   None where no registry is asked
    """

    reference: str
    image: Image | None
    first: bool
    last: bool
    where: Whereabouts | None = None


def repository(image: Image) -> str:
    """What to call an image: its repositories, each once, or the one it was pulled from."""
    names = list(dict.fromkeys(split_reference(tag).repository for tag in image.tags))
    if names:
        return " ".join(names)
    pulled = list(dict.fromkeys(split_reference(digest).repository for digest in image.digests))
    return " ".join(pulled) or "<none>"


def cell(column: str, image: Image, used_by: tuple[str, ...], now: float, release: str = "") -> Span:
    """The text and style of one cell of an image.

    used_by   the names of containers made from it
    release   what it is a release of, "web r5 v1.5.0"; "" where it is none
    """
    match column:
        case "repository":
            if not image.dangling:
                return safe(repository(image)), "strong"
            if release:
                return safe(release), "text"
            return (f"{safe(repository(image))} (dangling)" if image.digests else "dangling"), "muted"
        case "size":
            return size(image.size), "text"
        case "age":
            return (age(now - image.created) if image.created > 0 else ""), "text"
        case "used":
            if not used_by:
                return "unused", "muted"
            more = f" +{len(used_by) - 1}" if len(used_by) > 1 else ""
            return f"{safe(used_by[0])}{more}", "text"
        case "id":
            return short_id(image.id), "muted"
    raise KeyError(column)


def sort_key(order: str, used: Callable[[str], int]) -> Callable[[Image], Any]:
    """The key to sort images by; `used` counts the containers of an image ID."""

    def key(image: Image) -> Any:
        base = (-image.created, repository(image))
        match order:
            case "repository":
                return (image.dangling, *reversed(base))
            case "size":
                return (-image.size, *base)
            case "used":
                return (-used(image.id), *base)
        return base

    return key


def matches(image: Image, needle: str) -> bool:
    """Whether a filter text (lower case) occurs in a tag, a digest or the ID."""
    return (
        any(needle in tag.lower() for tag in (*image.tags, *image.digests))
        or needle in image.id
        or (image.dangling and needle in "dangling <none>")
    )


def tag_cell(column: str, row: TagRow, now: float) -> Span:
    """The text and style of one cell of a tag: names of one image stand together, joined by a line."""
    match column:
        case "group":
            return (
                " " if row.first and row.last else "┌" if row.first else "└" if row.last else "│"
            ), "border"
        case "tag":
            return safe(row.reference), "muted" if row.image is None else "strong" if row.first else "text"
        case "where":
            return (row.where, WHERE_STYLES[row.where]) if row.where is not None else ("", "text")
        case "id":
            return (short_id(row.image.id) if row.image is not None and row.first else ""), "muted"
        case "age":
            created = row.image.created if row.image is not None else 0.0
            return (age(now - created) if row.first and created > 0 else ""), "text"
    raise KeyError(column)


def digest_of(image: Image, reference: str) -> str:
    """The manifest digest under which an image is known in a tag's repository, "" when never pushed."""
    wanted = split_reference(reference).repository
    for digest in image.digests:
        found = split_reference(digest)
        if found.repository == wanted:
            return found.digest
    return ""
