"""What is known of a version, and when what it names now are other bytes."""

from __future__ import annotations

import pytest

from tui.model.evidence import Evidence, place
from tui.model.release import Entry, Outcome, Release
from tui.operations.deploying.known_versions import Known, differs, pushed, released, tagged
from tui.operations.deploying.targets import Target

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64
ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64


def target(digest: str = A, *images: str) -> Target:
    return Target("v1", f"web@{digest}", digest, "", "", local=False, images=images)


@pytest.mark.parametrize(
    ("known", "now", "other"),
    [
        (Known(A, ONE, ""), target(A, ONE), False),
        (Known(A, ONE, ""), target(B, TWO), True),
        (Known(A, "", ""), target(B), True),
        (Known(A, ONE, ""), target(B, ONE), False),  # the same image, its layers packed otherwise
        (Known("", ONE, ""), target(A, ONE), False),
        (Known("", ONE, ""), target(A, TWO), True),
        (Known("", ONE, ""), target(A), False),  # an index, not pulled: nothing can be said
        (Known("", ONE, ""), target("", ONE), False),
        (Known("", ONE, ""), target("", TWO), True),
        (Known(A, ONE, ""), target(B)._replace(manifest=A), False),  # an index was made around it
        (Known(B, ONE, "", A), target(A, ONE), False),
        (Known(B, "", "", A), target(TWO)._replace(manifest=A), False),  # another index around the same
        (Known(B, "", "", A), target(TWO)._replace(manifest=ONE), True),
    ],
)
def test_other_bytes(known: Known, now: Target, other: bool) -> None:
    assert differs(known, now) is other


def test_the_newest_release_of_a_version_says_what_it_was() -> None:
    entries = {
        number: Entry(Release("web", number, version, "", digest, ONE))
        for number, version, digest in ((1, "v1", A), (2, "v1", B), (3, "v2", A))
    }
    assert released("v1", entries) == Known(B, ONE, "in r2")
    assert released("v3", entries) is None


def test_a_release_that_failed_does_not_say_what_a_version_was() -> None:
    good, failed = Release("web", 1, "v1", "", A, ONE), Release("web", 2, "v1", "", B, TWO)
    entries = {1: Entry(good, Outcome(1, True, 1.0)), 2: Entry(failed, Outcome(2, False, 2.0))}
    assert released("v1", entries) == Known(A, ONE, "in r1")
    assert released("v1", {2: entries[2]}) == Known(B, TWO, "in r2")


def test_what_was_pushed_last_counts() -> None:
    evidence = [
        Evidence(ONE, named={"v1": 1.0}, digests={"v1": A}),
        Evidence(TWO, named={"v1": 2.0}),
    ]
    assert pushed("v1", evidence) == Known(A, ONE, "when it was pushed from here")
    assert pushed("v2", evidence) is None


def test_without_a_registry_what_was_tagged_last_on_that_engine_counts() -> None:
    evidence = [
        Evidence(ONE, named={"v1": 3.0}, places={place("v1", "A"): 1.0, place("v1", "B"): 3.0}),
        Evidence(TWO, named={"v1": 2.0}, places={place("v1", "A"): 2.0}),
        Evidence(B, named={"v1": 9.0}),  # of a time when the engine was not kept
    ]
    assert tagged("v1", evidence, "A") == Known("", TWO, "when it was tagged")
    assert tagged("v1", evidence, "B") == Known("", ONE, "when it was tagged")
    assert tagged("v1", evidence, "C") is None
    assert tagged("v1", [], "A") is None
