"""`holdfast history`: the releases of an app, as the ledger on its engine has them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from tui.cli.asked import Asked, apps_at, read_settings
from tui.cli.output import answer, answer_json, colours, say, say_errors, table_cells
from tui.cli.release_words import release_fields
from tui.engine.client import Engine
from tui.errors import HoldfastError
from tui.ledger.lease_reading import read_lease
from tui.ledger.ledger import Ledger
from tui.model.digest import short_id
from tui.model.evidence import ClaimKind, is_recorded
from tui.model.recorded_trust import recorded_verdicts
from tui.model.releases import State
from tui.model.secrets import mask_text
from tui.operations.looking.endpoint_choice import Place, places
from tui.operations.looking.releases import read_releases
from tui.operations.running.runner import failure
from tui.presentation.console import local_time, painted, table
from tui.presentation.text import safe
from tui.presentation.versions import by_words
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tui.model.release import Entry
    from tui.presentation.style import Line
    from tui.settings.schema import Settings

COLUMNS = ("app", "release", "version", "digest", "when", "by", "gap", "evidence", "of", "outcome")

PASSED = {ClaimKind.TEST: "tested", ClaimKind.SCAN: "scanned"}

_ROLES = {State.LIVE: "ok", State.KEPT: "text", State.LEDGER_ONLY: "text"}


class Listed(NamedTuple):
    """A release, what has become of it, and the endpoint of its engine.

    busy     whether the app is leased
    called   what the configuration calls the engine, else its endpoint
    """

    engine: str
    entry: Entry
    state: State
    busy: bool = False
    called: str = ""


class _Found(NamedTuple):
    releases: list[Listed]
    notes: list[str]


def run(asked: Asked, limit: int, *, json: bool) -> int:
    """Show them; the exit status."""
    return asyncio.run(_run(asked, limit, json=json))


async def _run(asked: Asked, limit: int, *, json: bool) -> int:
    found: list[Listed] = []
    notes: list[str] = []
    problems: list[HoldfastError] = []
    try:
        settings = await read_settings(asked)
        known = places(settings, asked.app, asked.engine)
        for part in await all_of(*(_at(place, settings, asked) for place in known)):
            if isinstance(part, HoldfastError):
                problems.append(part)
            else:
                found += part.releases
                notes += part.notes
    except HoldfastError as error:
        problems.append(error)
    found.sort(key=lambda one: (-one.entry.release.at, -one.entry.release.number))
    if json:
        answer_json(
            {
                "releases": [
                    {"engine": one.engine, **release_fields(one.entry, one.state)} for one in found[:limit]
                ],
                "notes": notes,
                "errors": [failure(problem)._asdict() for problem in problems],
            }
        )
    else:
        _show(found[:limit], asked.app, nothing=not problems)
        for note in notes:
            say(f"holdfast: {note}")
        say_errors(problems)
    return max((problem.exit_status for problem in problems), default=0)


async def _at(place: Place, settings: Settings, asked: Asked) -> _Found | HoldfastError:
    try:
        async with await Engine.connect(place.engine.endpoint) as engine:
            ledger = await Ledger.open(engine)
            names = await apps_at(place, settings, asked, ledger)
            found = await all_of(*(_of(engine, ledger, name, place.called) for name in names))
            return _Found([one for part in found for one in part], ledger.notes)
    except HoldfastError as error:
        return error


async def _of(engine: Engine, ledger: Ledger, name: str, called: str) -> list[Listed]:
    found, lease = await all_of(read_releases(engine, ledger, name), read_lease(engine, name))
    busy = lease is not None and lease.alive
    return [
        Listed(
            engine=engine.endpoint.url,
            entry=entry,
            state=found.releases.state(number),
            busy=busy,
            called=called,
        )
        for number, entry in found.entries.items()
    ]


def _show(found: list[Listed], app: str, *, nothing: bool) -> None:
    if not found:
        if nothing:
            answer(f"nothing of {safe(app)} was released yet\n" if app else "nothing was released yet\n")
        return
    engines = len({one.engine for one in found}) > 1
    columns = ("engine", *COLUMNS) if engines else COLUMNS
    rows = [((safe(one.called),) if engines else ()) + row(one) for one in found]
    shown = colours(1)
    lines = [*table(columns, rows, {"outcome": [_outcome_role(one) for one in found]}, table_cells(1))]
    if app:
        lines += said_lines(found)
    answer("".join([painted(line, colours=shown) + "\n" for line in lines]))


def said_lines(newest_first: Iterable[Listed]) -> Iterator[Line]:
    """What the container of the newest release that failed said last, if anything was kept."""
    failed = next((one.entry for one in newest_first if one.state is State.FAILED), None)
    if failed is None or failed.outcome is None or not failed.outcome.said:
        return
    release = failed.release
    yield []
    yield [(safe(f"what r{release.number} {release.version}".rstrip() + " said last:"), "strong")]
    for line in failed.outcome.said:
        yield [("  | ", "muted"), (safe(mask_text(line)), "text")]


def row(one: Listed) -> tuple[str, ...]:
    """A release in the cells of COLUMNS."""
    release, outcome = one.entry.release, one.entry.outcome
    gap = outcome.gap_seconds if outcome is not None else None
    cells = (
        release.app,
        f"r{release.number}",
        release.version or "-",
        short_id(release.digest or release.image),
        local_time(release.at) if release.at else "-",
        f"{release.by}@{release.host}" if release.by and release.host else release.by or "-",
        f"{gap:.1f}s" if gap is not None else "-",
        evidence_words(one.entry) or "-",
        f"r{release.rollback_of}" if release.rollback_of else "-",
        _outcome(one),
    )
    return tuple(map(safe, cells))


def evidence_words(entry: Entry) -> str:
    """What was known of a release, and who stood for it: "signed by ci, tested, commit 3f2a9c71b0de"."""
    evidence, words = entry.release.evidence, []
    if entry.release.adopted:
        words.append("adopted")
    verified = recorded_verdicts(evidence)
    words += by_words(verified)
    own = PASSED.keys() - {one.kind for one in verified}
    words += [word for kind, word in PASSED.items() if kind in own and is_recorded(evidence, kind)]
    if commit := evidence.get("commit"):
        words.append(f"commit {short_id(commit)}")
    return ", ".join(words)


def _outcome_role(one: Listed) -> str:
    return "busy" if one.state is State.OPEN and one.busy else _ROLES.get(one.state, "bad")


def _outcome(one: Listed) -> str:
    if one.state is State.OPEN:
        return "being deployed" if one.busy else "interrupted: holdfast recover"
    message = one.entry.outcome.message if one.entry.outcome is not None else ""
    first = message.partition("\n")[0]
    return f"{one.state}: {first}" if one.state is State.FAILED and first else one.state
