"""Rows of a tree with output: the arithmetic agrees with a list of all rows."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from tui.presentation.outline import HEAD, Outline, Spot, lines
from tui.store.operation import Step
from tui.store.output import Output


def step(number: int, written: int, kept: int = 1000) -> Step:
    made = Step(str(number), f"step {number}")
    if written:
        made.output = Output(max_lines=kept)
        made.output.extend((1, b"", b"line %d" % line) for line in range(written))
    return made


def outlined(steps: list[Step], opened: set[str], tail: int = 0) -> Outline:
    outline = Outline()
    outline.arrange((step, 0) for step in steps)
    outline.count(lambda step: step.id in opened, tail)
    return outline


def every_row(steps: list[Step], opened: set[str], tail: int) -> list[Spot]:
    """The same, the slow way."""
    rows = []
    for one in steps:
        rows.append(Spot(one.id, HEAD))
        if one.output is not None and one.id in opened:
            first = one.output.first - (1 if one.output.dropped else 0)
            rows += [Spot(one.id, number) for number in range(first, one.output.end)]
    return rows + [Spot("", number) for number in range(tail)]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=12), st.integers(0, 3), st.integers(1, 4)
)
def test_rows_agree_with_a_list_of_all_rows(shape: list[tuple[int, bool]], tail: int, kept: int) -> None:
    steps = [step(number, written, kept) for number, (written, _) in enumerate(shape)]
    opened = {str(number) for number, (_, is_open) in enumerate(shape) if is_open}
    outline = outlined(steps, opened, tail)
    rows = every_row(steps, opened, tail)
    assert outline.total == len(rows)
    assert outline.steps_end == len(rows) - tail
    head = 0
    for row, spot in enumerate(rows):
        assert outline.at(row) == spot
        assert outline.row_of(spot) == row
        if spot.step:
            head = row if spot.line == HEAD else head
            assert outline.head_above(row) == head


def test_a_line_of_a_folded_step_is_found_at_its_step() -> None:
    steps = [step(0, 3), step(1, 4)]
    assert outlined(steps, {"0"}).row_of(Spot("1", 2)) == 4
    assert outlined(steps, {"0", "1"}).row_of(Spot("1", 2)) == 7


def test_a_line_that_has_left_the_memory_is_found_at_the_note_in_its_place() -> None:
    one = step(0, 10, kept=4)
    outline = outlined([one], {"0"})
    assert lines(one) == 5
    assert outline.row_of(Spot("0", 2)) == 1
    assert outline.last_row_of("0") == 5


def test_what_is_not_there_is_found_at_the_top() -> None:
    assert outlined([step(0, 0)], set()).row_of(Spot("gone", 3)) == 0


def test_thousands_of_steps_and_100000_lines_are_quick() -> None:
    steps = [step(number, 1) for number in range(3000)]
    steps[1500] = step(1500, 100_000, 100_000)
    outline = Outline()
    outline.arrange((step, 0) for step in steps)
    best = 1.0
    for _ in range(5):
        began = time.process_time()
        outline.count(lambda step: step.id == "1500", 0)
        for row in range(90_000, 90_060):
            assert outline.at(row).step == "1500"
        best = min(best, time.process_time() - began)
    assert best < 0.005
