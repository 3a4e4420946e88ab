"""Versions that are verified while somebody chooses among them; loaded only where [trust] is configured."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.model.recorded_trust import recorded_sources
from tui.operations.looking.version_trust import NEWEST, Version, verify_versions
from tui.presentation.versions import IN_REGISTRY, evidence_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tui.model.app import AppSpec
    from tui.model.evidence import Evidence
    from tui.model.offers import Offered
    from tui.model.releases import Releases
    from tui.model.verdict import Verdict
    from tui.sync.session import EngineSession


class Verifying:
    """The verdicts on an app's newest versions, for as long as a dialog shows them; then `close`.

    verdicts   a version's tag -> what was found, None while that is looked for
    changed    is called when there is something new
    """

    def __init__(self, session: EngineSession, app: AppSpec, changed: Callable[[], None]) -> None:
        self._session = session
        self._app = app
        self._changed = changed
        self._begun: dict[str, str] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.verdicts: dict[str, tuple[Verdict, ...] | None] = {}

    def look(
        self, offered: Iterable[Offered], releases: Releases | None, known: Mapping[str, Evidence]
    ) -> None:
        """Begin to verify those of the newest versions that were not begun, or have other bytes by now."""
        engine = self._session.engine
        newest = [one for one in offered if one.place in IN_REGISTRY][:NEWEST]
        new = [one for one in newest if self._begun.get(one.tag) != one.digest]
        if engine is None or not new:
            return
        self._begun |= {one.tag: one.digest for one in new}
        self.verdicts |= {one.tag: None for one in new}
        versions = [Version(one.tag, one.digest, evidence_of(one, releases, known)) for one in new]
        recorded = recorded_sources(releases.entries.values()) if releases is not None else {}
        policy = self._session.settings.policy
        found = verify_versions(engine, self._app, policy, versions, recorded, self._told)
        self._tasks.append(asyncio.create_task(found, name="versions"))

    def _told(self, tag: str, verdicts: tuple[Verdict, ...]) -> None:
        self.verdicts[tag] = verdicts
        self._changed()

    def close(self) -> None:
        """Nobody looks any more."""
        for task in self._tasks:
            task.cancel()
