"""The engines that are open, one of which is shown: going from one to the other waits for neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.controllers.workspace import FIRST
from tui.engine.endpoint import place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tui.controllers.workspace import Workspace
    from tui.engine.ref import EngineRef
    from tui.sync.session import EngineSession
    from tui.widgets.terminal_app import TerminalApp

LIVE = 5
"""Engines that are kept up with at most; of others it is known what was so when they were left."""

KEPT = 12
"""Engines that are as they were left at most; what was left the longest ago is opened anew."""


class Workspaces:
    """`make` makes the one of a session, in a mode; `begin` comes first."""

    def __init__(self, app: TerminalApp, make: Callable[[EngineSession, str], Workspace]) -> None:
        self._app = app
        self._make = make
        self._open: dict[str, Workspace] = {}

    def begin(self, session: EngineSession) -> None:
        """The first one: it is shown until another is."""
        self.current = self._make(session, FIRST)
        self._open[place_of(session.ref.url)] = self.current

    def __iter__(self) -> Iterator[Workspace]:
        """All of them, the one that was shown last at the end."""
        return iter(tuple(self._open.values()))

    def back(self) -> None:
        """Show the engine that was shown before, where there is one."""
        before = [one for one in self if one is not self.current]
        if before:
            self.show(before[-1].session.ref)

    @property
    def refs(self) -> list[EngineRef]:
        """The engines that are open, first the one that the dashboard was opened with."""
        return [one.session.ref for one in sorted(self, key=lambda one: one.mode != FIRST)]

    @property
    def places(self) -> list[str]:
        """Of those that are kept up with."""
        return [place for place, one in self._open.items() if one.is_live]

    def at(self, place: str) -> Workspace | None:
        """The one of an engine, None where it is not open."""
        return self._open.get(place)

    def of(self, screen: object) -> Workspace | None:
        """The one of a main screen, None where it was let go of meanwhile."""
        return next((one for one in self._open.values() if one.main is screen), None)

    def show(self, ref: EngineRef) -> Workspace:
        """Show an engine, as it was left; by whatever name, the same engine is one."""
        place = self._place(ref.url)
        found = self._open.pop(place, None)
        if found is None:
            found = self._make(self.current.session.beside(ref), place)
            self._app.add_mode(place, lambda: found.main)
            found.open()
        self._open[place] = found
        before, self.current = self.current, found
        if before is not found:
            before.hide()
            self._app.switch_mode(found.mode)
            found.show()
            self._bound()
        return found

    def _place(self, url: str) -> str:
        """Where it is open, whatever its socket's path leads to by now; else where it is."""
        open_at = (place for place, one in self._open.items() if one.session.ref.url == url)
        return next(open_at, None) or place_of(url)

    def _bound(self) -> None:
        """Let go of those that were left the longest ago where there are too many, of busy ones last."""
        left = sorted((one for one in self if one is not self.current), key=lambda one: one.is_busy)
        live = [one for one in left if one.is_live]
        for one in live[: max(len(live) - (LIVE - 1), 0)]:
            one.pause()
        paused = [one for one in left if one.mode != FIRST and not one.is_live and not one.is_busy]
        for one in paused[: max(len(self._open) - KEPT, 0)]:
            del self._open[next(place for place, held in self._open.items() if held is one)]
            self._app.remove_mode(one.mode)
            self._app.run_worker(one.close())
