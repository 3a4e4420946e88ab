"""What must come to its end although its operation was cancelled."""

from __future__ import annotations

import asyncio

import pytest

from tui.engine.shielded import shielded
from tui.errors import HoldfastError


async def test_it_gives_what_the_work_gives() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    assert await shielded(work()) == 7


async def test_it_raises_what_the_work_raises() -> None:
    async def work() -> None:
        raise HoldfastError("no")

    with pytest.raises(HoldfastError, match="no"):
        await shielded(work())


@pytest.mark.parametrize("fails", [False, True])
async def test_however_often_it_is_cancelled(fails: bool) -> None:
    gate, ended = asyncio.Event(), []

    async def work() -> None:
        await gate.wait()
        ended.append("work")
        if fails:
            raise HoldfastError("no")

    async def operation() -> None:
        await shielded(work())
        ended.append("more")

    task = asyncio.create_task(operation())
    for _ in range(3):
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.sleep(0.01)
    assert not task.done()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == ["work"]
