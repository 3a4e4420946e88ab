"""The releases of an app on one engine, as they were read last."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.ways_back import default_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.model.release import Entry
    from tui.model.standing import Slot, Standing
    from tui.model.ways_back import WayBack

LIVE, KEPT, LEDGER_ONLY, FAILED, OPEN = "live", "kept", "ledger only", "failed", "open"
"""Where a release stands: it serves; its container waits; only its record is left; it failed its gate; it was
begun, and is neither finished nor undone."""


class Holder(NamedTuple):
    """Who changes the app now.

    title, step   what is being done, in words, and the step that was begun last
    alive         whether it has been heard of lately: a lease that is not alive can be taken over
    text          all of it in one sentence
    """

    by: str
    op: str
    title: str
    step: str
    alive: bool
    text: str


class AppReleases(NamedTuple):
    """Everything that is known of them.

    entries   the ledger's, by number
    foreign   the ID of a container that bears the app's name and is not ours, "" where there is none
    holder    who has the lease, None where nobody has
    notes     what was found wrong with the ledger: sentences
    at        when it was read, seconds since the epoch; 0 where it never could be
    error     why it could not be read the last time; the rest then is from before
    ways      what can be gone back to, the newest first
    """

    standing: Standing
    entries: Mapping[int, Entry] = {}
    foreign: str = ""
    holder: Holder | None = None
    notes: tuple[str, ...] = ()
    at: float = 0.0
    error: str = ""
    ways: tuple[WayBack, ...] = ()

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

    def state(self, number: int) -> str:
        """LIVE, KEPT, LEDGER_ONLY, FAILED or OPEN."""
        standing = self.standing
        if number in standing.records and standing.records[number] is None:
            return OPEN
        if number == standing.live:
            return LIVE
        if standing.records.get(number) is False:
            return FAILED
        return KEPT if number in standing.slots else LEDGER_ONLY
