"""What an app's engine knows of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.engine.log_end import LINES as LOG_TRIES
from tui.errors import HoldfastError
from tui.ledger.lease_reading import read_lease
from tui.ledger.ledger import Ledger
from tui.model.bundle import file_name
from tui.model.labels import APP
from tui.model.secrets import MASK, is_secret_name, secret_values
from tui.operations.bundling.raw import Raw
from tui.operations.bundling.released import compared, entry_fields
from tui.operations.bundling.secrets import secret_by_name
from tui.operations.looking.drift import find_drift
from tui.operations.looking.releases import read_releases
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.engine.client import Engine
    from tui.engine.container.inspected import Inspected
    from tui.model.app import AppSpec
    from tui.model.details import Section
    from tui.model.policy import Policy
    from tui.operations.bundling.raw import Gathered
    from tui.operations.looking.releases import Deployed

LOG_SECONDS = 30.0
"""Time limit for one log, however fast it grows meanwhile."""

EVENTS = 256
"""Events that an engine remembers; whatever was before is nowhere."""

DRIFT_SECONDS = 90.0


class Extent(NamedTuple):
    """How much is taken: bytes of each log, and hours of events."""

    log_bytes: int
    hours: int


async def of_engine(
    engine: Engine, app: AppSpec, policy: Policy, folder: str, extent: Extent, gathered: Gathered
) -> None:
    """Everything of one engine, into `folder` of the bundle. What fails is left out, and said."""
    take = gathered.take
    await take("engine", _about(engine, folder))
    await take("events", _events(engine, app, folder, extent.hours))
    try:
        ledger = await Ledger.open(engine)
        found = await read_releases(engine, ledger, app.name)
    except HoldfastError as error:
        gathered.leave_out("releases, containers and their logs", error.message)
        gathered.away = max(gathered.away, error.exit_status if error.exit_status == 3 else 0)
        return
    await take("releases", _releases(engine, ledger, found, app, folder))
    await take("drift", _drift(engine, ledger, app, policy, folder), DRIFT_SECONDS)
    ones = {one.id: one for one in [found.live, found.foreign, *_newest_first(found)] if one is not None}
    for one in ones.values():
        log = f"log of {one.name}"
        if not await take(f"container {one.name}", _container(engine, one, found, folder, gathered)):
            gathered.leave_out(
                log, "what is secret of its container could not be read, so nothing could mask it"
            )
            continue
        await take(log, _log(engine, one, folder, extent.log_bytes), LOG_SECONDS * len(LOG_TRIES) + 10)


def _newest_first(found: Deployed) -> list[Inspected]:
    return [found.containers[number] for number in sorted(found.containers, reverse=True)]


async def _about(engine: Engine, folder: str) -> AsyncIterator[Raw]:
    info = await engine.info()
    about = {"endpoint": engine.endpoint.url, "version": engine.version._asdict(), "info": info._asdict()}
    yield Raw(f"{folder}engine.json", "the engine, as it tells of itself", about)


async def _events(engine: Engine, app: AppSpec, folder: str, hours: int) -> AsyncIterator[Raw]:
    """Those of the app, and those of nobody in particular: networks, volumes, the engine itself."""
    now = time.time()
    found: list[dict[str, Any]] = []
    seen = 0
    async with engine.events(now - hours * 3600, now) as stream:
        async for event in stream:
            seen += 1
            whose = event.attributes.get(APP)
            name = str(event.attributes.get("name", ""))
            if event.kind != "container" or whose == app.name or name.partition(".")[0] == app.name:
                found.append(event._asdict() | {"attributes": dict(event.attributes)})
    cut = f"the engine remembers {EVENTS} events, and all of those were later" if seen >= EVENTS else ""
    about = f"events of the last {hours} hours, as far as the engine remembers them"
    yield Raw(f"{folder}events.jsonl", about, found, cut, lines=True)


async def _releases(
    engine: Engine, ledger: Ledger, found: Deployed, app: AppSpec, folder: str
) -> AsyncIterator[Raw]:
    lease = await read_lease(engine, app.name)
    releases = found.releases
    entries = [entry_fields(releases.entries[number]) for number in sorted(releases.entries, reverse=True)]
    told = {
        "live": releases.standing.live,
        "releases": entries,
        "ways_back": [{"release": way.number, "why_not": way.why_not} for way in releases.ways],
        "lease": {"alive": lease.alive, "text": lease.text} if lease is not None else None,
        "notes": [*releases.notes, *ledger.notes],
    }
    yield Raw(f"{folder}releases.json", "what was released, the newest first, and who changes it now", told)
    yield Raw(
        f"{folder}differences.json",
        "the live release beside the one before, and beside the configuration",
        compared(releases, app),
    )


async def _drift(
    engine: Engine, ledger: Ledger, app: AppSpec, policy: Policy, folder: str
) -> AsyncIterator[Raw]:
    found = await find_drift(engine, ledger, app, policy)
    told = found._asdict() | {
        "causes": [one._asdict() for one in found.causes],
        "unknown": [one._asdict() for one in found.unknown],
    }
    yield Raw(f"{folder}drift.json", "whether what runs is what was deployed", told)


async def _container(
    engine: Engine, one: Inspected, found: Deployed, folder: str, gathered: Gathered
) -> AsyncIterator[Raw]:
    """How it is, what it was made of, what its health check said; its secrets are masked everywhere."""
    adoption, details = await all_of(
        engine.containers.adoption(one.id, one.image_id), engine.containers.details(one.id)
    )
    # What its image brings is for everybody to see who has that; everything else was said to this one.
    given = adoption.run.environment
    gathered.secrets |= {*secret_values(given, {}), *(value for value in given.values() if value)}
    gathered.secrets |= {*secret_by_name([one.labels])}
    number = next((number for number, held in found.containers.items() if held.id == one.id), None)
    title = f"{details.title}{f', r{number}' if number is not None else ''}"
    yield Raw(
        f"{folder}containers/{file_name(one.name)}.txt",
        "a container as inspect shows it, with what its health check said",
        "\n".join([title, *_lines(details.sections)]) + "\n",
    )


def _lines(sections: tuple[Section, ...]) -> list[str]:
    lines: list[str] = []
    for section in sections:
        lines += ["", section.title]
        for name, value in section.facts:
            hidden = section.title == "Environment" or is_secret_name(name)
            lines.append(f"  {name}: {MASK if hidden and value else value}")
    return lines


async def _log(engine: Engine, one: Inspected, folder: str, most: int) -> AsyncIterator[Raw]:
    end = await engine.log_end(one.id, tty=one.tty, most=most, seconds=LOG_SECONDS)
    lines = [
        f"{line.at.decode('ascii', 'replace')} {_STREAMS.get(line.stream, '?')} {_text(line.text)}"
        for line in end.lines
    ]
    content = "\n".join(lines) + "\n" if lines else ""
    yield Raw(
        f"{folder}logs/{file_name(one.name)}.log",
        "what a container said: when, where, what",
        content,
        end.cut,
    )


_STREAMS = {1: "out", 2: "err"}


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
