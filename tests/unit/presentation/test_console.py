"""Operations as lines of a terminal that goes on scrolling."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.operation import (
    SERVES,
    Ended,
    Failure,
    Logged,
    Plan,
    PlanStep,
    Progressed,
    Result,
    Started,
    StepChanged,
)
from tui.presentation import console
from tui.presentation.amounts import duration
from tui.presentation.operation_words import ended_words
from tui.presentation.style import ROLES
from tui.presentation.text import width
from tui.store.operation import Operation

STARTED = Started(100.0, "op-1", "push", "web", "unix:///s", "alice", "host", 1, (PlanStep("p", "Push"),))


def text(lines):
    return [console.painted(line, colours=False) for line in lines]


@pytest.mark.parametrize(("seconds", "said"), [
    (0.0, "0.0s"), (0.04, "0.0s"), (3.14, "3.1s"), (59.94, "59.9s"), (59.96, "1m00s"), (125, "2m05s"),
    (3599.4, "59m59s"), (3599.9, "1h00m"), (7500, "2h05m"),
])  # fmt: skip
def test_durations(seconds, said):
    assert duration(seconds) == said


@given(st.floats(0, 359_000))
def test_a_duration_fits_its_column(seconds):
    assert len(duration(seconds)) <= console.SECONDS_CELLS


def test_a_plan_shows_what_it_is_about():
    plan = Plan(
        "Push web v1",
        (PlanStep("guard", "Ask the registry"), PlanStep("push", "Push v1")),
        (("image", "sha256:1"), ("commit", "")),
        ("it moves",),
        "docker push web:v1",
    )
    assert text(console.plan_lines(plan)) == [
        "Push web v1",
        "  image  sha256:1",
        "  1. Ask the registry",
        "  2. Push v1",
        "warning: it moves",
        "  equals: docker push web:v1",
    ]


def test_ten_steps_stand_beneath_each_other():
    plan = Plan("Deploy web", tuple(PlanStep(f"s{number}", f"Do {number}") for number in range(1, 11)))
    assert text(console.plan_lines(plan))[9:] == ["   9. Do 9", "  10. Do 10"]


def test_what_is_being_undone_is_not_undone_by_ctrl_c():
    operation = Operation(STARTED._replace(verb="deploy"))
    assert text(console.live_area(operation, 104.0, 120, 40))[-1].endswith("Ctrl+C undoes it")
    operation.feed([StepChanged(101.0, "undo", "running", title="Back to the release before")])
    for stopping in ("", "stopping"):
        line = text(console.live_area(operation, 104.0, 120, 40, stopping=stopping))[-1]
        assert "Ctrl+C" not in line
        assert line.endswith("it is being undone")


def test_layers_show_how_far_they_are():
    operation = Operation(STARTED)
    operation.feed(
        [
            StepChanged(100.0, "p", "running"),
            StepChanged(100.0, "a", "running", title="layer a", parent="p"),
            Progressed(102.0, "a", 30_000_000, 120_000_000),
            StepChanged(100.0, "b", "cached", title="layer b", parent="p"),
        ]
    )
    wide = text(console.live_area(operation, 104.0, 120, 40))
    assert wide == [
        "running    4.0s  layer a                   [#####---------------] 30MB of 120MB, 7.5MB/s",
        "push web  1 of 2 steps  4.0s  Ctrl+C stops it",
    ]
    narrow = text(console.live_area(operation, 104.0, 60, 40))
    assert narrow[0] == "running    4.0s  layer a             30MB of 120MB, 7.5MB/s"


def test_a_long_title_leaves_room_for_how_far_it_is():
    operation = Operation(STARTED)
    operation.feed(
        [
            StepChanged(100.0, "p", "running", title="x" * 200),
            Progressed(100.0, "p", 1, 2, "files"),
        ]
    )
    [line, _] = text(console.live_area(operation, 100.0, 80, 24))
    assert line.endswith("…  1 of 2 files")
    assert len(line) == 79


@given(st.text(), st.text(), st.integers(10, 200), st.integers(1, 60))
def test_nothing_from_outside_is_obeyed_or_too_wide(title, output, columns, rows):
    operation = Operation(STARTED._replace(app=title))
    operation.feed([StepChanged(100.0, "p", "running", title=title), Logged(100.0, "p", 1, output)])
    for line in console.live_area(operation, 101.0, columns, rows, talking="p"):
        assert sum(width(part) for part, _ in line) < columns
        plain = console.painted(line, colours=False)
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202e]", plain)
        coloured = re.sub(r"\x1b\[[0-9;]*m", "", console.painted(line, colours=True))
        assert coloured == plain
    failure = Failure(1, title, output, (title, output))
    for line in text(console.failure_lines(failure)):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", line)


def test_what_a_failure_quotes_is_not_shown_twice():
    operation = Operation(STARTED)
    operation.feed(
        [
            StepChanged(100.0, "p", "running"),
            Logged(100.0, "p", 2, "no such host"),
            StepChanged(101.0, "p", "failed", 1.0),
        ]
    )
    assert text(console.failed_output(operation, Failure(1, "failed"))) == [
        "output of Push", "  | no such host",
    ]  # fmt: skip
    operation.feed([Logged(101.0, "p", 2, "exit code: 1")])
    assert text(console.failed_output(operation, Failure(1, "failed", detail=("  no such host",)))) == []


def test_only_the_end_of_much_output_is_shown():
    operation = Operation(STARTED)
    lines = "\n".join(f"line {number}" for number in range(1000))
    operation.feed([Logged(100.0, "p", 1, lines), StepChanged(101.0, "p", "failed", 1.0)])
    shown = text(console.failed_output(operation, Failure(1, "failed")))
    assert shown[:3] == ["output of Push", "  950 lines before", "  | line 950"]
    assert shown[-1] == "  | line 999"


def test_a_table_stands_in_columns_and_cuts_nothing():
    rows = [("web", "live", "x" * 200), ("a-long-name", "failed: no", "")]
    lines = list(console.table(("app", "state", "rest"), rows, {"state": ["ok", "bad"]}))
    shown = text(lines)
    assert shown[0] == "app          state       rest"
    assert shown[1] == "web          live        " + "x" * 200
    assert shown[2].startswith("a-long-name  failed: no")
    assert ("live        ", "ok") in lines[1]
    assert ("failed: no  ", "bad") in lines[2]


def test_a_row_that_is_wider_than_the_terminal_breaks_between_words():
    columns = ("app", "live", "digest", "back to", "lease")
    rows = [("web", "r5", "ae4bd68c014e", "r4 v1.1.0 and 2 more", "-"), ("api", "none", "-", "-", "-")]
    roles = {"live": ["ok", "bad"]}
    shown = text(list(console.table(columns, rows, roles, 40)))
    assert shown == ["web  live r5  digest ae4bd68c014e", "  back to r4 v1.1.0 and 2 more", "api  live none"]
    assert text(list(console.table(columns, rows, roles, 80)))[0].split() == [*" ".join(columns).split()]


def test_a_cell_that_is_wider_than_the_terminal_breaks_between_words_too():
    outcome = "failed (1): the container web.r3 was not ready within 60 s: its health check says starting"
    lines = list(console.table(("op", "outcome"), [("3f2a9c", outcome)], {"outcome": ["bad"]}, 40))
    shown = text(lines)
    assert all(len(line) <= 40 for line in shown)
    assert " ".join(" ".join(shown).split()) == f"3f2a9c outcome {outcome}"
    assert [role for span, role in lines[-1] if span.strip()] == ["bad"] * len(shown[-1].split())


def test_a_result_names_what_serves_where_that_was_not_sure():
    operation = Operation(Started(0.0, "op", "recover", "web", "unix:///s", "ann", "ci", 1))
    ended = Ended(3.1, True, 3.1, Result(release="r7", facts=((SERVES, "r7 v1.4.0 (r6 made anew)"),)))
    operation.feed((ended,))
    shown = text(list(console.result_lines(operation, ended, None)))
    assert shown == ["web recovered in 3.1s: r7 v1.4.0 (r6 made anew) serves", "  release  r7"]
    assert ended_words(operation) == shown[0]


def test_a_result_tells_release_and_gap():
    facts = dict(console.result_facts(Result(release="r3", digest="sha256:1", gap_seconds=0.25)))
    assert (facts["release"], facts["gap"]) == ("r3", "0.25 s")


@pytest.mark.parametrize("role", ROLES)
def test_every_role_is_known_to_the_command_line_too(role):
    assert "web" in console.painted([("web", role), ("web", f"{role} bright_cyan bold")], colours=True)
