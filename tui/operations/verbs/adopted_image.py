"""By which name a container that is adopted was made: an image has many, and not each is this app's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.build_tag import is_build_tag
from tui.model.reference import Reference, app_repository, familiar, split_reference
from tui.model.registry_name import DOCKER_HUB

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.engine.container.adoption import Adoption

SHORTEST_ID = 4
"""Digits of an image's ID by which people name it."""


class AdoptedImage(NamedTuple):
    """What a container runs, by name; `reference` is the image's ID where no registry is known to have it."""

    repository: str
    version: str
    reference: str
    digest: str


def image_of(found: Adoption, name: str, image: str = "") -> AdoptedImage:
    """The names of a container's image: that which it was made by, where it was made by a name.

    `image` is the repository of the app `name` where that is configured. Without a known digest it is a local
    one: then the image's ID is the identity.
    """
    made_by = found.container.image
    given = split_reference(made_by)
    known = [split_reference(one) for one in found.names]
    if _is_id(made_by, found.container.image_id):
        given = _likeliest(known, name, image)
        return _identified(found, known, given, given.tag)
    repository = given.repository
    version = given.tag or ("" if given.digest or repository == name else "latest")
    return _identified(found, known, given, version)


def _likeliest(known: Sequence[Reference], name: str, image: str) -> Reference:
    """Under which name an image is this app's, where its container was made by ID; tagged where one is sure.

    Any other name that it has may be somebody's for something else.
    """
    repositories = {familiar(one.repository): one.repository for one in known}
    own = [one for one in repositories if image and one == familiar(image)]
    own = own or [one for one in repositories if one.rpartition("/")[2] == name]
    if not own and len(repositories) == 1:
        own = [*repositories]
    if len(own) != 1:
        some = next((one for one in known if one.digest), known[0] if known else Reference(name, "", ""))
        return Reference(some.repository, "", "")
    tags = {one.tag for one in known if familiar(one.repository) == own[0] and one.tag}
    tags = {tag for tag in tags if not is_build_tag(tag)}
    tags = tags if len(tags) == 1 else tags - {"latest"}
    return Reference(repositories[own[0]], tags.pop() if len(tags) == 1 else "", "")


def _identified(found: Adoption, known: Sequence[Reference], given: Reference, version: str) -> AdoptedImage:
    repository = given.repository
    same = [one.digest for one in known if one.digest and familiar(one.repository) == familiar(repository)]
    digest = given.digest or next(iter(same), "")
    if not digest:
        return AdoptedImage(repository, version, found.container.image_id, "")
    # Where it can be had from, said in full.
    repository = app_repository(repository if "/" in repository else f"{DOCKER_HUB}/{repository}")
    return AdoptedImage(repository, version, f"{repository}@{digest}", digest)


def _is_id(text: str, id: str) -> bool:
    digits = text.removeprefix("sha256:")
    return len(digits) >= SHORTEST_ID and id.removeprefix("sha256:").startswith(digits)
