"""An image as the engine lists it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Image(NamedTuple):
    """One image: one ID, any number of names.

    id        "sha256:..."; the config digest in the classic store, the manifest digest in containerd's
    tags      references "repository:tag", without the engine's "<none>:<none>"
    digests   references "repository@sha256:...", without "<none>@<none>"
    created   seconds since the epoch, 0 when the image does not say
    size      bytes, all layers
    """

    id: str
    tags: tuple[str, ...]
    digests: tuple[str, ...]
    created: float
    size: int
    labels: Mapping[str, str] = {}

    @property
    def dangling(self) -> bool:
        """Whether no tag names it."""
        return not self.tags


class ImageConfig(NamedTuple):
    """An image with all that it says about itself (the OCI image configuration).

    id, tags, digests, created, size   as in `Image`
    variant                            of the architecture: "v8", "" for most
    volumes                            paths
    ports                              "80/tcp"
    env                                "NAME=value"
    layers                             DiffIDs, the lowest first
    has_healthcheck                    whether it says how to tell that it is healthy
    """

    id: str
    tags: tuple[str, ...]
    digests: tuple[str, ...]
    created: float
    size: int
    os: str
    architecture: str
    variant: str = ""
    labels: Mapping[str, str] = {}
    volumes: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    has_healthcheck: bool = False
    user: str = ""
    stop_signal: str = ""
    layers: tuple[str, ...] = ()

    @property
    def platform(self) -> str:
        """Such as "linux/amd64" or "linux/arm64/v8"."""
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)
