"""Whoever wants to know how an operation ended is told: by the process that has done it (decision 170)."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from tui.model.notice import Notice, is_wanted

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from tui.model.operation import Ended, Started
    from tui.operations.running.report import Report
    from tui.settings.schema import NotifySettings


class Notices:
    """Tells the webhook and the command of the settings, where it took long and ended as they say."""

    def __init__(self, settings: NotifySettings) -> None:
        self._settings = settings

    async def send(self, started: Started, ended: Ended, report: Report) -> None:
        """Bounded in time; who was not told is warned of, and nothing is raised."""
        wanted, notice = self._settings, Notice.of(started, ended)
        if not (wanted.webhook or wanted.command):
            return
        if not is_wanted(notice.state, ended.seconds, after=wanted.after, on=wanted.on):
            return
        report.settle()  # what is done is done, whatever becomes of the journal now
        telling: list[Awaitable[str]] = []
        if wanted.webhook:
            from tui.notices.webhook import post

            content = json.dumps(notice.document()).encode()
            telling.append(post(wanted.webhook, content, allow_plain=wanted.allow_plain))
        if wanted.command:
            from tui.notices.program import run

            telling.append(run(wanted.command, notice.environment()))
        for why in await asyncio.gather(*telling, return_exceptions=True):
            if isinstance(
                why, BaseException
            ):  # a system without files, or a mistake of ours: the same to others
                why = f"not told how this ended: {type(why).__name__} {getattr(why, 'strerror', None) or ''}"
            if why:
                report.warn(why.strip())
