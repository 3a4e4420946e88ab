"""Help and details: text to read and to search."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.ui.conftest import Open


async def test_a_search_without_a_match_moves_nothing(dashboard: Open) -> None:
    async with dashboard(size=(80, 24)) as robot:
        await robot.press("question_mark")
        await robot.wait_for("Lower case looks")
        for keys in ((), ("j", "j", "j")):
            await robot.press(*keys)
            before = robot.lines()[:12]
            await robot.press("slash", *"zzz", "enter")
            await robot.wait_for("not found: zzz")
            assert robot.lines()[:12] == before


async def test_a_search_begins_with_the_line_at_the_top(dashboard: Open) -> None:
    async with dashboard(size=(80, 24)) as robot:
        await robot.press("question_mark")
        await robot.wait_for("Lower case looks")
        await robot.press("slash", *"lower", "enter")
        await robot.pilot.pause()
        assert "Lower case looks" in robot.lines()[1]
