"""JSON and logfmt as fields: what is meant is shown, nothing is obeyed, and what is neither stays."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.highlight import Highlight
from tui.presentation.highlights import Highlights
from tui.presentation.lines import plain
from tui.presentation.log_fields import LONGEST, MOST, fields_line
from tui.presentation.log_lines import NAME_COLOURS, TIME_CELLS, Look, local_time, log_rows, source_names
from tui.presentation.text import width
from tui.store.output import OutputLine

if TYPE_CHECKING:
    from tui.presentation.style import Line


def fields(text: bytes | dict[str, object]) -> str | None:
    raw = json.dumps(text).encode() if isinstance(text, dict) else text
    found = fields_line(raw, "log", 500)
    return None if found is None else plain(found).rstrip()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ({"level": "info", "msg": "up", "port": 80}, "INFO  up port=80"),
        ({"severity": "WARNING", "message": "slow", "ms": 1.5}, "WARN  slow ms=1.5"),
        ({"level": 50, "msg": "no"}, "ERROR no"),
        ({"level": 7, "msg": "no"}, "7     no"),
        ({"msg": "a b", "who": "x y", "empty": ""}, 'a b who="x y" empty=""'),
        ({"logger": "db", "msg": "ok"}, "db: ok"),
        ({"name": "x", "n": None}, "name=x n=null"),
        ({"msg": "a\x1b[2J\nb", "\x07": "\x9b"}, "a^[[2J^Jb ^G=<9b>"),
        (b'level=error msg="it \\"broke\\"" code=7', 'ERROR it "broke" code=7'),
        (b"  lvl=debug msg=x", "DEBUG x"),
        ({"level": ["odd"], "msg": {"a": 1}}, 'level=["odd"] msg={"a": 1}'),
    ],
)
def test_what_a_line_looks_like(text: bytes | dict[str, object], shown: str) -> None:
    assert fields(text) == shown


@pytest.mark.parametrize(
    "text",
    [b"plain", b"{broken", b"[1, 2]", b'"text"', b"{}", b"a=b", b"a=b c=d", b"GET /?msg=x HTTP/1.1", b"\xff{",
     b"level=info and then words", b"[" * 100_000, b"{" + b" " * LONGEST + b"}", b""],
    ids=lambda text: repr(text[:20]),
)  # fmt: skip
def test_what_is_neither_stays(text: bytes) -> None:
    assert fields_line(text, "log", 100) is None


def test_moments_are_short_and_what_is_none_stays() -> None:
    at = 1_790_000_000
    for value in (at, at * 1000, at * 10**6, at * 10**9):
        assert (fields({"msg": "x", "time": value}) or "").endswith(":20.000 x")
    assert fields({"msg": "x", "ts": "2026-11-28 10:00:01,5"}) == "10:00:01.500 x"
    assert fields({"msg": "x", "time": 12}) == "12 x"
    assert fields({"msg": "x", "time": "yesterday"}) == "yesterday x"
    assert fields({"msg": "x", "time": 1e400}) is not None


def test_many_fields_are_cut_and_said() -> None:
    found = fields_line(json.dumps({f"k{n}": n for n in range(MOST + 5)}).encode(), "log", 10_000)
    assert found is not None and plain(found).endswith("and 5 more")


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=20), lambda inner: st.lists(
    inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8))  # fmt: skip
def test_any_json_fills_its_row_and_does_no_harm(value: object) -> None:
    line = OutputLine(
        0, stream=1, at=b"", text=json.dumps({"level": value, "msg": value, "x": value}).encode()
    )
    (row,) = log_rows(line, Look(40, fields=True))
    assert sum(width(text) for text, _ in row) == 40
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in plain(row))


def styles(row: Line) -> list[tuple[str, str]]:
    return [(text, style.removeprefix("log ")) for text, style in row if style != "log"]


def test_the_first_rule_has_a_place_and_a_search_is_seen_over_it() -> None:
    marks = Highlights(
        [Highlight("/err\\w*/", "bad"), Highlight("error code", "warn"), Highlight("7", "red")]
    )
    line = OutputLine(0, stream=1, at=b"", text=b"an error code 7")
    (row,) = log_rows(line, Look(40, marks=marks))
    assert styles(row) == [("error", "bad"), ("7", "red")]
    (row,) = log_rows(line, Look(40, marks=marks, needle="rror"))
    assert ("rror", "bad match") in styles(row)


def test_a_rule_that_takes_too_long_is_left_out_and_the_others_stay() -> None:
    marks = Highlights([Highlight("/(a|a)*b/", "bad"), Highlight("end", "warn")])
    line = OutputLine(0, stream=1, at=b"", text=b"a" * 300 + b" end")
    (row,) = log_rows(line, Look(400, marks=marks))
    assert styles(row) == [("end", "warn")]
    assert marks.slow == ["/(a|a)*b/"]
    log_rows(line, Look(400, marks=marks))
    assert marks.slow == ["/(a|a)*b/"]


def test_a_name_has_its_colour_wherever_it_is_and_no_two_share_one_while_there_are_some() -> None:
    few = source_names(("web", "db"), 80)
    assert dict(zip(("web", "db"), few, strict=True))["web"][1] == source_names(("web",), 80)[0][1]
    many = source_names(tuple(f"c{number}" for number in range(9)), 80)
    assert len({style for _, style in many}) == len(NAME_COLOURS)
    assert len({text for text, _ in source_names(("a", "b" * 60), 80)[:1]}) == 1
    assert {width(text) for text, _ in source_names(("a", "日本" * 20, "\x1b[2J"), 80)} == {21}


def test_a_wrapped_line_of_several_logs_has_its_name_once() -> None:
    line = OutputLine(0, stream=2, at=b"", text=b"x" * 50, source=1)
    rows = log_rows(line, Look(24, wrap=True, names=source_names(("web", "db"), 24)))
    assert [plain(row)[:5] for row in rows] == ["▌db  ", "▌    ", "▌    "]
    assert all(sum(width(text) for text, _ in row) == 24 for row in rows)


def test_a_time_that_cannot_be_read_leaves_the_message_in_sight() -> None:
    said = fields({"time": "24/Nov/2026:11:46:46 +0000", "msg": "served"})
    assert said == "24/Nov/2026:11:46:46 +0000 served"
    said = fields({"time": "9" * 400, "msg": "served"})
    assert said == f"{'9' * 31}… served"
    assert (fields({"time": 10**400, "msg": "served"}) or "").endswith("… served")


@given(st.binary(max_size=60) | st.from_regex(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", fullmatch=True))
def test_the_column_of_times_is_as_wide_whatever_the_engine_says(at: bytes) -> None:
    assert width(local_time(at)) == TIME_CELLS
