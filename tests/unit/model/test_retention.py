"""Which images of an app go, and that none goes which anybody needs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.model.app import AppSpec
from tui.model.image import Image
from tui.model.release import Entry, Outcome, Release
from tui.model.retention import Going, Others, going_images, of_releases

REPOSITORY = "reg:5000/web"
APP = AppSpec("web", REPOSITORY, "/home/me/holdfast.toml", keep_builds=1)


def image(number: int, *tags: str, digest: bool = False, build: bool = False) -> Image:
    """The higher the number the newer."""
    id = f"sha256:{number:012x}" + "0" * 52
    names = [f"{REPOSITORY}:{tag}" if ":" not in tag else tag for tag in tags]
    names += [f"{REPOSITORY}:build-{id[7:19]}"] if build else []
    return Image(id, tuple(names), (f"{REPOSITORY}@{digest_of(id)}",) if digest else (), float(number), 1)


def digest_of(id: str) -> str:
    return f"sha256:{id[7:].replace('0', 'f')}"


def entry(number: int, of: Image, version: str = "", pushed: bool = True) -> Entry:
    digest = digest_of(of.id) if pushed else ""
    reference = f"{REPOSITORY}@{digest}" if pushed else of.id
    return Entry(Release("web", number, version, reference, digest, of.id), Outcome(number, True, 0.0))


def going(images: list[Image], *entries: Entry, kept: tuple[int, ...] = (), used: tuple[Image, ...] = (),
          built: tuple[Image, ...] = (), others: Others | None = None) -> list[Going]:  # fmt: skip
    return going_images(
        APP,
        images,
        {one.release.number: one for one in entries},
        kept,
        {one.id for one in used},
        {one.id: one.created for one in built},
        others,
    )


def test_builds_that_were_never_shipped_go_but_the_newest() -> None:
    images = [image(1, build=True), image(2, build=True), image(3, build=True)]
    assert [(one.image, one.last) for one in going(images)] == [(images[1].id, True), (images[0].id, True)]


def test_a_users_own_name_keeps_the_image() -> None:
    for own in ("nightly", "other/name:1", "build-mine"):
        found = going([image(1, own, build=True), image(2, build=True)])
        assert [one.last for one in found] == [False]
        assert "build-" in found[0].reference and "mine" not in found[0].reference


def test_what_a_container_needs_stays_with_a_name() -> None:
    one = image(1, build=True)
    assert going([one, image(2, build=True)], used=(one,)) == []


def test_a_retired_releases_image_goes_with_its_version() -> None:
    old = image(1, "v1", digest=True, build=True)
    found = going([old, image(2, build=True)], entry(1, old, "v1"))
    assert [(one.what, one.last) for one in found] == [
        ("a build", False),
        ("r1, which is not kept", True),
    ]
    assert going([old, image(2, build=True)], entry(1, old, "v1"), kept=(1,))[0].what == "a build"
    assert all(not one.last for one in going([old, image(2, build=True)], entry(1, old, "v1"), kept=(1,)))


def test_one_that_was_never_pushed_is_said_to_be_the_only_copy() -> None:
    old = image(1, "v1")
    found = going([old], entry(1, old, "v1", pushed=False))
    assert [(one.reference, one.last) for one in found] == [(f"{REPOSITORY}:v1", True)]
    assert "no other copy" in found[0].what


def test_a_version_that_no_release_had_is_the_users_own() -> None:
    old = image(1, "v1", "v2", digest=True)
    assert going([old], entry(1, old, "v1")) == []


def test_one_that_was_pulled_by_its_digest_goes_by_it() -> None:
    old = image(1, digest=True)
    assert [one.reference for one in going([old], entry(1, old))] == [old.digests[0]]
    assert going([old], entry(1, old), entry(2, old), kept=(2,)) == []


def test_a_build_that_lost_its_name_goes() -> None:
    old = image(1)
    assert [one.reference for one in going([old, image(2, build=True)], built=(old,))] == [old.id]
    assert going([old]) == []  # somebody else's


def test_a_release_without_a_version_takes_no_name_of_the_users() -> None:
    old = image(1, "other:x", digest=True)
    assert going([old], entry(1, old)) == []


def test_a_digest_of_another_repository_is_left() -> None:
    old = image(1, digest=True)
    other = f"other/web@{digest_of(old.id)}"
    assert going([old._replace(digests=(other,))], entry(1, old)) == []
    both = old._replace(digests=(other, *old.digests))
    assert [(one.reference, one.last) for one in going([both], entry(1, old))] == [(old.digests[0], False)]


def test_what_another_app_of_the_repository_needs_stays() -> None:
    old = image(1, "v1", digest=True, build=True)
    mine, theirs, newest = image(2, build=True), image(3, build=True), image(4, build=True)
    images = [old, mine, theirs, newest]
    for needs in (old.id, digest_of(old.id)):
        others = Others(frozenset([needs]), frozenset([theirs.id]))
        found = going(images, entry(1, old, "v1"), built=(mine, theirs, newest), others=others)
        assert [one.image for one in found] == [mine.id]
    assert going(images, others=Others()) == []  # whose builds they are is not known


def test_a_deploy_takes_whole_images_that_can_be_pulled_again() -> None:
    pushed, local = image(1, "v1", digest=True, build=True), image(2, "v2")
    named, build = image(3, "v3", "mine", digest=True), image(4, build=True)
    entries = (entry(1, pushed, "v1"), entry(2, local, "v2", pushed=False), entry(3, named, "v3"))
    found = of_releases(going([pushed, local, named, build, image(5, build=True)], *entries))
    assert {one.reference for one in found} == {*pushed.tags}


@given(st.data())
def test_nothing_that_is_needed_is_left_without_a_name(data: st.DataObject) -> None:
    flag = st.booleans()
    images = [
        image(
            number,
            *data.draw(st.sets(st.sampled_from(["v1", "v2", "mine", "other:x"]))),
            digest=data.draw(flag),
            build=data.draw(flag),
        )
        for number in range(1, data.draw(st.integers(1, 4)) + 1)
    ]
    entries = [
        entry(number, data.draw(st.sampled_from(images)), data.draw(st.sampled_from(["", "v1", "v2"])))
        for number in range(1, data.draw(st.integers(0, 4)) + 1)
    ]
    kept = tuple(number for number in range(1, len(entries) + 1) if data.draw(flag))
    used = tuple(one for one in images if data.draw(flag))

    found = going(images, *entries, kept=kept, used=used, built=tuple(images))

    needed = {one.id for one in used} | {entries[number - 1].release.image for number in kept}
    for one in images:
        gone = {item.reference for item in found if item.image == one.id}
        ends = any(item.last for item in found if item.image == one.id)
        assert f"{REPOSITORY}:mine" not in gone and "other:x" not in gone
        if one.id in needed:
            assert not ends
            assert not one.tags or {*one.tags} - gone
        if ends:
            assert gone == {*one.tags} or not one.tags
