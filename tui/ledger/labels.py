"""A release as far as the labels of its container tell it, for when its record is gone everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.timestamps import seconds
from tui.ledger.bounds import short
from tui.model.labels import APP, AT, BY, DIGEST, PREVIOUS, RELEASE, ROLLBACK_OF, VERSION
from tui.model.release import FROM_LABELS, Entry, Outcome, Release

if TYPE_CHECKING:
    from tui.model.container import Container

DIGITS = 8
"""Of the largest number that a label is believed: one more than the largest has to have a record."""


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
        by=short(labels.get(BY, "")),
        at=seconds(labels.get(AT)) or container.created,
        previous=release_number(labels.get(PREVIOUS, "")),
        rollback_of=release_number(labels.get(ROLLBACK_OF, "")),
        container=container.id,
        from_labels=True,
    )
    served = container.name == release.app or container.state == "exited"
    outcome = Outcome(number, True, release.at, message="its record is lost") if served else None
    return Entry(release, outcome, FROM_LABELS)


def release_number(text: str) -> int:
    """What a label says, 0 where it names no release."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else 0


def number_of(container: Container) -> int:
    """The number that a container's label says, 0 where it says none."""
    return release_number(container.labels.get(RELEASE, ""))
