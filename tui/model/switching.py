"""Which steps bring a release into service, restore the one before, or finish what was interrupted. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.step import RolloutStep, StepKind

if TYPE_CHECKING:
    from tui.model.standing import Standing

START_FIRST, STOP_FIRST = "start-first", "stop-first"


def deploy(standing: Standing, order: str, *, drain: bool = False) -> list[RolloutStep]:
    """The steps that put a new release into service, the live one being retired.

    "stop-first": the old one stops before the new one starts, because they cannot share a port.
    "start-first": the new one is ready before the old one stops; for a while both serve.
    The new container gets its restart policy only after the gate, the old one loses its own before it is
    stopped: a restarted engine never wakes the wrong one.
    """
    new, old = standing.next_number, standing.live
    begin = [RolloutStep(StepKind.RECORD, new), RolloutStep(StepKind.CREATE, new)]
    up = [RolloutStep(StepKind.START, new), RolloutStep(StepKind.GATE, new)]
    away = retire(standing, old, drain=drain) if old is not None else []
    name = [RolloutStep(StepKind.PROMOTE, new)]
    end = [RolloutStep(StepKind.ARM, new), RolloutStep(StepKind.BAKE, new), RolloutStep(StepKind.GOOD, new)]
    if order == START_FIRST:
        return [*begin, *up, *away, *name, *end]
    return [*begin, *away, *name, *up, *end]


def retire(standing: Standing, number: int, *, drain: bool = False) -> list[RolloutStep]:
    """The steps that take a release out of service and keep its container."""
    slot = standing.slots[number]
    steps = [RolloutStep(StepKind.DRAIN, number)] if drain and slot.running else []
    if slot.armed:
        steps.append(RolloutStep(StepKind.DISARM, number))
    if slot.running:
        steps.append(RolloutStep(StepKind.STOP, number))
    if slot.name == standing.app:
        steps.append(RolloutStep(StepKind.RETIRE, number))
    return steps


def should_serve(standing: Standing, new: int) -> int | None:
    """The release that is to serve when `new` is not to stay, whether its container is there or not.

    The live one, else the one that was live last: every good release was live from its gate until the next.
    """
    live = standing.live
    if live is not None and live != new:
        return live
    return next((number for number in standing.good if number != new), None)


def is_gone(standing: Standing, new: int) -> bool:
    """Whether the release that is to serve when `new` is not to stay has no container any more."""
    number = should_serve(standing, new)
    return number is not None and number not in standing.slots


def way_back(standing: Standing, new: int) -> int | None:
    """The container to return to when `new` is not to stay: the live one, else the newest good one there is.

    That is the release that should serve, unless it `is_gone`.
    """
    live = standing.live
    if live is not None and live != new:
        return live
    good = [number for number in standing.good if number in standing.slots and number != new]
    return good[0] if good else None


def restore(standing: Standing, new: int, order: str = STOP_FIRST) -> list[RolloutStep]:
    """The steps from wherever a deploy of `new` stopped back to its `way_back` serving alone.

    They depend on where things stand and on nothing else, so that they can be taken again after any crash.
    Where both can run at once the old one is ready before the new one stops.
    """
    old = way_back(standing, new)
    fallen = standing.slots.get(new)
    steps: list[RolloutStep] = []
    up = [RolloutStep(StepKind.START, old)] if old is not None and not standing.slots[old].running else []
    if up and old is not None and order == START_FIRST:
        steps += [*up, RolloutStep(StepKind.GATE, old)]
        up = []
    if fallen is not None:
        steps += retire(standing, new)
    if old is not None:
        slot = standing.slots[old]
        if slot.name != standing.app:
            steps.append(RolloutStep(StepKind.PROMOTE, old))
        steps += up
        if not slot.armed:
            steps.append(RolloutStep(StepKind.ARM, old))
        steps.append(RolloutStep(StepKind.GATE, old))
    if fallen is not None:
        steps.append(RolloutStep(StepKind.REMOVE, new))
    if new in standing.records and standing.records[new] is None:
        steps.append(RolloutStep(StepKind.FAILED, new))
    return steps


def withdraw(standing: Standing, new: int) -> list[RolloutStep]:
    """The steps that take a release away which is not to stay, whatever becomes of all others.

    Afterwards nothing is open: no deploy and no roll back is refused because of it.
    """
    steps = [*retire(standing, new), RolloutStep(StepKind.REMOVE, new)] if new in standing.slots else []
    if new in standing.records and standing.records[new] is None:
        steps.append(RolloutStep(StepKind.FAILED, new))
    return steps


def complete(standing: Standing, new: int) -> list[RolloutStep]:
    """The steps that finish a deploy whose new release runs already; the first one asks whether it is ready.

    Started before the old one was stopped it has not got the app's name yet, and the old one may have been
    told to drain: nothing says so, and it may not take up work again. So the way on is the safer one.
    """
    slot = standing.slots[new]
    steps = [RolloutStep(StepKind.GATE, new)]
    for number, other in standing.slots.items():
        if number != new and (other.running or other.armed or other.name == standing.app):
            steps += retire(standing, number)
    if slot.name != standing.app:
        steps.append(RolloutStep(StepKind.PROMOTE, new))
    if not slot.armed:
        steps.append(RolloutStep(StepKind.ARM, new))
    return [*steps, RolloutStep(StepKind.GOOD, new)]


def can_complete(standing: Standing, new: int) -> bool:
    """Whether an interrupted release is far enough to be finished: it runs."""
    slot = standing.slots.get(new)
    return slot is not None and slot.running


def undrained(standing: Standing, number: int | None) -> list[RolloutStep]:
    """The steps that stop a release which was told to drain, before it is started again to serve on."""
    slot = standing.slots.get(number) if number is not None else None
    if slot is None or not slot.running:
        return []
    number = slot.release
    return [
        *([RolloutStep(StepKind.DISARM, number)] if slot.armed else []),
        RolloutStep(StepKind.STOP, number),
    ]


def settle(standing: Standing) -> list[RolloutStep]:
    """The steps that put in order what is not as any operation leaves it, where no release is open.

    An operation that was frozen and taken over may have had one last call on its way. It comes too late: it
    stops or renames the live release, or makes a container of one that failed long since. Where the container
    of the release that should serve is gone, no earlier one is put in its place: it is to be made anew.
    """
    live = should_serve(standing, 0)
    steps: list[RolloutStep] = []
    for number, slot in standing.slots.items():
        if number == live:
            continue
        if slot.running or slot.armed:
            steps += retire(standing, number)
        if standing.records.get(number) is False:
            steps.append(RolloutStep(StepKind.REMOVE, number))
    if live is None or live not in standing.slots:
        return steps
    slot = standing.slots[live]
    up = [RolloutStep(StepKind.PROMOTE, live)] if slot.name != standing.app else []
    up += [] if slot.running else [RolloutStep(StepKind.START, live)]
    up += [] if slot.armed else [RolloutStep(StepKind.ARM, live)]
    return [*steps, *up, RolloutStep(StepKind.GATE, live)] if up else steps


def outdated(standing: Standing, keep: int) -> list[RolloutStep]:
    """The steps that remove what retention does not keep: earlier good releases beyond the newest `keep`.

    What failed or was left open has been removed by its own undoing; the live release is never touched.
    """
    return [RolloutStep(StepKind.REMOVE, number) for number in standing.kept[max(keep, 1) :]]
