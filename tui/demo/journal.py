"""What happened: the engine's events, the last 256 of them kept (GET /events)."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from tui.demo.objects import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KEPT = 256
"""How many past events the engine can still tell, as moby/daemon/events."""


class Happening(NamedTuple):
    """One event; `time` in nanoseconds since the epoch."""

    kind: str
    action: str
    id: str
    attributes: Mapping[str, str]
    time: int

    def encode(self) -> bytes:
        """The event as a line of the stream; only containers and images bear the old top-level names."""
        body: dict[str, object] = {}
        if self.kind in ("container", "image"):
            body |= {"status": self.action}
            if self.id:
                body |= {"id": self.id}
            if "image" in self.attributes:
                body |= {"from": self.attributes["image"]}
        body |= {
            "Type": self.kind,
            "Action": self.action,
            "Actor": {"ID": self.id, "Attributes": dict(sorted(self.attributes.items()))},
            "scope": "local",
            "time": self.time // SECOND,
            "timeNano": self.time,
        }
        return json.dumps(body, separators=(",", ":")).encode() + b"\n"


class Journal:
    """Publishes events to its listeners, in order, and remembers the last KEPT."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self.clock = clock
        self.past: deque[Happening] = deque(maxlen=KEPT)
        self.listeners: set[Callable[[Happening], None]] = set()

    def publish(self, kind: str, action: str, actor: str, attributes: Mapping[str, str]) -> Happening:
        happening = Happening(kind=kind, action=action, id=actor, attributes=attributes, time=self.clock())
        self.past.append(happening)
        for listener in tuple(self.listeners):
            listener(happening)
        return happening
