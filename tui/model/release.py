"""A release: a digest plus the exact run configuration, as the ledger keeps it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tui.model.app import ReadySpec, RunSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SAID_LINES, SAID_BYTES = 20, 4096
"""How much of what a failed release said last goes into the ledger, and is believed of it."""


HEAD_BYTES = 80
"""As long as "exit code 137" may be: it stays however much follows."""


class Referenced(NamedTuple):
    """A file whose contents went into a release by reference: its path, and the SHA-256 of its bytes."""

    path: str
    sha256: str


class Release(NamedTuple):
    """What is written once, before anything is changed.

    number        r1, r2, ... of this app on this engine
    version       the tag it was asked for by, "" where there was none
    reference     what its container runs: "repository@sha256:...", or the image ID where there is no registry
    digest        of the manifest, "" where the image is only local
    image         the image's ID on this engine
    run, ready    the run configuration and the gate, as they were then
    files         files that were referred to (env_file)
    order         "stop-first" or "start-first"
    evidence      what was known of the image: name -> value ("tested", "commit" ...)
    by, host, at  who, on which machine, when (seconds since the epoch)
    op            the operation's ID
    previous      the release that was live before, 0 for none
    rollback_of   the release whose digest and configuration these are, 0 where it is none
    adopted       whether it was not made here but taken over as it stood
    container     the ID of its container where no deploy made it: it was adopted, or labels alone tell of it
    gate_passed   of one that was adopted: whether it passed its gate as it stood
    from_labels   whether this is what the labels of its container tell: its run configuration is only there
    fleet         the ID of the operation that released it on several engines, "" where it was this one alone
    engines       all of those, as the configuration called them
    """

    app: str
    number: int
    version: str
    reference: str
    digest: str
    image: str
    run: RunSpec = RunSpec()
    ready: ReadySpec = ReadySpec()
    files: tuple[Referenced, ...] = ()
    order: str = "stop-first"
    evidence: Mapping[str, str] = {}
    by: str = ""
    host: str = ""
    at: float = 0.0
    op: str = ""
    previous: int = 0
    rollback_of: int = 0
    adopted: bool = False
    container: str = ""
    gate_passed: bool = False
    from_labels: bool = False
    fleet: str = ""
    engines: tuple[str, ...] = ()

    def made_anew(
        self, *, number: int, reference: str, previous: int, by: str, host: str, at: float, op: str
    ) -> Release:
        """A further release with its bytes and its configuration: what is of the one record stays with it."""
        return self._replace(
            number=number,
            reference=reference,
            previous=previous,
            rollback_of=self.number,
            by=by,
            host=host,
            at=at,
            op=op,
            adopted=False,
            container="",
            gate_passed=False,
            from_labels=False,
            fleet="",
            engines=(),
        )


class Soundness(StrEnum):
    """What is wrong with the record of a release, if anything."""

    WHOLE = "whole"
    DAMAGED = "damaged"
    CHAIN_BROKEN = "chain broken"
    FROM_LABELS = "from labels"


class Integrity(NamedTuple):
    """Whether what is told of a release is what was recorded of it: found by reading, never written.

    why   what is wrong, in words; "" where there is nothing to add
    """

    state: Soundness = Soundness.WHOLE
    why: str = ""


WHOLE, FROM_LABELS = Integrity(), Integrity(Soundness.FROM_LABELS)


class Outcome(NamedTuple):
    """How a release turned out, written once, afterwards.

    good          whether it passed its gate and its time of being watched
    at            seconds since the epoch
    gap_seconds   how long nothing served, None where nothing was measured
    message       why it failed
    said          the end of what its container said, without secrets: at most SAID_LINES, SAID_BYTES
    container     the ID of its container, "" where it has none, or an earlier version wrote this
    """

    number: int
    good: bool
    at: float
    gap_seconds: float | None = None
    message: str = ""
    container: str = ""
    said: tuple[str, ...] = ()


class Entry(NamedTuple):
    """A release in the ledger. `outcome` is None while it is open."""

    release: Release
    outcome: Outcome | None = None
    integrity: Integrity = WHOLE

    @property
    def is_damaged(self) -> bool:
        return self.integrity.state is Soundness.DAMAGED

    @property
    def is_trusted(self) -> bool:
        """Whether its record can be read, and is what it was when the next one was written."""
        return self.integrity.state not in (Soundness.DAMAGED, Soundness.CHAIN_BROKEN)

    @property
    def has_record(self) -> bool:
        """Whether a record tells how it was configured and tested: else labels at most tell of it."""
        return not self.is_damaged and not self.release.from_labels

    @property
    def good(self) -> bool | None:
        return self.outcome.good if self.outcome is not None else None


def last_said(lines: Sequence[str]) -> tuple[str, ...]:
    """The end of these lines, within the bounds of an outcome; the first stays, if it is short."""
    head = [line for line in lines[:1] if _bytes(line) <= HEAD_BYTES]
    kept: list[str] = []
    room = SAID_BYTES - sum(_bytes(line) for line in head)
    for line in reversed(lines[len(head) :][len(head) - SAID_LINES :]):
        room -= _bytes(line)
        if room < 0:
            break
        kept.append(line)
    return (*head, *reversed(kept))


def _bytes(line: str) -> int:
    return len(line.encode("utf-8", "replace")) + 1
