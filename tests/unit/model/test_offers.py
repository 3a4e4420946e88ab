"""Which versions can be deployed: one rule for the dialog and the command line."""

from __future__ import annotations

from tui.model.app import AppSpec
from tui.model.image import Image
from tui.model.offers import Trouble, first_choice, offered_versions, release_of, trouble_of
from tui.model.policy import Policy
from tui.model.release import Entry, Outcome, Release
from tui.model.releases import Releases
from tui.model.remote import RemoteTag, RemoteTags, Whereabouts
from tui.model.standing import Slot, Standing
from tui.presentation.versions import version_choices

WEB = AppSpec("web", "registry:5000/web", "holdfast.toml")
BUILD = "build-0123456789ab"


def image(id: str, *tags: str, digest: str = "") -> Image:
    digests = (f"{WEB.image}@{digest}",) if digest else ()
    return Image(f"sha256:{id}", tuple(f"{WEB.image}:{tag}" for tag in tags), digests, 1.0, 1)


def there(**tags: str) -> RemoteTags:
    return RemoteTags(
        WEB.repository, 1.0, {name.replace("_", "."): RemoteTag(at) for name, at in tags.items()}
    )


def test_what_is_only_here_cannot_be_had_where_there_is_a_registry() -> None:
    offered = offered_versions(WEB, [image("a", "v1.1.0")], there(v1_0_0="sha256:x"))
    assert [(one.tag, one.place, one.can_be_had) for one in offered] == [
        ("v1.1.0", Whereabouts.LOCAL, False),
        ("v1.0.0", Whereabouts.REMOTE, True),
    ]
    assert first_choice(offered, None) == "v1.0.0"


def test_what_is_here_can_be_had_where_there_is_no_registry_or_it_was_not_asked() -> None:
    local = WEB._replace(image="web")
    listed = image("a")._replace(tags=("web:v1.0.0", f"web:{BUILD}"))
    [one] = offered_versions(local, [listed], None)
    assert (one.place, one.can_be_had) == (Whereabouts.HERE, True)
    [one] = offered_versions(WEB, [image("a", "v1.0.0")], None)
    assert (one.place, one.can_be_had) == (Whereabouts.UNKNOWN, True)


def test_names_of_builds_are_nowhere_versions() -> None:
    offered = offered_versions(WEB, [image("a", BUILD)], RemoteTags("r", 1.0, {BUILD: RemoteTag("x")}))
    assert offered == []


def test_the_bytes_of_an_image_that_the_registry_names_otherwise_are_known_as_others() -> None:
    [one] = offered_versions(WEB, [image("a", "v1.0.0", digest="sha256:old")], there(v1_0_0="sha256:new"))
    assert (one.place, one.digest) == (Whereabouts.MOVED, "sha256:new")


def release(number: int, version: str, digest: str, *, image: str = "", good: bool = True, **more) -> Entry:
    made = Release("web", number, version, f"{WEB.image}@{digest}", digest, image, **more)
    return Entry(made, Outcome(number, good, 100.0 * number))


def releases(*entries: Entry, live: int) -> Releases:
    slot = Slot("id", "web", live, True, True)
    records = {entry.release.number: entry.good for entry in entries}
    return Releases(Standing("web", {live: slot}, records), {one.release.number: one for one in entries})


def test_what_failed_or_was_rolled_back_from_is_named_and_not_offered_first() -> None:
    known = releases(
        release(1, "v1.0.0", "sha256:1"),
        release(2, "v1.1.0", "sha256:2"),
        release(3, "v1.0.0", "sha256:1", rollback_of=1, previous=2),
        release(4, "v1.2.0", "sha256:4", good=False),
        live=3,
    )
    tags = {"v0_9_0": "sha256:0", "v1_0_0": "sha256:1", "v1_1_0": "sha256:2", "v1_2_0": "sha256:4"}
    offered = offered_versions(WEB, [], there(**tags))
    assert [trouble_of(one, known) for one in offered] == [
        Trouble(4, failed=True, at=400.0),
        Trouble(2, failed=False),
        None,
        None,
    ]
    assert first_choice(offered, known) == "v0.9.0"


def test_what_was_good_the_last_time_has_no_trouble() -> None:
    known = releases(
        release(1, "v1.0.0", "sha256:1", good=False),
        release(2, "v1.0.0", "sha256:1"),
        release(3, "v1.1.0", "sha256:3"),
        live=3,
    )
    [one] = offered_versions(WEB, [], there(v1_0_0="sha256:1"))
    assert trouble_of(one, known) is None


def test_where_nobody_asked_for_digests_a_version_is_known_by_its_name() -> None:
    known = releases(release(1, "v1.0.0", "sha256:1"), release(2, "v1.1.0", "sha256:2", good=False), live=1)
    offered = offered_versions(WEB, [], there(v1_0_0="", v1_1_0=""))
    assert [(one.tag, trouble_of(one, known) is not None) for one in offered] == [
        ("v1.1.0", True),
        ("v1.0.0", False),
    ]
    assert release_of(offered[1], known) == 1


def test_what_a_policy_refuses_is_chosen_only_where_there_is_nothing_else() -> None:
    offered = offered_versions(WEB, [], there(v1_0_0="a", v1_1_0="b", v1_2_0="c"))
    assert first_choice(offered, None) == "v1.2.0"
    assert first_choice(offered, None, {"v1.2.0"}) == "v1.1.0"
    assert first_choice(offered, None, {"v1.0.0", "v1.1.0", "v1.2.0"}) == "v1.2.0"


def test_what_was_pulled_by_its_digest_is_here_and_known_by_its_image() -> None:
    pulled = image("a", digest="sha256:x")
    [one] = offered_versions(WEB, [pulled], there(v1_0_0="sha256:x"))
    assert one.place is Whereabouts.BOTH
    assert pulled.id in one.images
    known = releases(
        release(1, "v1.0.0", "sha256:x", image=pulled.id, evidence={"tested": "50", "test": "op"}), live=1
    )
    by_digest, by_image = one, one._replace(digest="sha256:other", images=(pulled.id,))
    for found in (by_digest, by_image):
        [choice] = version_choices(WEB, [found], known, {}, Policy(), 110.0)
        assert choice.why == "here and in the registry · live, r1 · tested 1m ago"
