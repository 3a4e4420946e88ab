"""Which images of an app nobody needs any more. Pure.

Needed is what a container was made from, what a release that is kept would be made from again, and what has a
name that is neither a build's nor that of a release which is not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.build_tag import build_tag
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
    copied      whether it is the image of a release that was pushed: it can be pulled again
    """

    reference: str
    image: str
    what: str
    last: bool
    copied: bool = False


class Others(NamedTuple):
    """What other apps with the same repository need of it.

    needed   IDs and digests of images of releases that they keep
    built    IDs of images that are known to be their builds
    """

    needed: frozenset[str] = frozenset()
    built: frozenset[str] = frozenset()


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
    others: Others | None = None,
) -> list[Going]:
    """What goes of an app's images, the oldest last.

    kept     numbers of releases that are kept
    in_use   IDs of images that containers which stay were made from
    built    IDs of images that are known to be builds of the app -> when
    others   None where no other app has the repository; where one has, only builds known to be this app's go
    """
    releases = {number: entry.release for number, entry in entries.items()}
    needed = {*in_use, *(releases[number].image for number in kept if number in releases)}
    digests = {releases[number].digest for number in kept if number in releases} - {""}
    if others is not None:
        needed |= others.needed
        digests |= others.needed
        built = {id: when for id, when in built.items() if id not in others.built}
    retired = [release for number, release in sorted(releases.items()) if number not in kept]
    mine = [image for image in images if _is_of(app, image, built)]
    mine.sort(key=lambda image: -(built.get(image.id) or image.created))
    builds = {image.id: _build_tags(app, image) for image in mine if others is None or image.id in built}
    fresh = [id for id, tags in builds.items() if tags][: max(app.keep_builds, 1)]
    going: list[Going] = []
    for image in mine:
        is_needed = image.id in needed or not digests.isdisjoint(_digests(image))
        of = [one for one in retired if image.id == one.image or one.digest in _digests(image)]
        gone = {} if image.id in fresh else dict.fromkeys(builds.get(image.id, ()), "a build")
        versions = {one.version: _retired(one) for one in of if one.version and not is_needed}
        copied = any(one.digest for one in of)
        mine_alone = all(map(app.owns, image.digests))
        past = {tag: versions[name] for tag in image.tags if (name := _tag(app, tag)) in versions}
        left = {*image.tags} - {*gone} - {*past}
        if left:  # also where a kept release needs it: the last tag takes the digests along
            going += [Going(tag, image.id, what, last=False) for tag, what in gone.items()]
        elif image.tags:
            gone = {} if is_needed else {**gone, **past}
            end = next(reversed(gone), "")
            going += [
                Going(reference=tag, image=image.id, what=what, last=mine_alone and tag == end, copied=copied)
                for tag, what in gone.items()
            ]
        elif not is_needed and of and (name := _nameless(app, image)):
            going.append(
                Going(reference=name, image=image.id, what=_retired(of[-1]), last=mine_alone, copied=copied)
            )
        elif not is_needed and not image.digests and image.id in built:
            going.append(Going(image.id, image.id, "a build without a name", last=True))
    return going


def of_releases(going: Sequence[Going]) -> list[Going]:
    """Those of them that are whole images of releases, each with all its names, that can be pulled again."""
    whole = {one.image for one in going if one.last and one.copied}
    return [one for one in going if one.image in whole]


def _retired(release: Release) -> str:
    alone = "" if release.digest else " and was never pushed: no other copy is known"
    return f"r{release.number}, which is not kept{alone}"


def _nameless(app: AppSpec, image: Image) -> str:
    """What an image without a tag is removed by; "" where it is somebody else's by its digests."""
    return next(filter(app.owns, image.digests), "" if image.digests else image.id)


def _tag(app: AppSpec, reference: str) -> str:
    """The tag of a reference in the app's repository, "" for any other."""
    return split_reference(reference).tag if app.owns(reference) else ""


def _digests(image: Image) -> set[str]:
    return {split_reference(one).digest for one in image.digests}


def _is_of(app: AppSpec, image: Image, built: Mapping[str, float]) -> bool:
    return image.id in built or any(app.owns(name) for name in (*image.tags, *image.digests))


def _build_tags(app: AppSpec, image: Image) -> list[str]:
    """The names that `build` gave it: they say the image's own ID, so that nobody else's are meant."""
    own = build_tag(image.id)
    return [tag for tag in image.tags if split_reference(tag).tag == own and app.owns(tag)]
