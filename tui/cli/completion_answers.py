"""`holdfast __complete`: what the scripts of `holdfast completion` ask on every press of Tab.

Nothing of it is an error: who presses Tab has not said anything yet that could be one. What the configuration
and this account's own files know is said; an engine is asked for one second at most, and by ssh not at all,
where somebody could be asked for a passphrase.
"""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import signal
from typing import TYPE_CHECKING

from tui.cli.completing import (
    CONTAINER,
    FILE,
    FOLDER,
    RELEASE,
    VERSION,
    Candidate,
    Wanted,
    wanted,
)
from tui.cli.output import answer
from tui.errors import HoldfastError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.settings.schema import Settings

ENGINE_SECONDS = 1.0
"""Time in which an engine has to have answered."""

ALL_SECONDS = 2.5
"""Time after which nothing is said any more, whatever it waits for: a name looked up, a folder far away."""

MOST = 200
"""Candidates that are offered."""

_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
"""What no shell reads as anything else: only such values are offered."""


def run(made: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Print what can stand there, a line each; always 0.

    arguments   the shell, and what it knows: bash its word breaks and the line up to the cursor, the others
                the words behind the command, the last of them half typed
    """
    _end_in_time()
    if len(arguments) < 2:
        return 0
    shell, breaks = arguments[0], ""
    words = list(arguments[1:])
    if shell == "bash":
        breaks, words = arguments[1], _split("".join(arguments[2:]))[1:] or [""]
    found = wanted(made, words[:-1], words[-1])
    try:
        offered = [*found.offered] or [*values(found)]
    except (HoldfastError, OSError):
        offered = []
    kind = f":{found.kind}\n" if found.kind in (FILE, FOLDER) else ""
    fit = [one for one in offered if one.value.startswith(found.typed) and _PLAIN.fullmatch(one.value)]
    unique = {one.value: one for one in fit}
    answer(kind + "".join(_line(shell, one, found, breaks) for one in [*unique.values()][:MOST]))
    return 0


def _end_in_time() -> None:
    """Whatever is waited for: a thread that looks up a name can be ended in no other way."""
    signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
    signal.setitimer(signal.ITIMER_REAL, ALL_SECONDS)


def _line(shell: str, one: Candidate, found: Wanted, breaks: str) -> str:
    """As the shell reads it."""
    value = found.before + one.value
    about = " ".join("".join(char if char.isprintable() else " " for char in one.about).split())
    if shell == "zsh":
        colons = value.replace(":", "\\:")
        return f"{colons}:{about}\n" if about else f"{colons}\n"
    if shell == "fish":
        return f"{value}\t{about}\n"
    typed = found.before + found.typed  # readline replaces what stands behind the last word break
    kept = max((typed.rfind(mark) + 1 for mark in ":=" if mark in breaks), default=0)
    return f"{value[kept:]}\n"


def _split(line: str) -> list[str]:
    """The words of a line that may end in the middle of one; the last is "" behind a blank."""
    for ending in ("", "'", '"'):
        try:
            words = shlex.split(line + ending)
        except ValueError:  # a quotation that is still open
            continue
        return [*words, ""] if not ending and (not line or line[-1].isspace()) else words
    return line.split()


def values(found: Wanted) -> Iterable[Candidate]:
    """What is not in the parser. Raises HoldfastError and OSError."""
    match found.kind:
        case "" | "file" | "folder":
            return []
        case "op":
            return _operations()
        case "theme":
            return _themes()
    from tui.settings.load import load

    settings = load(found.given.get("config") or None)
    match found.kind:
        case "engine":
            return _engines(settings)
        case "key":
            trust = settings.policy.trust
            return [Candidate(name) for name in (trust.sign_keys if trust is not None else ())]
        case "app":
            apps = [Candidate(name, app.repository) for name, app in settings.apps.items()]
            alone = _alone(settings) if len(found.words) == 0 and _may_be_left_out(found.verb) else None
            return [*apps, *_of_engine(VERSION, alone, found, settings)] if alone is not None else apps
    return _of_engine(found.kind, _app(found, settings), found, settings)


def _may_be_left_out(verb: str) -> bool:
    """Whether a version can be the first word."""
    from tui.model.verb import VERBS, Argument

    return verb in VERBS and Argument.VERSION in VERBS[verb].takes


def _alone(settings: Settings) -> AppSpec | None:
    """The app that is meant where none is named."""
    names = settings.own if len(settings.own) == 1 else tuple(settings.apps)
    return settings.apps[names[0]] if len(names) == 1 else None


def _app(found: Wanted, settings: Settings) -> AppSpec | None:
    return settings.apps.get(found.words[0]) if found.words else _alone(settings)


def _operations() -> Iterable[Candidate]:
    from tui.journal.folder import listed, operations_folder
    from tui.model.operation_id import OperationId, short_op

    yield Candidate("last", "the newest")
    for path in listed(operations_folder())[:MOST]:
        if (id := OperationId.read(path.stem)) is not None:
            yield Candidate(short_op(path.stem), f"{id.verb} {id.app}")


def _themes() -> Iterable[Candidate]:
    from tui.presentation.theme import find_themes
    from tui.settings.paths import shipped_themes, user_themes

    return [Candidate(name) for name in sorted(find_themes((shipped_themes(), user_themes()))[0])]


def _engines(settings: Settings) -> Iterable[Candidate]:
    from tui.engine.contexts import context_names
    from tui.engine.endpoint import is_endpoint

    for name, one in settings.engines.items():
        if not is_endpoint(name):
            yield Candidate(name, one.host)
    for name in context_names():
        yield Candidate(name, "a Docker context")


def _of_engine(kind: str, app: AppSpec | None, found: Wanted, settings: Settings) -> list[Candidate]:
    """What an engine knows, or what this account has kept of it."""
    kept: list[Candidate] = []
    if app is not None and (kind == RELEASE or found.verb in ("rollback", "verify")):
        kept = _releases(app.name, numbers=kind == RELEASE or found.verb == "verify")
        if kept and (kind == RELEASE or found.verb == "rollback"):
            return kept  # what was never released there cannot be gone back to
    if kind != CONTAINER and app is None:
        return kept
    try:
        return [*asyncio.run(_asked(kind, app, found, settings)), *kept]
    except (HoldfastError, TimeoutError):
        return kept


async def _asked(kind: str, app: AppSpec | None, found: Wanted, settings: Settings) -> list[Candidate]:
    """Raises HoldfastError and TimeoutError."""
    from tui.engine.client import Engine
    from tui.operations.looking.endpoint_choice import Named, places

    named = Named(found.given.get("host", ""), found.given.get("context", ""))
    place = places(settings, app.name if app is not None else "", named)[0]
    if place.engine.url.startswith("ssh://"):
        return []
    async with (
        asyncio.timeout(ENGINE_SECONDS),
        await Engine.connect(place.engine.endpoint, ahead=0) as engine,
    ):
        if app is None or kind == CONTAINER:
            return await _containers(engine)
        if kind == RELEASE or found.verb == "rollback":
            return await _labelled(engine, app.name, numbers=kind == RELEASE)
        return await _versions(engine, app)


async def _containers(engine: Engine) -> list[Candidate]:
    """Those that are nobody's yet."""
    from tui.model.labels import OWN

    return [
        Candidate(one.name, one.image)
        for one in await engine.containers.list()
        if not any(label.startswith(OWN) for label in one.labels)
    ]


async def _labelled(engine: Engine, app: str, *, numbers: bool) -> list[Candidate]:
    """Releases as the labels of their containers have them: nothing else is read of a ledger for a Tab."""
    from tui.ledger.labels import number_of
    from tui.model.labels import APP as NAME
    from tui.model.labels import RELEASE as NUMBER
    from tui.model.labels import VERSION as TAG

    listed = await engine.containers.list(labels=[f"{NAME}={app}", NUMBER])
    found = {number_of(one): one.labels.get(TAG, "") for one in listed}
    pairs = [(f"r{number}", tag) for number, tag in sorted(found.items(), reverse=True) if number]
    return [Candidate(*pair) if numbers else Candidate(*pair[::-1]) for pair in pairs]


async def _versions(engine: Engine, app: AppSpec) -> list[Candidate]:
    """The newest first."""
    from tui.model.digest import short_id
    from tui.model.offers import offered_versions

    images = await engine.images.list()
    return [Candidate(one.tag, short_id(one.digest)) for one in offered_versions(app, images, None)]


def _releases(app: str, *, numbers: bool) -> list[Candidate]:
    """Of this account's copies of the ledgers, the newest first: by number, or by version."""
    from tui.files import read_file
    from tui.ledger.reading import read_entries
    from tui.ledger.records import is_record
    from tui.ledger.tars import FILE_BYTES
    from tui.model.app_name import is_app_name
    from tui.paths import state_folder

    files: list[Path] = []
    if is_app_name(app):
        files = [path for path in state_folder().glob(f"ledger/*/{app}/*") if is_record(path.name)]
    found: list[Candidate] = []
    for folder in sorted({path.parent for path in files}):
        raw = {path.name: read_file(path, FILE_BYTES) for path in files if path.parent == folder}
        for entry in read_entries(app, raw).entries:
            release = entry.release
            called, other = f"r{release.number}", release.version
            found.append(Candidate(called, other) if numbers else Candidate(other, called))
    return [one for one in found if one.value]
