"""What of an image's layers nobody sees, as lines to read: asked for, being counted, known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.digest import short_id
from tui.model.sizes import disk_size
from tui.presentation.amounts import size
from tui.presentation.charts import BLOCKS, Glyphs, Part, bar
from tui.presentation.text import safe

if TYPE_CHECKING:
    from tui.model.image_size import ImageSize
    from tui.presentation.style import Line

SHOWN = 20
"""Files that are named, the largest."""

BAR = 20
"""Cells of a bar, at most."""


def asking_lines(whole: int, key: str) -> list[Line]:
    """What it costs to know."""
    return [
        [(f"Counting what is wasted reads all {disk_size(whole)} of the image from the engine,", "text")],
        [("keeps them in a file until it has counted, and changes nothing.", "text")],
        [],
        [(key, "accent"), (" counts, Esc leaves it; Esc stops it at any time.", "muted")],
    ]


def counting_lines(read: int, whole: int, cells: int, glyphs: Glyphs = BLOCKS) -> list[Line]:
    """How far it has come; the archive is a little more than what is in it, or packed and less."""
    wide = max(min(cells - 30, 60), 8)
    share = bar([Part(float(read), "accent")], wide, total=float(max(whole, 1)), glyphs=glyphs)
    return [[*share, (f" {size(read)} of about {size(whole)}", "muted")], [], [("Esc stops it.", "muted")]]


def wasted_lines(one: ImageSize, cells: int, glyphs: Glyphs = BLOCKS) -> list[Line]:
    """A bar for each layer, the lowest first, and the largest files that a later one takes away."""
    if one.why:
        return [[(f"what is wasted is not known: {safe(one.why)}", "warn")]]
    count = f"{len(one.layers)} layer{'' if len(one.layers) == 1 else 's'}, {one.files:,} files"
    headline = f"wasted {disk_size(one.wasted)} of {disk_size(one.bytes)}"
    lines: list[Line] = [[(headline, "warn" if one.wasted else "ok"), (f"  {count}", "muted")]]
    largest = float(max((layer.bytes for layer in one.layers), default=0))
    lost = lost_of_layers(one)
    wide = min(max(cells // 4, 6), BAR)
    lines += [[], [("  #   SIZE  " + "".ljust(wide) + "  MADE BY", "column")]]
    for number, layer in enumerate(one.layers, 1):
        wasted = lost.get(number, 0)
        parts = [Part(float(max(layer.bytes - wasted, 0)), "accent"), Part(float(wasted), "warn")]
        drawn = bar(parts, wide, total=largest, glyphs=glyphs)
        made = safe(layer.made_by) or short_id(layer.digest)
        gone = f"  {size(wasted)} of it wasted" if wasted else ""
        lines.append(
            [(f"{number:>3} {size(layer.bytes):>6}  ", "text"), *drawn, (f"  {made}", "text"), (gone, "warn")]
        )
    if one.worst:
        lines += [[], [("Files that nobody sees, the largest first", "accent bold")]]
        lines.append([("   SIZE  LAYER  PATH", "column")])
    for waste in one.worst[:SHOWN]:
        lines.append([
            (f"{size(waste.bytes):>7}  ", "warn"),
            (f"{f'{waste.layer}→{waste.by}':<5}  ", "muted"),
            (safe(f"/{waste.path}"), "text"),
        ])  # fmt: skip
    if len(one.worst) > SHOWN:
        lines.append([(f"and {len(one.worst) - SHOWN} more of those that are named", "muted")])
    return lines


def lost_of_layers(one: ImageSize) -> dict[int, int]:
    """What is wasted of each layer by its number, as far as the files are named."""
    found: dict[int, int] = {}
    for waste in one.worst:
        found[waste.layer] = found.get(waste.layer, 0) + waste.bytes
    return found
