"""What the variables of a Compose project stand for, and which of its values depend on where it is read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.env_file import EnvFileInvalid, parse_env_file
from tui.model.interpolation import NotATemplate, Required, interpolate
from tui.model.secrets import is_secret_name
from tui.settings.compose_file import Tagged, UnreadableFile, contents, go_text
from tui.settings.compose_merge import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Variables(NamedTuple):
    """Name -> value, from the environment first, then from files (`from_files`: name -> path)."""

    values: Mapping[str, str]
    from_files: Mapping[str, str] = {}

    def further(self, path: str, notes: list[str]) -> Variables:
        """With those of an environment file, which come behind those that are known."""
        known: dict[str, str] = {}
        try:
            parse_env_file(_text(path), self.values.get, known)
        except UnreadableFile as error:
            notes.append(error.message)
        except EnvFileInvalid as error:
            notes.append(f"{path}, {error}")
        fresh = {name: value for name, value in known.items() if name not in self.values}
        return Variables({**self.values, **fresh}, {**self.from_files, **dict.fromkeys(fresh, path)})

    def secret(self, name: str) -> str:
        """Why a variable's value is not written down, "" where it can be."""
        if not is_secret_name(name) or not self.values.get(name):
            return ""
        path = self.from_files.get(name)
        where = f"in {os.path.basename(path)}" if path else "in the environment"
        return f"{name} is set {where}, and a secret is not written down here"


def _text(path: str) -> str:
    return contents(path).removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")


def filled(value: Any, variables: Variables) -> Any:
    """A value with its variables filled in; a text that is not known is an `Unknown` one."""
    if isinstance(value, Tagged):
        return Tagged(value.tag, filled(value.value, variables))
    if isinstance(value, dict):
        return {key: filled(inner, variables) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, variables) for inner in value]
    if not isinstance(value, str) or "$" not in value:
        return value
    used: dict[str, None] = {}
    missing: list[str] = []

    def lookup(name: str) -> str | None:
        used[name] = None
        return variables.values.get(name)

    def unset(name: str) -> str:
        missing.append(name)
        return ""

    try:
        text = interpolate(value, lookup, unset)
    except (NotATemplate, Required) as error:
        return Unknown(value, str(error))
    if missing:
        return Unknown(value, f"{missing[0]} is not set here, and Compose would put nothing in its place")
    why = next(filter(None, map(variables.secret, used)), "")
    return Unknown(value, why) if why else text


def passed_on(service: dict[str, Any], variables: Variables, folder: str) -> Iterator[str]:
    """Give variables without a value the one that Compose has for them; say what a deploy does otherwise."""
    build = service.get("build")
    if isinstance(build, dict) and "args" in build:
        build["args"] = _given(build["args"], variables, always=True)
    if "environment" in service:
        service["environment"] = _given(service["environment"], variables)
    if "env_file" in service:
        files = service["env_file"] if isinstance(service["env_file"], list) else [service["env_file"]]
        kept = []
        known: dict[str, str] = {}
        for file in files:
            path = file.get("path") if isinstance(file, dict) else file
            optional = isinstance(file, dict) and file.get("required") in (False, "false")
            if not isinstance(path, str) or isinstance(path, Unknown):
                kept.append(file)
                continue
            there = os.path.isfile(os.path.join(folder, os.path.expanduser(path)))
            if optional:
                file = {key: value for key, value in file.items() if key != "required"}
            if there or not optional:
                kept.append(file)
            if there:
                yield from _of_env_file(service, path, variables, folder, known)
            else:
                yield f"env_file: {path} is not there" + (", and need not be" if optional else "")
        service["env_file"] = kept


def _given(table: Any, variables: Variables, *, always: bool = False) -> Any:
    """A table or list of variables in which those without a value have the one of a file.

    always   those of the environment too: a build has no other way to get them
    """

    def value_of(name: str) -> str | None:
        if name in variables.from_files or (always and name in variables.values):
            why = variables.secret(name)
            return Unknown(f"${{{name}}}", why) if why else variables.values[name]
        return None

    if isinstance(table, dict):
        return {name: value_of(name) if value is None else value for name, value in table.items()}
    if not isinstance(table, list):
        return table
    found = []
    for item in table:
        value = value_of(item) if isinstance(item, str) and "=" not in item else None
        text = item if value is None else f"{item}={value}"
        found.append(Unknown(text, value.why) if isinstance(value, Unknown) else text)
    return found


def _of_env_file(
    service: Mapping[str, Any], path: str, variables: Variables, folder: str, known: dict[str, str]
) -> Iterator[str]:
    """What a deploy makes otherwise of an environment file than Compose does; `known` gets its variables."""
    environment = service.get("environment")
    own = environment if isinstance(environment, dict) else {}
    from_files: dict[str, None] = {}
    unset: dict[str, None] = {}

    def lookup(name: str) -> str | None:
        if name in variables.from_files:
            from_files[name] = None
        if name in variables.values:
            return variables.values[name]
        return None if own.get(name) is None else go_text(own[name])

    def missing(name: str) -> str:
        unset[name] = None
        return ""

    try:
        parse_env_file(_text(os.path.join(folder, os.path.expanduser(path))), lookup, known, missing)
    except UnreadableFile as error:
        yield f"env_file: {error.message}"
    except EnvFileInvalid as error:
        yield f"env_file: {path}, {error}"
    if from_files:
        names = ", ".join(from_files)
        yield f"env_file: {path} has {names} from .env: a deploy looks for it in its environment"
    if unset:
        # What follows a dollar sign may be a piece of a password: it is not told.
        yield f"env_file: {path} has a $ before what is not set: Compose drops it, a deploy refuses it"
