"""No size of the terminal is too small: what fits is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from textual.events import Resize
from textual.geometry import Size

from tui.commands.keymap import Keymap
from tui.presentation.first_screen import first_screen
from tui.presentation.layout import PANES, arrange
from tui.settings.schema import Settings
from tui.store.store import Link, LinkState

if TYPE_CHECKING:
    from tests.ui.conftest import Open

SMALL = [(1, 1), (2, 2), (80, 1), (80, 2), (80, 3), (80, 4), (1, 24), (3, 3)]


@given(
    st.integers(1, 130), st.integers(1, 30), st.sampled_from(PANES), st.booleans(), st.sampled_from(PANES[:4])
)
def test_nothing_is_placed_outside_of_the_screen(
    width: int, height: int, focus: str, zoomed: bool, upper: str
) -> None:
    found = arrange(width, height, focus, zoomed, upper)
    rects = [found.header, found.footer, *found.panes.values()]
    rects += [rect for rect in (found.tabs, found.divider) if rect is not None]
    for rect in rects:
        assert rect.height >= 0
        assert rect.height == 0 or 0 <= rect.y < rect.y + rect.height <= height
    rows = [row for rect in rects if rect.x == 0 for row in range(rect.y, rect.y + rect.height)]
    assert len(rows) == len(set(rows))


@given(st.integers(1, 130), st.integers(1, 30))
def test_the_first_screen_has_as_many_lines_as_the_terminal(width: int, height: int) -> None:
    settings = Settings()
    link = Link(LinkState.CONNECTING, 0.0, "unix:///run/docker.sock")
    lines = first_screen(width, height, (), link, Keymap(), 0.0, settings=settings.containers, apps={})
    assert len(lines) == height


async def test_every_pane_and_screen_lives_in_a_tiny_terminal(dashboard: Open) -> None:
    async with dashboard(size=(1, 1)) as robot:
        for size in SMALL:
            await robot.pilot.resize_terminal(*size)
            for keys in (["1", "2", "3", "5", "4"], ["question_mark"], ["q"], ["X"], ["escape"], ["z", "z"]):
                await robot.press(*keys)
        await robot.pilot.resize_terminal(120, 40)
        await robot.wait_for("4 Containers")
        await robot.wait_for("? help")


async def test_two_sizes_at_once_do_not_follow_each_other_for_ever(dashboard: Open) -> None:
    async with dashboard(size=(80, 24)) as robot:
        layouts = 0
        robot.app.screen.screen_layout_refresh_signal.subscribe(robot.app, lambda _: count())

        def count() -> None:
            nonlocal layouts
            layouts += 1
            assert layouts < 200, "it never comes to rest"

        for _ in range(6):
            for size in (Size(1, 1), Size(120, 40)):
                robot.app.screen.post_message(Resize(size, size))
        await robot.pilot.resize_terminal(120, 40)
        await robot.wait_for("3 Tags")
