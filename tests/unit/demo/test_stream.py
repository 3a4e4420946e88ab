"""What wakes open streams: nothing that fires after one began to wait is missed."""

from __future__ import annotations

import asyncio

from tui.demo.stream import Signal


async def test_what_fires_in_the_same_turn_as_waiting_begins_is_not_missed() -> None:
    one, other = Signal(), Signal()
    waits = {one.next(), other.next()}
    one.fire()
    done, rest = await asyncio.wait(waits, timeout=1, return_when=asyncio.FIRST_COMPLETED)
    assert len(done) == 1
    for wait in rest:
        wait.cancel()


async def test_who_no_longer_waits_is_forgotten() -> None:
    signal = Signal()
    signal.next().cancel()
    await asyncio.sleep(0)
    await signal.wait_for(0.01)
    assert not signal._waiters


async def test_each_firing_wakes_everybody_once() -> None:
    signal = Signal()
    first, second = signal.next(), signal.next()
    signal.fire()
    assert first.done() and second.done()
    assert not signal.next().done()
