"""Which engine is meant: one value, from whoever says it to the process of an operation.

Imported before the first paint: nothing here is heavy.
"""

from __future__ import annotations

from typing import NamedTuple

from tui.engine.endpoint import Endpoint, is_endpoint, place_of


class EngineRef(NamedTuple):
    """An engine that is meant. Made by `operations.looking.endpoint_choice`, and passed on as it is.

    endpoint   where it is reached, and who said so
    name       as it was called there: a Docker context's name or an endpoint, "" for Docker's current one
    asked      whether the command line named it, for this time: then it is meant for every app
    demo       whether it is a simulated one: then no registry is asked
    """

    endpoint: Endpoint
    name: str = ""
    asked: bool = False
    demo: bool = False

    @property
    def url(self) -> str:
        """The endpoint, as a URL."""
        return self.endpoint.url

    @property
    def called(self) -> str:
        """Its name where it has one, "" where only its endpoint is known."""
        return "" if is_endpoint(self.name) else self.name

    def is_at(self, url: str) -> bool:
        """Whether that URL leads to the same engine. Blocks for a moment."""
        return place_of(self.url) == place_of(url)


class AppKey(NamedTuple):
    """An app of an engine: the key of what is told of several engines. `place` is as `place_of` gives it."""

    place: str
    app: str

    @classmethod
    def of(cls, url: str, app: str) -> AppKey:
        """Of the engine at a URL. Blocks for a moment."""
        return cls(place_of(url), app)
