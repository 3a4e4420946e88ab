from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tui.model.fleet import EngineOutcome, EngineState
from tui.presentation.fleet_table import fleet_table
from tui.presentation.lines import plain
from tui.presentation.text import width


def test_each_engine_says_what_serves_and_why() -> None:
    engines = (
        EngineOutcome("edge-1", EngineState.DONE, "r1 v1", "r2 v2", 1.2, 1.6),
        EngineOutcome("edge-10", EngineState.LIVE, "r2 v2", "r2 v2"),
        EngineOutcome("edge-2", EngineState.UNDONE, "r1 v1", "r1 v1", None, 7.0, "it burns"),
        EngineOutcome("edge-3", EngineState.BEHIND, message="nothing listens there"),
    )
    assert [plain(line).rstrip() for line in fleet_table(engines)] == [
        "  edge-1   done          r1 v1 -> r2 v2  1.6s, gap 1.20 s",
        "  edge-10  live already  r2 v2",
        "  edge-2   undone        r1 v1  7.0s",
        "    it burns",
        "  edge-3   behind",
        "    nothing listens there",
    ]


@given(st.text(), st.text(), st.text(), st.integers(30, 200))
def test_whatever_an_engine_is_called_nothing_gets_through(
    name: str, before: str, message: str, cells: int
) -> None:
    engines = (EngineOutcome(name, EngineState.UNDONE, before, before, message=f"x{message}"),)
    for line in fleet_table(engines, cells):
        assert not {unicodedata.category(char) for char in plain(line)} & {"Cc", "Cs"}
    assert width(plain([*fleet_table(engines, cells)][-1])) <= max(cells, 24)
