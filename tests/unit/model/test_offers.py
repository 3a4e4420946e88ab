"""Which versions can be deployed: one rule for the dialog and the command line."""

from __future__ import annotations

from tui.model.app import AppSpec
from tui.model.image import Image
from tui.model.offers import first_choice, offered_versions
from tui.model.remote import RemoteTag, RemoteTags, Whereabouts

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
