"""The releases of an app on one engine: where each stands, and where one can go back to. Pure.

Dashboard, command line and operations ask here; what the engine has besides stands beside it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tui.model.digest import short_id
from tui.model.ways_back import default_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.model.release import Entry
    from tui.model.standing import Slot, Standing
    from tui.model.ways_back import WayBack


class State(StrEnum):
    """Where a release stands: it serves; its container waits; only its record is left; it failed its gate;
    it was begun, and is neither finished nor undone."""

    LIVE = "live"
    KEPT = "kept"
    LEDGER_ONLY = "ledger only"
    FAILED = "failed"
    OPEN = "open"


class Holder(NamedTuple):
    """Who changes the app now.

    title, step   what is being done, in words, and the step that was begun last
    alive         whether it has been heard of lately: a lease that is not alive can be taken over
    text          all of it in one sentence
    verb, what    the same as facts: the verb's name, and what it acts on; "" where only words are known
    """

    by: str
    op: str
    title: str
    step: str
    alive: bool
    text: str
    verb: str = ""
    what: str = ""


class Releases(NamedTuple):
    """Everything that is known of them.

    entries     the ledger's, by number
    foreign     the ID of a container that bears the app's name and is not ours, "" where there is none
    strangers   containers that say they are a release of the app, where the ledger does not: name -> ID
    holder      who has the lease, None where nobody has
    notes       what was found wrong with the ledger: sentences
    ways        what can be gone back to, the newest first
    at          when it was read, seconds since the epoch; 0 where it never could be
    error       why it could not be read the last time; the rest then is from before
    """

    standing: Standing
    entries: Mapping[int, Entry] = {}
    foreign: str = ""
    strangers: Mapping[str, str] = {}
    holder: Holder | None = None
    notes: tuple[str, ...] = ()
    ways: tuple[WayBack, ...] = ()
    at: float = 0.0
    error: str = ""

    @property
    def live(self) -> Entry | None:
        """The release that bears the app's name, running or not."""
        number = self.standing.live
        return self.entries.get(number) if number is not None else None

    @property
    def live_slot(self) -> Slot | None:
        """Its container."""
        number = self.standing.live
        return self.standing.slots.get(number) if number is not None else None

    @property
    def numbers(self) -> list[int]:
        """Every release, newest first."""
        return sorted({*self.entries, *self.standing.slots} - {0}, reverse=True)

    @property
    def ways_back(self) -> list[int]:
        """What can be gone back to, newest first."""
        return [way.number for way in self.ways]

    @property
    def way_back(self) -> int | None:
        """Where a roll back goes by itself."""
        return default_of(self.ways)

    def way(self, number: int) -> WayBack | None:
        """What is known of going back to a release, None where it cannot be."""
        return next((way for way in self.ways if way.number == number), None)

    @property
    def interrupted(self) -> int | None:
        """A release that was begun and that nobody is at any more, None where there is none."""
        if not self.standing.open or (self.holder is not None and self.holder.alive):
            return None
        return self.standing.open[0]

    def called(self, number: int) -> str:
        """A release in words: "r12 v1.4.0"."""
        entry = self.entries.get(number)
        return f"r{number} {entry.release.version if entry is not None else ''}".strip()

    def state(self, number: int) -> State:
        """Where it stands. A container without a record waits: there is nothing to finish or undo."""
        standing = self.standing
        if number in standing.open:
            return State.OPEN
        if number == standing.live:
            return State.LIVE
        if standing.records.get(number) is False:
            return State.FAILED
        return State.KEPT if number in standing.slots else State.LEDGER_ONLY

    def stranger_notes(self) -> list[str]:
        """A sentence about each container that says that it is a release of this app, and is none."""
        return [
            f"the container {name} says that it is a release of {self.standing.app}, and the ledger knows "
            f"nothing of it: it is a stranger, and left alone (docker inspect {short_id(id)})"
            for name, id in sorted(self.strangers.items())
        ]
