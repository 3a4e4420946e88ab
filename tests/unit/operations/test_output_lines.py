"""Output that comes in parts cut anywhere, as whole lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.operations.running.output_lines import LONGEST, OutputLines


def read(*parts: bytes) -> list[str]:
    lines = OutputLines()
    return [line for part in parts for line in lines.feed(part)] + lines.rest()


@pytest.mark.parametrize(
    ("parts", "lines"),
    [
        ((), []),
        ((b"a\nb\n",), ["a", "b"]),
        ((b"a", b"b\r", b"\n\n", b"open"), ["ab", "", "open"]),
        (("ö\n".encode()[:1], "ö\n".encode()[1:]), ["ö"]),
        ((b"\xff\n",), ["\N{REPLACEMENT CHARACTER}"]),
        ((b"x" * (2 * LONGEST + 1), b"\n"), ["x" * LONGEST, "x" * LONGEST, "x"]),
        ((b"x" * LONGEST + b"\n",), ["x" * LONGEST]),
    ],
)
def test_lines(parts: tuple[bytes, ...], lines: list[str]) -> None:
    assert read(*parts) == lines


@given(st.text(alphabet="ab\nö"), st.lists(st.integers(1, 9)))
def test_cut_anywhere(text: str, sizes: list[int]) -> None:
    rest, parts = text.encode(), []
    for size in sizes:
        parts.append(rest[:size])
        rest = rest[size:]
    assert read(*parts, rest) == text.removesuffix("\n").split("\n") if text else read(*parts, rest) == []


def test_a_line_that_never_ends_takes_no_memory() -> None:
    lines = OutputLines()
    sizes = [len(line) for _ in range(1000) for line in lines.feed(b"y" * 4096)]
    assert sum(sizes) > 1000 * 4096 - 2 * LONGEST
    assert max(sizes) <= LONGEST
