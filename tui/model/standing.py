"""An app's releases as they stand on an engine, and what single steps change of that. Pure.

A deploy, its undoing and its recovery are sequences of these steps; `after` says what each of them makes of a
standing, so that every sequence can be proved before an engine sees it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, assert_never

from tui.model.step import StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.model.step import RolloutStep

    OnContainer = Literal[
        StepKind.DISARM,
        StepKind.DRAIN,
        StepKind.STOP,
        StepKind.RETIRE,
        StepKind.PROMOTE,
        StepKind.START,
        StepKind.GATE,
        StepKind.ARM,
        StepKind.BAKE,
    ]


class Slot(NamedTuple):
    """One container of an app.

    id        the container's ID
    name      without a slash: the app's name while it serves, "APP.rN" otherwise
    release   its number; 0 for a container that bears the app's name and is not ours
    running   whether it runs
    armed     whether the engine would start it again: its restart policy is in force
    """

    id: str
    name: str
    release: int
    running: bool
    armed: bool


class Standing(NamedTuple):
    """The app on one engine.

    slots     its containers by release number
    records   releases that the ledger knows -> whether they were good; None while that is open
    taken     those of them whose record cannot be read: their numbers are used, and decide nothing
    """

    app: str
    slots: Mapping[int, Slot] = {}
    records: Mapping[int, bool | None] = {}
    taken: frozenset[int] = frozenset()

    @property
    def live(self) -> int | None:
        """The release whose container bears the app's name, running or not; None where there is none."""
        for number, slot in self.slots.items():
            if slot.name == self.app:
                return number
        return None

    @property
    def next_number(self) -> int:
        """The number of the next release: no number is used twice."""
        number = max((*self.slots, *(one for one in self.records if one not in self.taken)), default=0) + 1
        while number in self.taken:
            number += 1
        return number

    @property
    def open(self) -> list[int]:
        """Releases that were begun and neither finished nor undone, newest first."""
        return sorted((number for number, good in self.records.items() if good is None), reverse=True)

    @property
    def good(self) -> list[int]:
        """Releases that passed their gate, newest first, whether their container is still there or not."""
        return sorted((number for number, good in self.records.items() if good), reverse=True)

    @property
    def kept(self) -> list[int]:
        """Good releases, newest first, that are not live and whose container is still there."""
        return [number for number in self.good if number in self.slots and number != self.live]

    def retired_name(self, number: int) -> str:
        """What the container of a release is called while it does not serve."""
        return f"{self.app}.r{number}"


class Impossible(ValueError):
    """A step that cannot be made from where things stand: a plan that has it is wrong."""


def after(standing: Standing, step: RolloutStep) -> Standing:
    """What a standing is after a step that works. Raises Impossible."""
    slots = dict(standing.slots)
    records = dict(standing.records)
    number = step.release
    match step.kind:
        case StepKind.RECORD:
            _must(number not in records and number not in slots, step, "its number is used")
            records[number] = None
        case StepKind.CREATE:
            _must(number not in slots and number in records, step, "it is there, or not recorded")
            slots[number] = Slot(
                id=f"r{number}",
                name=standing.retired_name(number),
                release=number,
                running=False,
                armed=False,
            )
        case StepKind.GOOD | StepKind.FAILED:
            _must(number in records, step, "it is not recorded")
            records[number] = step.kind is StepKind.GOOD
        case StepKind.REMOVE:
            slot = _slot(standing, step)
            _must(not slot.running and slot.name != standing.app, step, "it serves")
            del slots[number]
        case _:
            slots[number] = _changed(standing, _slot(standing, step), step, step.kind)
    return standing._replace(slots=slots, records=records)


def _slot(standing: Standing, step: RolloutStep) -> Slot:
    slot = standing.slots.get(step.release)
    if slot is None:
        raise Impossible(f"{step.id}: it has no container")
    return slot


def _changed(standing: Standing, slot: Slot, step: RolloutStep, kind: OnContainer) -> Slot:
    """A container after a step on it."""
    match kind:
        case StepKind.DISARM:
            return slot._replace(armed=False)
        case StepKind.ARM:
            return slot._replace(armed=True)
        case StepKind.STOP:
            _must(not slot.armed, step, "the engine might start it again")
            return slot._replace(running=False)
        case StepKind.START:
            return slot._replace(running=True)
        case StepKind.RETIRE:
            _must(slot.name == standing.app, step, "it does not have the name")
            return slot._replace(name=standing.retired_name(slot.release))
        case StepKind.PROMOTE:
            _must(standing.live is None, step, "the name is taken")
            return slot._replace(name=standing.app)
        case StepKind.GATE | StepKind.BAKE | StepKind.DRAIN:
            _must(slot.running, step, "it does not run")
            return slot
        case _:
            assert_never(kind)


def _must(true: bool, step: RolloutStep, why: str) -> None:
    if not true:
        raise Impossible(f"{step.id}: {why}")


def all_after(standing: Standing, steps: Iterable[RolloutStep]) -> Standing:
    """What a standing is after several steps. Raises Impossible."""
    for step in steps:
        standing = after(standing, step)
    return standing
