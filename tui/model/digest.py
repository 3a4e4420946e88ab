"""IDs and digests as people are shown them."""

from __future__ import annotations

SHORT = 12
"""Digits that docker's own command line shows, and that the engine names a host by."""


def short_id(id: str) -> str:
    """The first digits of an ID or a digest, with "sha256:" before it or not.

    >>> short_id("sha256:0123456789abcdef")
    '0123456789ab'
    """
    return id.removeprefix("sha256:")[:SHORT]
