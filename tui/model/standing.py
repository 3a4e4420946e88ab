"""An app's releases as they stand on an engine, and what single steps change of that. Pure.

A deploy, its undoing and its recovery are sequences of these steps; `after` says what each of them makes of a
standing, so that every sequence can be proved before an engine sees it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


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


RECORD, CREATE, DISARM, DRAIN, STOP, RETIRE, PROMOTE, START, GATE, ARM, BAKE, GOOD, FAILED, REMOVE = (
    "record", "create", "disarm", "drain", "stop", "retire", "promote", "start", "gate", "arm", "bake",
    "good", "failed", "remove",
)  # fmt: skip

TITLES = {
    RECORD: "Record r{} in the ledger",
    CREATE: "Create the container of r{}",
    DISARM: "Take the restart policy from r{}",
    DRAIN: "Let r{} finish what it serves",
    STOP: "Stop r{}",
    RETIRE: "Take the app's name from r{}",
    PROMOTE: "Give the app's name to r{}",
    START: "Start r{}",
    GATE: "Wait until r{} is ready",
    ARM: "Give r{} its restart policy",
    BAKE: "Watch r{}",
    GOOD: "Record that r{} is good",
    FAILED: "Record that r{} failed",
    REMOVE: "Remove the container of r{}",
}


DOING = {
    RECORD: "recording r{}",
    CREATE: "creating the container of r{}",
    DISARM: "taking the restart policy from r{}",
    DRAIN: "letting r{} finish what it serves",
    STOP: "stopping r{}",
    RETIRE: "taking the app's name from r{}",
    PROMOTE: "giving the app's name to r{}",
    START: "starting r{}",
    GATE: "waiting until r{} is ready",
    ARM: "giving r{} its restart policy",
    BAKE: "watching r{}",
    GOOD: "recording that r{} is good",
    FAILED: "recording that r{} failed",
    REMOVE: "removing the container of r{}",
    "undo": "going back to the release before",
    "networks": "creating networks and volumes",
    "rename": "giving the container the app's name",
}


def doing(id: str) -> str:
    """What is being done in a step of this ID, in words; what is no such ID is words already."""
    verb, _, release = id.partition(" r")
    if verb not in DOING or bool(release) != ("{}" in DOING[verb]) or not (release or "0").isdecimal():
        return id
    return DOING[verb].format(release)


class Step(NamedTuple):
    """One change, or one look, at the release of a number."""

    verb: str
    release: int

    @property
    def id(self) -> str:
        return f"{self.verb} r{self.release}"

    @property
    def title(self) -> str:
        return TITLES[self.verb].format(self.release)


class Impossible(ValueError):
    """A step that cannot be made from where things stand: a plan that has it is wrong."""


def after(standing: Standing, step: Step) -> Standing:
    """What a standing is after a step that works. Raises Impossible."""
    slots = dict(standing.slots)
    records = dict(standing.records)
    number = step.release
    slot = slots.get(number)
    match step.verb:
        case "record":
            _must(number not in records and number not in slots, step, "its number is used")
            records[number] = None
        case "create":
            _must(slot is None and number in records, step, "it is there, or not recorded")
            slots[number] = Slot(f"r{number}", standing.retired_name(number), number, False, False)
        case "good" | "failed":
            _must(number in records, step, "it is not recorded")
            records[number] = step.verb == "good"
        case _:
            if slot is None:
                raise Impossible(f"{step.id}: it has no container")
            changed = _changed(standing, slot, step)
            if changed is None:
                del slots[number]
            else:
                slots[number] = changed
    return standing._replace(slots=slots, records=records)


def _changed(standing: Standing, slot: Slot, step: Step) -> Slot | None:
    """The container after a step on it, None once it is removed."""
    match step.verb:
        case "disarm":
            return slot._replace(armed=False)
        case "arm":
            return slot._replace(armed=True)
        case "stop":
            _must(not slot.armed, step, "the engine might start it again")
            return slot._replace(running=False)
        case "start":
            return slot._replace(running=True)
        case "retire":
            _must(slot.name == standing.app, step, "it does not have the name")
            return slot._replace(name=standing.retired_name(slot.release))
        case "promote":
            _must(standing.live is None, step, "the name is taken")
            return slot._replace(name=standing.app)
        case "gate" | "bake" | "drain":
            _must(slot.running, step, "it does not run")
            return slot
        case "remove":
            _must(not slot.running and slot.name != standing.app, step, "it serves")
            return None
    raise Impossible(f"{step.id}: no such step")


def _must(true: bool, step: Step, why: str) -> None:
    if not true:
        raise Impossible(f"{step.id}: {why}")


def all_after(standing: Standing, steps: Iterable[Step]) -> Standing:
    """What a standing is after several steps. Raises Impossible."""
    for step in steps:
        standing = after(standing, step)
    return standing
