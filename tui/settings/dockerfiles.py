"""The Dockerfiles of a folder, and what they tell of the images that are built from them. Blocks."""

from __future__ import annotations

import os
from typing import NamedTuple

from tui.model.dockerfile import Dockerfile, parse
from tui.settings.compose_file import contents

DEEPEST = 3
"""Folders below the first one that are looked into."""

MOST = 500
"""Folders that are looked into at all."""

PASSED = ("node_modules", "vendor", "venv", "dist", "target", "__pycache__")

BESIDE = ("docker", "build", "deploy", "deployment", "ops", "container", "containers", "images")
"""Folders of Dockerfiles alone: what is built lies around them."""


class ImageFacts(NamedTuple):
    """What a Dockerfile tells.

    port          that it exposes first, 0 for none; `protocol` of it
    healthcheck   whether it has a HEALTHCHECK
    filled        paths in the image that it puts files into
    """

    port: int = 0
    protocol: str = "tcp"
    healthcheck: bool = False
    filled: tuple[str, ...] = ()


def find_dockerfiles(folder: str) -> tuple[str, ...]:
    """Their paths from the folder on, the likeliest first."""
    found = []
    for looked_into, (place, inner, names) in enumerate(os.walk(folder)):
        depth = os.path.relpath(place, folder).count(os.sep) + 1 if place != folder else 0
        deeper = depth < DEEPEST and looked_into < MOST
        inner[:] = sorted(name for name in inner if name[0] != "." and name not in PASSED) if deeper else []
        found += [
            os.path.relpath(os.path.join(place, name), folder)
            for name in names
            if _is_one(name) and os.path.isfile(os.path.join(place, name))
        ]
    return tuple(sorted(found, key=lambda path: (path != "Dockerfile", path.count("/"), len(path), path)))


def _is_one(name: str) -> bool:
    lower = name.lower()
    return not lower.endswith(".dockerignore") and (
        lower in ("dockerfile", "containerfile")
        or lower.startswith(("dockerfile.", "containerfile."))
        or lower.endswith(".dockerfile")
    )


def build_of(path: str) -> dict[str, str]:
    """`[apps.NAME.build]` for a Dockerfile that nothing else is known of: its folder is what is built."""
    place, name = os.path.split(path)
    if place and place.split("/")[-1].lower() not in BESIDE:
        return {"context": place} | ({"dockerfile": name} if name != "Dockerfile" else {})
    return {"context": "."} | ({"dockerfile": path} if path != "Dockerfile" else {})


def image_facts(path: str, target: str = "") -> ImageFacts:
    """What the Dockerfile tells of the image of a stage, the last one where `target` is "".

    Raises UnreadableFile.
    """
    dockerfile = parse(contents(path).decode("utf-8", "replace"))
    port, protocol, checks = 0, "tcp", False
    filled: list[str] = []
    stage = target
    for _ in range(len(dockerfile.stages) + 1):
        part, base = _up_to(dockerfile, stage)
        if not port:
            port, protocol = next(iter(part.exposed_ports), (0, "tcp"))
        begin = part.stages[-1].line if part.stages else 0
        for instruction in part.instructions:
            if instruction.line < begin:
                continue
            checks = checks or instruction.keyword == "HEALTHCHECK"
            words = instruction.arguments.split()
            if instruction.keyword in ("WORKDIR", "COPY", "ADD") and words and words[-1].startswith("/"):
                filled.append(words[-1].rstrip("/") or "/")
        if not base:
            break
        stage = base
    return ImageFacts(port, protocol, checks, tuple(dict.fromkeys(filled)))


def _up_to(dockerfile: Dockerfile, stage: str) -> tuple[Dockerfile, str]:
    """The file as far as that stage goes, and the earlier stage that it stands on, "" for an image."""
    stages = dockerfile.stages
    names = [instruction.stage.lower() for instruction in stages]
    index = names.index(stage.lower()) if stage.lower() in names else len(stages) - 1
    if index < 0:
        return dockerfile, ""
    end = stages[index + 1].line if index + 1 < len(stages) else None
    kept = tuple(each for each in dockerfile.instructions if end is None or each.line < end)
    base = (stages[index].arguments.split() or [""])[0].lower()
    return dockerfile._replace(instructions=kept), base if base in names[:index] else ""
