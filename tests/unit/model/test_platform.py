"""What is named of an index is what an engine takes of it, by containerd's rules, written down once more."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.model.platform import Listed, taken


class Engine(NamedTuple):
    """legacy: whether it knows no variants of amd64, as until containerd 1.6."""

    os: str
    architecture: str
    variant: str
    legacy: bool = False

    def normal(self, os: str, architecture: str, variant: str) -> tuple[str, str, str]:
        os, architecture, variant = os.lower() or self.os, architecture.lower(), variant.lower()
        os = "darwin" if os == "macos" else os
        match architecture:
            case "i386":
                return os, "386", ""
            case "x86_64" | "x86-64" | "amd64":
                return os, "amd64", "" if variant == "v1" or self.legacy else variant
            case "aarch64" | "arm64":
                return os, "arm64", "" if variant in ("8", "v8") else variant
            case "armhf":
                return os, "arm", "v7"
            case "armel":
                return os, "arm", "v6"
            case "arm":
                return os, "arm", {"": "v7", "7": "v7", "5": "v5", "6": "v6", "8": "v8"}.get(variant, variant)
        return os, architecture, variant

    def vector(self) -> list[tuple[str, str, str]]:
        """What it runs, the best first."""
        arms = [("arm", f"v{number}") for number in (8, 7, 6, 5)]
        own = (self.architecture, self.variant)
        match self.architecture:
            case "amd64":
                lower = [("amd64", f"v{number}") for number in (3, 2, 1) if f"v{number}" < self.variant]
                runs = [own, *lower, ("386", "")]
            case "arm64":
                lower = [("arm64", f"v8.{number}") for number in (2, 1)] if self.variant == "v9" else []
                runs = [own, *lower, ("arm64", "v8"), *arms]
            case "arm":
                runs = [one for one in arms if one[1] <= self.variant]
            case _:
                runs = [own]
        return [self.normal(self.os, *one) for one in runs]

    def takes(self, listed: list[Listed]) -> str:
        """As dockerd and containerd do: the best, of equals the first; without a platform it is the last."""
        vector = self.vector()
        ranked = []
        for one in listed:
            if not (one.os or one.architecture):
                ranked.append((len(vector), one))
                continue
            platform = self.normal(one.os, one.architecture, one.variant)
            if platform in vector:
                ranked.append((vector.index(platform), one))
        return min(ranked, key=lambda pair: pair[0])[1].digest if ranked else ""


ENGINES = [
    *(Engine("linux", "amd64", variant) for variant in ("", "v2", "v3", "v4")),
    Engine("linux", "amd64", "", legacy=True),
    *(Engine("linux", "arm64", variant) for variant in ("", "v8", "v9")),
    *(Engine("linux", "arm", variant) for variant in ("v5", "v6", "v7", "v8")),
    *(Engine("linux", one, "") for one in ("386", "s390x", "riscv64", "ppc64le")),
    Engine("darwin", "arm64", ""),
]
OSES = [
    "linux",
    "linux",
    "linux",
    "Linux",
    "",
    "LINUX",
    "windows",
    "darwin",
    "macos",
    "unknown",
    "l\u0130nux",
]
ARCHITECTURES = [
    "amd64", "amd64", "AMD64", "x86_64", "x86-64", "386", "i386", "arm64", "arm64", "aarch64", "ARM64",
    "arm", "armhf", "armel", "s390x", "riscv64", "ppc64le", "unknown", "",
]  # fmt: skip
VARIANTS = ["", "", "", "v1", "v2", "v3", "V3", "v5", "v6", "v7", "7", "8", "v8", "v8.1", "v9"]


PLAIN = ["amd64", "386", "arm64", "arm", "s390x", "unknown"]
"""Spelled as they should be."""


@st.composite
def indexes(draw: st.DrawFn) -> list[Listed]:
    digests = st.sampled_from("abc")
    oses, architectures = (["linux", "darwin"], PLAIN) if draw(st.booleans()) else (OSES, ARCHITECTURES)
    entry = st.builds(
        Listed, digests, st.sampled_from(oses), st.sampled_from(architectures), st.sampled_from(VARIANTS)
    )
    return draw(st.lists(st.one_of(entry, entry, entry, st.builds(Listed, digests)), max_size=4))


@settings(max_examples=300, deadline=None)
@given(indexes())
def test_what_is_named_is_what_the_engine_takes(listed: list[Listed]) -> None:
    check(listed)


def test_of_each_pair_what_is_named_is_what_the_engine_takes() -> None:
    platforms = [
        ("", "", ""),
        *(("linux", *one) for one in product(PLAIN, ("", "v1", "v2", "v7", "v8", "v9"))),
    ]
    for first, second in product(platforms, repeat=2):
        check([Listed("a", *first), Listed("b", *second)])


def check(listed: list[Listed]) -> None:
    for engine in ENGINES:
        named = taken(listed, f"{engine.os}/{engine.architecture}")
        takes = engine.takes(listed)
        assert named in ("", takes) or not takes, (engine, listed, named, takes)


def entry(platform: str, digest: str = "") -> Listed:
    return Listed(digest or platform, *platform.split("/"))


HUB = [
    *map(entry, ("linux/amd64", "linux/arm/v5", "linux/arm/v7", "linux/arm64/v8", "linux/386",
                 "linux/mips64le", "linux/ppc64le", "linux/riscv64", "linux/s390x")),
    *(entry("unknown/unknown", f"attests {number}") for number in range(9)),
    Listed("windows 1", "windows", "amd64", picky=True), Listed("windows 2", "windows", "amd64", picky=True),
]  # fmt: skip
"""As Docker Hub has of its official images."""


@pytest.mark.parametrize(
    ("platform", "named"),
    [
        ("linux/amd64", "linux/amd64"),
        ("linux/arm64", "linux/arm64/v8"),
        ("linux/386", "linux/386"),
        ("linux/s390x", "linux/s390x"),
        ("linux/arm", ""),
        ("windows/amd64", ""),
        ("linux/loong64", ""),
        ("", ""),
    ],
)
def test_of_an_official_image(platform: str, named: str) -> None:
    assert taken(HUB, platform) == named


@pytest.mark.parametrize(
    ("listed", "named"),
    [
        ([entry("linux/amd64", "a"), entry("unknown/unknown", "b")], "a"),
        ([entry("linux/x86_64", "b"), entry("linux/amd64", "a")], ""),
        ([entry("linux/AMD64", "b"), entry("linux/amd64", "a")], ""),
        ([entry("Linux/arm64", "b"), entry("linux/amd64", "a")], ""),
        ([Listed("b", "", "amd64"), entry("linux/amd64", "a")], ""),
        ([Listed("b"), entry("linux/amd64", "a")], ""),
        ([entry("linux/amd64/v3", "b"), entry("linux/amd64", "a")], ""),
        ([entry("linux/amd64/v3", "b"), entry("linux/386", "a")], ""),
        ([entry("linux/amd64/v1", "a"), entry("linux/386", "b")], "a"),
        ([entry("linux/amd64", "b"), entry("linux/amd64", "a")], ""),
        ([entry("linux/amd64", "a"), entry("linux/amd64/v2", "a")], "a"),
        ([Listed("b", "linux", "amd64", picky=True), entry("linux/386", "a")], ""),
        ([Listed("a")], "a"),
        ([entry("linux/arm64", "a")], ""),
        ([], ""),
    ],
)
def test_where_there_is_doubt_none_is_named(listed: list[Listed], named: str) -> None:
    assert taken(listed, "linux/amd64") == named


def test_where_no_platform_is_known_the_only_image_is_meant() -> None:
    assert taken([entry("linux/amd64", "a"), entry("unknown/unknown", "b")], "") == "a"
    assert taken([entry("linux/amd64", "a"), entry("linux/arm64", "b")], "") == ""
