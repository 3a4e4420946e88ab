"""Where a tag is: never called the same when it is not known to be."""

from __future__ import annotations

import pytest

from tui.model.image import Image
from tui.model.remote import ListedTags, RemoteTag, listed_tags, whereabouts

IMAGE = Image("sha256:config", ("r/web:v1",), ("r/web@sha256:manifest",), 0.0, 1)


@pytest.mark.parametrize(
    ("image", "digest", "remote", "error", "expected"),
    [
        (IMAGE, "sha256:manifest", RemoteTag("sha256:manifest"), "", "both"),
        (IMAGE, "sha256:manifest", RemoteTag("sha256:other"), "", "moved"),
        (IMAGE, "", RemoteTag("sha256:manifest", "sha256:config"), "", "both"),
        (IMAGE, "", RemoteTag("sha256:manifest", "sha256:another"), "", "moved"),
        (IMAGE, "", RemoteTag("sha256:config"), "", "both"),  # the containerd store's IDs are manifests
        (IMAGE, "", RemoteTag("sha256:manifest"), "", "?"),
        (IMAGE, "sha256:manifest", None, "", "local"),
        (None, "", RemoteTag("sha256:manifest"), "", "remote"),
        (IMAGE, "sha256:manifest", RemoteTag("sha256:manifest"), "out of reach", "?"),
        (None, "", RemoteTag("sha256:manifest"), "out of reach", "?"),
    ],
)
def test_whereabouts(image, digest, remote, error, expected):
    assert whereabouts(image, digest, remote, error) == expected


def test_what_signatures_are_kept_under_is_no_tag_of_an_image() -> None:
    digest, other = "a" * 64, "b" * 64
    kept = [f"sha256-{digest}", f"sha256-{digest}.sig", f"sha256-{other}.att", f"sha256-{other}.sbom"]
    near = [
        f"sha256-{digest[1:]}",
        f"sha256-{digest}.sigs",
        f"v1-sha256-{digest}",
        f"sha256-{digest.upper()}",
        "v1",
    ]
    assert listed_tags([*kept, *near]) == ListedTags(
        tuple(near), frozenset({f"sha256:{digest}", f"sha256:{other}"})
    )
