"""An operation is what its events say."""

from __future__ import annotations

from tui.model.operation import (
    Ended,
    Failure,
    Logged,
    PlanStep,
    Progressed,
    Started,
    StepChanged,
    Warned,
)
from tui.store.operation import Operation

STARTED = Started(
    100.0, "op", "build", "web", "e", "me", "here", 7, (PlanStep("build", "Build"), PlanStep("name", "Name"))
)


def fed(*events):
    operation = Operation(STARTED)
    operation.feed(events)
    return operation


def titles(operation):
    return [(step.title, depth) for step, depth in operation.in_order()]


def test_planned_steps_stand_there_before_they_run():
    assert titles(fed()) == [("Build", 0), ("Name", 0)]
    assert [step.state for step, _ in fed().in_order()] == ["waiting", "waiting"]


def test_further_steps_stand_beneath_their_parents_by_when_they_began():
    operation = fed(
        StepChanged(101, "c", "waiting", title="third", parent="build"),
        StepChanged(101, "b", "running", title="second", parent="build", started=101.5),
        StepChanged(102, "a", "done", 0.5, title="first", parent="build", started=101.2),
    )

    assert titles(operation) == [("Build", 0), ("first", 1), ("second", 1), ("third", 1), ("Name", 0)]


def test_times_replace_each_other():
    operation = fed(
        StepChanged(101, "build", "running"),
        StepChanged(103, "build", "done", 2.0),
    )

    step = operation.steps["build"]
    assert (step.state, step.started, step.seconds) == ("done", 101, 2.0)


def test_output_and_progress_belong_to_their_step():
    operation = fed(
        Logged(101, "build", 1, "one\ntwo"), Logged(102, "build", 2, "three"), Progressed(103, "name", 5, 10)
    )

    output = operation.steps["build"].output
    assert [output[number].text for number in range(output.end)] == [b"one", b"two", b"three"]
    assert operation.steps["build"].lines == 3
    assert (operation.steps["name"].current, operation.steps["name"].total) == (5, 10)


def test_what_nobody_announced_is_shown_all_the_same():
    assert titles(fed(Logged(101, "new", 1, "text")))[-1] == ("new", 0)
    assert titles(fed(StepChanged(101, "x", "running", title="X", parent="nowhere")))[-1] == ("X", 0)


def test_states():
    assert fed().state == "running"
    assert fed(Ended(105, True, 5)).state == "done"
    assert fed(Ended(105, False, 5, error=Failure(1, "no"))).state == "failed"
    assert fed(Ended(105, False, 5, error=Failure(130, "cancelled"))).state == "cancelled"
    interrupted = fed()
    interrupted.alive = False
    assert interrupted.state == "interrupted"
    assert interrupted.interrupted


def test_readers_are_told_once_for_each_batch():
    operation, told = Operation(STARTED), []
    end = operation.subscribe(lambda: told.append(1))

    operation.feed([Warned(101, "a"), Warned(101, "b")])
    end()
    operation.feed([Warned(101, "c")])

    assert told == [1]
    assert operation.warnings == ["a", "b", "c"]
