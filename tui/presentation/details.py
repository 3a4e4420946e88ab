"""Details of containers and images, as lines to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.presentation.amounts import age, size
from tui.presentation.charts import Part, bar
from tui.presentation.text import fit, safe

if TYPE_CHECKING:
    from tui.model.details import Details, Layer
    from tui.presentation.style import Line


def sections_lines(details: Details) -> list[Line]:
    """The sections, each fact on a line of its own; values of several lines are indented under the first."""
    lines: list[Line] = []
    for section in details.sections:
        if lines:
            lines.append([])
        lines.append([(safe(section.title), "accent bold")])
        names = min(max((len(fact.name) for fact in section.facts), default=0), 28)
        for fact in section.facts:
            first, *rest = fact.value.split("\n")
            lines.append([("  " + fit(safe(fact.name), names), "muted"), (f"  {safe(first)}", "text")])
            lines += [[(" " * (names + 4) + safe(more), "text")] for more in rest]
    return lines


BAR = 10
"""Cells of a layer's bar: the largest has all of them."""

NO_BAR = (" " * BAR, "text")


def layers_lines(layers: tuple[Layer, ...], now: float) -> list[Line]:
    """An image's history, the newest first: size, age, the instruction that made it, names."""
    total = sum(layer.size for layer in layers)
    largest = float(max((layer.size for layer in layers), default=0))
    count = sum(1 for layer in layers if layer.size)
    lines: list[Line] = [
        [(f"{len(layers)} steps, {count} with files, {size(total)}", "muted")],
        [("   SIZE " + " " * BAR + "  AGE  INSTRUCTION", "column")],
    ]
    for layer in layers:
        old = age(now - layer.created) if layer.created > 0 else ""
        command = " ".join(layer.command.split())
        line: Line = [
            (f"{size(layer.size):>7} ", "strong" if layer.size else "muted"),
            *(bar([Part(float(layer.size), "accent")], BAR, total=largest) if layer.size else [NO_BAR]),
            (f"{old:>5}  ", "muted"),
            (safe(command) or "-", "text"),
        ]
        if layer.tags:
            line.append((f"  {safe(' '.join(layer.tags))}", "accent"))
        if layer.comment:
            line.append((f"  {safe(layer.comment)}", "muted"))
        lines.append(line)
    return lines


def raw_lines(raw: str) -> list[Line]:
    """The JSON text, a line each."""
    return [[(safe(line), "text")] for line in raw.split("\n")]
