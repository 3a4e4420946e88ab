"""Rows of volumes, networks and events: what came from outside is text, and secrets stay out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.model.event import Event
from tui.presentation.resources import EVENT_COLUMNS, event_cell, event_lines
from tui.presentation.table import place

TOKEN = "ghp_" + "a1B2c3D4" * 5


def said(event: Event) -> str:
    cells = [event_cell(column.id, event)[0] for column in EVENT_COLUMNS]
    return "\n".join([*cells, *("".join(text for text, _ in line) for line in event_lines(event))])


def test_a_secret_in_a_label_or_a_command_is_masked() -> None:
    labels = {"API_TOKEN": "hunter2hunter2", "name": "web"}
    event = Event("container", f"exec_create: curl --password {TOKEN}", "ab" * 32, labels, 0.0)
    assert "hunter2hunter2" not in said(event)
    assert TOKEN not in said(event)
    assert "web" in said(event)


@given(st.text(), st.text(), st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=4))
def test_no_escape_gets_through(action: str, id: str, attributes: dict[str, str]) -> None:
    shown = said(Event("container", action + "\x1b]0;x\x07", id, attributes, 1e9))
    assert not [c for c in shown if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0]


def test_what_an_event_says_beyond_has_room_at_80_columns() -> None:
    placed = {one.column.id: one.width for one in place(EVENT_COLUMNS, 78)}
    assert placed["about"] >= len("exit code 137")
    assert placed["name"] >= 12
