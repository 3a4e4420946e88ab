"""Charts made of characters: exactly as wide as asked for, whatever the numbers are."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from tui.presentation.charts import BLOCKS, PLAIN, Part, bar, graph, round_top, sparkline
from tui.presentation.lines import plain
from tui.presentation.text import width

NUMBERS = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True))
SERIES = st.lists(NUMBERS, max_size=80)
GLYPHS = st.sampled_from([BLOCKS, PLAIN])


@given(SERIES, st.integers(-2, 90), NUMBERS.filter(lambda one: one is not None), GLYPHS)
def test_a_sparkline_is_as_wide_as_asked_for(values, cells, top, glyphs) -> None:  # type: ignore[no-untyped-def]
    drawn = sparkline(values, cells, top=top, glyphs=glyphs)
    assert width(drawn) == max(cells, 0)
    assert glyphs is BLOCKS or drawn.isascii()


def test_a_sparkline_rises_with_its_values_and_leaves_gaps() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8, top=7) == "▁▂▃▄▅▆▇█"
    assert sparkline([math.nan, 8, None, 4], 6, top=8) == "   █ ▅"
    assert sparkline([100.0] * 5 + [0.0], 3) == "██▁"
    assert sparkline([0.0, 0.0], 2) == "▁▁"
    assert sparkline([0, 7], 2, glyphs=PLAIN) == "_#"


PARTS = st.lists(
    st.builds(Part, st.floats(allow_nan=True, allow_infinity=True), st.sampled_from(["ok", "bad"])),
    max_size=12,
)


@given(PARTS, st.integers(0, 90), st.floats(allow_nan=True), GLYPHS)
def test_a_bar_is_as_wide_as_asked_for(parts, cells, total, glyphs) -> None:  # type: ignore[no-untyped-def]
    assert width(plain(bar(parts, cells, total=total, glyphs=glyphs))) == cells


def test_parts_of_a_bar_differ_without_colour_and_are_in_proportion() -> None:
    drawn = bar([Part(2, "ok"), Part(1, "ok"), Part(1, "ok")], 8)
    assert plain(drawn) == "████▓▓▒▒"
    assert plain(bar([Part(1, "ok")], 8, total=2)) == "████····"
    assert plain(bar([Part(1000, "ok"), Part(0.001, "ok"), Part(0, "ok")], 8, total=2000)) == "████▓···"
    assert plain(bar([Part(3, "ok"), Part(1, "ok")], 4, glyphs=PLAIN)) == "###="


@given(SERIES, st.integers(-1, 100), st.integers(-1, 12), st.integers(0, 90), GLYPHS)
def test_a_graph_is_as_large_as_asked_for(values, cells, rows, span, glyphs) -> None:  # type: ignore[no-untyped-def]
    lines = graph(values, cells, rows, words=lambda value: f"{value:.3g}", span=span, glyphs=glyphs)
    assert len(lines) == max(rows, 0)
    assert {width(plain(line)) for line in lines} <= {max(cells, 0)}


def test_a_graph_shows_where_it_was_high() -> None:
    lines = graph([0.0, 0.0, 10.0, 10.0], 24, 3, words=lambda value: f"{value:.0f}", span=4, glyphs=PLAIN)
    drawn = [plain(line) for line in lines]
    assert drawn[0].startswith("10 |") and drawn[2].startswith(" 0 |")
    assert drawn[0].endswith("******") and drawn[2][4:9] == "*****"


def test_the_middle_of_an_axis_is_said_where_a_row_is_half_of_it() -> None:
    lines = [graph([444.0], 24, rows, words=lambda value: f"{value:g}", span=4) for rows in (9, 10)]
    said = [[plain(line).partition("│")[0].strip() for line in drawn] for drawn in lines]
    assert said[0] == ["500", "", "", "", "250", "", "", "", "0"]
    assert said[1] == ["500", *[""] * 8, "0"]


def test_few_values_stand_at_the_right_end() -> None:
    lines = graph([5.0, 5.0], 44, 1, words=str, span=60)
    assert plain(lines[0])[:40].strip(" 50.│") == ""
    assert plain(lines[0])[-1] != " "


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_an_axis_ends_at_a_round_number_above(value: float) -> None:
    top = round_top(value)
    assert top > 0
    if math.isfinite(value) and value > 1e-300:
        assert value <= top <= value * 10.01
