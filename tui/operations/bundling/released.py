"""Releases and how they differ, as a bundle has them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.model.codec import plain
from tui.model.differences import differences
from tui.model.release import Outcome, Release
from tui.operations.bundling.raw import names_alone

if TYPE_CHECKING:
    from tui.model.app import AppSpec
    from tui.model.release import Entry
    from tui.model.releases import Releases


def entry_fields(entry: Entry) -> dict[str, Any]:
    """A release and its outcome, with names of variables alone."""
    return {
        "release": names_alone(plain(entry.release, Release)),
        "outcome": plain(entry.outcome, Outcome) if entry.outcome is not None else None,
        "integrity": {"state": str(entry.integrity.state), "why": entry.integrity.why},
    }


def compared(releases: Releases, app: AppSpec) -> dict[str, Any]:
    """The live release beside the one before it, and beside what the configuration says now."""
    live = releases.live
    if live is None:
        return {"live": None}
    now = live.release
    before = releases.entries.get(now.previous)
    asked = now._replace(run=app.run, ready=app.ready)
    return {
        "live": releases.called(now.number),
        "before": releases.called(now.previous) if now.previous else None,
        "from_the_one_before": _said(before.release, now) if before is not None else None,
        "to_the_configuration": _said(now, asked),
    }


def _said(old: Release, new: Release) -> list[dict[str, str]]:
    return [{"what": what, "words": words} for what, words in differences(old, new)]
