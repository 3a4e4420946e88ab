"""Answers to POST /build as real engines gave them (20.10.24, 26.1.5, 28.5.2, Podman 5.4.2).

A file of `streams/` is named engine-builder and holds one build after the other: a line with the name of the
case and its Dockerfile, then the engine's messages, one a line.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

STREAMS = Path(__file__).parent / "streams"


class Recorded(NamedTuple):
    dockerfile: str
    messages: list[dict[str, Any]]


@lru_cache
def recorded(source: str) -> dict[str, Recorded]:
    """The builds of a file by the names of their cases."""
    builds: dict[str, Recorded] = {}
    messages: list[dict[str, Any]] = []
    for line in (STREAMS / f"{source}.jsonl").read_text().splitlines():
        message = json.loads(line)
        if "case" in message:
            messages = []
            builds[message["case"]] = Recorded(message["dockerfile"], messages)
        else:
            messages.append(message)
    return builds
