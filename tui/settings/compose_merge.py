"""How Compose puts together what several files say of one project.

https://github.com/compose-spec/compose-spec/blob/main/13-merge.md. Tables are put together key by key, lists
are joined, and these differ: `command`, `entrypoint` and a health check's `test` are replaced, a table or a
list of "NAME=VALUE" becomes the list, and of two items with the same target, port or name the later
one stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.settings.compose_file import go_text

if TYPE_CHECKING:
    from collections.abc import Callable

    Path = tuple[str, ...]


class Unknown(str):
    """A text of a compose file whose value is not known, or must not be written down; `why` says it."""

    __slots__ = ("why",)
    why: str

    def __new__(cls, text: str, why: str) -> Unknown:
        made = super().__new__(cls, text)
        made.why = why
        return made


_JOINED = {
    ("services", "*", *key.split("."))
    for key in (
        "annotations", "build.args", "build.additional_contexts", "build.labels", "deploy.labels", "dns",
        "dns_opt", "dns_search", "env_file", "label_file", "environment", "labels", "sysctls", "tmpfs",
    )
} | {("networks", "*", "labels"), ("volumes", "*", "labels")}  # fmt: skip
_REPLACED = {
    ("services", "*", "command"),
    ("services", "*", "entrypoint"),
    ("services", "*", "healthcheck", "test"),
}
_ONE_OF_A_NAME = {
    ("services", "*", *key.split("."))
    for key in (
        "annotations", "build.args", "build.additional_contexts", "build.labels", "cap_add", "cap_drop",
        "dns", "dns_opt", "dns_search", "environment", "expose", "labels", "links", "profiles", "sysctls",
        "tmpfs",
    )
}  # fmt: skip


def merged(earlier: Any, later: Any, path: Path = ()) -> Any:
    """What stands at a path once a later file has been read."""
    general = _general(path)
    if general in _REPLACED:
        return later
    if general in _JOINED:
        return sequence(earlier) + sequence(later)
    if later is None:
        return earlier
    if general == ("services", "*", "build"):
        earlier, later = (
            {"context": build} if isinstance(build, str) else build for build in (earlier, later)
        )
    elif general in (("services", "*", "networks"), ("services", "*", "depends_on")):
        earlier, later = mapping(earlier), mapping(later)
    elif general == ("services", "*", "extra_hosts"):
        first = sequence(earlier)
        return first + [item for item in sequence(later) if item not in first]
    elif (general[:3] == ("services", "*", "ulimits") and len(general) == 4) or (
        general == ("services", "*", "logging") and _other_driver(earlier, later)
    ):
        return later
    if isinstance(earlier, dict) and isinstance(later, dict):
        found = dict(earlier)
        for key, value in later.items():
            found[key] = merged(found[key], value, (*path, key)) if key in found else value
        return found
    if isinstance(earlier, list) and isinstance(later, list):
        return earlier + later
    return later


def _general(path: Path) -> Path:
    """The path with the name of a service, network or volume as "*"."""
    return path if len(path) < 2 else (path[0], "*", *path[2:])


def _other_driver(earlier: Any, later: Any) -> bool:
    both = isinstance(earlier, dict) and isinstance(later, dict)
    return both and "driver" in earlier and "driver" in later and bool(earlier["driver"] != later["driver"])


def sequence(value: Any) -> list[Any]:
    """A table as a list of "NAME=VALUE", a text as a list of it."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        found: list[str] = []
        for key, inner in value.items():
            if inner is None:
                found.append(key)
            elif isinstance(inner, list):
                found += [_assignment(key, item) for item in inner]
            else:
                found.append(_assignment(key, inner))
        return sorted(found)
    return [] if value is None else [value]


def _assignment(key: str, value: Any) -> str:
    text = f"{key}={go_text(value)}"
    return Unknown(text, value.why) if isinstance(value, Unknown) else text


def mapping(value: Any) -> Any:
    """A list of names as a table of them."""
    if isinstance(value, list):
        return {item: None for item in value if isinstance(item, str)}
    return value


def without_doubles(document: Any, path: Path = ()) -> Any:
    """Of two items that are for the same target, port or name, the later one in the earlier's place."""
    if isinstance(document, dict):
        return {key: without_doubles(value, (*path, key)) for key, value in document.items()}
    general = _general(path)
    key_of = _KEYS.get(general, _name if general in _ONE_OF_A_NAME else None)
    if not isinstance(document, list) or key_of is None:
        return document
    found: dict[Any, Any] = {}
    for index, item in enumerate(document):
        try:
            key = key_of(item)
            hash(key)
        except (TypeError, KeyError, AttributeError, IndexError):
            key = index  # not what belongs there: kept, and found fault with later
        found[key] = item
    return list(found.values())


def _name(item: Any) -> Any:
    return item.partition("=")[0]


def _mount(item: Any) -> Any:
    if isinstance(item, dict):
        return item["target"].rstrip("/")
    parts = item.split(":")
    return (parts[1] if len(parts) > 1 else parts[0]).rstrip("/")


def _port(item: Any) -> Any:
    if isinstance(item, dict):
        address, published = item.get("host_ip", "0.0.0.0"), item.get("published")
        return f"{address}:{published}:{item['target']}/{item.get('protocol', 'tcp')}"
    return str(item)


def _path(item: Any) -> Any:
    return item["path"] if isinstance(item, dict) else str(item)


def _device(item: Any) -> Any:
    if isinstance(item, dict):
        return item["target"]
    return item.split(":")[1] if ":" in item else item


_KEYS: dict[Path, Callable[[Any], Any]] = {
    ("services", "*", "volumes"): _mount,
    ("services", "*", "ports"): _port,
    ("services", "*", "env_file"): _path,
    ("services", "*", "devices"): _device,
}
