"""The releases of an app as they stand on an engine: ledger, containers and who holds the app's name."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.errors import NotFound
from tui.ledger.belonging import owned
from tui.model.labels import APP, RELEASE, RESTART
from tui.model.releases import Releases
from tui.model.standing import Slot, Standing
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Mapping

    from tui.engine.client import Engine
    from tui.engine.container.inspected import Inspected
    from tui.ledger.ledger import Ledger
    from tui.model.container import Container
    from tui.model.release import Entry, Release


class Deployed(NamedTuple):
    """The releases of an app, and what the engine has of them.

    containers   of releases, by number
    foreign      a container that bears the app's name and is not ours, None where there is none
    """

    releases: Releases
    containers: Mapping[int, Inspected]
    foreign: Inspected | None = None

    @property
    def standing(self) -> Standing:
        return self.releases.standing

    @property
    def entries(self) -> Mapping[int, Entry]:
        return self.releases.entries

    @property
    def live(self) -> Inspected | None:
        """The container that bears the app's name, ours."""
        live = self.standing.live
        return self.containers.get(live) if live is not None else None

    def called(self, number: int) -> str:
        return self.releases.called(number)

    def stranger_notes(self) -> list[str]:
        return self.releases.stranger_notes()


async def read_releases(
    engine: Engine,
    ledger: Ledger,
    app: str,
    known: Mapping[int, Entry] | None = None,
    likely: Collection[str] = (),
) -> Deployed:
    """Read all of it anew, but the ledger's entries where they are `known`. Raises EngineError.

    likely   IDs of containers that are its releases' as far as is known: they are read at once with the
             list, and the others after it
    """
    listing = asyncio.ensure_future(engine.containers.list(labels=[f"{APP}={app}", RELEASE]))
    entries, listed, first, named = await all_of(
        _entries(ledger, app, listing) if known is None else _same(known),
        listing,
        _kept(engine, likely),
        _kept(engine, [app]),
    )
    whose = owned(app, entries, listed)
    numbers = {id: number for number, id in whose.containers.items()}
    read = {one.id: one for one in (*named, *first) if one.id in numbers}
    read |= {one.id: one for one in await _kept(engine, [id for id in numbers if id not in read])}
    containers = {number: read[id] for id, number in numbers.items() if id in read}
    holder = next((one for one in named if one.name == app), None)
    foreign = None
    if holder is not None and holder.id not in numbers:
        foreign = holder
    slots = {number: _slot(number, one) for number, one in containers.items()}
    # What was adopted serves already: its record alone says that it is good.
    records = {number: entry.release.adopted or entry.good for number, entry in entries.items()}
    taken = frozenset(number for number, entry in entries.items() if entry.is_damaged)
    releases = Releases(
        Standing(app, slots, records, taken),
        entries,
        foreign=foreign.id if foreign is not None else "",
        strangers={one.name: one.id for one in whose.strangers},
    )
    return Deployed(releases, containers, foreign)


async def _entries(ledger: Ledger, app: str, listing: Awaitable[list[Container]]) -> Mapping[int, Entry]:
    return {entry.release.number: entry for entry in await ledger.entries(app, listing)}


async def _same(entries: Mapping[int, Entry]) -> Mapping[int, Entry]:
    return entries


async def _kept(engine: Engine, ids: Collection[str]) -> list[Inspected]:
    """Those that are still there."""

    async def one(id: str) -> Inspected | None:
        try:
            return await engine.containers.inspect(id)
        except NotFound:
            return None

    return [found for found in await all_of(*map(one, ids)) if found is not None]


def _slot(number: int, one: Inspected) -> Slot:
    return Slot(id=one.id, name=one.name, release=number, running=one.running, armed=one.restart != "no")


def unrecorded(releases: Deployed) -> dict[int, Release]:
    """Releases of which only the labels of their containers tell: whoever made them was killed just then."""
    return {
        number: entry.release
        for number, entry in releases.entries.items()
        if entry.release.from_labels and entry.outcome is None
    }


def policy_of(number: int, releases: Deployed) -> str:
    """The restart policy that a release has while it serves; what was adopted has no label that says so."""
    one, entry = releases.containers[number], releases.entries.get(number)
    return one.release_labels.get(RESTART) or (entry.release.run.restart if entry else "") or one.restart
