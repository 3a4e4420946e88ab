"""What a registry holds of a repository, and how a tag there compares with the one on the engine."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.model.image import Image


_EVIDENCE = re.compile(r"sha256-([0-9a-f]{64})(?:\.sig|\.att|\.sbom)?")
"""Tags under which clients keep what hangs on an image, where a registry has nothing else for it."""


class ListedTags(NamedTuple):
    """The tags that a registry lists. evidence: the digests of images that a tag keeps something of."""

    tags: tuple[str, ...]
    evidence: frozenset[str] = frozenset()


def listed_tags(names: Iterable[str]) -> ListedTags:
    """Tags of images, told from those under which signatures and claims are kept.

    >>> listed_tags(["v1", "sha256-" + "a" * 64 + ".sig"]).tags
    ('v1',)
    """
    found = {name: _EVIDENCE.fullmatch(name) for name in names}
    evidence = frozenset(f"sha256:{one[1]}" for one in found.values() if one)
    return ListedTags(tuple(name for name, one in found.items() if one is None), evidence)


class RemoteTag(NamedTuple):
    """A tag in a registry. digest: of the manifest; config: of the configuration, "" where not asked."""

    digest: str
    config: str = ""


class RemoteTags(NamedTuple):
    """The tags of one repository, as its registry had them.

    at         when it was asked, seconds since the epoch
    tags       by name; those that were not looked at are missing
    more       how many were not looked at, because there are so many
    error      why the registry could not be asked, "" when it answered; the rest is of the time before then
    evidence   the digests that signatures or claims are kept of under tags, which `tags` does not have
    plain      whether it is spoken to without TLS, or by a certificate that nobody verifies
    """

    repository: str
    at: float
    tags: Mapping[str, RemoteTag] = {}
    more: int = 0
    error: str = ""
    evidence: frozenset[str] = frozenset()
    plain: bool = False


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
