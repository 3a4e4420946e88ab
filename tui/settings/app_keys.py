"""The keys of `[apps.NAME]`, and of its tables `.build`, `.ready` and `.test`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.model.labels import OWN
from tui.settings import units
from tui.settings.reading import by, file_path, many, one, pairs, record, shown
from tui.settings.run_keys import COMMAND, SECONDS
from tui.settings.schema import FLAG, TEXT, number, one_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.settings.reading import Reader, SettingsPlace


def _filled(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ValueError
    return value


NAMES = many(one("a text that is not empty", _filled))


def folder(value: Any, spot: SettingsPlace) -> Any:
    """The path of a folder, absolute."""
    text = one("a folder", _filled)(value, spot)
    if text is None:
        return None
    if "://" in text or text.startswith("git@"):
        spot.refuse(text, "it takes a folder; what lies elsewhere is cloned first")
    return spot.source.path(text)


def _dockerfile(value: Any, spot: SettingsPlace) -> Any:
    """Relative to the build context, which is known once all files are read."""
    path = file_path(value, spot)
    return path if value == "~" or str(value).startswith(("~/", "/")) else value


def _platform(value: Any) -> str:
    parts = value.split("/") if isinstance(value, str) else []
    if not 2 <= len(parts) <= 3 or not all(part.isalnum() and part.isascii() for part in parts):
        raise ValueError
    return str(value)


_SECRET = '{ id = "npm", file = "~/.npmrc" } or { id = "token", env = "TOKEN" }'

_sources: Mapping[str, Reader] = {"file": file_path, "env": one("the name of a variable", _filled)}
_secret_table = record(_sources, "secret")
_secret_item = record({"id": one("a name", _filled), **_sources}, "secret")


def _secret(value: Any, spot: SettingsPlace, read: Reader) -> tuple[str, str]:
    """Where a secret comes from: (file, ""), or ("", variable)."""
    if not isinstance(value, dict):
        spot.refuse(value, f"it takes a table such as {_SECRET}")
        return "", ""
    found = read(value, spot)
    named = [key for key in _sources if key in value]
    if len(named) != 1:
        both = "both file and env are set" if named else "neither file nor env is set"
        spot.say(f" is not allowed: {both}, and a secret comes from one of them")
    return found.get("file", ""), found.get("env", "")


def _secrets(value: Any, spot: SettingsPlace) -> Any:
    """A list of tables with `id`, or a table of them by their ID. A dict: ID -> (file, variable)."""
    if isinstance(value, dict):
        return {id: _secret(inner, spot.key(id), _secret_table) for id, inner in value.items()}
    if not isinstance(value, list):
        spot.refuse(value, f"it takes a list such as [{_SECRET}]")
        return None
    found: dict[str, tuple[str, str]] = {}
    for index, inner in enumerate(value):
        place = spot.item(index)
        source = _secret(inner, place, _secret_item)
        id = inner.get("id") if isinstance(inner, dict) else ""
        if id is None:
            place.say(" is not allowed: id is missing")
        elif id and isinstance(id, str):
            if id in found:
                place.say(f" is not allowed: there is a secret {shown(id)} already")
            found[id] = source
    return found


def _http(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    port, slash, rest = value.partition("/")
    if "://" in value:
        raise units.NotAllowed('it takes "PORT/path": the probe asks the container itself')
    if not slash or not port.isdigit() or not rest.isprintable() or " " in rest:
        raise ValueError
    units.port_number(port)
    return value


def _host(value: Any) -> str:
    """What an HTTP client says whom it asks: a name or an address, perhaps with a port."""
    if not isinstance(value, str) or not value or "://" in value:
        raise ValueError
    if not value.isascii() or not value.isprintable() or any(mark in value for mark in " /@?#"):
        raise ValueError
    return value


_header_pairs = pairs("a header")


def _headers(value: Any, spot: SettingsPlace) -> Any:
    """Names and values that HTTP can carry (RFC 9110, sections 5.1 and 5.5); values are never shown."""
    found = _header_pairs(value, spot)
    for name, text in (found or {}).items():
        plain = name.translate({ord(mark): None for mark in "!#$%&'*+-.^_`|~"})
        if not (plain.isascii() and (plain.isalnum() or not plain)):
            spot.key(name).say(" is no name of a header: it takes letters, digits and -")
        elif name.lower() in ("host", "connection", "content-length", "transfer-encoding"):
            spot.key(name).say(
                f" is not allowed: the probe says it itself{'; set host' * (name.lower() == 'host')}"
            )
        elif not (text.isascii() and text.isprintable()):
            spot.key(name).say(" is not allowed: a header's value is one line of plain text")
    return found


def _pattern(value: Any) -> str:
    """A shell pattern of absolute paths."""
    if not isinstance(value, str) or not value.startswith(("/", "*")) or "\0" in value:
        raise ValueError
    return value


def _probe_command(value: Any) -> tuple[str, ...]:
    words = units.command(value)
    if not words:
        raise ValueError
    return words


BUILD: Mapping[str, Reader] = {
    "context": folder,
    "dockerfile": _dockerfile,
    "target": by(TEXT),
    "args": pairs("a build argument"),
    "labels": pairs("a label", reserved=OWN),
    "secrets": _secrets,
    "platform": one('a platform such as "linux/amd64"', _platform),
    "no_cache": by(FLAG),
    "pull": by(FLAG),
    "cache_from": NAMES,
    "network": by(one_of("host", "none")),
}

READY: Mapping[str, Reader] = {
    "timeout": SECONDS,
    "stable": SECONDS,
    "bake": SECONDS,
    "http": one('"PORT/path", e.g. "8080/healthz"', _http),
    "host": one('a host such as "shop.example.com"', _host),
    "scheme": by(one_of("http", "https")),
    "verify": by(FLAG),
    "headers": _headers,
    "status": by(number(100, 599)),
    "tcp": one("a port of the container", units.port_number),
    "exec": one("a text, or a list of words, not empty", _probe_command),
    "interval": SECONDS,
}

TEST: Mapping[str, Reader] = {
    "command": COMMAND,
    "timeout": SECONDS,
    "environment": pairs("a variable"),
}

APP: Mapping[str, Reader] = {
    "image": by(TEXT),
    "engine": NAMES,
    "engines": NAMES,
    "fleet": by(TEXT),
    "order": by(one_of("stop-first", "start-first")),
    "keep": by(number(0, 1000)),
    "keep_builds": by(number(0, 1000)),
    "drain": COMMAND,
    "drain_seconds": SECONDS,
    "create_networks": NAMES,
    "create_volumes": NAMES,
    "ignore_changes": many(one('a path in the container such as "/tmp" or "/var/log/*"', _pattern)),
}
