"""Commands on images and tags."""

from __future__ import annotations

from tui.commands.command import Command, Danger, Scope, Situation


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


IMAGES = (
    Command("image.inspect", "Inspect the image", ("i",), Scope.IMAGES, why_not=_one_image, footer="inspect"),
    Command("image.history", "Show the image's layers", ("h",), Scope.IMAGES, why_not=_one_image, footer="layers"),
    Command("image.unfold", "Show the builds that are folded", ("right",), Scope.IMAGES),
    Command("image.fold", "Fold them again", ("left",), Scope.IMAGES),
    Command("image.menu", "Remove, prune ...", ("X",), Scope.IMAGES, footer="actions"),
    Command(
        "image.remove", "Remove, with all its tags", (), Scope.IMAGES, changes=True, danger=Danger.CONFIRM,
        menu="d", why_not=_images,
    ),
    Command(
        "image.prune", "Prune dangling images that nothing uses", (), Scope.IMAGES, changes=True,
        danger=Danger.CONFIRM, menu="p",
    ),
)  # fmt: skip

TAGS = (
    Command("tag.inspect", "Inspect the image of the tag", ("i",), Scope.TAGS, why_not=_one_tag, footer="inspect"),
    Command("tag.history", "Show the layers of the tag's image", ("h",), Scope.TAGS, why_not=_one_tag, footer="layers"),
    Command("tag.unfold", "Show the builds that are folded", ("right",), Scope.TAGS),
    Command("tag.fold", "Fold them again", ("left",), Scope.TAGS),
    Command("tag.refresh", "Ask the registries again", ("u",), Scope.TAGS, footer="refresh"),
    Command("tag.menu", "Untag ...", ("X",), Scope.TAGS, why_not=_tags, footer="actions"),
    Command(
        "tag.remove", "Untag (an image's last tag takes the image along)", (), Scope.TAGS, changes=True,
        danger=Danger.CONFIRM, menu="d", why_not=_tags,
    ),
)  # fmt: skip
