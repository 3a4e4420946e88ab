"""Colours that can be read: contrast as WCAG 2 reckons it."""

from __future__ import annotations

LEAST = 4.5
"""The contrast that text has at least (WCAG 2, section 1.4.3)."""

SIXTEEN = (
    "#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5",
    "#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff",
)  # fmt: skip
"""A terminal's own colours, as xterm has them."""

STEPS = 16


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    parts = [value / 255 for value in _channels(color)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Of two colours "#rrggbb": from 1 to 21."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _in_full(color: str) -> str:
    """A colour of a terminal's 256 as "#rrggbb"."""
    if color.startswith("#"):
        return color
    number = int(color[6:-1])
    if number < 16:
        return SIXTEEN[number]
    if number >= 232:
        return f"#{8 + 10 * (number - 232):02x}" + 2 * f"{8 + 10 * (number - 232):02x}"
    number -= 16
    levels = (0, 95, 135, 175, 215, 255)
    return "#" + "".join(f"{levels[number // place % 6]:02x}" for place in (36, 6, 1))


def readable(color: str, background: str) -> str:
    """The colour, moved towards black or white until it can be read on a background that is "#rrggbb"."""
    if not background.startswith("#") or color == "default":
        return color
    found = _in_full(color)
    if contrast(found, background) >= LEAST:
        return found
    end = max(("#000000", "#ffffff"), key=lambda one: contrast(one, background))
    for step in range(1, STEPS + 1):
        mixed = zip(_channels(found), _channels(end), strict=True)
        moved = "#" + "".join(f"{a + (b - a) * step // STEPS:02x}" for a, b in mixed)
        if contrast(moved, background) >= LEAST:
            return moved
    return end
