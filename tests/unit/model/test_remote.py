"""Where a tag is: never called the same when it is not known to be."""

from __future__ import annotations

import pytest

from tui.model.image import Image
from tui.model.remote import RemoteTag, whereabouts

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
