"""Images that a debug container can be made of. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.model.image import Image

KNOWN = ("netshoot", "busybox", "alpine", "toolbox", "debian", "ubuntu", "fedora", "rockylinux", "opensuse")
"""Names of repositories whose images have a shell and its programs, in the order in which they are wanted."""

MOST = 9
"""Images that are offered."""


def debug_images(images: Iterable[Image]) -> list[str]:
    """The references of images on an engine that will do, the best first, of each repository the newest."""
    found: dict[str, tuple[int, float, str]] = {}
    for image in images:
        for reference in image.tags:
            repository, _, _ = reference.rpartition(":")
            name = repository.rpartition("/")[2]
            if name not in KNOWN:
                continue
            one = (KNOWN.index(name), -image.created, reference)
            if repository not in found or one < found[repository]:
                found[repository] = one
    return [reference for _, _, reference in sorted(found.values())][:MOST]
