"""Commands that only look: inspect, layers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.commands.containers import CONTAINER_INSPECT
from tui.commands.images import IMAGE_HISTORY, IMAGE_INSPECT, TAG_HISTORY, TAG_INSPECT, TAG_REFRESH
from tui.commands.view import VIEW_RETRY
from tui.engine.errors import EngineError
from tui.presentation.details import layers_lines, raw_lines, sections_lines
from tui.presentation.text import safe
from tui.screens.reading import Act, Drawn, ReadingScreen
from tui.store.store import Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.presentation.style import Line
    from tui.screens.reading import Page
    from tui.store.store import Change


class Looking:
    """Carries them out."""

    def __init__(self, desk: Desk) -> None:
        self._stage = desk.stage
        self._desk = desk

    def handlers(self) -> Mapping[Command, Handler]:
        return {
            CONTAINER_INSPECT: self._inspect,
            IMAGE_INSPECT: self._inspect,
            TAG_INSPECT: self._inspect,
            IMAGE_HISTORY: self._layers,
            TAG_HISTORY: self._layers,
            TAG_REFRESH: lambda _: self._desk.session.ask_registries(),
            VIEW_RETRY: lambda _: self._desk.session.watcher.retry_now(),
        }

    def _inspect(self, situation: Situation) -> None:
        self._desk.screen.run_worker(self._read(situation, page=0), group="inspect", exclusive=True)

    def _layers(self, situation: Situation) -> None:
        self._desk.screen.run_worker(self._read(situation, page=1), group="inspect", exclusive=True)

    async def _read(self, situation: Situation, page: int) -> None:
        """Everything about the selected image or container; `page` is shown first."""
        engine = self._desk.engine()
        if engine is None:
            return
        try:
            if situation.images:
                details = await engine.images.details(situation.images[0].id)
            else:
                details = await engine.containers.details(situation.containers[0].id)
        except EngineError as error:
            self._stage.say(str(error), severity="error")
            return
        pages: list[Page] = [("details", sections_lines(details))]
        if situation.images:
            pages.append(("layers", layers_lines(details.layers, time.time())))
        else:
            pages.append(("graphs", self._graphs(situation.containers[0].id)))
        pages.append(("raw", raw_lines(details.raw)))
        act = None
        if situation.images:
            from tui.controllers.wasted import KEY, Wasted

            wasted = Wasted(engine, situation.images[0].id, situation.images[0].size)
            pages.insert(2, ("wasted", Drawn(wasted.lines, wasted.subscribe)))
            act = Act(KEY, "count what is wasted", "wasted", wasted.count)
        self._stage.push(ReadingScreen(safe(details.title), pages, page, act=act))

    def _graphs(self, id: str) -> Drawn:
        """What a container uses, drawn anew with every reading and at no other time."""
        from tui.presentation.graphs import usage_lines

        store = self._desk.store

        def lines(cells: int, rows: int) -> list[Line]:
            container = store.containers.get(id)
            running = container is not None and container.running
            return usage_lines(list(store.history.get(id, ())), cells, rows, running=running)

        def subscribe(changed: Callable[[], None]) -> Callable[[], None]:
            def take(change: Change) -> None:
                if id in change.put or id in change.removed:
                    changed()

            return store.subscribe(Topic.SAMPLES, take)

        return Drawn(lines, subscribe)
