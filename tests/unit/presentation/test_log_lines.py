"""Log lines: colours kept, everything else harmless, every row exactly as wide as it should be."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.presentation.ansi import ansi_line
from tui.presentation.lines import plain
from tui.presentation.log_lines import (
    MAX_ROWS,
    Look,
    RowPlace,
    dropped_row,
    last_top,
    local_time,
    log_rows,
    log_state,
    moved,
    places_from,
)
from tui.presentation.text import width
from tui.store.output import OutputLine

AT = b"2026-11-24T10:11:12.123456789Z"


def line(text: bytes, stream: int = 1) -> OutputLine:
    return OutputLine(0, stream, AT, text)


def shown(text: bytes) -> str:
    return plain(ansi_line(text, "log", 10_000))


def harmless(text: str) -> bool:
    return all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in text)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\x1b]52;c;ZXZpbA==\x07hi", "^[]52;c;ZXZpbA==^Ghi"),
        (b"\x1b[2Jhi", "^[[2Jhi"),
        (b"10%\r20%\rdone", "done"),
        (b"windows line\r", "windows line"),
        (b"a\tb", "a       b"),
        (b"[bold red]x[/]", "[bold red]x[/]"),
        (b"bad \xff\xfe", "bad \ufffd\ufffd"),
        (b"\x9b31mx", "\ufffd31mx"),
    ],
)
def test_what_a_line_looks_like(raw: bytes, text: str) -> None:
    assert shown(raw) == text


def test_colours_and_attributes_are_kept() -> None:
    spans = ansi_line(b"\x1b[1;31merr\x1b[0m ok \x1b[38;2;1;2;3mrgb\x1b[48;5;200mbg\x1b[m", "log", 100)
    styles = dict(spans)
    assert "bold" in styles["err"] and "color(1)" in styles["err"]
    assert "#010203" in styles["rgb"]
    assert "on color(200)" in styles["bg"]
    assert styles[" ok "] == "log"


def test_standard_error_is_told_apart_without_colour() -> None:
    (row,) = log_rows(line(b"boom", 2), Look(20))
    assert plain(row).startswith("▌boom")
    (row,) = log_rows(line(b"fine"), Look(20))
    assert plain(row).startswith(" fine")


@given(st.binary(max_size=400), st.integers(4, 60), st.booleans(), st.booleans(), st.integers(0, 50))
def test_any_bytes_fill_their_rows_and_do_no_harm(
    raw: bytes, cells: int, wrap: bool, times: bool, left: int
) -> None:
    for row in log_rows(line(raw), Look(cells, wrap, times, 0 if wrap else left)):
        assert sum(width(text) for text, _ in row) == cells
        assert harmless(plain(row))


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=300), st.integers(6, 40))
def test_wrapping_shows_the_whole_line(text: str, cells: int) -> None:
    rows = log_rows(line(text.encode()), Look(cells, wrap=True))
    assert "".join(plain(row)[1:].rstrip() for row in rows) == text


def test_a_line_of_a_mebibyte_costs_what_is_seen_of_it() -> None:
    huge = line(b"x" * (1 << 20))
    start = time.process_time()
    for _ in range(20):
        log_rows(huge, Look(200))
    assert len(log_rows(huge, Look(200, wrap=True))) == MAX_ROWS + 1
    assert time.process_time() - start < 2.0  # no benchmark: whole lines would take minutes


def test_matches_are_highlighted_in_any_case_unless_capitals_are_asked_for() -> None:
    def marked(needle: str) -> list[str]:
        (row,) = log_rows(line(b"Error and error"), Look(40, needle=needle))
        return [text for text, style in row if "match" in style]

    assert marked("error") == ["Error", "error"]
    assert marked("Error") == ["Error"]


def test_times_are_local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC-2")
    time.tzset()
    local_time.__globals__["_local_minute"].cache_clear()
    try:
        assert local_time(AT) == "12:11:12.123 "
    finally:
        monkeypatch.undo()
        time.tzset()
        local_time.__globals__["_local_minute"].cache_clear()
    assert local_time(b"nonsense").strip() == ""


ROWS = st.lists(st.integers(1, 5), min_size=1, max_size=20)


@given(ROWS, st.integers(1, 12), st.integers(-30, 30), st.data())
def test_moving_by_rows_agrees_with_counting_them(
    counts: list[int], height: int, delta: int, data: st.DataObject
) -> None:
    every = [RowPlace(number, row) for number, count in enumerate(counts) for row in range(count)]
    start = data.draw(st.integers(0, len(every) - 1))
    end = len(counts)
    target = every[max(0, min(start + delta, len(every) - 1))]
    assert moved(every[start], delta, counts.__getitem__, 0, end) == target
    assert last_top(height, counts.__getitem__, 0, end) == every[max(0, len(every) - height)]
    assert places_from(every[start], height, counts.__getitem__, end) == every[start : start + height]


def test_what_the_title_says() -> None:
    assert log_state("", True, 0) == "following"
    assert log_state("", True, 0, ended=True) == "ended"
    assert log_state("the range has ended", True, 0, ended=True) == "the range has ended"
    assert log_state("", False, 1234) == "paused, 1,234 new below"
    assert "the container is exited" in log_state("the container is exited", True, 0)
    assert "12,340 lines not shown" in plain(dropped_row(12_340, 60))
