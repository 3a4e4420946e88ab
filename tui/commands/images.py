"""Commands on images and tags."""

from __future__ import annotations

from tui.commands.command import Asks, Command, Scope, Situation


def _one_image(situation: Situation) -> str:
    if not situation.images:
        return "no image is selected"
    return "" if len(situation.images) == 1 else "select one image: several are marked"


def _images(situation: Situation) -> str:
    return "" if situation.images else "no image is selected"


def _one_tag(situation: Situation) -> str:
    if len(situation.tags) > 1:
        return "select one tag: several are marked"
    return _tags(situation)


def _tags(situation: Situation) -> str:
    if not situation.tags:
        return "no tag is selected"
    return "" if situation.images else "it is only in the registry, not on this engine"


IMAGE_INSPECT = Command(
    "image.inspect",
    "Inspect the image",
    ("i",),
    Scope.IMAGES,
    why_not=_one_image,
    footer="inspect",
    opens=True,
)
IMAGE_HISTORY = Command(
    "image.history",
    "Show the image's layers",
    ("h",),
    Scope.IMAGES,
    why_not=_one_image,
    footer="layers",
    opens=True,
)
IMAGE_UNFOLD = Command("image.unfold", "Show the builds that are folded", ("right",), Scope.IMAGES)
IMAGE_FOLD = Command("image.fold", "Fold them again", ("left",), Scope.IMAGES)
IMAGE_MENU = Command("image.menu", "Remove, prune ...", ("X",), Scope.IMAGES, footer="actions")
IMAGE_REMOVE = Command(
    "image.remove",
    "Remove, with all its tags",
    (),
    Scope.IMAGES,
    changes=True,
    asks=Asks.CONFIRM,
    menu="d",
    why_not=_images,
    docker="docker rmi",
)
IMAGE_PRUNE = Command(
    "image.prune",
    "Prune dangling images that nothing uses",
    (),
    Scope.IMAGES,
    changes=True,
    asks=Asks.CONFIRM,
    menu="p",
    docker="docker rmi",
)

IMAGES = (
    IMAGE_INSPECT, IMAGE_HISTORY, IMAGE_UNFOLD, IMAGE_FOLD, IMAGE_MENU, IMAGE_REMOVE, IMAGE_PRUNE,
)  # fmt: skip

TAG_INSPECT = Command(
    "tag.inspect",
    "Inspect the image of the tag",
    ("i",),
    Scope.TAGS,
    why_not=_one_tag,
    footer="inspect",
    opens=True,
)
TAG_HISTORY = Command(
    "tag.history",
    "Show the layers of the tag's image",
    ("h",),
    Scope.TAGS,
    why_not=_one_tag,
    footer="layers",
    opens=True,
)
TAG_UNFOLD = Command("tag.unfold", "Show the builds that are folded", ("right",), Scope.TAGS)
TAG_FOLD = Command("tag.fold", "Fold them again", ("left",), Scope.TAGS)
TAG_REFRESH = Command("tag.refresh", "Ask the registries again", ("u",), Scope.TAGS, footer="refresh")
TAG_MENU = Command("tag.menu", "Untag ...", ("X",), Scope.TAGS, why_not=_tags, footer="actions")
TAG_REMOVE = Command(
    "tag.remove",
    "Untag (an image's last tag takes the image along)",
    (),
    Scope.TAGS,
    changes=True,
    asks=Asks.CONFIRM,
    menu="d",
    why_not=_tags,
    docker="docker rmi",
)

TAGS = (
    TAG_INSPECT, TAG_HISTORY, TAG_UNFOLD, TAG_FOLD, TAG_REFRESH, TAG_MENU, TAG_REMOVE,
)  # fmt: skip
