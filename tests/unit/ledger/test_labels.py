"""What the labels of a container tell of its release."""

from __future__ import annotations

import pytest

from tui.ledger.labels import entry_of
from tui.model.container import Container
from tui.model.release import FROM_LABELS

LABELS = {
    "io.holdfast.app": "web",
    "io.holdfast.release": "14",
    "io.holdfast.version": "v1.4.0",
    "io.holdfast.digest": "sha256:dd",
    "io.holdfast.by": "alice",
    "io.holdfast.at": "2026-11-24T09:30:00Z",
    "io.holdfast.previous": "13",
    "io.holdfast.rollback-of": "",
}


def container(name: str = "web", state: str = "running", **labels: str) -> Container:
    given = {f"io.holdfast.{key}": value for key, value in labels.items()}
    return Container("c1", name, "reg/web@sha256:dd", "sha256:ii", "", 5.0, state, labels=LABELS | given)


def test_a_release_that_serves() -> None:
    entry = entry_of(container())
    assert entry is not None
    release = entry.release
    assert (release.app, release.number, release.version, release.previous) == ("web", 14, "v1.4.0", 13)
    assert release.reference == "reg/web@sha256:dd"
    assert (release.digest, release.image) == ("sha256:dd", "sha256:ii")
    assert (release.by, release.at, release.rollback_of) == ("alice", 1795512600.0, 0)
    assert (release.container, release.from_labels, release.evidence) == ("c1", True, {})
    assert entry.integrity == FROM_LABELS
    assert entry.good


@pytest.mark.parametrize(
    ("name", "state", "good"),
    [
        ("web", "exited", True),
        ("web.r14", "exited", True),
        ("web.r14", "running", None),
        ("web.r14", "created", None),
    ],
)
def test_only_what_has_served_is_taken_to_be_good(name: str, state: str, good: bool | None) -> None:
    entry = entry_of(container(name, state))
    assert entry is not None
    assert entry.good is good


def test_a_local_image_has_no_digest() -> None:
    entry = entry_of(container(digest="sha256:ii"))
    assert entry is not None
    assert entry.release.digest == ""


@pytest.mark.parametrize(
    "labels",
    [{"release": "x"}, {"release": "0"}, {"release": "²"}, {"release": "999999999"}, {"app": ""}],
)
def test_labels_that_name_no_release(labels: dict[str, str]) -> None:
    assert entry_of(container(**labels)) is None


def test_labels_of_any_length_are_cut() -> None:
    entry = entry_of(container(by="x" * 2**20, version="y" * 2**20))
    assert entry is not None
    assert max(len(entry.release.by), len(entry.release.version)) < 300


def test_labels_with_rubbish_in_them() -> None:
    entry = entry_of(container(at="yesterday", previous="r13"))
    assert entry is not None
    assert (entry.release.at, entry.release.previous) == (5.0, 0)
