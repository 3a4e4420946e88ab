"""Engines as rows."""

from __future__ import annotations

import pytest

from tui.engine.endpoint import Endpoint
from tui.engine.ref import EngineRef
from tui.model.engine_state import EngineState
from tui.operations.looking.engines import KnownEngine
from tui.presentation.engines import COLUMNS, detail_lines, state_words

NOW = 1_700_000_000.0
REF = EngineRef(Endpoint("ssh://web-1", "a test"), "web-1")
ONE = KnownEngine(REF.url, ("web-1",), REF)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (EngineState(), "○ asking"),
        (EngineState(connecting=NOW - 0.3), "○ asking"),
        (EngineState(connecting=NOW - 12), "○ connecting for 12s"),
        (EngineState(seen=NOW - 30, connecting=NOW - 8), "○ connecting for 8s"),
        (EngineState(seen=NOW - 90, error="away", connecting=NOW - 8), "✗ last seen 1m ago"),
        (EngineState(error="away", connecting=NOW - 8), "✗ no answer"),
        (EngineState(seen=NOW - 30), "● live"),
    ],
)
def test_how_it_is(state: EngineState, words: str) -> None:
    assert state_words(ONE, state, NOW)[0] == words
    room = next(column.width for column in COLUMNS if column.id == "state")
    assert len(words) <= room


def test_a_long_warning_has_its_remedy_on_a_line_of_its_own() -> None:
    ref = EngineRef(Endpoint("tcp://db-1:2376", ""), "db-1")
    said = "the certificate of the engine expires in 6 days (2026-12-04): have a new one put there"
    state = EngineState(seen=1.0, warnings=(said,))
    lines = detail_lines(KnownEngine("k", ("db-1",), ref), state, 2.0, 80, "also as local")
    told = ["".join(text for text, _ in line).strip() for line in lines]
    assert told[0] == "db-1 · also as local · tcp://db-1:2376"
    assert told[1:] == [*said.split(": ")]
