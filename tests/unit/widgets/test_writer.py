"""A terminal that is slow: what it did not get is drawn whole, before any change of it."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tui.widgets.writer import MOST, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Slow:
    """A terminal that takes no more than it is let."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        self.drained = threading.Event()
        self.writer = Writer(self.writing, self.drained.set, lambda: None)

    def take(self, size: int) -> None:
        while size > 0:
            size -= len(os.read(self.reading, size))

    def close(self) -> None:
        self.writer.finish()
        os.close(self.writing)
        os.close(self.reading)


@pytest.fixture
def slow() -> Iterator[Slow]:
    terminal = Slow()
    yield terminal
    terminal.close()


def soon(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not true() and time.monotonic() < end:
        time.sleep(0.001)
    return true()


def test_after_a_frame_was_refused_none_is_taken_until_all_is_drawn_again(slow: Slow) -> None:
    writer = slow.writer
    frame = MOST * 3 // 4
    writer.write("a" * frame)
    assert soon(writer._texts.empty)  # it is being written: what follows is written by itself
    writer.write("b" * frame)
    assert not writer.takes_frames()
    slow.take(frame)
    assert soon(lambda: writer._taken == frame)  # few enough wait now, but the refused frame is not there
    assert not writer.takes_frames()
    assert not slow.drained.is_set()
    slow.take(frame)
    assert slow.drained.wait(10)
    assert writer.takes_frames()


def test_looking_again_and_again_loses_no_word_of_being_drained(slow: Slow) -> None:
    """Whoever looks just as the last of it is written must not take the refusal back."""
    for _ in range(200):
        slow.drained.clear()
        slow.writer.write("a" * (MOST + 1))
        assert not slow.writer.takes_frames()
        reader = threading.Thread(target=slow.take, args=(MOST + 1,))
        reader.start()
        while not slow.writer.takes_frames():
            pass
        assert slow.drained.wait(10)
        reader.join()


def test_a_terminal_that_keeps_up_takes_every_frame(slow: Slow) -> None:
    for _ in range(20):
        assert slow.writer.takes_frames()
        slow.writer.write("a" * 1000)
        slow.take(1000)
