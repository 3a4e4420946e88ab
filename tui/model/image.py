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

    @property
    def short_id(self) -> str:
        return self.id.removeprefix("sha256:")[:12]
