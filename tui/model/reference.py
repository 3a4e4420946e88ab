"""References of images: [registry/]path[:tag][@digest].

Grammar: the distribution project's `reference` package (https://github.com/distribution/reference).
"""

from __future__ import annotations

from typing import NamedTuple


class Reference(NamedTuple):
    """A reference taken apart; `tag` and `digest` are "" where it has none."""

    repository: str
    tag: str
    digest: str


def split_reference(text: str) -> Reference:
    """Take a reference apart as written; nothing is added ("docker.io", "latest") and nothing is refused.

    >>> split_reference("registry:5000/team/app:v1@sha256:ab")
    Reference(repository='registry:5000/team/app', tag='v1', digest='sha256:ab')
    """
    rest, _, digest = text.partition("@")
    head, colon, tail = rest.rpartition(":")
    if colon and "/" not in tail:
        return Reference(head, tail, digest)
    return Reference(rest, "", digest)
