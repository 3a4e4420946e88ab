"""Showing what the scan of an image has found."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from tui.commands.apps import APP_FINDINGS
from tui.model.digest import short_id
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.commands.command import Command, Situation
    from tui.controllers.desk import Desk, Handler
    from tui.model.app import AppSpec


class _Meant(NamedTuple):
    """An image, and what it is called. id: "" for the one that was scanned last."""

    id: str
    called: str


class Findings:
    """Carries it out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def handlers(self) -> Mapping[Command, Handler]:
        return {APP_FINDINGS: self._desk.in_task(self._show)}

    async def _show(self, situation: Situation) -> None:
        from tui.controllers.scan_views import newest_scanned, scan_view
        from tui.screens.findings import FindingsScreen

        app, session = situation.apps[0], self._desk.session
        meant = _meant(situation, app)
        if not meant.id and (image := await asyncio.to_thread(newest_scanned, app.name)):
            meant = _Meant(image, f"{app.name} {short_id(image)}")
        view = await scan_view(
            session.engine, app, meant.id, meant.called, situation.releases, session.clock()
        )
        if view is None:
            hint = self._desk.keymap.say("<app.scan> scans it")
            said = f"{safe(meant.called)} was not scanned by this account: {hint}"
            self._desk.stage.say(said, timeout=4)
        else:
            self._desk.stage.push(FindingsScreen(view, session.clock))


def _meant(situation: Situation, app: AppSpec) -> _Meant:
    """The selected image, that of the selected release, or whichever was scanned last."""
    for image in situation.images:
        tag = next(iter(app.versions_of(image.tags)), short_id(image.id))
        return _Meant(image.id, f"{app.name} {tag}")
    releases = situation.releases
    if situation.release and releases is not None and situation.release in releases.entries:
        release = releases.entries[situation.release].release
        return _Meant(release.image, f"{app.name} {releases.called(situation.release)}")
    return _Meant("", app.name)
