"""What is known of an engine, and of its apps, by looking at it now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tui.model.engine import EngineVersion


class AppHere(NamedTuple):
    """The live release of an app on one engine, when that was looked at.

    release   its number, 0 where nothing of ours is live
    version   "" where it has none; so the digest
    state     of its container in the engine's words, "" where there is none
    health    likewise
    strange   whether a container that is not ours bears the app's name
    error     why its releases could not be read, "" where they could
    at        when it was read, seconds since the epoch
    restarts  how often the engine has started its container again by itself
    process   what tells its container, as it runs now, from all others: its ID and the moment of its start;
              None where none runs
    """

    app: str
    release: int = 0
    version: str = ""
    digest: str = ""
    state: str = ""
    health: str = ""
    strange: bool = False
    error: str = ""
    at: float = 0.0
    restarts: int = 0
    process: tuple[str, str] | None = None

    @property
    def is_live(self) -> bool:
        return self.release > 0

    @property
    def bytes_of(self) -> tuple[str, str]:
        """What has to be the same for two to run the same."""
        return self.version, self.digest


class EngineState(NamedTuple):
    """What the looks at an engine have told.

    seen         when it answered last, seconds since the epoch; 0.0 for never
    took         seconds that it took for a question that costs it nothing
    id           what the engine calls itself, "" where it has not said; copies of a machine share it
    host         its host's name
    containers   how many there are, and how many of them run
    apps         those that have releases there, by name; what is known of each may be older than `seen`
    error, hint  why the last look failed, and what to do; "" where it did not
    tried        when it was asked last, 0.0 for never
    warnings     what will be wrong soon, each with its remedy
    connecting   since when the way to it is being made, 0.0 where it is not
    """

    seen: float = 0.0
    took: float = 0.0
    version: EngineVersion | None = None
    host: str = ""
    containers: int = 0
    running: int = 0
    apps: Mapping[str, AppHere] = {}
    error: str = ""
    hint: str = ""
    tried: float = 0.0
    connecting: float = 0.0
    warnings: Sequence[str] = ()
    id: str = ""

    @property
    def answers(self) -> bool:
        """Whether the last look at it was answered."""
        return bool(self.seen) and not self.error and not self.connecting


def same_engines(states: Mapping[str, EngineState], first: Collection[str] = ()) -> dict[str, str]:
    """Those that are an engine once more, by another way -> that engine; what is in doubt is another one.

    `first` are those that apps are configured for: they stand for the others.
    """
    heads = list[str]()
    found: dict[str, str] = {}
    for key in sorted(states, key=lambda one: one not in first):
        head = next((one for one in heads if _is_same(states[one], states[key])), "")
        if head:
            found[key] = head
        else:
            heads.append(key)
    return found


def _is_same(one: EngineState, other: EngineState) -> bool:
    """Whether two are one engine.

    A cloned machine has the ID and often the name of the one that it was made of, and its containers too, but
    it has started them itself.
    """
    if not one.id or (one.id, one.host) != (other.id, other.host):
        return False
    both = [(one.apps[name].process, other.apps[name].process) for name in one.apps if name in other.apps]
    running = [(mine, theirs) for mine, theirs in both if mine and theirs]
    # One that was started again between the two looks has kept its ID.
    return any(mine == theirs for mine, theirs in running) and all(
        mine[0] == theirs[0] for mine, theirs in running
    )


def counted_once(states: Mapping[str, EngineState], same: Mapping[str, str]) -> dict[str, EngineState]:
    """Each engine once: as it is told by a way to it that answers."""
    found = {key: state for key, state in states.items() if key not in same}
    for key, head in same.items():
        if states[key].answers and not found[head].answers:
            found[head] = states[key]
    return found


class Spread(NamedTuple):
    """An app over its engines.

    here     by engine, as people call it
    absent   engines on which nothing of it is live
    unknown  engines of which nobody knows whether it is
    silent   engines that do not answer now, with what was so when they did: nothing of it counts as what runs
    """

    app: str
    here: Mapping[str, AppHere]
    absent: Sequence[str] = ()
    unknown: Sequence[str] = ()
    silent: Mapping[str, AppHere] = {}

    @property
    def engines(self) -> list[str]:
        """All that are told of."""
        return [*self.here, *self.silent, *self.absent, *self.unknown]

    @property
    def usual(self) -> AppHere | None:
        """What most of them run; of as many the one with the highest release. None where nothing is live."""
        counts: dict[tuple[str, str], int] = {}
        for one in self.here.values():
            counts[one.bytes_of] = counts.get(one.bytes_of, 0) + 1
        return max(
            self.here.values(), key=lambda one: (counts[one.bytes_of], one.version, one.release), default=None
        )

    @property
    def odd(self) -> list[tuple[str, AppHere]]:
        """The engines that run something else, each with what it runs."""
        usual = self.usual
        return [
            (engine, one)
            for engine, one in self.here.items()
            if usual is not None and one.bytes_of != usual.bytes_of
        ]

    @property
    def odd_before(self) -> bool:
        """Whether one that does not answer ran something else, or nothing, when it did."""
        usual = self.usual
        return any(usual is None or one.bytes_of != usual.bytes_of for one in self.silent.values())


def spread(app: str, engines: Mapping[str, EngineState], configured: Sequence[str] = ()) -> Spread:
    """An app over engines by what is known of each; `configured`: the engines that it is to live on.

    An engine that has nothing of it, and is not configured for it, is not told of.
    """
    here: dict[str, AppHere] = {}
    silent: dict[str, AppHere] = {}
    absent, unknown = list[str](), list[str]()
    for engine, state in engines.items():
        found = state.apps.get(app)
        if found is not None and not found.at and not found.is_live:
            unknown.append(engine)
        elif state.seen and not state.answers and (found is not None or engine in configured):
            silent[engine] = found or AppHere(app)
        elif found is not None and found.is_live:
            here[engine] = found
        elif found is not None:
            absent.append(engine)
        elif engine in configured:
            (absent if state.seen else unknown).append(engine)
    return Spread(app=app, here=here, absent=absent, unknown=unknown, silent=silent)
