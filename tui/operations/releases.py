"""The releases of an app as they stand on an engine: ledger, containers and who holds the app's name."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.errors import NotFound
from tui.model.release import APP, RELEASE
from tui.model.standing import Slot, Standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.client import Engine
    from tui.engine.recreation import Kept
    from tui.ledger.ledger import Ledger
    from tui.model.release import Entry

CONTAINER = "container"
"""In the evidence of a release that was adopted: the ID of its container, which bears no label of ours."""


class Releases(NamedTuple):
    """Everything that is known of an app on one engine.

    entries      the ledger's, by number
    containers   of releases, by number
    foreign      a container that bears the app's name and is not ours, None where there is none
    """

    standing: Standing
    entries: Mapping[int, Entry]
    containers: Mapping[int, Kept]
    foreign: Kept | None = None

    @property
    def live(self) -> Kept | None:
        """The container that bears the app's name, ours."""
        live = self.standing.live
        return self.containers.get(live) if live is not None else None

    def called(self, number: int) -> str:
        """A release in words: "r12 v1.4.0"."""
        entry = self.entries.get(number)
        version = entry.release.version if entry is not None else ""
        return f"r{number} {version}".strip()


async def read_releases(
    engine: Engine, ledger: Ledger, app: str, known: Mapping[int, Entry] | None = None
) -> Releases:
    """Read all of it anew, but the ledger's entries where they are `known`. Raises EngineError."""
    entries = known
    if entries is None:
        entries = {entry.release.number: entry for entry in await ledger.entries(app)}
    listed = await engine.containers.list(labels=[f"{APP}={app}", RELEASE])
    adopted = {
        entry.release.evidence.get(CONTAINER, ""): number
        for number, entry in sorted(entries.items())
        if entry.release.adopted
    }
    found, named = await asyncio.gather(
        _kept(engine, [*(one.id for one in listed), *filter(None, adopted)]), _kept(engine, [app])
    )
    numbers = {one.id: one.labels.get(RELEASE, "") for one in found}
    numbers |= {id: str(number) for id, number in adopted.items()}
    containers = {int(numbers[one.id]): one for one in found if numbers[one.id].isdigit()}
    holder = next((one for one in named if one.name == app), None)
    foreign = None
    if holder is not None and holder.id not in {one.id for one in containers.values()}:
        foreign = holder
    slots = {number: _slot(number, one) for number, one in containers.items()}
    # What was adopted serves already: its record alone says that it is good.
    records = {number: entry.release.adopted or entry.good for number, entry in entries.items()}
    return Releases(Standing(app, slots, records), entries, containers, foreign)


async def _kept(engine: Engine, ids: list[str]) -> list[Kept]:
    """Those that are still there."""

    async def one(id: str) -> Kept | None:
        try:
            return await engine.containers.kept(id)
        except NotFound:
            return None

    return [found for found in await asyncio.gather(*map(one, ids)) if found is not None]


def _slot(number: int, one: Kept) -> Slot:
    return Slot(one.id, one.name, number, one.running, one.restart != "no")
