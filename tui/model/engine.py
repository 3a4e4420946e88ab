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
    """

    product: str
    version: str
    api: str
    os: str
    arch: str


class EngineInfo(NamedTuple):
    """The engine's answer to GET /info.

    id               what tells this engine from others; copies of one machine may share it
    name             the host's name as the engine knows it
    time             its own clock, in seconds since the epoch
    storage_driver   e.g. "overlay2"
    folder           its data root, on its own host
    logging_driver   of containers that ask for none
    registries       "registry:5000" -> whether it must be spoken to by TLS, for those that it names
    without_tls      networks ("10.0.0.0/8") in which registries need none
    containers       how many there are, and how many of them are running
    """

    id: str
    name: str
    time: float
    storage_driver: str = ""
    folder: str = ""
    logging_driver: str = ""
    registries: Mapping[str, bool] = {}
    without_tls: tuple[str, ...] = ()
    containers: int = 0
    running: int = 0


class Usage(NamedTuple):
    """Room on the engine's disk (GET /system/df), in bytes.

    images    an image's ID -> what no other image shares
    volumes   a volume's name -> what is in it
    """

    images: Mapping[str, int] = {}
    volumes: Mapping[str, int] = {}
