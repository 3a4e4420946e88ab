"""The tour: the demo walks through itself, by keys as anybody would press them. A key of a person ends it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from textual import events
from textual.widgets import Button, OptionList

from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

    from tui.store.store import Store

LOOK = 0.1
"""Seconds between two looks at whether the screen has come to where the next key is pressed."""

READ = 4.0
"""Seconds that a sentence has before something happens."""

BETWEEN = 0.35
"""Seconds between two keys."""

PATIENCE = 60.0
"""Seconds after which the tour ends where the screen does not come to where it should."""

ENDED = "The tour has ended: the demo is yours. ? shows what to try."


class Stop(NamedTuple):
    """One thing to be seen.

    said    what is to be seen, "" where it was said before
    keys    one after the other: "1", "j", "enter"; "(list)" waits for a list to choose from, "(plan)" for
            a plan that can be gone on with, "(done)" for the end of what was begun
    app     where the cursor of the apps is put before, "" where it stays
    """

    said: str
    keys: tuple[str, ...]
    app: str = ""


STOPS = (
    Stop("Three apps, each with a past: what is live, and what it can go back to", ("1",)),
    Stop("storefront runs v1.4.0; somebody has pushed v1.5.0. D deploys it", ("D",), app="storefront"),
    Stop("", ("(list)", "enter", "(plan)")),
    Stop("The plan says what will happen, and the way back. y goes on", ("y", "(done)")),
    Stop("It never became healthy: the release before serves again, by itself", ()),
    Stop("B builds a version of one's own", ("B", "(done)")),
    Stop("T tests it: it is run as it would be deployed", ("T", "(done)")),
    Stop("G gives it a version, P pushes it", ("G", "(list)", "enter", "(plan)", "y", "(done)")),
    Stop("", ("P", "(plan)", "y", "(done)")),
    Stop("D deploys exactly the bytes that were tested", ("D", "(list)", "enter", "(plan)", "y", "(done)")),
    Stop("R goes back: bytes and configuration", ("R", "(list)", "enter", "(plan)", "y", "(done)")),
    Stop("A build that fails says in which line of its Dockerfile", ("B", "(done)"), app="mailer"),
    Stop("v says what has drifted from what was deployed", ("v",), app="payments"),
    Stop("", ("escape",)),
    Stop("F has what a scan has found", ("F",)),
    Stop("", ("escape",)),
)


class Tour:
    """Walks once. `store` is what is known of the demo's engine, `select` puts the cursor on an app."""

    def __init__(self, app: App[str], store: Store, select: Callable[[str], None]) -> None:
        self._app = app
        self._store = store
        self._select = select
        self._sent: set[int] = set()
        self._ended_before: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self._task = asyncio.create_task(self._walk())

    @property
    def goes_on(self) -> bool:
        return self._task is not None and not self._task.done()

    def own(self, event: events.Event) -> bool:
        """Whether it was the tour that pressed a key."""
        if id(event) in self._sent:
            self._sent.discard(id(event))
            return True
        return False

    def end(self) -> None:
        """Somebody takes over."""
        if self._task is not None:
            self._task.cancel()

    async def _walk(self) -> None:
        try:
            await self._come(lambda: all(name in self._store.releases for name in self._store.apps))
            for stop in STOPS:
                self._ended_before = self._ended_operations()
                if stop.app:
                    self._select(stop.app)
                if stop.said:
                    self._app.notify(safe(stop.said), markup=False, timeout=READ + 2)
                    await asyncio.sleep(READ)
                for key in stop.keys:
                    await self._press(key)
                await asyncio.sleep(READ / 2)
        except TimeoutError:
            pass
        finally:
            self._app.notify(ENDED, markup=False, timeout=8)

    async def _press(self, key: str) -> None:
        match key:
            case "(list)":
                await self._come(self._may_choose)
                await asyncio.sleep(READ / 2)
            case "(plan)":
                await self._come(self._may_go_on)
                await asyncio.sleep(READ / 2)
            case "(done)":
                await self._come(lambda: bool(self._ended_operations() - self._ended_before))
            case _:
                event = events.Key(key, key if len(key) == 1 else None)
                self._sent.add(id(event))
                self._app.post_message(event)
                await asyncio.sleep(BETWEEN)

    async def _come(self, there: Callable[[], bool]) -> None:
        """Raises TimeoutError where it does not come."""
        async with asyncio.timeout(PATIENCE):
            while not there():  # noqa: ASYNC110 -- of a screen nobody says when it has drawn itself
                await asyncio.sleep(LOOK)

    def _may_choose(self) -> bool:
        return any(one.option_count for one in self._app.screen.query(OptionList))

    def _may_go_on(self) -> bool:
        return any(one.display and not one.disabled for one in self._app.screen.query("#do").results(Button))

    def _ended_operations(self) -> set[str]:
        return {id for id, one in self._store.operations.items() if not one.running}
