"""What is awaited at once ends at once: nothing is left running behind a failure."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path

import pytest

import tui
from tui.together import all_of

GO_ON = {"cli/logs.py", "operations/by_hand/bulk.py", "operations/fleets/waves.py", "together.py"}
"""Where one failure is no reason to stop the others: containers and engines that are being changed."""


async def test_each_gives_its_own() -> None:
    async def give(value: str) -> str:
        return value

    assert list(await all_of(give("a"), give("b"))) == ["a", "b"]
    assert list(await all_of(*(give(value) for value in ""))) == []


@pytest.mark.parametrize("failing_first", [True, False])
async def test_what_is_left_has_ended_once_the_failure_is_heard_of(failing_first: bool) -> None:
    ended: list[str] = []

    async def fail() -> None:
        await asyncio.sleep(0)
        raise ValueError("no such version")

    async def read() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)  # whoever closes a connection needs a moment
            ended.append("read")

    parts = [fail(), read()] if failing_first else [read(), fail()]
    with pytest.raises(ValueError, match="no such version"):
        await all_of(*parts)
    assert ended == ["read"]


async def test_a_cancellation_ends_all() -> None:
    ended: list[int] = []

    async def read(number: int) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(number)

    task = asyncio.create_task(all_of(read(1), read(2)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    assert ended == [1, 2]


def test_nothing_gathers_without_ending_what_is_left() -> None:
    root = Path(tui.__file__).parent
    found = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "asyncio.gather"
        and all(keyword.arg != "return_exceptions" for keyword in node.keywords)
    }
    assert found == GO_ON
