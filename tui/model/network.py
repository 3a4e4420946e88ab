"""A network, and how it is laid out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

PREDEFINED = frozenset(("bridge", "host", "none"))
"""Networks that every engine has, and that cannot be removed (moby, runconfig.DefaultDaemonNetworkMode)."""


class Network(NamedTuple):
    """One network; `id` has 64 hexadecimal digits.

    scope     "local" or "swarm"
    created   seconds since the epoch, 0.0 where it is not said
    subnets   in CIDR notation, as the engine gives them
    internal  whether it has no way outside
    """

    id: str
    name: str
    driver: str
    labels: Mapping[str, str] = {}
    scope: str = ""
    created: float = 0.0
    subnets: tuple[str, ...] = ()
    internal: bool = False

    @property
    def predefined(self) -> bool:
        """Whether every engine has it."""
        return self.name in PREDEFINED
