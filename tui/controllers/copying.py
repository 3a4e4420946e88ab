"""Copying: what rows are, what an operation has made, lines of a log, docker commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.apps import OPERATION_COPY, made
from tui.commands.command import Scope
from tui.commands.equal import inspect_command
from tui.commands.log import LOG_COPY
from tui.commands.view import LIST_COMMAND, LIST_COPY
from tui.model.reference import split_reference
from tui.presentation.images import digest_of
from tui.widgets.copying import copy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.controllers.logs import Logs


class Copying:
    """Carries it out."""

    def __init__(self, desk: Desk, logs: Logs) -> None:
        self._desk = desk
        self._logs = logs

    def handlers(self) -> Mapping[Command, Handler]:
        return {
            LIST_COPY: lambda situation: self._copy(_names(situation)),
            OPERATION_COPY: lambda situation: self._copy([made(situation.shown)]),
            LOG_COPY: self._copy_lines,
            LIST_COMMAND: self._copy_command,
        }

    def _copy(self, texts: Sequence[str], what: str = "") -> None:
        if texts:
            self._desk.app.run_worker(self._copied(texts, what), group="copy", exclusive=True)

    async def _copied(self, texts: Sequence[str], what: str) -> None:
        self._desk.stage.say(await copy(self._desk.app, texts, what), timeout=4)

    def _copy_lines(self, _: Situation) -> None:
        lines = self._desk.screen.log_pane.copied()
        if not lines:
            self._desk.stage.say("there is no line to copy yet", timeout=3)
        self._copy(lines, f"{len(lines)} lines of the screen" if len(lines) > 1 else "")

    def _copy_command(self, situation: Situation) -> None:
        if situation.pane is Scope.LOG:
            self._copy(self._logs.commands())
        else:
            self._copy([inspect_command(situation, self._desk.session.ref)])


def _names(situation: Situation) -> list[str]:
    """The most exact name of what is selected."""
    texts = [c.id for c in situation.containers] or [
        f"{split_reference(tag).repository}@{digest}" if (digest := digest_of(image, tag)) else tag
        for tag, image in zip(situation.tags, situation.images, strict=False)
    ]
    texts = texts or [(image.digests or (image.id,))[0] for image in situation.images]
    texts = texts or [one.name for one in situation.volumes] or [one.name for one in situation.networks]
    return texts or _released(situation) or [app.image for app in situation.apps]


def _released(situation: Situation) -> list[str]:
    """What the release under the cursor runs, or the live one of the app."""
    releases = situation.releases
    if releases is None:
        return []
    entry = releases.entries.get(situation.release) if situation.release else releases.live
    return [entry.release.reference] if entry is not None else []
