"""What an attribute of a container is: the same thing in the words of an app and in those of the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from tui.model.app import RunSpec

Json = Mapping[str, Any]


class ReadBack(NamedTuple):
    """What is read back: a container and its image, as the engine tells of them.

    item             GET /containers/{id}/json
    image            what the image says by itself, its `Config`; {} where it is not known
    logging_driver   the engine's own
    """

    item: Json
    image: Json
    logging_driver: str = ""

    @property
    def config(self) -> Json:
        """What the container says by itself."""
        config: Json = self.item["Config"]
        return config

    @property
    def host(self) -> Json:
        """How the engine runs it."""
        host: Json = self.item["HostConfig"]
        return host


class Expected(NamedTuple):
    """What a container is compared with.

    run      a `resolved` run configuration
    app      the app's name, which a network may know the container by besides
    unsure   variables that are not compared
    """

    run: RunSpec
    app: str = ""
    unsure: frozenset[str] = frozenset()


class Attribute(NamedTuple):
    """A field of `RunSpec`, there and back.

    field          its name
    to_body        what a run configuration asks for by it in the body of POST /containers/create, whose
                   `HostConfig` is joined with that of the others
    from_inspect   its value in a container that there is: what its image or the engine says by itself is left
                   out
    same           whether two containers agree in it, the second being what is wanted; None: whether
                   `from_inspect` says the same of both
    """

    field: str
    to_body: Callable[[RunSpec], Json]
    from_inspect: Callable[[ReadBack], Any]
    same: Callable[[ReadBack, ReadBack, Expected], bool] | None = None

    def agrees(self, has: ReadBack, should: ReadBack, wanted: Expected) -> bool:
        """Whether a container has what it should have."""
        if self.same is not None:
            return self.same(has, should, wanted)
        return bool(self.from_inspect(has) == self.from_inspect(should))


def host(field: str, key: str, kind: type[str] | type[int] | type[bool]) -> Attribute:
    """A text, number or flag that the engine only calls otherwise, in `HostConfig`."""
    return Attribute(
        field,
        lambda run: {"HostConfig": {key: getattr(run, field)}},
        lambda source: kind(source.host.get(key) or kind()),
    )


def host_list(field: str, key: str) -> Attribute:
    """Texts in an order that counts, in `HostConfig`."""
    return Attribute(
        field,
        lambda run: {"HostConfig": {key: [*getattr(run, field)]}},
        lambda source: tuple(map(str, source.host.get(key) or ())),
    )


def as_set(read: Callable[[ReadBack], Iterable[Any]]) -> Callable[[ReadBack, ReadBack, Expected], bool]:
    """`same` of what is in no order."""
    return lambda has, should, _: sorted(read(has)) == sorted(read(should))


def where_asked(
    field: str, read: Callable[[ReadBack], Any]
) -> Callable[[ReadBack, ReadBack, Expected], bool]:
    """`same` of what the engine's own configuration decides where nothing is asked for; it never changes."""
    nothing = RunSpec._field_defaults[field]
    return lambda has, should, _: read(should) in (nothing, read(has))
