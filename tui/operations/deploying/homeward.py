"""Making a former release anew where its container does not serve any more, from what its record says."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.errors import EngineUnreachable
from tui.errors import HoldfastError
from tui.model.reference import split_reference
from tui.model.registry_name import registry_host
from tui.model.step import StepKind
from tui.model.switching import STOP_FIRST, deploy, is_gone, should_serve
from tui.model.ways_back import doubt_of
from tui.operations.running.runner import whoami
from tui.together import all_of

if TYPE_CHECKING:
    from tui.model.image import ImageConfig
    from tui.model.release import Release
    from tui.model.standing import Standing
    from tui.model.step import RolloutStep
    from tui.operations.deploying.orchestrator import Orchestrator
    from tui.operations.looking.releases import Deployed
    from tui.operations.running.report import Report

PULL_SECONDS = 300.0
"""How long the way back waits for a registry: nothing serves meanwhile."""


class NotAsRecorded(HoldfastError):
    """The container to go back to was changed by hand."""


class Gone(HoldfastError):
    """The container of the release that is to serve is not there."""


class Anew(NamedTuple):
    """Which release will be made anew, None where none can, and a sentence on each newer one."""

    number: int | None
    skipped: tuple[str, ...] = ()


class ImageHere(NamedTuple):
    """What an image is called where it runs, and what it is."""

    name: str
    image: ImageConfig


def refuse_gone(releases: Deployed, new: int) -> None:
    """Raises Gone where the release to go back to from `new` has no container."""
    former = should_serve(releases.standing, new)
    if former is not None and is_gone(releases.standing, new):
        raise Gone(f"the container of {releases.called(former)} is gone")


async def foresee_anew(orchestrator: Orchestrator, releases: Deployed, former: int) -> Anew:
    """What making the former release anew comes to, as far as can be known before. Raises EngineError."""
    ways = {way.number: way for way in await orchestrator.ways_back(releases)}
    able = [number for number in await candidates(orchestrator, releases, former) if number in ways]
    chosen = able[0] if able else None
    skipped = []
    for number in sorted(releases.standing.good, reverse=True):
        if number > former or number <= (chosen or 0):
            continue
        why = doubt_of(releases.entries[number]) if number in releases.entries else "it has no record"
        if not why:
            why = ways[number].why_not if number in ways else "its image is gone, and no registry had it"
        skipped.append(f"{releases.called(number)} is skipped: {why}")
    return Anew(chosen, tuple(skipped))


async def refuse_changed(orchestrator: Orchestrator, releases: Deployed, former: int | None) -> None:
    """Raises NotAsRecorded where the container to go back to has ended, and is not as it was recorded.

    What that would bring into service was never tested, however well it passes its gate. One that serves
    still is left alone.
    """
    slot = releases.standing.slots.get(former) if former is not None else None
    if former is None or slot is None or slot.running:
        return
    try:
        differing = await orchestrator.differing(releases, former, live=False)
    except EngineUnreachable:
        raise
    except HoldfastError:
        return  # nobody can tell
    if differing:
        words = f"the container of r{former} is not as it was recorded ({', '.join(differing)})"
        raise NotAsRecorded(words)


async def candidates(orchestrator: Orchestrator, releases: Deployed, former: int | None) -> list[int]:
    """Releases that may be made anew, in their order: the former one, then where a roll back goes by itself.

    Only such as have a whole record: nobody is there to be asked. Raises EngineError.
    """
    ways = await orchestrator.ways_back(releases)
    order = [*([former] if former is not None else []), *(way.number for way in ways if not way.why_not)]
    entries = releases.entries
    return [
        number
        for number in dict.fromkeys(order)
        if number in entries and entries[number].good and not doubt_of(entries[number])
    ]


async def made_anew(
    orchestrator: Orchestrator, releases: Deployed, number: int, op: str, report: Report, step: str
) -> Release:
    """A further release with the bytes and the configuration of this one; what is told of it is of this step.

    Its image is pulled where it is not here any more, and a registry had it. Raises HoldfastError.
    """
    earlier = releases.entries[number].release
    here = await image_here(orchestrator, releases, earlier)
    reference = here.name if here is not None else await _pulled(orchestrator, earlier, report, step)
    return earlier.made_anew(
        number=releases.standing.next_number,
        reference=reference,
        previous=releases.standing.live or number,
        by=whoami(),
        host=socket.gethostname(),
        at=time.time(),
        op=op,
    )


async def image_here(orchestrator: Orchestrator, releases: Deployed, release: Release) -> ImageHere | None:
    """Its image where it runs, None where it is gone. Raises EngineError."""
    past = releases.containers.get(release.number)
    known = (release.reference, past.image_id if past else "", release.image)
    names = [*dict.fromkeys(filter(None, known))]
    images = await all_of(*map(orchestrator.image, names))
    found = zip(names, images, strict=True)
    return next((ImageHere(name, image) for name, image in found if image is not None), None)


async def _pulled(orchestrator: Orchestrator, release: Release, report: Report, step: str) -> str:
    reference, number = release.reference, release.number
    if not release.digest or not split_reference(reference).digest:
        raise HoldfastError(f"the image of r{number} is not on the engine, and no registry had it")
    try:
        async with asyncio.timeout(PULL_SECONDS):
            await orchestrator.pull(reference, registry_host(reference), report, step)
    except TimeoutError:
        raise HoldfastError(f"the image of r{number} did not arrive within {PULL_SECONDS:.0f} s") from None
    if await orchestrator.image(reference) is None:
        raise HoldfastError(f"the image of r{number} is not on the engine, although it was pulled")
    return reference


def steps_anew(standing: Standing) -> list[RolloutStep]:
    """As a deploy; it is not watched, because it was when it was new."""
    return [step for step in deploy(standing, STOP_FIRST) if step.kind != StepKind.BAKE]
