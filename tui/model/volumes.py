"""Which data goes on from release to release where a volume has no name of its own. Pure.

Such a volume is known by where it is mounted: the next release gets, at the same path, what the live one has
there; else what the release has that is gone back to; else the newest one of the app that is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Carried(NamedTuple):
    """A volume that goes on.

    target    where it is mounted
    volume    its name, which the engine has chosen
    release   whose container has it; 0 where no container does any more
    """

    target: str
    volume: str
    release: int


def carried(
    targets: Iterable[str],
    containers: Mapping[int, Mapping[str, str]],
    first: Iterable[int] = (),
    left: Mapping[str, str] | None = None,
) -> list[Carried]:
    """What each of these targets gets; those that are not named get a new volume.

    containers   release -> target -> volume
    first        releases in whose order is looked before all others, which come newest first
    left         target -> volume that no container has
    """
    order = list(dict.fromkeys([*first, *sorted(containers, reverse=True)]))
    found = []
    for target in targets:
        has = next((number for number in order if target in containers.get(number, {})), None)
        if has is not None:
            found.append(Carried(target, containers[has][target], has))
        elif left and target in left:
            found.append(Carried(target, left[target], 0))
    return found
