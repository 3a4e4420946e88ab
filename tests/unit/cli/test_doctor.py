"""What `holdfast doctor` says of operations that were interrupted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.cli.checks import unsettled
from tui.journal.reader import Summary
from tui.model.operation import Ended, Started


def one(verb: str, app: str = "web", *, ok: bool | None = True, engine: str = "unix:///s") -> Summary:
    """`ok` is None where it was interrupted."""
    started = Started(1.0, f"op-{verb}-{app}", verb, app, engine, "ann", "ci", 1)
    return Summary(Path(), started, Ended(2.0, ok, 1.0) if ok is not None else None, alive=False)


@pytest.mark.parametrize("later", ["recover", "deploy", "rollback", "ship"])
@pytest.mark.parametrize("verb", ["deploy", "rollback", "ship"])
def test_what_was_recovered_is_not_warned_about(verb: str, later: str) -> None:
    assert unsettled([one(later), one(verb, ok=None)]) == []


@pytest.mark.parametrize(
    "later",
    [one("recover", ok=False), one("recover", "other"), one("recover", engine="tcp://b"), one("build")],
)
def test_what_was_not_recovered_is(later: Summary) -> None:
    broken = one("deploy", ok=None)
    assert unsettled([later, broken]) == [broken]
    assert unsettled([broken, one("recover")]) == [broken]  # that was before
