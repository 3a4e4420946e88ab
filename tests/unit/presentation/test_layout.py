from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.presentation.layout import APPS, CONTAINERS, LOG, PANES, Rect, arrange, home_of
from tui.settings.columns import ViewSettings

SIZES = [(60, 20), (80, 24), (120, 40), (200, 60)]


def cells(rect: Rect) -> set[tuple[int, int]]:
    return {(x, y) for x in range(rect.x, rect.x + rect.width) for y in range(rect.y, rect.y + rect.height)}


VIEWS = st.builds(
    ViewSettings,
    st.lists(st.sampled_from(PANES), unique=True).map(tuple),
    st.integers(0, 80),
    st.integers(0, 80),
    st.integers(0, 80),
)


@given(
    st.integers(40, 240),
    st.integers(8, 90),
    st.sampled_from(PANES),
    st.booleans(),
    st.sampled_from(PANES[:4]),
    st.booleans(),
    VIEWS,
)
def test_every_cell_of_the_screen_belongs_to_exactly_one_part(
    width: int, height: int, focus: str, zoomed: bool, upper: str, apps: bool, view: ViewSettings
) -> None:
    found = arrange(width, height, focus, zoomed, upper, apps=apps, view=view)
    assert focus in found.panes
    rects = [found.header, found.footer, *found.panes.values()]
    rects += [rect for rect in (found.tabs, found.divider) if rect is not None]
    assert sum(rect.width * rect.height for rect in rects) == width * height
    union: set[tuple[int, int]] = set()
    for rect in rects:
        union |= cells(rect)
    assert union == cells(Rect(0, 0, width, height))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("focus", PANES)
def test_the_focused_pane_is_always_shown(size: tuple[int, int], focus: str) -> None:
    assert focus in arrange(*size, focus).panes


def test_apps_have_the_whole_width_where_there_are_any() -> None:
    with_apps, without = (arrange(120, 40, CONTAINERS, apps=apps).panes[APPS] for apps in (True, False))
    assert with_apps == Rect(0, 1, 120, 9)
    assert without.width < 40
    assert all(rect.y > 9 for name, rect in arrange(120, 40, LOG, apps=True).panes.items() if name != APPS)


def test_small_screens_show_fewer_panes() -> None:
    assert set(arrange(60, 20, CONTAINERS).panes) == {CONTAINERS}
    assert set(arrange(80, 24, CONTAINERS).panes) == {CONTAINERS, LOG}
    assert set(arrange(120, 40, CONTAINERS).panes) == set(PANES)


def test_zoom_gives_one_pane_the_screen() -> None:
    assert set(arrange(200, 60, LOG, zoomed=True).panes) == {LOG}


def test_panes_that_are_not_to_be_shown_leave_their_place_to_the_others() -> None:
    view = ViewSettings(panes=(CONTAINERS, LOG))
    assert arrange(120, 40, CONTAINERS, apps=True, view=view).panes == {
        CONTAINERS: Rect(0, 1, 120, 23),
        LOG: Rect(0, 24, 120, 15),
    }
    assert "images" in arrange(120, 40, "images", view=view).panes, "one goes there all the same"
    alone = arrange(80, 24, CONTAINERS, view=ViewSettings(panes=(CONTAINERS,))).panes
    assert alone == {CONTAINERS: Rect(0, 2, 80, 21)}
    assert home_of(ViewSettings(panes=("tags", LOG))) == "tags"
    assert home_of(ViewSettings(panes=())) == CONTAINERS


def test_sizes_are_as_configured() -> None:
    view = ViewSettings(left=50, apps=40, log=20)
    panes = arrange(200, 52, CONTAINERS, apps=True, view=view).panes
    assert (panes["images"].width, panes[APPS].height, panes[LOG].height) == (100, 20, 6)
    panes = arrange(80, 24, CONTAINERS, view=view).panes
    assert panes[LOG].height == 6
