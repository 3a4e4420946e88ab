"""[view] and [columns]: what they take, and that their names are those on the screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.presentation import apps, containers, images, resources
from tui.presentation.layout import PANES as SHOWN
from tui.presentation.table import Column, chosen, place
from tui.settings.columns import KNOWN, PANES
from tui.settings.load import load

if TYPE_CHECKING:
    from tests.unit.settings.conftest import Faults

COLUMNS: dict[str, tuple[Column, ...]] = {
    "apps": apps.COLUMNS,
    "images": images.COLUMNS,
    "tags": tuple(
        {column.id: column for column in (*images.TAG_COLUMNS, *images.REMOTE_TAG_COLUMNS)}.values()
    ),
    "containers": containers.COLUMNS,
    "volumes": resources.VOLUME_COLUMNS,
    "networks": resources.NETWORK_COLUMNS,
    "events": resources.EVENT_COLUMNS,
}


def test_every_column_has_a_name_that_can_be_configured() -> None:
    assert {pane: set(names) for pane, names in KNOWN.items()} == {
        pane: {column.id for column in columns} for pane, columns in COLUMNS.items()
    }
    assert PANES == SHOWN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('containers = ["nmae"]', '"nmae" is no column of the containers: did you mean name?'),
        ('images = ["size:0"]', '"size:0": a width is 1 to 200 cells'),
        ('images = ["size:x"]', '"size:x": a width is 1 to 200 cells'),
        ('tags = ["id", "id:3"]', '"id" is there twice'),
        ("tags = 3", "it takes some of group"),
        ('pods = ["id"]', "pods is unknown"),
    ],
)
def test_what_is_no_column_is_said_with_the_nearest(text: str, said: str, faults: Faults) -> None:
    [fault] = faults(f"[columns]\n{text}\n")
    assert said in fault


def test_panes_and_sizes_are_read(home: dict[str, str]) -> None:
    Path("holdfast.toml").write_text(
        '[view]\npanes = ["containers", "apps"]\nleft = 40\n[columns]\ntags = ["id:20"]\n'
    )
    settings = load(None, home)
    assert settings.view.panes == ("apps", "containers")
    assert (settings.view.left, settings.columns.tags) == (40, ("id:20",))


WANTED = st.sampled_from(sorted(COLUMNS)).flatmap(
    lambda pane: st.tuples(
        st.just(pane),
        st.lists(st.sampled_from(KNOWN[pane]), unique=True, max_size=11).flatmap(
            lambda names: st.tuples(
                *(st.builds(lambda w, n=name: f"{n}:{w}" if w else n, st.integers(0, 200)) for name in names)
            )
        ),
    )
)


@given(WANTED, st.integers(1, 300))
def test_chosen_columns_stand_in_their_order_and_never_beyond_the_list(
    wanted: tuple[str, tuple[str, ...]], cells: int
) -> None:
    pane, words = wanted
    placed = place(chosen(COLUMNS[pane], words), cells)
    names = [word.partition(":")[0] for word in words]
    shown = [one.column.id for one in placed]
    if names:
        assert shown == [name for name in names if name in shown]
        assert shown[0] == names[0]
    assert all(one.width >= 0 and one.x + one.width <= max(cells, one.x) for one in placed)
