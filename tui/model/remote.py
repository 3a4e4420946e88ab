"""What a registry holds of a repository, and how a tag there compares with the one on the engine."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.model.image import Image


class RemoteTag(NamedTuple):
    """A tag in a registry. digest: of the manifest; config: of the configuration, "" where not asked."""

    digest: str
    config: str = ""


class RemoteTags(NamedTuple):
    """The tags of one repository, as its registry had them.

    at      when it was asked, seconds since the epoch
    tags    by name; those that were not looked at are missing
    more    how many were not looked at, because there are so many
    error   why the registry could not be asked, "" when it answered; `tags` then are those of the time before
    """

    repository: str
    at: float
    tags: Mapping[str, RemoteTag] = {}
    more: int = 0
    error: str = ""


class Whereabouts(StrEnum):
    """Where a tag is: on this engine, in the registry, or both with the same bytes; MOVED where they differ.

    HERE is where there is no registry that it could be in.
    """

    HERE = "here"
    LOCAL = "local"
    REMOTE = "remote"
    BOTH = "both"
    MOVED = "moved"
    UNKNOWN = "?"


def whereabouts(image: Image | None, digest: str, remote: RemoteTag | None, error: str = "") -> Whereabouts:
    """Where a tag of a repository that has a registry is.

    image, digest   the image that bears the tag on the engine, and the digest by which its repository knows
                    it ("" when it was never pushed or pulled)
    remote, error   what the registry has, and why it could not be asked
    """
    if error:
        return Whereabouts.UNKNOWN
    if image is None:
        return Whereabouts.REMOTE
    if remote is None:
        return Whereabouts.LOCAL
    if remote.digest in (digest, image.id) or remote.config == image.id:
        return Whereabouts.BOTH
    return Whereabouts.MOVED if digest or remote.config else Whereabouts.UNKNOWN
