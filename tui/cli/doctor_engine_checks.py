"""What `holdfast doctor` asks of the engine, of what apps are made of, and of registries."""

from __future__ import annotations

import asyncio
import os
import shutil
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.doctor_checks import LOW_BYTES, NOTE, OK, PROBLEM, WARNING, Finding, counted, failed
from tui.errors import HoldfastError
from tui.presentation.amounts import size
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from tui.engine.client import Engine
    from tui.engine.endpoint import Endpoint
    from tui.model.app import AppSpec
    from tui.operations.looking.endpoint_choice import Named
    from tui.settings.schema import Settings

SECONDS, CONNECT_SECONDS, ANSWER_SECONDS = 18.0, 8.0, 3.0
"""For everything that is asked, for the engine's first answer, for each further one."""


async def engine_and_apps(settings: Settings, asked: Named) -> AsyncIterator[Finding]:
    """The engine, then every app; ends within SECONDS, whoever is silent, once the engine is reached."""
    from tui.engine.client import Engine
    from tui.engine.tls_expiry import expiring
    from tui.engine.transports import reached
    from tui.operations.looking.opening import opening

    end = asyncio.get_running_loop().time() + SECONDS
    engine: Engine | None = None
    place = ""
    try:
        meant = await asyncio.to_thread(opening, settings, asked)
        place = meant.endpoint.url
        yield _endpoint(meant.endpoint)
        async with reached(meant.endpoint):
            end = asyncio.get_running_loop().time() + SECONDS
            async with _answering("the engine", CONNECT_SECONDS):
                engine = await Engine.connect(meant.endpoint)
        for warning in await expiring(meant.endpoint):
            said, _, remedy = warning.partition(": ")
            yield Finding("certificate", WARNING, said, remedy)
        async for finding in _engine(engine):
            yield finding
    except HoldfastError as error:
        yield failed("engine", error)
    for finding in await asyncio.to_thread(_other_certificates, settings, place):
        yield finding
    try:
        if not settings.apps:
            yield Finding("apps", NOTE, "none is configured", "to begin: holdfast init")
        for app in settings.apps.values():
            for finding in await asyncio.to_thread(_files, app):
                yield finding
            for finding in await asyncio.to_thread(_variables, app):
                yield finding
            if app.shares:
                yield _shared(app)
            if not any(asked) and len(app.engines) == 1:
                for finding in await asyncio.to_thread(_ambient, app):
                    yield finding
        registries = _registries(settings.apps.values())
        if engine is None:
            for name in registries:
                yield Finding("registry", NOTE, f"{name}: not asked without an engine")
        else:
            answers = [_registry(engine, name, app, end) for name, app in registries.items()]
            for finding in await all_of(*answers):
                yield finding
    finally:
        if engine is not None:
            await engine.close()


@asynccontextmanager
async def _answering(who: str, seconds: float) -> AsyncIterator[None]:
    """Raises HoldfastError where the block takes longer."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise HoldfastError(
            f"{who} did not answer within {seconds:g} s",
            "it may be overloaded, or hang: docker info",
        ) from None


def _other_certificates(settings: Settings, place: str) -> list[Finding]:
    """This client's own for engines that are named besides: by their files, for nobody is asked. Blocks."""
    from tui.engine.ref import EngineRef
    from tui.engine.tls_expiry import own_expiring
    from tui.operations.looking.engines import known_engines

    found = []
    for one in known_engines(settings):
        if isinstance(one.found, EngineRef) and one.url != place:
            for warning in own_expiring(one.found.endpoint):
                said, _, remedy = warning.partition(": ")
                found.append(Finding("certificate", WARNING, f"{one.called}: {said}", remedy))
    return found


def _endpoint(endpoint: Endpoint) -> Finding:
    """Whether somebody else can listen there, or answer."""
    from tui.engine.endpoint import OPEN

    said = f"{endpoint.url} ({endpoint.source})"
    if endpoint.is_open:
        return Finding("endpoint", WARNING, f"{said}: {OPEN}", "give it TLS, or reach it by ssh")
    if endpoint.encrypted_by is not None and not endpoint.encrypted_by.verify:
        return Finding(
            "endpoint", WARNING, f"{said}: encrypted, and its certificate is not verified: it may be anybody",
            "name the certificate of its authority (ca), and leave out skip_tls_verify",
        )  # fmt: skip
    return Finding("endpoint", OK, said)


async def _engine(engine: Engine) -> AsyncIterator[Finding]:
    version = engine.version
    yield Finding(
        "engine", OK, f"{version.product} {version.version}, API {version.api}, {version.os}/{version.arch}"
    )
    yield await _builder(engine)
    async with _answering("the engine's /info", ANSWER_SECONDS):
        info = await engine.info()
    yield Finding("storage", OK, f"{info.storage_driver} in {info.folder}")
    yield await asyncio.to_thread(_disk, info.folder if engine.is_on_this_machine(info) else "")


async def _builder(engine: Engine) -> Finding:
    from tui.engine.builds import BUILDKIT

    try:
        async with _answering("the engine's /_ping", ANSWER_SECONDS):
            builder = await engine.builds.builder()
    except HoldfastError as error:
        return failed("builder", error)
    if builder == BUILDKIT:
        return Finding("builder", OK, "BuildKit")
    return Finding(
        "builder", WARNING,
        "only the classic builder: no build secrets, and the whole context is sent every time",
        "Docker Engine 23 and newer have BuildKit switched on",
    )  # fmt: skip


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


def _ambient(app: AppSpec) -> list[Finding]:
    """Whether the environment names another engine than the app's own. Blocks."""
    from tui.operations.looking.endpoint_choice import AmbientEngine, refuse_ambient

    try:
        refuse_ambient(app, app.engines[0])
    except AmbientEngine as error:
        return [Finding(f"app {app.name}", WARNING, error.message, error.hint)]
    return []


def _variables(app: AppSpec) -> list[Finding]:
    """What a deploy from here would miss of its environment. Blocks."""
    from tui.engine.container.resolving import missing_values

    return [
        Finding(
            f"app {app.name}", WARNING, f"test and deploy are refused here: {error.message}",
            f"{error.hint} ([apps.{app.name}.run] in {app.origin})".strip(),
        )
        for error in missing_values(app.run, os.environ)
    ]  # fmt: skip


def _shared(app: AppSpec) -> Finding:
    return Finding(
        f"app {app.name}", WARNING, f"it shares the tags of {app.image} with {', '.join(app.shares)}: "
        "a version of one is a version of the other",
        f"give each its own repository: image in [apps.{app.name}] in {app.origin}",
    )  # fmt: skip


def _registries(apps: Iterable[AppSpec]) -> Mapping[str, AppSpec]:
    """Each registry with one app whose repository is asked for."""
    from tui.model.registry_name import registry_host

    found: dict[str, AppSpec] = {}
    for app in apps:
        if app.has_registry:
            found.setdefault(registry_host(app.image), app)
    return found


async def _registry(engine: Engine, host: str, app: AppSpec, end: float) -> Finding:
    """Whether a registry answers, with the login that Docker's configuration has for it."""
    from tui.model.reference import login_command
    from tui.operations.looking.app_repository import Remote

    try:
        async with asyncio.timeout_at(end), Remote(engine, app) as remote:
            tags = await remote.tags()
            login = remote.credentials
    except TimeoutError:
        return Finding("registry", PROBLEM, f"{host} did not answer in time", away=True)
    except HoldfastError as error:
        return failed("registry", error)
    who = f"as {login.username or 'the holder of a token'}" if login else "without a login"
    remedy = "" if login else f"if pushing is refused: {login_command(host)}"
    return Finding(
        "registry", OK, f"{host} answers {who}; {app.image} has {counted(len(tags), 'tag')}", remedy
    )
