"""A log line as spans: its colours are kept, everything else that a terminal would obey is only shown.

Colours are those of SGR (ECMA-48 8.3.117, and ITU T.416 for the forms with colons). They start anew with
each line: any line can be drawn without reading those before it, and a program that ends in the middle of
red does not make everything after it red.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from tui.presentation.style import ATTRIBUTES, Line
from tui.presentation.text import safe, width

if TYPE_CHECKING:
    from collections.abc import Iterator

TAB = 8
"""Cells from one tab stop to the next."""

_BYTES_PER_CELL = 64
_MORE_BYTES = 65_536  # wide limits: a line of nothing but colours must not be read to its end

_TOKEN = re.compile(
    r"(?P<plain>[^\x00-\x1f\x7f-\x9f]{1,500})"
    r"|\x1b\[(?P<sgr>[0-9:;]{0,64})m"
    r"|(?P<tab>\t)"
    r"|(?P<erased>\x1b\[0?K)"  # what stands after the cursor: nothing does
    r"|(?P<control>(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,8}[@-~]?"  # CSI
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x00-\x1f\x7f-\x9f]{0,500}(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS, APC
    r"|\x1b[ -~]?"
    r"|[\x00-\x08\x0a-\x1a\x1c-\x1f\x7f-\x9f]{1,500})"
)

_OVER = (b"\x1b[2K", b"\x1b[1K", b"\x1b[1G", b"\x1b[G")
"""Erase the line; erase what stands before the cursor; go to the first column (ECMA-48 8.3.41, 8.3.9)."""

_RETURNS = re.compile(rb"(?:\r|\x1b\[1?G|\x1b\[0?K)*\Z")

_ON = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike", 21: "underline"}
_OFF = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("strike",)}


class Sgr(NamedTuple):
    """What SGR has set: colour words of presentation.style, "" for those of the role; attributes."""

    fg: str = ""
    bg: str = ""
    attributes: frozenset[str] = frozenset()

    def words(self, base: str) -> str:
        """The style text over a base role."""
        return _words(self, base)

    def after(self, parameters: str) -> Sgr:
        """What is set after one more sequence; `parameters` stand between "ESC [" and "m"."""
        return _after(self, parameters)


def shown_part(text: bytes) -> tuple[int, int]:
    """Where the part that a terminal would leave standing begins and ends.

    A carriage return starts the line over, as progress bars do, and so do the codes that erase the line or
    go to its first column; at the end they belong to the line's end, but for those that erase it.
    """
    if b"\r" not in text and b"\x1b[" not in text:
        return 0, len(text)
    end = _RETURNS.search(text, max(len(text) - 256, 0)).start()  # type: ignore[union-attr]
    start = 0
    for over in (*_OVER, b"\r"):
        if (found := text.rfind(over, 0, end)) >= 0:
            start = max(start, found + len(over))
    return min(start, end), end


def ansi_line(text: bytes, base: str, limit: int) -> Line:
    """The first `limit` cells of a log line, or a little more: cut it where it must fit.

    What lies beyond is not read, however long the line is. Bytes that are no UTF-8 become U+FFFD. A line
    that spends its bytes on colours is given up and ends in "…".

    base   role of the text: "log", "log.stderr"
    """
    start, end = shown_part(text)
    piece = text[start : min(start + limit, end)]
    if piece.isascii():
        plain = piece.decode("ascii")
        if plain.isprintable():
            return [(plain, base)] if plain else []
    budget = min(limit * _BYTES_PER_CELL, limit * 4 + _MORE_BYTES)
    piece = text[start : min(start + budget, end)]
    if start + budget < end:
        piece = _whole_characters(piece)
    line: Line = []
    cells = 0
    for span, taken in _spans(piece.decode("utf-8", "replace"), base):
        line.append(span)
        cells += taken
        if cells >= limit:
            return line
    if start + budget < end:
        line.append(("…", "log.control"))
    return line


def _spans(text: str, base: str) -> Iterator[tuple[tuple[str, str], int]]:
    """Spans and their widths."""
    state = Sgr()
    cells = 0
    for token in _TOKEN.finditer(text):
        match token.lastgroup:
            case "sgr":
                state = state.after(token["sgr"])
                continue
            case "erased":
                continue
            case "plain":
                span = safe(token[0]), state.words(base)
            case "tab":
                span = " " * (TAB - cells % TAB), state.words(base)
            case _:
                span = safe(token[0]), f"{base} log.control"
        taken = width(span[0])
        cells += taken
        yield span, taken


def _whole_characters(piece: bytes) -> bytes:
    """Without the first bytes of a character whose others are cut off."""
    for back in range(1, min(4, len(piece) + 1)):
        byte = piece[-back]
        if byte >= 0xC0:
            return piece[:-back]
        if byte < 0x80:
            break
    return piece


@lru_cache(1024)
def _words(state: Sgr, base: str) -> str:
    words = [base, *(word for word in ATTRIBUTES if word in state.attributes)]
    if state.fg:
        words.append(state.fg)
    if state.bg:
        words += ["on", state.bg]
    return " ".join(words)


@lru_cache(1024)
def _after(state: Sgr, parameters: str) -> Sgr:
    values = iter(parameters.split(";"))
    for value in values:
        code, *sub = value.split(":")
        number = int(code or 0)
        if number == 0:
            state = Sgr()
        elif number == 4 and sub:
            state = _attributes(state, on=() if sub[0] == "0" else ("underline",), off=("underline",))
        elif number in _ON:
            state = _attributes(state, on=(_ON[number],))
        elif number in _OFF:
            state = _attributes(state, off=_OFF[number])
        elif number in (38, 48, 58):  # 58 colours the underline: read over
            color = _colon_color(sub) if sub else _semicolon_color(values)
            if color and number == 38:
                state = state._replace(fg=color)
            elif color and number == 48:
                state = state._replace(bg=color)
        else:
            state = _simple_color(state, number)
    return state


def _attributes(state: Sgr, on: tuple[str, ...] = (), off: tuple[str, ...] = ()) -> Sgr:
    return state._replace(attributes=state.attributes.difference(off).union(on))


def _simple_color(state: Sgr, number: int) -> Sgr:
    if number in (39, 49):
        return state._replace(fg="") if number == 39 else state._replace(bg="")
    for first, bright in ((30, 0), (90, 8)):
        if first <= number < first + 8:
            return state._replace(fg=f"color({number - first + bright})")
        if first + 10 <= number < first + 18:
            return state._replace(bg=f"color({number - first - 10 + bright})")
    return state


def _semicolon_color(values: Iterator[str]) -> str:
    """The colour of 5;n or 2;r;g;b, which is consumed; "" when it is none."""
    kind = next(values, "")
    count = {"5": 1, "2": 3}.get(kind, 0)
    return _color(kind, list(islice(values, count)))


def _colon_color(sub: list[str]) -> str:
    """The colour of 5:n, 2:r:g:b or, with a colour space, 2::r:g:b; "" when it is none."""
    kind, *numbers = sub
    return _color(kind, numbers[1:4] if kind == "2" and len(numbers) > 3 else numbers)


def _color(kind: str, numbers: list[str]) -> str:
    try:
        values = [int(number or 0) for number in numbers]
    except ValueError:  # colons among semicolons
        return ""
    if not all(value < 256 for value in values):
        return ""
    if kind == "5" and len(values) == 1:
        return f"color({values[0]})"
    if kind == "2" and len(values) == 3:
        return "#{:02x}{:02x}{:02x}".format(*values)
    return ""
