"""Releases in words and as JSON: what `status` and `history` share. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.ledger.records import written_evidence
from tui.model.container import NO_HEALTHCHECK
from tui.model.recorded_trust import recorded_verdicts
from tui.model.ways_back import doubt_of
from tui.presentation.spreads import restarted_words

if TYPE_CHECKING:
    from tui.engine.container.inspected import Inspected
    from tui.ledger.lease_state import LeaseState
    from tui.model.drift import Cause, Drift
    from tui.model.release import Entry
    from tui.model.releases import State


def health(one: Inspected) -> str:
    """How a container is: "healthy", "unhealthy", "starting"; "running" without a health check."""
    if not one.running:
        return f"exited ({one.state.exit_code})"
    return "running" if one.health == NO_HEALTHCHECK else one.health


def restarts(one: Inspected) -> str:
    """The same, and how often its engine had to start it again: "running, restarted 5 times"."""
    return restarted_words(health(one), one.state.restart_count if one.running else 0)


def container_fields(one: Inspected) -> dict[str, Any]:
    """A container for JSON."""
    return {
        "id": one.id,
        "running": one.running,
        "health": health(one),
        "restarts": one.state.restart_count,
    }


def health_role(one: Inspected | None) -> str:
    """How that is shown."""
    if one is None:
        return "muted"
    roles = {NO_HEALTHCHECK: "ok", "healthy": "ok", "starting": "busy"}
    return roles.get(one.health, "bad") if one.running else "bad"


def release_fields(entry: Entry, state: State) -> dict[str, Any]:
    """A release for JSON; its run configuration is left out, because it may hold secrets.

    `verified` is what stood for its image when it was deployed, "" for the key of what nobody had signed.
    """
    release, outcome = entry.release, entry.outcome
    return {
        "app": release.app,
        "release": f"r{release.number}",
        "state": state,
        "version": release.version,
        "digest": release.digest,
        "image": release.image,
        "reference": release.reference,
        "order": release.order,
        "by": release.by,
        "host": release.host,
        "at": release.at,
        "op": release.op,
        "engines": [*release.engines],
        "previous": f"r{release.previous}" if release.previous else "",
        "rollback_of": f"r{release.rollback_of}" if release.rollback_of else "",
        "adopted": release.adopted,
        "evidence": written_evidence(release),
        "verified": [
            {"kind": one.kind, "key": one.key, "at": one.at or None}
            for one in recorded_verdicts(release.evidence)
        ],
        "integrity": entry.integrity.state.value,
        "doubt": doubt_of(entry),
        "good": outcome.good if outcome is not None else None,
        "ended": outcome.at if outcome is not None else None,
        "gap_seconds": outcome.gap_seconds if outcome is not None else None,
        "message": outcome.message if outcome is not None else "",
        "said": [*outcome.said] if outcome is not None else [],
    }


def lease_fields(lease: LeaseState) -> dict[str, Any]:
    """A lease for JSON; moments in seconds since the epoch by the engine's clock."""
    return {
        **lease.owner._asdict(),
        "alive": lease.alive,
        "step": lease.step,
        "since": lease.since,
        "renewed": lease.renewed,
    }


def drift_fields(found: Drift) -> dict[str, Any]:
    """Drift for JSON."""

    def causes(some: tuple[Cause, ...]) -> list[dict[str, str]]:
        return [cause._asdict() for cause in some]

    return {
        "checked_at": found.checked_at,
        "causes": causes(found.causes),
        "unknown": causes(found.unknown),
    }
