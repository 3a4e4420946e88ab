"""Text from outside, made harmless, and cut to cells.

Whatever an engine, an image or a log says is shown, never obeyed: control characters appear in caret
notation (^[ for escape), other characters that a terminal acts on without drawing them appear as <code>.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

_UNSAFE = (
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"  # drawn by some terminals, not by others
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # zero width, direction, separators
    "\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff"  # variation selectors, modifiers, tags
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2"  # signs before a number
    "\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\ud800-\udfff]"  # lone surrogates: not encodable
)


def _shown(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 32:
        return "^" + chr(code + 64)
    if code == 127:
        return "^?"
    return f"<{code:x}>"


_PICTURE = "[\u00a9\u00ae\u203c\u2049\u2122-\u3299\U0001f000-\U0001faff]"
_JOINED = (
    f"(?<={_PICTURE})(?:[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff](?:\u200d(?={_PICTURE}))?|\u200d(?={_PICTURE}))"
)
"""What makes one picture of several, or gives it another colour: terminals differ in how wide that is."""

_NARROW = re.compile("[ -~…●○■‖↻×→▌◐◌✗✓↶▸▾━─│┃┌└·–—µ°äöüÄÖÜßéèà▁-█░▒▓⠀-⣿•]*")
"""ASCII and the glyphs of our own screens: harmless, and one cell each, known without a table."""


@cache
def _foreign() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What is looked for in other texts: the first paint has none, and compiling takes a millisecond."""
    return re.compile(_UNSAFE), re.compile(_JOINED)


def safe(text: str) -> str:
    """The text with everything a terminal would act on made visible; plain ASCII comes back as it is.

    An emoji sequence is shown as the pictures that it is made of, whose width every terminal knows.
    """
    if (text.isascii() and text.isprintable()) or _NARROW.fullmatch(text):
        return text
    unsafe, joined = _foreign()
    return unsafe.sub(_shown, joined.sub("", text))


@lru_cache(4096)
def _wide_width(text: str) -> int:
    from rich.cells import cell_len  # the table that Textual lays out with; 10 ms, so only when needed

    return cell_len(text)


def width(text: str) -> int:
    """The number of terminal cells that a safe text takes."""
    return len(text) if text.isascii() or _NARROW.fullmatch(text) else _wide_width(text)


def cut(text: str, cells: int) -> str:
    """The longest beginning of a safe text that fits into so many cells."""
    if text.isascii() or _NARROW.fullmatch(text):
        return text[:cells]
    if _wide_width(text) <= cells:
        return text
    low, high = 0, min(len(text), cells * 8)
    while low < high:
        middle = (low + high + 1) // 2
        if width(text[:middle]) <= cells:
            low = middle
        else:
            high = middle - 1
    return text[:low]


def fit(text: str, cells: int, align: str = "left") -> str:
    """A safe text in exactly so many cells: padded, or cut with an ellipsis at the end.

    align is "left" or "right".
    """
    taken = width(text)
    if taken > cells:
        text = cut(text, max(cells - 1, 0)) + ("…" if cells > 0 else "")
        taken = width(text)
    padding = " " * (cells - taken)
    return padding + text if align == "right" else text + padding


_VERSION_OF = re.compile("[^ ]+ [0-9a-f]{12}")
"""A version, and the ID of what bears it."""


def fit_end(text: str, cells: int) -> str:
    """As `fit`, but what is left out is the beginning: the end of an image reference tells most."""
    taken = width(text)
    if taken <= cells:
        return text + " " * (cells - taken)
    if cells < 2:
        return fit(text, cells)
    if _VERSION_OF.fullmatch(text):  # the version tells most
        return fit(text.partition(" ")[0], cells)
    tail = text[-(cells - 1) :]
    while width(tail) > cells - 1:
        tail = tail[1:]
    part = tail.find("/")
    if 0 <= part <= len(tail) // 2:  # begin with a whole part of the path: "…/shop/web:1.8.2"
        tail = tail[part:]
    return fit(f"…{tail}", cells)
