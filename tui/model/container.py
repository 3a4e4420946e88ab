"""A container as the engine lists it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.labels import COMPOSE_ONEOFF, COMPOSE_PROJECT

if TYPE_CHECKING:
    from collections.abc import Mapping

STATES = ("created", "running", "paused", "restarting", "removing", "exited", "dead")
"""Container states, in the words of the Engine API (GET /containers/json, `State`)."""

RESTARTING = "restarting"
"""The state of a container between two starts, which its restart policy makes."""

NO_HEALTHCHECK = "none"
"""The health of a container without a health check."""

HEALTHS = (NO_HEALTHCHECK, "starting", "healthy", "unhealthy")
"""Health states, in the words of the Engine API (GET /containers/{id}/json, `State.Health.Status`)."""


def is_running(state: str) -> bool:
    """Whether a container in this state has a live process (paused and restarting included)."""
    return state in ("running", "paused", RESTARTING)


class Port(NamedTuple):
    """One port of a container; `public` is None where it is exposed but not published."""

    ip: str
    private: int
    public: int | None
    protocol: str


class Container(NamedTuple):
    """One container. A named tuple: 10,000 of them are held, and one is made per event.

    id          64 hexadecimal digits
    name        without the engine's leading slash
    image       the reference that it was created with, as text from outside
    image_id    "sha256:..."
    created     seconds since the epoch
    state       one of STATES, or a word this version does not know
    health      one of HEALTHS
    exit_code   of the last exit, None while running or unknown
    since       seconds since the epoch when the present state began, None when unknown
    exact       whether `since` is exact; from a list it is rounded to the engine's words ("Up 2 hours")
    """

    id: str
    name: str
    image: str
    image_id: str
    command: str
    created: float
    state: str
    health: str = NO_HEALTHCHECK
    exit_code: int | None = None
    since: float | None = None
    exact: bool = False
    ports: tuple[Port, ...] = ()
    labels: Mapping[str, str] = {}

    @property
    def project(self) -> str:
        """The Compose project that made it, or ""."""
        return self.labels.get(COMPOSE_PROJECT, "")

    @property
    def is_of_project(self) -> bool:
        """Whether it is meant by what is done to its whole project: not what was run once, and has ended."""
        return self.running or self.labels.get(COMPOSE_ONEOFF) != "True"

    @property
    def running(self) -> bool:
        """Whether it has a live process (paused and restarting included)."""
        return is_running(self.state)
