"""A release as far as the labels of its container tell it, for when its record is gone everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.timestamps import seconds
from tui.ledger.bounds import short
from tui.model.labels import APP, AT, BY, DIGEST, PREVIOUS, RELEASE, ROLLBACK_OF, VERSION
from tui.model.release import CONTAINER, RESTORED, Entry, Outcome, Release

if TYPE_CHECKING:
    from tui.model.container import Container

DIGITS = 8
"""Of the largest number that a label is believed: one more than the largest has to have a record."""

FROM_LABELS = "from labels"
"""The value of RESTORED in the evidence of such a release: its run configuration is only in its container."""


def entry_of(container: Container) -> Entry | None:
    """None where the labels name no release.

    One that has served is taken to have been good: what fails is removed by its own undoing.
    """
    labels = container.labels
    number = number_of(container)
    if not number or not labels.get(APP):
        return None
    digest = labels.get(DIGEST, "")
    release = Release(
        app=labels[APP],
        number=number,
        version=short(labels.get(VERSION, "")),
        reference=container.image,
        digest="" if digest == container.image_id else digest,
        image=container.image_id,
        evidence={RESTORED: FROM_LABELS, CONTAINER: container.id},
        by=short(labels.get(BY, "")),
        at=seconds(labels.get(AT)) or container.created,
        previous=release_number(labels.get(PREVIOUS, "")),
        rollback_of=release_number(labels.get(ROLLBACK_OF, "")),
    )
    served = container.name == release.app or container.state == "exited"
    return Entry(release, Outcome(number, True, release.at, message="its record is lost") if served else None)


def release_number(text: str) -> int:
    """What a label says, 0 where it names no release."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else 0


def number_of(container: Container) -> int:
    """The number that a container's label says, 0 where it says none."""
    return release_number(container.labels.get(RELEASE, ""))
