"""What `holdfast doctor` looks at, one function for each thing."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tui.errors import HoldfastError
from tui.journal.folder import operations_folder, state_folder
from tui.journal.reader import summaries
from tui.model.operation_id import short_op
from tui.model.verb import verb_named
from tui.presentation.amounts import size

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

    from tui.engine.client import Engine
    from tui.journal.reader import Summary
    from tui.model.app import AppSpec
    from tui.settings.schema import Settings

OK, WARNING, PROBLEM, NOTE = "ok", "warning", "problem", "note"

REGISTRY_SECONDS = 15.0

LOW_BYTES = 2 * 10**9
"""Free space under which a build is likely to fail."""

LOOKED_AT = 100
"""Journals that are looked through for interrupted operations, the newest."""

RECOVER = "recover"

SCANNERS = ("trivy", "grype", "hadolint")


class Finding(NamedTuple):
    """What was found. state: "ok", "warning", "problem", or "note" for what is only said; remedy: lines."""

    name: str
    state: str
    message: str
    remedy: str = ""


def counted(count: int, word: str) -> str:
    """ "no tags", "1 tag", "2 tags"."""
    return f"{count or 'no'} {word}{'' if count == 1 else 's'}"


def failed(name: str, error: HoldfastError) -> Finding:
    """A finding from an error and its remedy."""
    return Finding(name, PROBLEM, error.message, "\n".join([*error.detail, error.hint]).strip("\n"))


# -- configuration and state


def configuration_files(config: str) -> Iterator[Finding]:
    """Which files are read."""
    from tui.settings.paths import LOCAL_CONFIG, SYSTEM_CONFIG, user_config

    named = [SYSTEM_CONFIG, user_config(), str(Path(LOCAL_CONFIG).absolute()), *([config] if config else [])]
    there = [path for path in named if Path(path).exists()]
    if there:
        yield Finding("configuration", OK, "read: " + ", ".join(there))
    else:
        yield Finding(
            "configuration", NOTE, "no file: defaults are used", "holdfast init writes holdfast.toml"
        )


def read_settings(config: str) -> Settings:
    """Raises ConfigError."""
    from tui.settings.load import load

    return load(config or None)


def configuration_problems(error: HoldfastError) -> Iterator[Finding]:
    """Every problem of the configuration, a finding each."""
    problems = getattr(error, "problems", None) or (error.message,)
    for number, problem in enumerate(problems, 1):
        yield Finding("configuration", PROBLEM, problem, error.hint if number == len(problems) else "")


def state_writable() -> Finding:
    """Whether journals can be written. Blocks."""
    folder = operations_folder()
    nearest = folder
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)):
        return Finding(
            "state", PROBLEM, f"{nearest} cannot be written, so nothing can be done: journals go to {folder}",
            "make it writable, or set XDG_STATE_HOME to a folder that is",
        )  # fmt: skip
    free = shutil.disk_usage(nearest).free
    if free < LOW_BYTES // 10:
        return Finding(
            "state", WARNING, f"{folder}: {size(free)} free", "free space: journals would lose output"
        )
    return Finding("state", OK, str(state_folder()))


def interrupted() -> list[Finding]:
    """Operations whose process is gone without having said how they ended. Blocks."""
    try:
        found = unsettled(summaries(operations_folder(), LOOKED_AT))
    except OSError as error:
        return [Finding("operations", PROBLEM, f"{operations_folder()} cannot be read: {error.strerror}")]
    return [
        Finding(
            "operations", WARNING, f"{one.started.verb} {one.started.app} was interrupted: {one.started.op}",
            f"holdfast history --show {short_op(one.started.op)}"
            + (f"; holdfast recover {one.started.app}" if verb_named(one.started.verb).recovers else ""),
        )
        for one in found
    ]  # fmt: skip


def unsettled(newest_first: Iterable[Summary]) -> list[Summary]:
    """Those that were interrupted, and that no later operation on the same app and engine has made good.

    A deploy is made good by its recovery and by any later one, because none begins before it is settled.
    """
    found, made_good = [], set()
    for one in newest_first:
        verb = RECOVER if verb_named(one.started.verb).recovers else one.started.verb
        what = (one.started.app, one.started.engine, verb)
        if one.ended is not None and one.ended.ok:
            made_good.add(what)
        elif one.interrupted and what not in made_good:
            found.append(one)
    return found


# -- the terminal, other programs


def terminal(environ: Mapping[str, str]) -> Iterator[Finding]:
    """What the terminal can do, as far as it can be known without asking it."""
    name = environ.get("TERM", "")
    if not sys.stdout.isatty() or not sys.stdin.isatty():
        yield Finding("terminal", NOTE, "none: the dashboard cannot be opened here, all other verbs work")
        return
    columns, rows = os.get_terminal_size(sys.stdout.fileno())
    said = f"{name or 'TERM is not set'}, {columns} by {rows}, {_colours(environ)}"
    if name in ("", "dumb", "unknown"):
        yield Finding("terminal", PROBLEM, said, "set TERM to what it is, e.g. xterm-256color")
    elif columns < 80 or rows < 24:
        yield Finding("terminal", WARNING, said, "the dashboard is drawn for 80 by 24 and more")
    else:
        yield Finding("terminal", OK, said)
    if "utf" not in (sys.stdout.encoding or "").lower():
        yield Finding(
            "characters", WARNING, f"the locale's encoding is {sys.stdout.encoding}, not UTF-8",
            "set LANG, e.g. LANG=C.UTF-8",
        )  # fmt: skip
    if environ.get("TMUX"):
        yield Finding(
            "clipboard", OK, "through tmux (OSC 52)",
            "if nothing arrives: tmux set -g set-clipboard on; tmux set -g allow-passthrough on",
        )  # fmt: skip
    elif environ.get("STY") or name.startswith("screen"):
        yield Finding("clipboard", WARNING, "screen does not pass copied text on", "use tmux, or neither")
    else:
        yield Finding("clipboard", OK, "by OSC 52, where the terminal allows it")


def _colours(environ: Mapping[str, str]) -> str:
    if environ.get("NO_COLOR"):
        return "no colours (NO_COLOR is set)"
    if environ.get("COLORTERM") in ("truecolor", "24bit"):
        return "16 million colours"
    return "256 colours" if "256color" in environ.get("TERM", "") else "16 colours"


def programs() -> Iterator[Finding]:
    """Other programs that are used where they are installed."""
    if shutil.which("git"):
        yield Finding("git", OK, "found")
    else:
        yield Finding("git", WARNING, "not found: builds do not know their commit", "install git")
    for name in SCANNERS:
        path = shutil.which(name)
        yield Finding(name, OK if path else NOTE, path or "not installed")


# -- engine, apps, registries


async def engine_and_apps(settings: Settings, host: str, docker_context: str) -> AsyncIterator[Finding]:
    """The engine, then every app."""
    from tui.engine.client import Engine
    from tui.operations.where import endpoint

    engine: Engine | None = None
    try:
        place = endpoint(host, docker_context, settings.engine)
        yield Finding("endpoint", OK, f"{place.url} ({place.source})")
        engine = await Engine.connect(place)
        async for finding in _engine(engine):
            yield finding
    except HoldfastError as error:
        yield failed("engine", error)
    try:
        if not settings.apps:
            yield Finding("apps", NOTE, "none is configured", "to begin: holdfast init")
        for app in settings.apps.values():
            for finding in await asyncio.to_thread(_files, app):
                yield finding
            if app.shares:
                yield _shared(app)
        for name, app in _registries(settings.apps.values()).items():
            if engine is None:
                yield Finding("registry", NOTE, f"{name}: not asked without an engine")
            else:
                yield await _registry(engine, name, app)
    finally:
        if engine is not None:
            await engine.close()


async def _engine(engine: Engine) -> AsyncIterator[Finding]:
    version = engine.version
    yield Finding(
        "engine", OK, f"{version.product} {version.version}, API {version.api}, {version.os}/{version.arch}"
    )
    if await engine.builds.builder() == 2:
        yield Finding("builder", OK, "BuildKit")
    else:
        yield Finding(
            "builder", WARNING,
            "only the classic builder: no build secrets, and the whole context is sent every time",
            "Docker Engine 23 and newer have BuildKit switched on",
        )  # fmt: skip
    storage = await engine.storage()
    yield Finding("storage", OK, f"{storage.driver} in {storage.folder}")
    yield await asyncio.to_thread(_disk, storage.folder if await engine.is_on_this_machine() else "")


def _disk(folder: str) -> Finding:
    """Free space of the engine, whose folder is "" where it is on another host. Blocks."""
    if not folder or not Path(folder).is_dir():
        return Finding("disk", NOTE, "how much the engine has free cannot be seen from here")
    free = shutil.disk_usage(folder).free
    if free < LOW_BYTES:
        return Finding("disk", WARNING, f"{size(free)} free", "docker system prune frees some")
    return Finding("disk", OK, f"{size(free)} free")


def _files(app: AppSpec) -> list[Finding]:
    """Whether what an app is built from is there. Blocks."""
    name = f"app {app.name}"
    if app.build is None:
        return [Finding(name, OK, f"{app.image}; it is not built here")]
    missing = []
    if not Path(app.build.context).is_dir():
        missing.append(f"{app.build.context}: there is no such folder")
    if not Path(app.build.dockerfile).is_file():
        missing.append(f"{app.build.dockerfile}: there is no such file")
    missing += [
        f"the secret {secret.id} is missing: {secret.file or secret.env}"
        for secret in app.build.secrets
        if (not Path(secret.file).is_file() if secret.file else secret.env not in os.environ)
    ]
    if not missing:
        return [Finding(name, OK, f"{app.image} from {app.build.context}")]
    return [Finding(name, PROBLEM, one, f"[apps.{app.name}.build] in {app.origin}") for one in missing]


def _shared(app: AppSpec) -> Finding:
    return Finding(
        f"app {app.name}", WARNING, f"it shares the tags of {app.image} with {', '.join(app.shares)}: "
        "a version of one is a version of the other",
        f"give each its own repository: image in [apps.{app.name}] in {app.origin}",
    )  # fmt: skip


def _registries(apps: Iterable[AppSpec]) -> Mapping[str, AppSpec]:
    """Each registry with one app whose repository is asked for."""
    from tui.model.reference import registry_host

    found: dict[str, AppSpec] = {}
    for app in apps:
        if app.has_registry:
            found.setdefault(registry_host(app.image), app)
    return found


async def _registry(engine: Engine, host: str, app: AppSpec) -> Finding:
    """Whether a registry answers, with the login that Docker's configuration has for it."""
    from tui.model.reference import login_command
    from tui.operations.remote import Remote

    try:
        async with asyncio.timeout(REGISTRY_SECONDS), Remote(engine, app) as remote:
            tags = await remote.tags()
            login = remote.credentials
    except TimeoutError:
        return Finding("registry", PROBLEM, f"{host} did not answer within {REGISTRY_SECONDS:g} s")
    except HoldfastError as error:
        return failed("registry", error)
    who = f"as {login.username or 'the holder of a token'}" if login else "without a login"
    remedy = "" if login else f"if pushing is refused: {login_command(host)}"
    return Finding(
        "registry", OK, f"{host} answers {who}; {app.image} has {counted(len(tags), 'tag')}", remedy
    )
