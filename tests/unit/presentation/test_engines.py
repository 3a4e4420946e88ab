"""Engines as rows."""

from __future__ import annotations

import pytest

from tui.engine.endpoint import Endpoint
from tui.engine.ref import EngineRef
from tui.model.engine_state import EngineState
from tui.operations.looking.engines import KnownEngine
from tui.presentation.engines import COLUMNS, state_words

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
