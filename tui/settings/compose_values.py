"""The values of a Compose service in the forms that an app takes; what is not allowed in them is cut out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.settings.compose_file import go_text
from tui.settings.compose_merge import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Faults = Callable[[Any], list[str]]

_FLAGS = ("init", "privileged", "read_only", "disable", "nocopy", "create_host_path")
_NUMBERS = ("cpu_shares", "pids_limit", "oom_score_adj", "retries", "soft", "hard", "target", "mode")
_TEXTS = ("environment", "labels", "sysctls", "args", "options")
"""Tables whose values are texts, whatever YAML made of them."""


def table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def assignments(items: list[Any]) -> dict[str, Any]:
    """From a list of "NAME=VALUE", with None for a NAME alone."""
    found: dict[str, Any] = {}
    for item in items:
        if isinstance(item, str):
            name, sign, text = item.partition("=")
            value = Unknown(text, item.why) if isinstance(item, Unknown) else text
            found[name] = value if sign else None
    return found


def pruned(value: Any, faults: Faults) -> Any:
    """The value without those of its parts that have faults; None where it is nothing without them."""
    if not faults(value):
        return value
    if isinstance(value, list):
        parts = (pruned(item, lambda inner: faults([inner])) for item in value)
        sound = [part for part in parts if part is not None]
        if not faults(sound):
            return sound or None
        kept: list[Any] = []  # each is sound by itself, but not beside the others
        for item in sound:
            if not faults([*kept, item]):
                kept.append(item)
        return kept or None
    if not isinstance(value, dict):
        return None
    current = dict(value)
    for name, item in value.items():
        before = faults(current)
        if not before:
            break
        without = {key: inner for key, inner in current.items() if key != name}
        rest = faults(without)
        if len(rest) >= len(before):
            continue
        with_name = current

        def added(inner: Any, name: str = name, rest: list[str] = rest, table: Any = with_name) -> list[str]:
            return [fault for fault in faults({**table, name: inner}) if fault not in rest]

        part = pruned(item, added) if isinstance(item, list | dict) else None
        current = {**current, name: part} if part else without
    return current if current and not faults(current) else None


def cast(value: Any, key: str) -> Any:
    """What a text stands for where a number or true or false belongs, and the other way round."""
    if isinstance(value, dict):
        as_text = key in _TEXTS
        return {
            name: go_text(inner)
            if as_text and not isinstance(inner, dict | list)
            else cast(inner, "soft" if key == "ulimits" else name)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [cast(item, "") if isinstance(item, dict) else item for item in value]
    if key in _FLAGS and isinstance(value, str):
        word = value.lower()
        return True if word in _TRUE else False if word in _FALSE else value
    if key in _NUMBERS and isinstance(value, str) and value.lstrip("-").isdecimal() and len(value) < 20:
        return value if key == "mode" else int(value)
    return value


_TRUE = ("true", "y", "yes", "on")
_FALSE = ("false", "n", "no", "off")


def short_port(port: Any) -> Any:
    """In the short syntax, which is easier to read, where it can say the same."""
    if not isinstance(port, dict) or set(port) - {"target", "published", "host_ip", "protocol"}:
        return port
    if not isinstance(port.get("target"), int) or isinstance(port["target"], bool):
        return port
    address, published = port.get("host_ip") or "", port.get("published")
    if not isinstance(address, str) or not isinstance(published, str | int | None):
        return port
    outside = f"{'' if published is None else published}"
    address = f"[{address}]" if ":" in address else address
    before = f"{address}:{outside}:" if address else f"{outside}:" if outside else ""
    protocol = port.get("protocol", "tcp")
    return f"{before}{port['target']}" + ("" if protocol == "tcp" else f"/{protocol}")


def healthcheck(check: Any) -> Any:
    """Compose takes nothing else of one that is switched off."""
    return {"disable": True} if isinstance(check, dict) and check.get("disable") is True else check


def env_files(files: Any) -> Any:
    """Paths, where nothing but a path is said."""
    found = files if isinstance(files, list) else [files]
    return [
        file["path"]
        if isinstance(file, dict)
        and "path" in file
        and file.keys() <= {"path", "required"}
        and file.get("required") in (None, True)
        else file
        for file in found
    ]
