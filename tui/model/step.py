"""The single steps that a deploy, its undoing and its recovery are made of, and how each is called."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple


class StepKind(StrEnum):
    """What a step does to one release. The value stands in journals and leases."""

    RECORD = "record"
    CREATE = "create"
    DISARM = "disarm"
    DRAIN = "drain"
    STOP = "stop"
    RETIRE = "retire"
    PROMOTE = "promote"
    START = "start"
    GATE = "gate"
    ARM = "arm"
    BAKE = "bake"
    GOOD = "good"
    FAILED = "failed"
    REMOVE = "remove"


UNDO, NETWORKS, RENAME = "undo", "networks", "rename"
"""IDs of steps of no release: going back, making what is declared, giving an adopted one its name."""


class Words(NamedTuple):
    """A step in words, as an order and as what is being done; "{}" stands for the release's number."""

    title: str
    doing: str


WORDS = {
    StepKind.RECORD: Words("Record r{} in the ledger", "recording r{}"),
    StepKind.CREATE: Words("Create the container of r{}", "creating the container of r{}"),
    StepKind.DISARM: Words("Take the restart policy from r{}", "taking the restart policy from r{}"),
    StepKind.DRAIN: Words("Let r{} finish what it serves", "letting r{} finish what it serves"),
    StepKind.STOP: Words("Stop r{}", "stopping r{}"),
    StepKind.RETIRE: Words("Take the app's name from r{}", "taking the app's name from r{}"),
    StepKind.PROMOTE: Words("Give the app's name to r{}", "giving the app's name to r{}"),
    StepKind.START: Words("Start r{}", "starting r{}"),
    StepKind.GATE: Words("Wait until r{} is ready", "waiting until r{} is ready"),
    StepKind.ARM: Words("Give r{} its restart policy", "giving r{} its restart policy"),
    StepKind.BAKE: Words("Watch r{}", "watching r{}"),
    StepKind.GOOD: Words("Record that r{} is good", "recording that r{} is good"),
    StepKind.FAILED: Words("Record that r{} failed", "recording that r{} failed"),
    StepKind.REMOVE: Words("Remove the container of r{}", "removing the container of r{}"),
}

OF_NO_RELEASE = {
    UNDO: "going back to the release before",
    NETWORKS: "creating networks and volumes",
    RENAME: "giving the container the app's name",
}

_ID = re.compile(r"([a-z]+) r(0|[1-9][0-9]{0,17})")


class RolloutStep(NamedTuple):
    """One change, or one look, at the release of a number."""

    kind: StepKind
    release: int

    @property
    def id(self) -> str:
        return f"{self.kind} r{self.release}"

    @property
    def title(self) -> str:
        return WORDS[self.kind].title.format(self.release)

    @property
    def doing(self) -> str:
        return WORDS[self.kind].doing.format(self.release)


def read_step(id: str, parent: str = "") -> RolloutStep | None:
    """The step of an ID, "gate r6", or "undo gate r6" beneath a parent; None where it is no such ID."""
    found = _ID.fullmatch(id.removeprefix(f"{parent} "))
    if found is None:
        return None
    try:
        return RolloutStep(StepKind(found[1]), int(found[2]))
    except ValueError:
        return None


def doing(id: str) -> str:
    """What is being done in a step of this ID, in words; what is no such ID is words already."""
    step = read_step(id)
    return step.doing if step is not None else OF_NO_RELEASE.get(id, id)
