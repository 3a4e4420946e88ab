"""What is looked at as bars: the releases of an app in time, and where the time of its builds went."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.commands.apps import APP_BUILDS, APP_TIMELINE
from tui.presentation.amounts import date
from tui.presentation.text import safe
from tui.store.store import Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.store.store import Change


class Charts:
    """Opens them. `show` opens the record of a release."""

    def __init__(self, desk: Desk, show: Callable[[str, int], None]) -> None:
        self._desk = desk
        self._show = show

    def handlers(self) -> Mapping[Command, Handler]:
        return {APP_TIMELINE: self._timeline, APP_BUILDS: self._builds}

    def _timeline(self, situation: Situation) -> None:
        from tui.panes.timeline import TimelineList
        from tui.screens.listing import ListingScreen

        desk, app = self._desk, situation.apps[0].name
        rows = TimelineList(desk.store, app, desk.session.clock)

        def follow() -> Callable[[], None]:
            return desk.store.subscribe(
                Topic.RELEASES, lambda change: rows.take() if app in change.put else None
            )

        desk.stage.push(
            ListingScreen(
                rows,
                lambda key: self._show(app, int(key)),
                follow=follow,
                keys=(
                    ("+", "closer", ("plus", "equals_sign"), lambda: rows.zoom_by(1)),
                    ("-", "wider", ("minus",), lambda: rows.zoom_by(-1)),
                    ("0", "all", ("0",), lambda: rows.zoom_by(0)),
                ),
            )
        )

    def _builds(self, situation: Situation) -> None:
        from tui.operations.looking.builds import recent_builds
        from tui.panes.builds import BuildsList
        from tui.screens.listing import ListingScreen
        from tui.screens.reading import Drawn, ReadingScreen

        desk, app = self._desk, situation.apps[0].name
        session = desk.session
        rows = BuildsList(app, session.clock)

        async def read() -> None:
            rows.show(await asyncio.to_thread(recent_builds, session.journals.folder, app, session.ref.url))

        def follow() -> Callable[[], None]:
            def take(change: Change) -> None:
                if any(desk.store.operations[id].started.app == app for id in change.put):
                    screen.run_worker(read(), group="builds", exclusive=True)

            screen.run_worker(read(), group="builds", exclusive=True)
            return desk.store.subscribe(Topic.OPERATIONS, take)

        def opened(key: str) -> None:
            one = rows.build(key)
            steps = Drawn(lambda cells, _: rows.detail(key, cells), lambda _: lambda: None)
            title = safe(f"{app} {one.verb} of {date(one.t, '%Y-%m-%d %H:%M')}")
            desk.stage.push(ReadingScreen(title, [("where the time went", steps)]))

        by = ("o", "sort", ("o",), rows.sort_next)
        screen = ListingScreen(rows, opened, follow=follow, keys=(by,), detail=rows.detail)
        desk.stage.push(screen)
