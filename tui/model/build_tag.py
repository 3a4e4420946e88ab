"""The tag by which a build is named until it gets a version. Light enough for the first paint."""

from __future__ import annotations

from tui.model.digest import short_id

BUILT = "build-"
"""How such a tag begins."""


def build_tag(image: str) -> str:
    """The tag of a build: it says the image's ID."""
    return f"{BUILT}{short_id(image)}"


def is_build_tag(tag: str) -> bool:
    """Whether a tag names a build, and is no version."""
    return tag.startswith(BUILT)
