from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.reference import valid_tag
from tui.model.version import Version, nearest_tag, suggest

EXAMPLE = [
    "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
    "1.0.0-rc.1", "1.0.0",
]  # fmt: skip
"""The chain of clause 11 of the specification."""

COMMIT = "9c115c0d5b2f4a7e8899aabbccddeeff00112233"

numbers = st.integers(0, 10**6) | st.sampled_from((0, 1, 9, 10))
words = st.from_regex(r"[0-9]*[A-Za-z-][0-9A-Za-z-]{0,4}", fullmatch=True)
versions = st.builds(
    Version,
    numbers,
    numbers,
    numbers,
    st.lists(numbers.map(str) | words, max_size=4).map(tuple),
    st.just(""),
    st.sampled_from(("", "v")),
)


def parsed(text: str) -> Version:
    version = Version.parse(text)
    assert version is not None, text
    return version


@pytest.mark.parametrize(
    "text",
    [
        "1.2.3",
        "v1.2.3",
        "0.0.0",
        "v1.0.0-rc.1",
        "1.0.0-0A.is.legal",
        "1.0.0--",
        "1.0.0+build.1",
        "v1.0.0-a+b-c",
    ],
)
def test_a_version_is_read_and_written_as_it_was(text: str) -> None:
    assert str(parsed(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "latest", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.3-01", "1.2.3-", "1.2.3-a..b", "v", "V1.2.3",
        "1.2.3+", "1.2.3\n", "1.2.٣", "2024.01.05", "vv1.2.3", "1.2.3_4", "1" * 5000 + ".0.0",
    ],
)  # fmt: skip
def test_what_is_no_version(text: str) -> None:
    assert Version.parse(text) is None


def test_the_order_of_the_specification() -> None:
    chain = [parsed(text) for text in EXAMPLE]
    assert sorted(set(chain), key=lambda version: version.precedence) == chain
    assert parsed("2.1.0").precedence < parsed("2.1.1").precedence < parsed("10.0.0").precedence
    assert parsed("v1.0.0+a").precedence == parsed("1.0.0+b").precedence


@given(versions)
def test_every_version_is_read_back(version: Version) -> None:
    assert Version.parse(str(version)) == version


@given(versions, versions, versions)
def test_precedence_is_a_total_order(one: Version, two: Version, three: Version) -> None:
    a, b, c = one.precedence, two.precedence, three.precedence
    assert (a < b) + (a == b) + (b < a) == 1
    if a <= b <= c:
        assert a <= c
    assert (a == b) == (one._replace(prefix="") == two._replace(prefix=""))


@given(versions)
def test_what_comes_next_comes_after(version: Version) -> None:
    for further in (
        version.next_patch(),
        version.next_minor(),
        version.next_major(),
        version.next_prerelease(),
    ):
        assert further.precedence > version.precedence
    assert version.release.precedence >= version.precedence


def offered(*tags: str, commit: str = "", dirty: bool = False) -> list[str]:
    return [suggestion.tag for suggestion in suggest(tags, commit=commit, dirty=dirty)]


def test_after_a_release() -> None:
    assert offered("v1.2.3", "v1.2.10", "latest", "v1.2.9") == ["v1.2.11", "v1.3.0", "v2.0.0", "v1.2.11-rc.1"]
    reasons = {suggestion.tag: suggestion.why for suggestion in suggest(["v1.2.3"])}
    assert reasons["v1.2.4"] == "next patch after v1.2.3"
    assert reasons["v1.3.0"] == "next minor version after v1.2.3"


def test_after_a_pre_release_its_release_comes_first() -> None:
    assert offered("v1.3.1", "v1.4.0-rc.2") == ["v1.4.0", "v1.5.0", "v2.0.0", "v1.4.0-rc.3", "v1.3.2"]
    assert suggest(["v1.4.0-rc.2"])[0].why == "the release of v1.4.0-rc.2"
    assert "1.0.0-beta.1" in offered("1.0.0-beta")


def test_the_first_version() -> None:
    assert offered("latest", "main") == ["v0.1.0", "v0.1.0-rc.1"]


def test_versions_of_one_number_are_counted_on() -> None:
    assert suggest(["v1", "v2", "latest"]) == [("v3", "the next one after v2", False)]
    assert offered("v9", "v10") == ["v11"]
    assert offered("1", "2") == ["3"]
    assert offered("v1", "v2", "v2.0.1")[0] == "v2.0.2"


def test_the_prefix_is_the_repositorys_own() -> None:
    assert offered("1.0.0")[0] == "1.0.1"
    assert offered("1.0.0", "1.1.0", "v1.2.0")[0] == "1.2.1"
    assert offered("1.0.0", "v1.1.0", "v1.2.0")[0] == "v1.2.1"
    assert offered("v1.0.0", "1.1.0")[0] == "1.1.1"


def test_the_commit_and_a_dirty_tree() -> None:
    assert offered(commit=COMMIT)[-1] == "9c115c0d5b2f"
    assert offered(commit=COMMIT, dirty=True)[-1] == "9c115c0d5b2f-dirty"
    assert "9c115c0d5b2f" not in offered("9c115c0d5b2f", commit=COMMIT)


tags = st.lists(versions.map(str) | st.sampled_from((COMMIT[:12], "latest", *EXAMPLE)) | st.text(max_size=5))


@given(tags, st.sampled_from(("", COMMIT)), st.booleans())
def test_suggestions_are_free_and_can_be_tags(known: list[str], commit: str, dirty: bool) -> None:
    found = offered(*known, commit=commit, dirty=dirty)
    assert found
    assert not set(found) & set(known)
    assert len(found) == len(set(found))
    assert [valid_tag(tag) for tag in found] == [""] * len(found)


@pytest.mark.parametrize(
    ("wanted", "near"),
    [("1.0.0", "v1.0.0"), ("v2.0.0", "2.0.0"), ("latst", "latest"), ("V1.0.0", "v1.0.0"), ("main", "")],
)
def test_the_tag_that_was_meant(wanted: str, near: str) -> None:
    assert nearest_tag(wanted, ["v1.0.1", "v1.0.0", "2.0.0", "latest"]) == near
