"""What is known of the engine at the other end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class EngineVersion(NamedTuple):
    """The engine's answer to GET /version, after negotiation.

    product   "Docker Engine", or "Podman" where the engine says that it is Libpod
    version   of the engine, e.g. "28.5.2"
    api       the API version spoken with it, e.g. "1.51"
    name      the host's name as the engine knows it (GET /info), "" when unknown
    """

    product: str
    version: str
    api: str
    os: str
    arch: str
    name: str = ""
    simulated: bool = False


class Storage(NamedTuple):
    """Where the engine keeps images (GET /info).

    driver   e.g. "overlay2"
    folder   its data root, on its own host
    """

    driver: str
    folder: str


class Usage(NamedTuple):
    """Room on the engine's disk (GET /system/df), in bytes.

    images    an image's ID -> what no other image shares
    volumes   a volume's name -> what is in it
    """

    images: Mapping[str, int] = {}
    volumes: Mapping[str, int] = {}
