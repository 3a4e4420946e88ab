"""Images that are offered to debug with."""

from __future__ import annotations

from tui.model.debugging import debug_images
from tui.model.image import Image


def image(*tags: str, created: float = 1.0) -> Image:
    return Image(f"sha256:{'-'.join(tags)}", tags, (), created, 1)


def test_the_best_come_first_the_newest_of_each_and_no_others() -> None:
    found = debug_images(
        [
            image("debian:12"),
            image("registry:5000/team/web:v1"),
            image("busybox:1.35"),
            image("busybox:1.36", "busybox:latest", created=9.0),
            image("registry:5000/tools/alpine:3"),
            image("my-busybox:1"),
            image("nginx:1.27-alpine"),
            image("nginx:1.27", created=9.0),
            image("debian/web/app:1"),
            image(),
        ]
    )
    assert found == [
        "busybox:1.36",
        "registry:5000/tools/alpine:3",
        "debian:12",
        "my-busybox:1",
        "nginx:1.27-alpine",
    ]


def test_a_port_is_no_tag() -> None:
    assert debug_images([image("localhost:5000/busybox:1")]) == ["localhost:5000/busybox:1"]
