"""Which engine is looked at, and how that was said. Light enough for the first paint."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui.engine.endpoint import Endpoint


class Which(NamedTuple):
    """The engine of a session.

    endpoint   where it is reached
    demo       whether it is a simulated one: then no registry is asked
    host, docker_context, config   as the options of the command line, for the operations' processes
    """

    endpoint: Endpoint
    demo: bool = False
    host: str = ""
    docker_context: str = ""
    config: str = ""

    @property
    def url(self) -> str:
        """The endpoint, as a URL."""
        return self.endpoint.url
