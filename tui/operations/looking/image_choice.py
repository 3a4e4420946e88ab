"""Which image of an app is meant."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.errors import NotFound, RequestRefused
from tui.errors import HoldfastError
from tui.evidence.files import all_evidence, read_evidence
from tui.model.reference import valid_tag
from tui.model.version import nearest_tag

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.evidence import Evidence
    from tui.model.image import ImageConfig


class NoSuchImage(HoldfastError):
    """There is no such image on the engine, or none of this app."""

    exit_status = 2


class Chosen(NamedTuple):
    """An image of an app, and what is known of it.

    tags   the tags, not references, that the app's repository has for it, without those of builds
    """

    image: ImageConfig
    evidence: Evidence
    tags: tuple[str, ...]


async def chosen(engine: Engine, app: AppSpec, wanted: str = "") -> Chosen:
    """The image that is wanted (see `_names`), else the newest build of the app.

    Where nothing is known of builds it is the newest image in the app's repository. Raises NoSuchImage.
    """
    if wanted:
        return await _wanted(engine, app, wanted)
    for evidence in await asyncio.to_thread(all_evidence, app.name):
        if not evidence.built:
            continue
        try:
            return _with_tags(app, await engine.images.config(evidence.image), evidence)
        except NotFound:
            continue
    listed = await engine.images.list()
    ours = [image for image in listed if app.tags_of(image.tags)]
    if not ours:
        raise NoSuchImage(f"there is no image of {app.name} ({app.image}) on this engine", remedy(app))
    newest = max(ours, key=lambda image: image.created)
    return await _wanted(engine, app, newest.id)


async def _wanted(engine: Engine, app: AppSpec, wanted: str) -> Chosen:
    for reference in _names(app, wanted):
        try:
            image = await engine.images.config(reference)
        except RequestRefused as error:
            if error.status not in (400, 404):  # what can be no reference names nothing
                raise
            continue
        evidence = await asyncio.to_thread(read_evidence, app.name, image.id)
        return _with_tags(app, image, evidence)
    tags = [tag for image in await engine.images.list() for tag in app.versions_of(image.tags)]
    near = nearest_tag(wanted, tags)
    raise NoSuchImage(
        f"there is no image {wanted} on this engine", f"did you mean {near}?" if near else remedy(app)
    )


def _names(app: AppSpec, wanted: str) -> list[str]:
    """What may be meant: a tag of the app, an ID, whole or its beginning, a digest, or a whole reference."""
    if wanted.startswith("sha256:"):
        return [wanted, f"{app.image}@{wanted}"]
    return [wanted] if valid_tag(wanted) else [f"{app.image}:{wanted}", wanted]


def remedy(app: AppSpec) -> str:
    """How an app's image gets onto an engine."""
    if app.build is not None:
        return f"holdfast build {app.name}"
    if app.has_registry:
        return f"holdfast test {app.name} --image VERSION pulls it, as docker pull {app.image}:VERSION does"
    return f"it is not built here: docker load, or docker tag IMAGE {app.image}:VERSION"


def _with_tags(app: AppSpec, image: ImageConfig, evidence: Evidence) -> Chosen:
    return Chosen(image, evidence, tuple(sorted(app.versions_of(image.tags))))
