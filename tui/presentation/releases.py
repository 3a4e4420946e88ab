"""Releases as rows: where each stands, whether it was tested, where one can go back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.digest import short_id
from tui.model.evidence import ClaimKind, is_recorded
from tui.model.releases import State
from tui.model.step import doing
from tui.model.verb import verb_named
from tui.presentation.amounts import age
from tui.presentation.containers import state as container_state
from tui.presentation.last_done import last_done
from tui.presentation.text import safe

if TYPE_CHECKING:
    from tui.model.drift import Drift
    from tui.model.release import Entry
    from tui.model.releases import Holder, Releases
    from tui.presentation.app_row import AppRow
    from tui.presentation.style import Span

STATES = {
    State.LIVE: ("● live", "ok"),
    State.KEPT: ("○ kept", "text"),
    State.LEDGER_ONLY: ("· ledger only", "muted"),
    State.FAILED: ("✗ failed", "bad"),
    State.OPEN: ("◐ under way", "busy"),
}
INTERRUPTED = ("! interrupted", "warn")

TRUSTED = 3600.0
"""Seconds for which a look for drift tells how things are now."""


def app_cell(column: str, row: AppRow, now: float) -> Span:
    """One cell of an app, but for its name: what is live of it."""
    releases = row.releases
    live = releases.live if releases is not None else None
    match column:
        case "version":
            if live is None:
                # A version beside a container that is not of it would be taken for what runs.
                never = releases is None or not (releases.foreign or releases.standing.good)
                return (safe(row.newest) if never else "-"), "muted"
            return safe(live.release.version or f"r{live.release.number}"), "strong"
        case "state":
            return _health(row)
        case "back":
            return _way_back(releases) if releases is not None else ("", "muted")
        case "drift":
            return drift_badge(row.drift, live.release.number, now) if live is not None else ("", "muted")
        case "last":
            return _last(row, now)
    return _fact(column, live, now) if live is not None else ("", "muted")


def release_cell(column: str, releases: Releases, number: int, now: float) -> Span:
    """One cell of a release."""
    entry = releases.entries.get(number)
    match column:
        case "app":
            return f"    r{number}", "text"
        case "state":
            if releases.interrupted is not None and releases.state(number) == State.OPEN:
                return INTERRUPTED
            return STATES[releases.state(number)]
    if entry is None:
        return ("its record is missing" if column == "last" else ""), "muted"
    match column:
        case "version":
            return safe(entry.release.version or "-"), "text"
        case "back":
            return (f"as r{entry.release.rollback_of}" if entry.release.rollback_of else ""), "muted"
        case "drift":
            return "", "muted"
        case "last":
            return note(entry)
    return _fact(column, entry, now)


def _fact(column: str, entry: Entry, now: float) -> Span:
    """What an app's row says of its live release, and a release's row of itself."""
    release = entry.release
    match column:
        case "digest":
            return safe(short_id(release.digest or release.image)), "muted"
        case "age":
            return (age(now - release.at) if release.at else ""), "text"
        case "by":
            return safe(release.by), "text"
        case "test":
            return proof(entry)
    raise KeyError(column)


def proof(entry: Entry) -> Span:
    """Whether these bytes have passed their test, as far as the record tells."""
    if is_recorded(entry.release.evidence, ClaimKind.TEST):
        return "✓ ok", "ok"
    return ("! no" if entry.has_record else "?"), "warn"


def note(entry: Entry) -> Span:
    """What is worth knowing of how a release came to be, or to an end."""
    outcome = entry.outcome
    if outcome is not None and not outcome.good:
        return safe(" ".join(outcome.message.split())), "bad"
    words = []
    if entry.release.adopted:
        words.append("adopted")
    if outcome is not None and outcome.gap_seconds is not None:
        words.append(f"gap {outcome.gap_seconds:.1f} s")
    return ", ".join(words), "muted"


def _health(row: AppRow) -> Span:
    """How the live release is, as its container tells."""
    releases = row.releases
    if row.elsewhere:
        return f"on {safe(row.elsewhere)}", "muted"
    if releases is None:
        return "", "muted"
    if releases.error and not releases.at:
        return "? unknown", "warn"
    if releases.foreign:
        return "! not ours", "warn"
    if releases.interrupted is not None:
        return INTERRUPTED
    if releases.standing.live is None:
        return ("✗ not there", "bad") if releases.standing.good else ("not deployed", "muted")
    if row.container is None:
        return "?", "warn"
    words, style = container_state(row.container)
    return words, "ok" if style == "ok" else "busy" if style == "busy" else "bad"


def _way_back(releases: Releases) -> Span:
    number = releases.way_back
    if number is not None:
        return safe(releases.called(number)), "text"
    if releases.ways and releases.standing.live is not None:
        return "by choice", "warn"  # none by itself: whoever names one goes to it
    return ("none", "warn") if releases.standing.live is not None else ("", "muted")


def drift_badge(drift: Drift | None, live: int, now: float) -> Span:
    """ "! 2" causes, "none", "none?" where something could not be looked at.

    "?" where nobody has looked at the live release `live`, or not for long.
    """
    if drift is None or drift.number != live or now - drift.checked_at > TRUSTED:
        return "?", "muted"
    if drift.causes:
        return f"! {len(drift.causes)}", "bad"
    return ("none?", "warn") if drift.unknown else ("none", "ok")


def _last(row: AppRow, now: float) -> Span:
    """Who is at it now, else what was done last."""
    holder = row.releases.holder if row.releases is not None else None
    ours = bool(row.operations) and row.operations[0].running
    if holder is not None and holder.alive and not ours:
        return f"◐ {holder_words(holder)}", "busy"
    return last_done(row.operations, now) if row.operations else ("", "muted")


def holder_words(holder: Holder) -> str:
    """Who does what, and how far they are: "alice deploys v1.4.0, stopping r2"."""
    if holder.verb:
        verb = verb_named(holder.verb)
        said = " ".join(filter(None, (holder.by, verb.does, verb.onto if holder.what else "", holder.what)))
    else:
        said = f"{holder.by}: {holder.title or 'something'}"
    return safe(f"{said}, {doing(holder.step)}" if holder.step else said)
