"""Help and details: text to read and to search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.geometry import Size

from tui.presentation.lines import plain
from tui.presentation.text import safe
from tui.screens.reading import ReadingScreen
from tui.widgets.text_view import INDENT, TextView

if TYPE_CHECKING:
    from tests.ui.conftest import Open

DIGEST = "sha256:" + "".join(f"{number:02x}" for number in range(7, 39))


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
        assert "Lower case looks" in robot.lines()[2]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 24)])
async def test_what_is_wrapped_is_shown_to_the_last_character(dashboard: Open, size: tuple[int, int]) -> None:
    longest = f"RepoDigests  registry.example.com/some/team/{'deep/' * 12}web@{DIGEST}"
    wide = "漢字" * 50
    async with dashboard(size=size) as robot:
        robot.app.push_screen(ReadingScreen("web", [("record", [[(longest, "text")], [(wide, "text")]])]))
        await robot.wait_for("RepoDigests")
        said = "".join(line.rstrip("┃│▐█") for line in robot.lines()[1:-1]).replace(" ", "")
        assert longest.replace(" ", "") + wide in said


class _Sized(TextView):
    body_size = Size()


@settings(max_examples=50)
@given(st.text(st.sampled_from("ab漢字 ") | st.characters(), max_size=300), st.integers(8, 60))
def test_the_rows_of_a_text_join_to_it(text: str, width: int) -> None:
    text = safe(text)
    view = _Sized()
    view.body_size = Size(width, 50)
    view.show([[(text, "text")]])
    rows = [plain(view.body_line(row, width)) for row in range(view.scroll_position().total)]
    joined = "".join(row[1 + (INDENT if at else 0) :].removesuffix(" ") for at, row in enumerate(rows))
    assert joined.replace(" ", "") == text.replace(" ", "")
