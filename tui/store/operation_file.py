"""An operation with all its output as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tui.store.operation import Operation


def operation_chunks(operation: Operation, end: Sequence[str]) -> Iterator[bytes]:
    """The steps of this moment, each with its output beneath, and the lines in which it ended, as bytes.

    Can be read in a thread while the operation goes on.
    """
    parts: list[Iterable[bytes]] = []
    for step, depth in operation.in_order():
        took = f" {step.seconds:.1f}s" if step.seconds is not None else ""
        head = f"{'  ' * depth}== {step.title} ({step.state}{took})\n"
        parts.append([head.encode("utf-8", "replace")])
        if step.output is not None:
            parts.append(step.output.chunks())
    parts.append([f"{line}\n".encode("utf-8", "replace") for line in end])
    return (chunk for part in parts for chunk in part)
