"""Whether the layers that an engine has of a release are those of its image. Pure."""

from __future__ import annotations

from typing import NamedTuple

SAME, DIFFERS, UNKNOWN, ABSENT = "same", "differs", "unknown", "absent"
"""States: ABSENT is an image that is not on the engine, and would be pulled."""


class Layers(NamedTuple):
    """What was found of a release.

    release   in words: "r12 v1.4.0"
    image     the ID of its image, "" where the engine has none
    state     one of those above
    message   a sentence, with text from outside in it
    hint      what to do about it
    """

    release: str
    image: str
    state: str
    message: str
    hint: str = ""
