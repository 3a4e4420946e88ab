"""Images that a debug container can be made of. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.model.image import Image

KNOWN = ("netshoot", "busybox", "alpine", "toolbox", "debian", "ubuntu", "fedora", "rockylinux", "opensuse")
"""Names of repositories whose images have a shell and its programs, in the order in which they are wanted."""

ALIKE = ("busybox", "alpine", "debian", "ubuntu")
"""What is in the names or tags of images made of these, as nginx:1.27-alpine: they come after those."""

MOST = 9
"""Images that are offered."""


def debug_images(images: Iterable[Image]) -> list[str]:
    """The references of images on an engine that will do, the best first, of each repository the newest."""
    found: dict[str, tuple[int, float, str]] = {}
    for image in images:
        for reference in image.tags:
            repository, _, _ = reference.rpartition(":")
            if (rank := _rank(repository.rpartition("/")[2], reference.rpartition("/")[2])) is None:
                continue
            one = (rank, -image.created, reference)
            if repository not in found or one < found[repository]:
                found[repository] = one
    return [reference for _, _, reference in sorted(found.values())][:MOST]


def _rank(name: str, reference: str) -> int | None:
    """How far behind it comes; None where it may have no shell."""
    if name in KNOWN:
        return KNOWN.index(name)
    return next((len(KNOWN) + place for place, word in enumerate(ALIKE) if word in reference), None)
