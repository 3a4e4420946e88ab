"""Which registries are the user's own. Light: this runs before the first paint."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.files import read_file
from tui.model.registry_name import DOCKER_HUB, registry_host

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def registry_of(image: str) -> str:
    """The registry of an image that somebody has to have named: "" for Docker Hub, which the engine asks
    where nothing is named, and for what listens on a loopback, where no stranger hears what is asked."""
    host = registry_host(image)
    return "" if host == DOCKER_HUB or _is_loopback(host) else host


def _is_loopback(host: str) -> bool:
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    if name == "localhost":
        return True
    if not name.startswith(("127.", "[")) and ":" not in name:
        return False
    from tui.model.tcp_address import is_loopback

    return is_loopback(name)


def named_by(apps: Mapping[str, Mapping[str, object]]) -> frozenset[str]:
    """The registries of apps of the user's own files."""
    return frozenset(registry_host(str(table.get("image", name))) for name, table in apps.items())


def logins(environ: Mapping[str, str]) -> frozenset[str]:
    """The registries that Docker's configuration has a login or a helper for. What is broken there is told
    by whoever needs one (`tui.engine.credentials`)."""
    import json

    from tui.paths import docker_folder

    try:
        said = json.loads(read_file(os.path.join(docker_folder(environ), "config.json")))
    except (OSError, ValueError, RecursionError):
        return frozenset()
    return frozenset(_hosts(said)) if isinstance(said, dict) else frozenset()


def _hosts(said: Mapping[str, object]) -> Iterator[str]:
    for table in (said.get("auths"), said.get("credHelpers")):
        for entry in table if isinstance(table, dict) else ():  # old versions of Docker wrote URLs
            yield str(entry).rpartition("://")[2].partition("/")[0]
