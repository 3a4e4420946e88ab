"""Where releases stand: one answer for dashboard, command line and operations."""

from __future__ import annotations

import pytest

from tests.unit.ledger.made import release
from tui.model.release import Entry, Outcome
from tui.model.releases import Holder, Releases, State
from tui.model.standing import Slot, Standing


def slot(number: int, name: str = "") -> Slot:
    return Slot(f"id{number}", name or f"web.r{number}", number, False, False)


def releases(records: dict[int, bool | None], *slots: Slot) -> Releases:
    entries = {
        number: Entry(release(number), Outcome(number, good, 1.0) if good is not None else None)
        for number, good in records.items()
    }
    return Releases(Standing("web", {one.release: one for one in slots}, records), entries)


@pytest.mark.parametrize(
    ("good", "there", "state"),
    [
        (True, slot(1, "web"), State.LIVE),
        (True, slot(1), State.KEPT),
        (True, None, State.LEDGER_ONLY),
        (False, None, State.FAILED),
        (False, slot(1, "web"), State.LIVE),
        (None, slot(1), State.OPEN),
        (None, slot(1, "web"), State.OPEN),
    ],
)
def test_where_a_release_stands(good: bool | None, there: Slot | None, state: State) -> None:
    found = releases({1: good}, *([there] if there is not None else []))
    assert found.state(1) is state


def test_a_container_without_a_record_waits_and_is_not_open() -> None:
    """Open is what can be finished or undone, and of this one there is nothing to finish."""
    found = releases({}, slot(1))
    assert found.state(1) is State.KEPT
    assert found.interrupted is None
    assert releases({}, slot(1, "web")).state(1) is State.LIVE


def test_what_somebody_is_at_is_not_interrupted() -> None:
    found = releases({2: None, 1: True}, slot(1, "web"))
    holder = Holder("alice", "op", "", "", alive=True, text="")
    assert found.interrupted == 2
    assert found._replace(holder=holder).interrupted is None
    assert found._replace(holder=holder._replace(alive=False)).interrupted == 2


def test_strangers_are_named() -> None:
    [note] = releases({})._replace(strangers={"web-debug": "f" * 64}).stranger_notes()
    assert note.startswith("the container web-debug says that it is a release of web")
    assert "docker inspect ffffffffffff" in note
