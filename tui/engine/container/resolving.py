"""What a run configuration refers to, read where a container is about to be made: files and variables."""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING

from tui.borders import check
from tui.engine.env_files import read_env_file
from tui.errors import HoldfastError
from tui.files import read_file
from tui.model.interpolation import NotATemplate, Required, interpolate, required

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.model.app import RunSpec


class ProfileUnusable(HoldfastError):
    """A seccomp profile cannot be read, or is no JSON."""

    exit_status = 2


class MountUnusable(HoldfastError):
    """A folder or file of the host is not where it was when the configuration was read."""

    exit_status = 2


class VariableUnset(HoldfastError):
    """A variable that is to be passed on is not set here."""

    exit_status = 2


async def resolved(run: RunSpec, environ: Mapping[str, str] = os.environ) -> RunSpec:
    """The same with nothing left to read here: env_file, variables without a value, seccomp profiles.

    Raises EnvFileUnusable, VariableUnset, ProfileUnusable and MountUnusable.
    """
    await asyncio.to_thread(_check_binds, run)
    return await asyncio.to_thread(_resolve, run, environ)


async def resolved_apart(run: RunSpec) -> RunSpec:
    """As `resolved`, with nothing from the environment of this process: what would be passed on has no value.

    Raises EnvFileUnusable and ProfileUnusable.
    """
    said = {name: value for name, value in run.environment.items() if value is not None}
    found = await asyncio.to_thread(_resolve, run._replace(environment=said, interpolated={}), {})
    unset = {name: None for name in (*run.environment, *run.interpolated) if name not in said}
    return found._replace(environment={**unset, **found.environment})


def _resolve(run: RunSpec, environ: Mapping[str, str]) -> RunSpec:
    return run._replace(
        environment=merged_environment(run, environ),
        interpolated={},
        env_file=(),
        security_opt=tuple(_security_option(option) for option in run.security_opt),
    )


def merged_environment(run: RunSpec, environ: Mapping[str, str]) -> dict[str, str | None]:
    """`env_file` in their order, then `environment`; the last of a name counts. Blocks.

    A variable without a value gets the one that it has in `environ`, and has to have one there: what is
    silently missing shows only when it is needed. Raises EnvFileUnusable and VariableUnset.
    """
    outside = {**{name: value for name, value in run.environment.items() if value is not None}, **environ}
    from_files: dict[str, str] = {}
    for path in run.env_file:
        from_files = read_env_file(path, outside, from_files)
    merged: dict[str, str | None] = {**from_files}
    for name, value in run.environment.items():
        merged[name] = _passed_on(name, environ) if value is None else value
    for name, text in run.interpolated.items():
        merged[name] = _filled_in(name, text, environ)
    return merged


def missing_values(run: RunSpec, environ: Mapping[str, str]) -> list[HoldfastError]:
    """Everything for which `merged_environment` would end: files, and variables that are not set. Blocks."""
    found: list[HoldfastError] = []
    said = {name: value for name, value in run.environment.items() if value is not None}
    known: dict[str, str] = {}
    for path in run.env_file:
        try:
            known = read_env_file(path, {**said, **environ}, known)
        except HoldfastError as error:
            found.append(error)
    nothing = run._replace(env_file=(), environment={}, interpolated={})
    single = [nothing._replace(environment={name: None}) for name in run.environment if name not in said]
    single += [nothing._replace(interpolated={name: text}) for name, text in run.interpolated.items()]
    for one in single:
        try:
            merged_environment(one, environ)
        except HoldfastError as error:
            found.append(error)
    return found


def _passed_on(name: str, environ: Mapping[str, str]) -> str:
    if name not in environ:
        raise VariableUnset(
            f"environment: {name} is to be passed on, and is not set here",
            f"export {name}=..., or give it a default: {name}=${{{name}:-default}}",
        )
    return environ[name]


def _filled_in(name: str, text: str, environ: Mapping[str, str]) -> str:
    try:
        return interpolate(text, environ.get, required)
    except (Required, NotATemplate) as error:
        raise VariableUnset(
            f"environment: {name} cannot be filled in: {error}",
            f"export it, or give it a default: {name}=${{{name}:-default}}",
        ) from None


def _check_binds(run: RunSpec) -> None:
    """The engine opens them, a moment later: where they lead is looked at here."""
    for mount in run.volumes:
        if mount.kind == "bind":
            try:
                check(mount.source)
            except OSError as error:
                raise MountUnusable(f"{mount.source} cannot be mounted: {error.strerror}") from None


def _security_option(option: str) -> str:
    """With the profile itself in the place of its path, as the engine takes it."""
    name, mark, path = option.partition("=")
    if not mark:
        name, mark, path = option.partition(":")
    if name != "seccomp" or path in ("unconfined", "builtin") or path.startswith("{"):
        return f"{name}={path}" if mark else option
    try:
        profile = json.loads(read_file(path))
    except OSError as error:
        raise ProfileUnusable(f"{path}: the seccomp profile cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ProfileUnusable(f"{path}: the seccomp profile is not JSON") from error
    return f"{name}={json.dumps(profile, separators=(',', ':'))}"
