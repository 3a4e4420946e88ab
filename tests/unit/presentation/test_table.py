from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.presentation.containers import COLUMNS, SAMPLED
from tui.presentation.frame import Scroll
from tui.presentation.lines import clip, folded, plain, restyled, wrapped
from tui.presentation.table import heading, place, row
from tui.presentation.text import safe, width


@given(st.integers(40, 260))
def test_columns_fill_a_width_and_never_overlap(cells: int) -> None:
    placed = place(COLUMNS, cells)
    assert placed[0].column.id == "name"
    for left, right in pairwise(placed):
        assert left.x + left.width < right.x
    assert placed[-1].x + placed[-1].width <= cells
    assert sum(width(text) for text, _ in heading(placed, cells, "state")) == cells


@given(st.integers(40, 260), st.text(max_size=60))
def test_a_row_is_as_wide_as_the_table_whatever_its_cells_hold(cells: int, text: str) -> None:
    line = row(place(COLUMNS, cells), cells, lambda _: (safe(text), "text"), cursor="cursor", marked=True)
    assert sum(width(piece) for piece, _ in line) == cells


def test_sampled_columns_stand_side_by_side() -> None:
    order = [column.id for column in COLUMNS]
    first = order.index(SAMPLED[0])
    assert tuple(order[first : first + len(SAMPLED)]) == SAMPLED


@given(st.integers(0, 5000), st.integers(1, 80), st.integers(0, 5000))
def test_the_thumb_stays_inside_the_bar(total: int, shown: int, top: int) -> None:
    first, size = Scroll(min(top, max(total - shown, 0)), shown, total).thumb()
    assert first >= 0
    assert first + size <= shown
    assert (size == 0) == (total <= shown)


@given(st.lists(st.tuples(st.text(max_size=20), st.just("text")), max_size=5), st.integers(1, 50))
def test_clip_takes_exactly_its_cells(line: list[tuple[str, str]], cells: int) -> None:
    clipped = clip([(safe(text), style) for text, style in line], cells, "text")
    assert sum(width(text) for text, _ in clipped) == cells


@given(
    st.lists(st.text(st.sampled_from("ab漢字é\u0301 ") | st.characters(), max_size=60), max_size=4),
    st.integers(2, 50),
    st.integers(0, 8),
)
def test_wrapping_loses_nothing_and_fits(texts: list[str], cells: int, indent: int) -> None:
    line = [(safe(text), "text") for text in texts]
    lines = list(wrapped(line, cells, indent))
    taken = min(indent, cells - 2)
    assert "".join(plain(part)[taken if n else 0 :] for n, part in enumerate(lines)) == plain(line)
    assert all(sum(width(piece) for piece, _ in part) <= cells for part in lines)


def test_restyled_keeps_the_text() -> None:
    line = [("abc", "x"), ("def", "y")]
    assert restyled(line, 2, 4, "m") == [("ab", "x"), ("c", "x m"), ("d", "y m"), ("ef", "y")]


@pytest.mark.parametrize("cells", [1, 7, 12, 30, 80])
def test_sentences_are_broken_between_words(cells: int) -> None:
    line = [("Enter never changes ", "muted"), ("anything outside a dialog.", "text"), ("  x", "text")]
    lines = list(folded(line, cells, 4))
    assert all(len(plain(part)) <= max(cells, 1) or cells < 6 for part in lines)
    assert "".join(plain(part) for part in lines).replace(" ", "") == plain(line).replace(" ", "")
    if cells >= 16:
        words = {word for part in lines for word in plain(part).split()}
        assert words == set(plain(line).split())
