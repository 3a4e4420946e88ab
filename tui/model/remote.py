"""What a registry holds of a repository, and how a tag there compares with the one on the engine."""

from __future__ import annotations

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


LOCAL, REMOTE, BOTH, MOVED, UNKNOWN = "local", "remote", "both", "moved", "?"


def whereabouts(image: Image | None, digest: str, remote: RemoteTag | None, error: str = "") -> str:
    """Where a tag is: LOCAL, REMOTE, BOTH with the same bytes, MOVED where they differ, UNKNOWN.

    image, digest   the image that bears the tag on the engine, and the digest by which its repository knows
                    it ("" when it was never pushed or pulled)
    remote, error   what the registry has, and why it could not be asked
    """
    if error:
        return UNKNOWN
    if image is None:
        return REMOTE
    if remote is None:
        return LOCAL
    if remote.digest in (digest, image.id) or remote.config == image.id:
        return BOTH
    return MOVED if digest or remote.config else UNKNOWN
