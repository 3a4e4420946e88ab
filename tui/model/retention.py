"""Which images of an app nobody needs any more. Pure.

Needed is what a container was made from, what a release that is kept would be made from again, and what has a
name that is neither a build's nor that of a release which is not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.app import BUILT
from tui.model.reference import split_reference

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tui.model.app import AppSpec
    from tui.model.image import Image
    from tui.model.release import Entry, Release
    from tui.model.standing import Standing


class Going(NamedTuple):
    """A name that goes, or, with the last one, an image.

    reference   a tag, "repository@sha256:...", or the ID of an image without a name
    image       its ID
    what        what it is, in words
    last        whether the image goes with it
    """

    reference: str
    image: str
    what: str
    last: bool


def kept_releases(standing: Standing, keep: int) -> set[int]:
    """The live release, and the newest good ones before it, whether their containers are there or not."""
    earlier = [number for number in standing.good if number != standing.live]
    return {*earlier[: max(keep, 1)], *standing.kept[: max(keep, 1)], *standing.open, standing.live or 0}


def going_images(
    app: AppSpec,
    images: Sequence[Image],
    entries: Mapping[int, Entry],
    kept: Collection[int],
    in_use: Collection[str],
    built: Mapping[str, float],
) -> list[Going]:
    """What goes of an app's images, the oldest last.

    kept     numbers of releases that are kept
    in_use   IDs of images that containers which stay were made from
    built    IDs of images that are known to be builds of the app -> when
    """
    releases = {number: entry.release for number, entry in entries.items()}
    needed = {*in_use, *(releases[number].image for number in kept if number in releases)}
    digests = {releases[number].digest for number in kept if number in releases} - {""}
    retired = [release for number, release in sorted(releases.items()) if number not in kept]
    mine = [image for image in images if _is_of(app, image, built)]
    mine.sort(key=lambda image: -(built.get(image.id) or image.created))
    fresh = [image.id for image in mine if _build_tags(app, image)][: max(app.keep_builds, 1)]
    going: list[Going] = []
    for image in mine:
        is_needed = image.id in needed or not digests.isdisjoint(_digests(image))
        of = [one for one in retired if image.id == one.image or one.digest in _digests(image)]
        gone = {} if image.id in fresh else dict.fromkeys(_build_tags(app, image), "a build")
        versions = {one.version: _retired(one) for one in of if not is_needed}
        past = {tag: versions[name] for tag in image.tags if (name := _tag(app, tag)) in versions}
        left = {*image.tags} - {*gone} - {*past}
        if left:  # also where a kept release needs it: the last tag takes the digests along
            going += [Going(tag, image.id, what, last=False) for tag, what in gone.items()]
        elif image.tags:
            gone = {} if is_needed else {**gone, **past}
            end = next(reversed(gone), "")
            going += [Going(tag, image.id, what, last=tag == end) for tag, what in gone.items()]
        elif not is_needed and of:
            name = next(iter(image.digests), image.id)
            going.append(Going(name, image.id, _retired(of[-1]), last=True))
        elif not is_needed and not image.digests and image.id in built:
            going.append(Going(image.id, image.id, "a build without a name", last=True))
    return going


def _retired(release: Release) -> str:
    alone = "" if release.digest else " and was never pushed: no other copy is known"
    return f"r{release.number}, which is not kept{alone}"


def _tag(app: AppSpec, reference: str) -> str:
    """The tag of a reference in the app's repository, "" for any other."""
    return split_reference(reference).tag if app.owns(reference) else ""


def _digests(image: Image) -> set[str]:
    return {split_reference(one).digest for one in image.digests}


def _is_of(app: AppSpec, image: Image, built: Mapping[str, float]) -> bool:
    return image.id in built or any(app.owns(name) for name in (*image.tags, *image.digests))


def _build_tags(app: AppSpec, image: Image) -> list[str]:
    """The names that `build` gave it: they say the image's own ID, so that nobody else's are meant."""
    own = f"{BUILT}{image.short_id}"
    return [tag for tag in image.tags if split_reference(tag).tag == own and app.owns(tag)]
