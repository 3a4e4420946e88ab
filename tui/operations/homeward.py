"""Making a former release anew where its container does not serve any more, from what its record says."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING

from tui.engine.errors import EngineUnreachable, NotFound
from tui.errors import HoldfastError
from tui.model.reference import registry_host, split_reference
from tui.model.step import StepKind
from tui.model.switching import STOP_FIRST, deploy
from tui.model.ways_back import doubt_of
from tui.operations.pulling import pull
from tui.operations.recreating import creation_again
from tui.operations.runner import whoami
from tui.operations.ways_back import find_ways_back, not_as_recorded

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.engine.container.creation import Creation
    from tui.model.release import Release
    from tui.model.standing import Standing
    from tui.model.step import Step
    from tui.operations.releases import Deployed
    from tui.operations.report import Report

PULL_SECONDS = 300.0
"""How long the way back waits for a registry: nothing serves meanwhile."""


class NotAsRecorded(HoldfastError):
    """The container to go back to was changed by hand."""


async def refuse_changed(engine: Engine, releases: Deployed, former: int | None) -> None:
    """Raises NotAsRecorded where the container to go back to has ended, and is not as it was recorded.

    What that would bring into service was never tested, however well it passes its gate. One that serves
    still is left alone.
    """
    one = releases.containers.get(former) if former is not None else None
    entry = releases.entries.get(former) if former is not None else None
    if one is None or entry is None or one.running:
        return
    try:
        differing = await not_as_recorded(engine, one, entry, live=False)
    except EngineUnreachable:
        raise
    except HoldfastError:
        return  # nobody can tell
    if differing:
        words = f"the container of r{former} is not as it was recorded ({', '.join(differing)})"
        raise NotAsRecorded(words)


async def candidates(engine: Engine, releases: Deployed, former: int | None) -> list[int]:
    """Releases that may be made anew, in their order: the former one, then where a roll back goes by itself.

    Only such as have a whole record: nobody is there to be asked. Raises EngineError.
    """
    ways = await find_ways_back(engine, releases)
    order = [*([former] if former is not None else []), *(way.number for way in ways if not way.why_not)]
    entries = releases.entries
    return [
        number
        for number in dict.fromkeys(order)
        if number in entries and entries[number].good and not doubt_of(entries[number])
    ]


async def made_anew(
    engine: Engine, releases: Deployed, number: int, op: str, report: Report, step: str
) -> tuple[Release, Creation]:
    """A further release with the bytes and the configuration of this one; what is told of it is of this step.

    Its image is pulled where it is not on the engine any more, and a registry had it. Raises HoldfastError.
    """
    entry, past = releases.entries[number], releases.containers.get(number)
    earlier = entry.release
    reference = await _here(engine, [earlier.reference, past.image_id if past else "", earlier.image])
    if not reference:
        reference = await _pulled(engine, earlier, report, step)
    release = earlier.made_anew(
        number=releases.standing.next_number,
        reference=reference,
        previous=releases.standing.live or number,
        by=whoami(),
        host=socket.gethostname(),
        at=time.time(),
        op=op,
    )
    return release, await creation_again(engine, release, entry, past)


async def _here(engine: Engine, names: list[str]) -> str:
    for name in filter(None, names):
        try:
            await engine.images.config(name)
        except NotFound:
            continue
        return name
    return ""


async def _pulled(engine: Engine, release: Release, report: Report, step: str) -> str:
    reference, number = release.reference, release.number
    if not release.digest or not split_reference(reference).digest:
        raise HoldfastError(f"the image of r{number} is not on the engine, and no registry had it")
    try:
        async with asyncio.timeout(PULL_SECONDS):
            await pull(engine, reference, registry_host(reference), report, step)
    except TimeoutError:
        raise HoldfastError(f"the image of r{number} did not arrive within {PULL_SECONDS:.0f} s") from None
    if not await _here(engine, [reference]):
        raise HoldfastError(f"the image of r{number} is not on the engine, although it was pulled")
    return reference


def steps_anew(standing: Standing) -> list[Step]:
    """As a deploy; it is not watched, because it was when it was new."""
    return [step for step in deploy(standing, STOP_FIRST) if step.kind != StepKind.BAKE]
