"""Networks and volumes that an app taken from a Compose project needs, as holdfast.toml says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def to_be_there(run: Mapping[str, Any]) -> dict[str, list[str]]:
    """The keys of `[apps.NAME]` with which a deploy would make what is missing, as far as there is any."""
    keys = {"create_networks": [*run.get("networks", ())], "create_volumes": volumes_of(run)}
    return {key: names for key, names in keys.items() if names}


def all_to_be_there(runs: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The same of several apps together, each name once."""
    found: dict[str, dict[str, None]] = {}
    for run in runs:
        for key, names in to_be_there(run).items():
            found.setdefault(key, {}).update(dict.fromkeys(names))
    return {key: [*names] for key, names in found.items()}


def said_of(needed: Mapping[str, list[str]]) -> str:
    """Why they are comments: Compose takes no network that it has not made, and a new volume is empty."""
    empty = " (a volume is empty then)" if "create_volumes" in needed else ""
    return f"A deploy refuses where these are missing; uncommented, it makes them{empty}."


def volumes_of(run: Mapping[str, Any]) -> list[str]:
    """The names of the volumes of a run table, each once."""
    found = []
    for volume in run.get("volumes", ()):
        if isinstance(volume, str):
            source, colon, _ = volume.partition(":")
            named = colon and not source.startswith((".", "/", "~"))
        else:
            source = str(volume.get("source") or "")
            named = volume.get("type") == "volume"
        if named and source:
            found.append(source)
    return [*dict.fromkeys(found)]
