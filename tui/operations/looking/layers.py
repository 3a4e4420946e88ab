"""Comparing the layers that an engine has with what its images say of them: the live release's, and those of
every release that can be gone back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.errors import AnswerTooLarge, EngineError, EngineUnreachable, LayersDamaged, NotFound
from tui.model.digest import short_id
from tui.model.layers import ABSENT, DIFFERS, SAME, UNKNOWN, Layers
from tui.model.reference import split_reference
from tui.model.sizes import disk_size
from tui.operations.looking.releases import read_releases
from tui.operations.looking.ways_back import find_ways_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.engine.client import Engine
    from tui.engine.image_archive import Compared
    from tui.ledger.ledger import Ledger
    from tui.model.release import Release
    from tui.operations.looking.releases import Deployed

BEYOND_BYTES = 2**30
"""How much larger than twice its image an archive may be: every file of it fills blocks of 512 bytes."""


def most_bytes(size: int) -> int:
    """Of the archive of an image that the engine says has so many bytes."""
    return 2 * size + BEYOND_BYTES


def endless(size: int) -> AnswerTooLarge:
    """Its archive has more."""
    return AnswerTooLarge(
        f"the engine says that the image has {disk_size(size)}, and its archive has not ended after "
        f"{disk_size(most_bytes(size))}",
        "compare docker image inspect and docker save there: the size, or the archive, is not the image's",
    )


async def find_layers(
    engine: Engine, ledger: Ledger, app: str, tell: Callable[[str, int, int], None]
) -> tuple[Layers, ...]:
    """Read all of them, one image after the other, and keep none of it.

    tell   is told the release in words, how many bytes of its image were read, and about how many there are

    What cannot be read is unknown; an engine out of reach is raised. Raises HoldfastError.
    """
    releases = await read_releases(engine, ledger, app)
    standing = releases.standing
    numbers = {*standing.kept, *(way.number for way in await find_ways_back(engine, releases))}
    if standing.live is not None:
        numbers.add(standing.live)
    compared: dict[str, Compared | EngineError] = {}
    found = []
    for number in sorted(numbers, reverse=True):
        called = releases.called(number)
        image = await _image_of(engine, releases, number)
        if image and image not in compared:
            compared[image] = await _compared(engine, image, called, tell)
        found.append(_judged(releases.entries[number].release, called, image, compared.get(image)))
    return tuple(found)


async def _image_of(engine: Engine, releases: Deployed, number: int) -> str:
    """The ID of what its container runs, or would be made of; "" where the engine has no such image."""
    if (container := releases.containers.get(number)) is not None:
        return container.image_id
    release = releases.entries[number].release
    for name in filter(None, (release.reference, release.image)):
        if id := await engine.images.inspect_id(name):
            return id
    return ""


async def _compared(
    engine: Engine, image: str, called: str, tell: Callable[[str, int, int], None]
) -> Compared | EngineError:
    size = 0
    try:
        size = (await engine.images.config(image)).size
        return await engine.images.contents(image, most_bytes(size), lambda read: tell(called, read, size))
    except AnswerTooLarge:
        return endless(size)
    except EngineUnreachable:
        raise
    except EngineError as error:
        return error


def _judged(release: Release, called: str, image: str, found: Compared | EngineError | None) -> Layers:
    recorded = [name for name in (release.image, release.digest) if name]
    if found is None or isinstance(found, NotFound):
        return Layers(called, image, ABSENT, f"the image of {called} is not on this engine")
    if image and recorded and image not in recorded:
        words = f"{called} was recorded with {recorded[0]}, and on this engine it is {image}"
        return Layers(release=called, image=image, state=DIFFERS, message=words, hint=_remedy(release, image))
    broken = f"the layers of {called} on this engine are not those of {image}"
    if isinstance(found, LayersDamaged):
        return Layers(
            release=called,
            image=image,
            state=DIFFERS,
            message=f"{broken}: {found.reason}",
            hint=_remedy(release, image),
        )
    if isinstance(found, EngineError):
        return Layers(
            release=called,
            image=image,
            state=UNKNOWN,
            message=f"the layers of {called}: {found.message}",
            hint=found.hint,
        )
    if found.differing:
        return Layers(
            release=called,
            image=image,
            state=DIFFERS,
            message=f"{broken}: {'; '.join(found.differing)}",
            hint=_remedy(release, image),
        )
    if found.packed:
        return Layers(
            called,
            image,
            UNKNOWN,
            f"the layers of {called} are as its registry sent them; what this engine unpacked of them "
            "for containers it gives nobody to compare",
        )
    count = f"{found.layers} layer{'' if found.layers == 1 else 's'}"
    return Layers(called, image, SAME, f"{count} of {called}, all those of {image}")


def _remedy(release: Release, image: str) -> str:
    """An engine does not fetch what it believes to have: the image has to go first."""
    again = (
        f"docker pull {release.reference}" if split_reference(release.reference).digest else "build it anew"
    )
    return (
        f"remove what was made of it (docker ps -a --filter ancestor={short_id(image)}), "
        f"then docker rmi --force {short_id(image)}, then pull again or rebuild: {again}"
    )
