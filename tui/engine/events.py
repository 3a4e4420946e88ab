"""The engine's event stream (Engine API, GET /events)."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui.engine import payloads
from tui.engine.error_mapping import readable
from tui.engine.jsonmessage import JsonMessages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.engine.wire import Answer, Wire
    from tui.model.event import Event


@asynccontextmanager
async def events(wire: Wire, since: float = 0.0, until: float = 0.0) -> AsyncIterator[AsyncIterator[Event]]:
    """Events from now on; entered once the engine has begun to send them. Raises EngineError.

    `since`, in seconds since the epoch: those before too, of which the engine keeps the last 256.

    `until`, likewise: the stream ends with what was then.

    The iterator ends when the engine ends the stream, as it does when it stops. The engine drops events to a
    reader that does not keep up.
    """
    bounds = {"since": since, "until": until}
    query = {name: f"{moment:.3f}" for name, moment in bounds.items() if moment} or None
    async with wire.stream("GET", "/events", query) as answer:
        yield _read(answer)


async def _read(answer: Answer) -> AsyncIterator[Event]:
    messages = JsonMessages("GET /events")
    async for chunk in answer.chunks():
        for item in messages.feed(chunk):
            with readable("GET /events"):
                event = payloads.event(item)
            yield event
    messages.close()
