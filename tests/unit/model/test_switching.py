"""From every state that can be reached, every plan ends with exactly one release in service."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.standing import Impossible, Slot, Standing, after, all_after
from tui.model.step import RolloutStep, StepKind
from tui.model.switching import (
    START_FIRST,
    STOP_FIRST,
    can_complete,
    complete,
    deploy,
    outdated,
    restore,
    settle,
    undrained,
    way_back,
    withdraw,
)

ORDERS = st.sampled_from([STOP_FIRST, START_FIRST])


def serving(standing: Standing) -> list[int]:
    return [number for number, slot in standing.slots.items() if slot.running]


def in_order(standing: Standing, live: int) -> None:
    """Exactly one release serves, under the app's name and armed; all others are asleep for good."""
    assert standing.live == live
    assert serving(standing) == [live]
    assert standing.slots[live].armed
    for number, slot in standing.slots.items():
        if number != live:
            assert not slot.armed
            assert slot.name == f"{standing.app}.r{number}"


@st.composite
def histories(draw):
    """A standing after some deploys, failed ones among them, and prunings by hand."""
    standing = Standing("web")
    for _ in range(draw(st.integers(0, 6))):
        steps = deploy(standing, draw(ORDERS), drain=draw(st.booleans()))
        if standing.live is not None and draw(st.booleans()):
            new = standing.next_number
            standing = all_after(standing, steps[: draw(st.integers(1, len(steps) - 1))])
            standing = all_after(standing, restore(standing, new, draw(ORDERS)))
        else:
            standing = all_after(standing, steps)
        if draw(st.booleans()):  # docker container prune
            running = {number: slot for number, slot in standing.slots.items() if slot.running}
            standing = standing._replace(slots=running)
    return standing


@given(histories(), ORDERS, st.booleans())
def test_a_deploy_ends_with_the_new_release_alone_in_service(standing, order, drain):
    new = standing.next_number

    end = all_after(standing, deploy(standing, order, drain=drain))

    in_order(end, new)
    assert end.records[new] is True
    assert set(standing.slots) <= set(end.slots)


@given(histories(), ORDERS, st.booleans(), st.data())
def test_undoing_from_every_step_brings_the_former_release_back(standing, order, drain, data):
    old, new = standing.live, standing.next_number
    steps = deploy(standing, order, drain=drain)
    broken = all_after(standing, steps[: data.draw(st.integers(1, len(steps) - 1))])

    end = all_after(broken, restore(broken, new, order))

    assert new not in end.slots
    assert end.records[new] is False
    if old is None:
        assert end.live is None
    else:
        in_order(end, old)
        assert end.slots == standing.slots


@given(histories(), ORDERS, st.data())
def test_undoing_can_itself_be_cut_off_and_taken_up_again(standing, order, data):
    new = standing.next_number
    steps = deploy(standing, order)
    broken = all_after(standing, steps[: data.draw(st.integers(1, len(steps) - 1))])
    undoing = restore(broken, new, order)
    broken = all_after(broken, undoing[: data.draw(st.integers(0, max(len(undoing) - 1, 0)))])

    end = all_after(broken, restore(broken, new, order))

    assert end.slots == standing.slots
    assert end.records[new] is False


@st.composite
def damaged(draw):
    """Whatever hands, crashes and prunings have made of an app: any container as it may be, or gone."""
    standing = draw(histories())
    if draw(st.booleans()):
        steps = deploy(standing, draw(ORDERS))
        standing = all_after(standing, steps[: draw(st.integers(1, len(steps) - 1))])
    slots = {}
    named = draw(st.sampled_from([0, *standing.slots]))
    for number, slot in standing.slots.items():
        if draw(st.integers(0, 3)):
            name = (
                standing.app
                if number == named
                else draw(st.sampled_from([standing.retired_name(number), f"moved-{number}"]))
            )
            slots[number] = slot._replace(name=name, running=draw(st.booleans()), armed=draw(st.booleans()))
    return standing._replace(slots=slots)


@given(damaged(), ORDERS)
def test_no_state_locks_an_operator_out(standing, order):
    """What is open can be taken away whatever serves, and then a deploy, or making one anew, is possible."""
    for new in standing.open:
        standing = all_after(standing, withdraw(standing, new))
    assert standing.open == []
    new = standing.next_number

    end = all_after(standing, deploy(standing, order))

    assert end.live == new
    assert end.slots[new].running
    assert end.slots[new].armed
    assert end.records[new] is True


@given(histories(), ORDERS, st.data())
def test_a_restarted_engine_never_wakes_two_and_what_it_wakes_had_passed(standing, order, data):
    new = standing.next_number
    steps = deploy(standing, order)
    cut = data.draw(st.integers(0, len(steps)))
    broken = all_after(standing, steps[:cut])

    awake = [number for number, slot in broken.slots.items() if slot.armed]

    assert len(awake) <= 1
    if new in awake:
        assert RolloutStep(StepKind.GATE, new) in steps[:cut]


@given(histories(), ORDERS, st.data())
def test_what_is_far_enough_is_completed(standing, order, data):
    new = standing.next_number
    steps = deploy(standing, order)
    broken = all_after(standing, steps[: data.draw(st.integers(1, len(steps)))])
    if can_complete(broken, new):
        end = all_after(broken, complete(broken, new))
        in_order(end, new)
        assert end.records[new] is True


@given(histories(), st.integers(0, 4))
def test_retention_never_takes_the_live_or_the_last_good_release(standing, keep):
    before_kept = standing.kept

    end = all_after(standing, outdated(standing, keep))

    assert end.live == standing.live
    assert end.kept == before_kept[: max(keep, 1)]
    if standing.live is not None:
        in_order(end, standing.live)


@given(histories(), st.data())
def test_what_was_told_to_drain_is_started_again_while_the_new_one_serves(standing, data):
    old, new = standing.live, standing.next_number
    steps = deploy(standing, START_FIRST, drain=True)
    if old is None:
        return
    begun = data.draw(st.integers(steps.index(RolloutStep(StepKind.DRAIN, old)), len(steps) - 1))
    broken = all_after(standing, steps[:begun])

    again = undrained(broken, old)
    undoing = [*again, *restore(all_after(broken, again), new, START_FIRST)]

    assert RolloutStep(StepKind.START, old) in undoing
    assert all_after(broken, undoing).slots == standing.slots
    for step in undoing:
        broken = after(broken, step)
        assert serving(broken)


@given(histories())
def test_what_is_in_order_is_left_alone(standing):
    assert settle(standing) == []


@given(histories(), st.sampled_from(["disarm", "stop", "retire", "start", "create"]), st.data())
def test_a_call_that_came_too_late_is_put_right(standing, late, data):
    """Whatever one call of an operation that lost its lease has changed."""
    failed = [number for number, good in standing.records.items() if not good]
    numbers = failed if late == "create" else list(standing.slots)
    if not numbers or standing.live is None:
        return
    number = data.draw(st.sampled_from(numbers))
    slot = standing.slots.get(number) or Slot("late", standing.retired_name(number), number, False, False)
    changes = {
        "disarm": {"armed": False},
        "stop": {"running": False},
        "retire": {"name": standing.retired_name(number)},
        "start": {"running": True},
        "create": {},
    }
    changed = standing._replace(slots={**standing.slots, number: slot._replace(**changes[late])})

    end = all_after(changed, settle(changed))

    assert end.slots == standing.slots


@given(histories(), ORDERS)
def test_the_service_is_never_without_both_in_a_start_first_deploy(standing, order):
    if standing.live is None or order == STOP_FIRST:
        return
    for step in deploy(standing, order):
        standing = after(standing, step)
        assert serving(standing)


@given(histories(), st.data())
def test_nor_while_such_a_deploy_is_undone(standing, data):
    if standing.live is None:
        return
    new = standing.next_number
    steps = deploy(standing, START_FIRST)
    standing = all_after(standing, steps[: data.draw(st.integers(1, len(steps) - 1))])
    for step in restore(standing, new, START_FIRST):
        standing = after(standing, step)
        assert serving(standing)


def test_the_way_back_is_the_newest_good_one_that_is_still_there():
    def slot(number, *, running=False):
        name = "web" if running else f"web.r{number}"
        return Slot(f"id{number}", name, number, running, running)

    standing = Standing(
        "web", {1: slot(1), 3: slot(3), 4: slot(4, running=True)}, {1: True, 2: True, 3: False, 4: True}
    )

    assert way_back(standing, 4) == 1
    assert way_back(standing, 5) == 4


@pytest.mark.parametrize(
    "step",
    [
        RolloutStep(StepKind.STOP, 1),
        RolloutStep(StepKind.PROMOTE, 1),
        RolloutStep(StepKind.REMOVE, 1),
        RolloutStep(StepKind.RECORD, 1),
        RolloutStep(StepKind.START, 9),
    ],
)
def test_steps_that_would_do_harm_are_impossible(step):
    standing = Standing("web", {1: Slot("id", "web", 1, True, True)}, {1: True})

    with pytest.raises(Impossible):
        after(standing, step)
