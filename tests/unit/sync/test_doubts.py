"""A reading that tells the state before an event is not believed, but not doubted for ever either."""

from __future__ import annotations

import pytest

from tui.model.container import Container
from tui.sync.doubts import WAITS, Doubts


def container(state: str) -> Container:
    return Container("id", "web", "app:1", "sha256:a", "", 1.0, state)


@pytest.mark.parametrize(("before", "after"), [("running", "exited"), ("running", "paused")])
def test_the_state_before_is_doubted_and_read_again(before: str, after: str) -> None:
    doubts = Doubts()
    doubts.told(container(before), container(after))
    assert not doubts.believes(container(before), 10.0)
    assert doubts.wait(10.0) == pytest.approx(WAITS[0])
    assert doubts.take_due(10.0) == set()
    assert doubts.take_due(10.1) == {"id"}
    assert doubts.take_due(10.2) == set()
    assert doubts.wait(10.2) is None
    assert doubts.believes(container(after), 10.3)
    assert doubts.believes(container(before), 10.4), "the event is borne out: what follows is newer"


def test_another_state_is_news() -> None:
    doubts = Doubts()
    doubts.told(container("running"), container("exited"))
    assert doubts.believes(container("restarting"), 1.0)
    assert doubts.wait(1.0) is None


def test_an_engine_that_stays_with_it_is_believed_after_some_seconds() -> None:
    doubts = Doubts()
    doubts.told(container("running"), container("exited"))
    now, readings = 0.0, 0
    while not doubts.believes(container("running"), now):
        now += doubts.wait(now) or 0.0
        assert doubts.take_due(now) == {"id"}
        readings += 1
    assert readings == len(WAITS)
    assert 3 < now < 10


def test_the_newest_event_counts() -> None:
    doubts = Doubts()
    doubts.told(container("running"), container("exited"))
    doubts.told(container("exited"), container("running"))
    assert doubts.believes(container("running"), 1.0)


def test_what_changes_no_state_is_no_doubt() -> None:
    doubts = Doubts()
    doubts.told(container("running"), container("running"))
    assert doubts.believes(container("running"), 1.0)


def test_what_has_gone_is_forgotten() -> None:
    doubts = Doubts()
    doubts.told(container("running"), container("exited"))
    assert not doubts.believes(container("running"), 1.0)
    doubts.forget("id")
    assert doubts.wait(1.0) is None
