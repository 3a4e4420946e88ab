"""Several engines that run one app: in which order a deploy goes to them, and when it stops. Pure."""

from __future__ import annotations

from enum import StrEnum
from math import ceil
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Item = TypeVar("Item")


class Share(NamedTuple):
    """How many engines have it once a wave is over: a number of them, or percent of all."""

    amount: int
    percent: bool = False

    def of(self, count: int) -> int:
        """Of so many engines; a percentage is rounded up."""
        return min(ceil(count * self.amount / 100) if self.percent else self.amount, count)


ALL = Share(100, percent=True)


class Unreachable(StrEnum):
    """What becomes of a deploy where an engine does not answer."""

    STOP = "stop"
    SKIP = "skip"


class OnFailure(StrEnum):
    """What becomes of the engines that have it already, once more have failed than may.

    STOP       they keep it
    BACK       those of the same wave go back
    ALL_BACK   all go back that this deploy has switched
    """

    STOP = "stop"
    BACK = "back"
    ALL_BACK = "all-back"


class Carriage(StrEnum):
    """How images come to the engines.

    REGISTRY   each pulls them
    DIRECT     where an app has no registry, they are streamed from the first engine that has them
    """

    REGISTRY = "registry"
    DIRECT = "direct"


class Fleet(NamedTuple):
    """`[fleets.NAME]`, or the several `engines` of an app, which have no name.

    engines       as the configuration calls them
    waves         how many have it after each; the last is all
    parallel      engines of a wave that are switched at once, 0 for all of them
    bake          seconds that the switched ones are watched after each wave
    max_failures  engines that may fail before it stops
    """

    name: str
    engines: tuple[str, ...]
    waves: tuple[Share, ...] = (Share(1), ALL)
    parallel: int = 0
    bake: float = 0.0
    max_failures: int = 0
    on_unreachable: Unreachable = Unreachable.STOP
    on_failure: OnFailure = OnFailure.STOP
    transport: Carriage = Carriage.REGISTRY


def waves_of(engines: Sequence[Item], shares: Sequence[Share]) -> list[list[Item]]:
    """The engines wave by wave; a wave to which a small fleet leaves nobody is left out.

    >>> waves_of(["a", "b", "c"], (Share(1), Share(25, percent=True), ALL))
    [['a'], ['b', 'c']]
    """
    found, done = [], 0
    for share in (*shares, ALL):
        upto = share.of(len(engines))
        if upto > done:
            found.append([*engines[done:upto]])
            done = upto
    return found


class EngineState(StrEnum):
    """How a deploy ended on one engine.

    DONE      it has it now
    LIVE      it had it already
    BEHIND    nothing was begun there
    UNDONE    it failed, or was cancelled, and what served before serves again
    BACK      it had it, and went back with the others
    BROKEN    it failed, and wants attention
    """

    DONE = "done"
    LIVE = "live already"
    BEHIND = "behind"
    UNDONE = "undone"
    BACK = "went back"
    BROKEN = "needs attention"


HAS_IT = (EngineState.DONE, EngineState.LIVE)


class EngineOutcome(NamedTuple):
    """What became of one engine of a fleet.

    engine          as the configuration calls it
    before, after   what served there, "r3 v1.4.0"; "" where nothing did, or nobody knows
    gap_seconds     how long nothing served, None where nothing was measured
    seconds         how long it took, without waiting for its turn
    message         why it is behind, or failed
    """

    engine: str
    state: str
    before: str = ""
    after: str = ""
    gap_seconds: float | None = None
    seconds: float = 0.0
    message: str = ""


class WayTo(NamedTuple):
    """A release that an engine could serve: its bytes and version, and its number there.

    at     when it was made, seconds since the epoch
    live   whether it serves there now
    """

    digest: str
    version: str
    number: int
    at: float
    live: bool = False


def common_way(engines: Mapping[str, Sequence[WayTo]], version: str = "") -> Mapping[str, WayTo] | None:
    """Where each engine goes, so that all serve the same: the newest that all of them can, None for none.

    What serves everywhere already is no way back. `version` names one instead of the newest.
    """
    lists = [*engines.values()]
    if not lists:
        return None
    shared = set.intersection(*({(way.digest, way.version) for way in ways} for ways in lists))
    candidates = []
    for digest, called in shared:
        if version and version not in (called, digest):
            continue
        chosen = {
            engine: max(
                (way for way in ways if (way.digest, way.version) == (digest, called)),
                key=lambda way: (way.live, way.number),
            )
            for engine, ways in engines.items()
        }
        if not all(way.live for way in chosen.values()):
            candidates.append(chosen)
    return max(candidates, key=lambda chosen: max(way.at for way in chosen.values()), default=None)
