"""The secrets that an app's bundle could give away, so that none of them gets into it."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from tui.engine.credentials import credentials_for, kept_logins
from tui.engine.env_files import read_env_file
from tui.errors import HoldfastError
from tui.files import read_file
from tui.model.registry_name import registry_host
from tui.model.secrets import is_secret_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tui.model.app import AppSpec

HELPER_SECONDS = 10.0
"""Time limit for asking Docker's configuration, or its helper, for a login."""


async def known_here(app: AppSpec, environ: Mapping[str, str] = os.environ) -> tuple[set[str], list[str]]:
    """What this machine knows: values of variables, build arguments and secrets, logins to registries.

    And sentences about what could not be read, and so is masked by its look alone.
    """
    notes: list[str] = []
    found = await asyncio.to_thread(_configured, app, environ, notes)
    found |= {value for name, value in environ.items() if is_secret_name(name)}
    try:
        found |= {*await asyncio.to_thread(kept_logins, environ)}
        if app.has_registry:
            async with asyncio.timeout(HELPER_SECONDS):
                login = await credentials_for(registry_host(app.repository), environ)
            found |= {login.password, login.identity_token} if login is not None else set()
    except HoldfastError as error:
        notes.append(f"the logins to registries: {error.message}")
    except TimeoutError:
        notes.append(f"the login to {app.image}: its helper did not answer")
    return {value for value in found if value}, notes


def _configured(app: AppSpec, environ: Mapping[str, str], notes: list[str]) -> set[str]:
    """Blocks."""
    run, build = app.run, app.build
    found = {value for value in run.environment.values() if value}
    found |= {environ.get(name, "") for name, value in run.environment.items() if value is None}
    found |= {*run.interpolated.values(), *app.test.environment.values(), *app.ready.headers.values()}
    for name in run.interpolated:
        found.add(environ.get(name, ""))
    for path in run.env_file:
        try:
            found |= {*read_env_file(path, environ).values()}
        except HoldfastError as error:
            notes.append(error.message)
    if build is not None:
        found |= {*build.args.values()}
        for secret in build.secrets:
            if secret.env:
                found.add(environ.get(secret.env, ""))
                continue
            try:
                found.add(read_file(secret.file).decode("utf-8", "replace"))
            except OSError as error:
                notes.append(f"{secret.file}: {error.strerror}")
    named = (run.labels, run.logging_options, *([build.labels] if build is not None else ()))
    found |= {*secret_by_name(named)}
    return found


def secret_by_name(tables: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Values of labels and options whose name says that they are secret."""
    for table in tables:
        for name, value in table.items():
            if is_secret_name(name):
                yield value
