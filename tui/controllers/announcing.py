"""What is told around the screen: a title while something runs, a bell or a notice at its end."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from typing import TYPE_CHECKING, Protocol

from tui.model.notice import FAILED, ending, is_wanted
from tui.presentation.announcing import (
    BELL,
    means_of,
    notice,
    progress,
    title,
    title_words,
)
from tui.presentation.operation_words import ended_words
from tui.store.store import Change, Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.controllers.workspace import Workspace
    from tui.controllers.workspaces import Workspaces
    from tui.settings.schema import Settings
    from tui.store.operation import Operation

PAUSE = 0.2
"""Seconds between two titles: a build may change its steps many times in one."""


class Around(Protocol):
    """What has a terminal around its screen."""

    def show_around(self, shown: str, leave: str) -> None:
        """Sequences for what is around the screen until others come, and what gives it back; "" for none."""
        ...

    def tell_terminal(self, sequence: str) -> None:
        """Write a sequence that moves nothing on the screen."""
        ...


class Announcing:
    """Looks on at operations on every engine that is open."""

    def __init__(
        self,
        around: Around,
        workspaces: Callable[[], Workspaces],
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._around = around
        self._workspaces = workspaces
        self._means = means_of(environ)
        self._running: set[str] = set()
        self._followed: dict[str, tuple[Operation, Callable[[], None]]] = {}
        self._due: asyncio.TimerHandle | None = None
        self._shown = ""

    def watch(self, workspace: Workspace) -> None:
        """Look on there too, from now on."""
        workspace.store.subscribe(Topic.OPERATIONS, partial(self._changed, workspace))
        workspace.store.subscribe(Topic.LINK, lambda _: self._soon())  # it says how its host is called

    def show(self) -> None:
        """Another engine is shown, or other settings hold."""
        self._soon()

    def close(self) -> None:
        """Nothing is shown any more."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        for id in tuple(self._followed):
            self._leave(id)

    @property
    def _settings(self) -> Settings:
        return self._workspaces().current.session.settings

    # Endings

    def _changed(self, workspace: Workspace, change: Change) -> None:
        for id in change.put:
            operation = workspace.store.operations[id]
            if operation.running:
                self._running.add(id)
                self._follow(operation)
            elif id in self._running:
                self._running.discard(id)
                self._leave(id)
                self._tell(workspace, operation)
        self._soon()

    def _follow(self, operation: Operation) -> None:
        """Look at its steps too: of one that was started here another is put once its journal tells of it."""
        followed, _ = self._followed.get(operation.id, (None, None))
        if followed is not operation:
            self._leave(operation.id)
            self._followed[operation.id] = operation, operation.subscribe(self._soon)

    def _leave(self, id: str) -> None:
        if id in self._followed:
            _, end = self._followed.pop(id)
            end()

    def _tell(self, workspace: Workspace, operation: Operation) -> None:
        ended = operation.ended
        state = ending(ok=ended.ok, error=ended.error) if ended is not None else FAILED
        now = workspace.session.clock()
        seconds = ended.seconds if ended is not None else now - operation.started.t
        wanted = self._settings.notify
        if not is_wanted(state, seconds, after=wanted.after, on=wanted.on):
            return
        if wanted.bell:
            self._around.tell_terminal(BELL)
        if said := notice(ended_words(operation), self._means, wanted.terminal):
            self._around.tell_terminal(said)

    # The title

    def _soon(self) -> None:
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(PAUSE, self._draw)

    def _draw(self) -> None:
        self._due = None
        leave = shown = ""
        if self._settings.title and self._means.titles:
            current = self._workspaces().current
            running = sorted(
                (
                    operation
                    for workspace in self._workspaces()
                    if workspace.is_live
                    for operation in workspace.store.operations.values()
                    if operation.running
                ),
                key=lambda operation: operation.started.t,
            )
            place = current.session.ref.called or current.store.link.host
            shown = title(title_words(running, place)) + progress(running, self._means)
            leave = progress((), self._means)
        if shown != self._shown:
            self._shown = shown
            self._around.show_around(shown, leave)
