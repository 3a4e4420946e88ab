"""The list of containers as bytes, ready to be sent.

Each container's JSON is encoded once and kept until it, or the words of its age, change; so the
10 MB of 10,000 containers are a join and not an encoding. As on a real engine the list is a replica
that lags: what died is listed as running for some milliseconds more.
"""

from __future__ import annotations

import json
from operator import attrgetter
from typing import TYPE_CHECKING

from tui.demo import payloads
from tui.demo.objects import SECOND, Container

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.journal import Happening
    from tui.demo.state import State

LAG = 0.02
"""Seconds for which a container that died is still listed as it was."""


class Row:
    """One container as listed: its state then, its bytes, and until when (ns) these are right."""

    __slots__ = ("body", "fresh", "state")

    def __init__(self, state: str, body: bytes, fresh: float) -> None:
        self.state = state
        self.body = body
        self.fresh = fresh


class Listing:
    """Keeps rows; `later(seconds, call)` is how the lag is waited for (the event loop's call_later)."""

    def __init__(self, state: State, later: Callable[[float, Callable[[], object]], object]) -> None:
        self.state = state
        self.later = later
        self.rows: dict[str, Row] = {}
        self.order: list[Container] = []
        self._stale = True
        self._bodies: dict[bool, tuple[bytes, float]] = {}
        state.watchers.append(self.changed)
        state.journal.listeners.add(self.heard)

    def changed(self, container: Container, action: str) -> None:
        if action == "die":
            self.later(LAG, lambda: self.forget(container.id))
            return
        if action in ("create", "destroy"):
            self._stale = True
        self.forget(container.id)

    def heard(self, happening: Happening) -> None:
        """A name that moved or went changes what the containers made by it are listed with."""
        if happening.kind != "image":
            return
        for container in self.state.containers.values():
            if happening.id == container.image_id or happening.attributes.get("name") == container.image:
                self.forget(container.id)

    def forget(self, key: str) -> None:
        self.rows.pop(key, None)
        self._bodies.clear()

    def row(self, container: Container) -> Row:
        now = self.state.clock()
        row = self.rows.get(container.id)
        if row is None or row.fresh <= now:
            entry, seconds = payloads.listed(container, self.state.places, self._image(container), now)
            row = Row(
                container.state, json.dumps(entry, separators=(",", ":")).encode(), now + seconds * SECOND
            )
            self.rows[container.id] = row
        return row

    def _image(self, container: Container) -> str:
        """The reference that it was created with, as long as that means its image."""
        known = self.state.library.means(container.image, container.image_id)
        return container.image if known else container.image_id

    def containers(self) -> list[Container]:
        """All containers, the newest first."""
        if self._stale:
            self.order = sorted(
                self.state.containers.values(), key=attrgetter("created", "number"), reverse=True
            )
            self._stale = False
        return self.order

    def body(self, everything: bool) -> bytes:
        """The whole list, or that of those that run."""
        kept = self._bodies.get(everything)
        if kept and kept[1] > self.state.clock():
            return kept[0]
        rows = [self.row(container) for container in self.containers()]
        if not everything:
            rows = [row for row in rows if row.state in ("running", "paused", "restarting")]
        body = b"[" + b",".join([row.body for row in rows]) + b"]\n"
        self._bodies[everything] = (body, min((row.fresh for row in rows), default=float("inf")))
        return body

    def reset(self) -> None:
        """Everything changed."""
        self.rows.clear()
        self._bodies.clear()
        self._stale = True
