"""`holdfast verify`: the chain of a version, or of what is live, looked up in the registry and judged."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.cli import drift
from tui.cli.asked import read_settings
from tui.cli.output import answer, answer_json, colours, say, say_error, terminal_cells
from tui.cli.plainness import worded
from tui.engine.client import Engine
from tui.errors import HoldfastError
from tui.ledger.ledger import Ledger
from tui.model.checks import is_digest
from tui.model.digest import short_id
from tui.model.recorded_trust import recorded_sources
from tui.model.reference import valid_tag
from tui.operations.looking.app_repository import Remote
from tui.operations.looking.endpoint_choice import home, places
from tui.operations.looking.image_chain import Found, Image, find_chain, named_digest
from tui.operations.looking.registry_alone import alone
from tui.operations.looking.releases import read_releases
from tui.operations.looking.short_digests import beginning_of, digests_beginning
from tui.operations.looking.trusted_keys import verify_keys
from tui.operations.process.prepared import app_named
from tui.operations.running.runner import failure
from tui.presentation.chain import CELLS, chain_fields, chain_lines
from tui.presentation.console import painted
from tui.presentation.text import safe
from tui.registry.errors import RegistryError
from tui.settings.load import refuse_broken_trust
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from tui.cli.asked import Asked
    from tui.model.app import AppSpec
    from tui.model.policy import Policy
    from tui.model.release import Entry
    from tui.model.signing import VerifyKey
    from tui.operations.looking.endpoint_choice import Place
    from tui.presentation.style import Line
    from tui.settings.schema import Settings

ENGINE_SECONDS = 10.0
"""How long an engine is waited for, where only its settings for registries are wanted of it."""

_RELEASE = re.compile("r[1-9][0-9]{0,8}")


class NoSuchImage(HoldfastError):
    """There is no such version or release, or it is in no registry."""

    exit_status = 2


class Judged(NamedTuple):
    """An image of an app, judged, or why it could not be.

    called   the release or version, for people
    engine   where it is live, "" for a version that was named
    """

    app: str
    called: str
    engine: str = ""
    found: Found | None = None
    error: HoldfastError | None = None

    @property
    def exit_status(self) -> int:
        if self.error is not None:
            return 3 if isinstance(self.error, RegistryError) else self.error.exit_status
        return self.found.exit_status if self.found is not None else 0


def run(asked: Asked, version: str, *, json: bool, deep: bool) -> int:
    """Look and show; the exit status: 4 where something required is missing, 3 where nobody knows, else as
    that of `drift`."""
    try:
        settings = asyncio.run(read_settings(asked))
        refuse_broken_trust(settings)
        if version:
            return _show_one(_judge_named(asked, settings, version), json=json)
        if settings.policy.trust is None:
            return drift.run(asked, json=json, deep=deep)
        return _live(asked, settings, json=json, deep=deep)
    except HoldfastError as error:
        say_error(error)
        return error.exit_status
    except KeyboardInterrupt:
        return 130


# A version that is named


def _judge_named(asked: Asked, settings: Settings, version: str) -> Judged:
    try:
        return asyncio.run(_named(asked, settings, version))
    except HoldfastError as error:
        return Judged(asked.app, version, error=error)


async def _named(asked: Asked, settings: Settings, version: str) -> Judged:
    app = app_named(settings.apps, asked.app)
    if not app.has_registry:
        raise NoSuchImage(
            f"{app.name} has no registry, where anybody could have signed it", "holdfast status"
        )
    if _RELEASE.fullmatch(version):
        meant = await asyncio.to_thread(home, app, settings, asked.engine)
        async with await Engine.connect(meant.endpoint) as engine:
            entries, _ = await _releases(engine, app)
            entry = entries.get(int(version[1:]))
            if entry is None or not entry.release.digest:
                lacks = "is no release of" if entry is None else "is of no registry: it is local to"
                raise NoSuchImage(f"{version} {lacks} {app.name}", f"holdfast history {app.name}")
            called = f"{version} {entry.release.version}".rstrip()
            keys = await _keys(settings.policy)
            found = await _release(engine, app, settings.policy, keys, entry, entries)
            return Judged(app.name, called, found=found)
    if not beginning_of(version) and (problem := valid_tag(version)):
        raise NoSuchImage(f'"{version}" cannot be a tag: {problem}', f"holdfast verify {app.name} v1.4.0")
    async with _some_engine(asked, settings, app) as engine:
        entries, _ = await _releases(engine, app) if engine is not None else ({}, None)
        async with Remote(engine, app) if engine is not None else alone(app) as remote:
            digest, tag = await _meant(version, remote, app, engine, entries)
            image = Image(
                digest=digest,
                version=tag,
                platform=_platform(engine),
                entry=_newest_of(digest, entries),
                recorded=recorded_sources(entries.values()),
            )
            found = await find_chain(remote, app, settings.policy, await _keys(settings.policy), image)
    return Judged(app.name, version, found=found)


async def _meant(
    named: str, remote: Remote, app: AppSpec, engine: Engine | None, entries: Mapping[int, Entry]
) -> tuple[str, str]:
    """The digest that is meant by a tag, or by a digest that may be short; the tag, "" for a digest.

    Raises HoldfastError.
    """
    beginning = beginning_of(named)
    if not beginning or is_digest(named):
        return await named_digest(remote, app, named), "" if beginning else named
    if not named.startswith("sha256:") and (digest := await remote.digest(named)):
        return digest, named  # a commit may be a tag
    if is_digest(beginning):
        return await named_digest(remote, app, beginning), ""
    found = await digests_beginning(beginning, remote, app, engine, entries)
    if len(found) == 1:
        return found.pop(), ""
    whole = f"holdfast verify {app.name} sha256:..., with all 64 digits, or a version"
    if found:
        raise NoSuchImage(f"several images of {app.name} are {named}...", whole, tuple(sorted(found)))
    raise NoSuchImage(f"{named} is no tag of {app.image}, and no digest that is known begins so", whole)


@contextlib.asynccontextmanager
async def _some_engine(asked: Asked, settings: Settings, app: AppSpec) -> AsyncIterator[Engine | None]:
    """The first engine of the app that answers: it knows how registries are spoken to, and what was released.

    None where none does: what hangs on an image in its registry needs no engine.
    """
    async with contextlib.AsyncExitStack() as stack:
        engine = None
        for place in await asyncio.to_thread(places, settings, app.name, asked.engine):
            with contextlib.suppress(HoldfastError, TimeoutError):
                async with asyncio.timeout(ENGINE_SECONDS):
                    engine = await stack.enter_async_context(await Engine.connect(place.engine.endpoint))
                break
        yield engine


def _newest_of(digest: str, entries: Mapping[int, Entry]) -> Entry | None:
    numbers = [number for number, entry in entries.items() if entry.release.digest == digest]
    return entries[max(numbers)] if numbers else None


def _platform(engine: Engine | None) -> str:
    return f"{engine.version.os}/{engine.version.arch}" if engine is not None else ""


async def _keys(policy: Policy) -> tuple[VerifyKey, ...]:
    return await verify_keys(policy.trust) if policy.trust is not None else ()


# What is live


def _live(asked: Asked, settings: Settings, *, json: bool, deep: bool) -> int:
    """What `drift` looks at, and the chain of each app's live release on each engine."""
    looked = drift.look(asked, deep=deep)
    judged = asyncio.run(_each_live(asked, settings))
    if json:
        chains = {(one.app, one.engine): _fields(one) for one in judged}
        apps = [{**drift.words(one), "trust": chains.get((one.app, one.engine))} for one in looked]
        answer_json({"apps": apps})
    else:
        drift.show(looked)
        for one in judged:
            _show(one)
    return max(drift.status(looked), *(one.exit_status for one in judged), 0)


async def _each_live(asked: Asked, settings: Settings) -> list[Judged]:
    known = await asyncio.to_thread(places, settings, asked.app, asked.engine)
    apps = [settings.apps[asked.app]] if asked.app else settings.apps.values()
    keys = await _keys(settings.policy)
    found = await all_of(
        *(_at(app, settings.policy, place, keys) for app in apps for place in known if app.name in place.apps)
    )
    return [one for one in found if one is not None]


async def _at(app: AppSpec, policy: Policy, place: Place, keys: tuple[VerifyKey, ...]) -> Judged | None:
    """The live release of an app on one engine; None where none is, or it is of no registry.

    An engine out of reach is what the look for drift says already.
    """
    try:
        engine = await Engine.connect(place.engine.endpoint)
    except HoldfastError:
        return None
    url = place.engine.url
    async with engine:
        try:
            entries, live = await _releases(engine, app)
            entry = entries.get(live) if live is not None else None
            if entry is None or not entry.release.digest:
                return None
            called = f"r{entry.release.number} {entry.release.version}".rstrip()
            found = await _release(engine, app, policy, keys, entry, entries)
            return Judged(app.name, called, url, found)
        except HoldfastError as error:
            return Judged(app.name, "", url, error=error)


async def _releases(engine: Engine, app: AppSpec) -> tuple[Mapping[int, Entry], int | None]:
    """The releases of an app, and which of them is live."""
    found = await read_releases(engine, await Ledger.open(engine), app.name)
    return found.entries, found.standing.live


async def _release(
    engine: Engine,
    app: AppSpec,
    policy: Policy,
    keys: tuple[VerifyKey, ...],
    entry: Entry,
    entries: Mapping[int, Entry],
) -> Found:
    image = Image(
        digest=entry.release.digest,
        version=entry.release.version,
        platform=_platform(engine),
        entry=entry,
        recorded=recorded_sources(entries.values()),
    )
    async with Remote(engine, app) as remote:
        return await find_chain(remote, app, policy, keys, image)


# Saying


def _show_one(judged: Judged, *, json: bool) -> int:
    if json:
        answer_json(_fields(judged))
    else:
        _show(judged)
    return judged.exit_status


def _show(one: Judged) -> None:
    if one.error is not None:
        say_error(one.error)
        return
    shown, cells = colours(1), terminal_cells(1)
    answer("".join([painted(line, colours=shown) + "\n" for line in lines(one, time.time(), cells)]))
    for missing in one.found.missing if one.found is not None else ():
        if missing.enforced:
            say(safe(f"holdfast: {one.app} {one.called} {missing.lacks}: {missing.remedy}"))


def lines(one: Judged, now: float, cells: int) -> Iterator[Line]:
    """The chain beneath what it is of, and in a few words what came of it."""
    found, where = one.found, f" on {safe(one.engine)}" if one.engine else ""
    if found is None:
        return
    yield [
        (f"{safe(one.app)} {safe(one.called)}{where}  ", "strong"),
        (f"{short_id(found.digest)}  ", "muted"),
        _outcome(found),
    ]
    yield from worded(chain_lines(found.links, now, cells or CELLS))
    for note in found.notes:
        yield [("  note: ", "muted"), (safe(note), "text")]


def _outcome(found: Found) -> tuple[str, str]:
    lacking = [one for one in found.missing if one.enforced]
    match found.exit_status:
        case 4:
            return f"not allowed: {', '.join(safe(one.short) for one in lacking)}", "bad"
        case 3:
            return "not verified: the registry could not be read", "warn"
    if found.missing:
        return f"allowed, though {', '.join(safe(one.short) for one in found.missing)}", "warn"
    return (
        ("has everything that is required", "ok") if found.verdicts else ("nothing more is required", "muted")
    )


def _fields(one: Judged) -> dict[str, Any]:
    found, error = one.found, one.error
    return {
        "app": one.app,
        "version": one.called,
        "engine": one.engine,
        "digest": found.digest if found is not None else "",
        "ok": one.exit_status == 0,
        "verdicts": [verdict._asdict() for verdict in found.verdicts] if found is not None else [],
        "missing": [missing._asdict() for missing in found.missing] if found is not None else [],
        "chain": chain_fields(found.links) if found is not None else [],
        "notes": [*found.notes] if found is not None else [],
        "error": failure(error)._asdict() if error is not None else None,
    }
