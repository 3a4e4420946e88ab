"""The table of an app in a file of another folder: relative paths stay what they were."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def table_elsewhere(table: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """A table of `[apps.NAME]` as a file has it, whose relative paths began at `folder`: with absolute ones.

    What is of another kind than it should be is left for whoever reads it to say so.
    """
    moved = dict(table)
    if isinstance(build := moved.get("build"), str):
        moved["build"] = {"context": _path(build, folder)}
    elif isinstance(build, dict):
        context = build.get("context", ".")
        moved["build"] = {**build, "context": _path(context, folder)}
        secrets = _secrets(build.get("secrets"), folder)
        if secrets is not None:
            moved["build"]["secrets"] = secrets
    for name, changes in _INNER.items():
        if isinstance(inner := moved.get(name), dict):
            moved[name] = {
                key: changes[key](value, folder) if key in changes else value for key, value in inner.items()
            }
    return moved


def _path(value: Any, folder: str) -> Any:
    """As `SettingsFile.path`; the home folder stays a tilde."""
    if not isinstance(value, str) or not value or value == "~" or value.startswith("~/") or "://" in value:
        return value
    return os.path.normpath(os.path.join(folder, value))


def _each(change: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    def changed(value: Any, folder: str) -> Any:
        return [change(one, folder) for one in value] if isinstance(value, list) else change(value, folder)

    return changed


def _secrets(value: Any, folder: str) -> Any:
    def changed(one: Any) -> Any:
        return {**one, "file": _path(one["file"], folder)} if isinstance(one, dict) and "file" in one else one

    if isinstance(value, dict):
        return {id: changed(one) for id, one in value.items()}
    return [changed(one) for one in value] if isinstance(value, list) else value


def _env_file(value: Any, folder: str) -> Any:
    if isinstance(value, dict) and "path" in value:
        return {**value, "path": _path(value["path"], folder)}
    return _path(value, folder)


def _volume(value: Any, folder: str) -> Any:
    if isinstance(value, dict):
        source = value.get("source")
        if value.get("type") != "bind" or not isinstance(source, str):
            return value
        return {**value, "source": _path(source, folder)}
    if not isinstance(value, str) or not value.startswith(".") or ":" not in value:
        return value
    source, colon, rest = value.partition(":")
    return f"{_path(source, folder)}{colon}{rest}"


def _security_opt(value: Any, folder: str) -> Any:
    if not isinstance(value, str):
        return value
    name, sign, profile = value.replace(":", "=", 1).partition("=")
    if name != "seccomp" or not sign or profile in ("unconfined", "builtin", ""):
        return value
    return f"seccomp={_path(profile, folder)}"


def _scanner(value: Any, folder: str) -> Any:
    return _path(value, folder) if isinstance(value, str) and "/" in value else value


_INNER = {
    "run": {"env_file": _each(_env_file), "volumes": _each(_volume), "security_opt": _each(_security_opt)},
    "scan": {"scanner": _scanner, "vex": _each(_path), "database": _path},
}
