"""Keys that wait are few, and what quits waits for none of them."""

from __future__ import annotations

from textual import events

from tui.widgets.waiting import MOST, Waiting


def key(name: str) -> events.Key:
    return events.Key(name, None)


def quits(message: object) -> bool:
    return isinstance(message, events.Key) and message.key == "ctrl+c"


def test_they_wait_in_order() -> None:
    waiting = Waiting(quits)
    first, second = key("j"), key("k")
    waiting.put(first)
    waiting.put(second)
    assert [waiting.get(), waiting.get()] == [first, second]
    assert not waiting


def test_what_is_too_much_is_lost_and_what_quits_is_next() -> None:
    waiting = Waiting(quits)
    for _ in range(2 * MOST):
        waiting.put(key("j"))
    assert len(waiting) == MOST
    last = key("ctrl+c")
    waiting.put(last)
    assert waiting.get() is last
    assert not waiting
