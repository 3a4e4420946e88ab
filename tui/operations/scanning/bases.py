"""On what an image was built: by which of its layers are another image's."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.engine.errors import NotFound
from tui.files import read_file
from tui.model.dockerfile import parse
from tui.model.finding import Base
from tui.model.reference import split_reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.engine.client import Engine
    from tui.model.app import BuildSpec
    from tui.model.evidence import Evidence
    from tui.model.image import ImageConfig

BASE_NAME = "org.opencontainers.image.base.name"


async def base_of(
    engine: Engine, image: ImageConfig, evidence: Evidence, build: BuildSpec | None
) -> Base | None:
    """The base image that the engine has, and whose layers are the first of this one; the one with the most.

    Of several stages of a build only the last one's is in the image. None where none is known.
    """
    found: Base | None = None
    names = dict([*_named(image, evidence), *await asyncio.to_thread(_of_dockerfile, build)])
    for reference, name in names.items():
        try:
            layers = (await engine.images.config(reference)).layers
        except NotFound:
            continue
        is_base = bool(layers) and len(layers) < len(image.layers) and image.layers[: len(layers)] == layers
        if is_base and (found is None or len(layers) > len(found.layers)):
            found = Base(name, layers)
    return found


def _named(image: ImageConfig, evidence: Evidence) -> Iterator[tuple[str, str]]:
    """References to what it may be built on, and their names: by digest first, the tag may have moved."""
    for name, digest in evidence.bases.items():
        if digest:
            yield f"{split_reference(name).repository}@{digest}", name
        yield name, name
    if labelled := image.labels.get(BASE_NAME):
        yield labelled, labelled


def _of_dockerfile(build: BuildSpec | None) -> list[tuple[str, str]]:
    """A builder says nothing of bases that the engine has already. Blocks."""
    if build is None:
        return []
    try:
        text = read_file(build.dockerfile).decode("utf-8", "replace")
    except OSError:  # it may have been built elsewhere
        return []
    return [(base.name, base.name) for base in parse(text).bases(build.args)]
