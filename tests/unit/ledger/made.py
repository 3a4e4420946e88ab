"""Releases and the files of a ledger, for tests."""

from __future__ import annotations

from typing import Any

from tui.ledger.records import encode_outcome, encode_release, outcome_file, prior_of, release_file
from tui.model.release import Outcome, Release


def release(number: int = 1, app: str = "web", **fields: Any) -> Release:
    digest = f"sha256:{number:064x}"
    given = {"version": f"v1.{number}.0", "reference": f"reg/web@{digest}", "digest": digest, "image": digest}
    return Release(app, number, **{**given, **fields})


def files(*numbers: int, app: str = "web", unfinished: int = 0) -> dict[str, bytes]:
    """A ledger's files: releases that were good, but for one that is open."""
    made: dict[str, bytes] = {}
    for number in numbers:
        made[release_file(number)] = encode_release(release(number, app), prior_of(number, made))
        if number != unfinished:
            prior = prior_of(number + 1, made)
            made[outcome_file(number)] = encode_outcome(Outcome(number, True, 1000.0 + number), prior)
    return made
