"""Lines of `holdfast logs`, as a terminal and a program get them."""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING

from tui.cli import logs
from tui.cli.logs import LogsOptions
from tui.cli.output import answer_json
from tui.journal.format import decode, encode
from tui.model.operation import Logged

if TYPE_CHECKING:
    import pytest

MOMENT = b"2026-11-24T11:46:46.123456789Z"


def written(
    monkeypatch: pytest.MonkeyPatch, options: LogsOptions, *lines: tuple[int, bytes, bytes], names: list[str]
) -> str:
    """What comes out on a terminal with colours."""
    out: list[bytes] = []
    monkeypatch.setattr(os, "isatty", lambda _: True)
    monkeypatch.setattr(logs, "colours", lambda _: True)
    monkeypatch.setattr(logs, "write_all", lambda _, content: out.append(content))
    asyncio.run(logs._Printing(names, options, None).put(list(lines)))
    return b"".join(out).decode()


def test_times_and_names_are_coloured_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    said = written(
        monkeypatch,
        LogsOptions(timestamps=True),
        (1, MOMENT, b"\x1b[38;5;200;1mbright\x1b[0m"),
        (1 << 2 | 2, MOMENT, b"\x01 \x1b[48;2;1;2;3mwrong"),
        (2, b"no moment", b"\x1b[31;7mlate"),
        names=["web-r1", "web-r1@b"],
    )
    assert "46.123" in said
    assert all(word in said for word in ("bright", "wrong", "late", "web-r1@b"))
    assert "\x1b[0;2m" in said  # the time


def test_json_of_a_line_holds_nothing_that_a_terminal_obeys(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "ü \x1b[31m \x7f \x9b31m \x85 €"
    said = written(monkeypatch, LogsOptions(json=True), (1, MOMENT, line.encode()), names=["web\x9d0;t\x9c"])
    assert not [char for char in said.removesuffix("\n") if ord(char) < 0x20 or 0x7F <= ord(char) <= 0x9F]
    assert "ü" in said
    assert "\\u009b31m" in said
    assert json.loads(said)["text"] == line
    assert json.loads(said)["container"] == "web\x9d0;t\x9c"


def test_json_answers_and_events_hold_nothing_that_a_terminal_obeys(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = "ü\x7f\x80\x9f"
    answer_json({text: [text]})
    said = capsys.readouterr().out
    event = Logged(1.0, "build", 1, text)
    line = encode(event)
    assert json.loads(said) == {text: [text]}
    assert decode(line) == event
    for one in (said, line.decode()):
        assert "ü\\u007f\\u0080\\u009f" in one
