"""What is looked for in lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.line_match import LONGEST, as_expression, line_match


@pytest.mark.parametrize("text", ["", " ", "!", "! "])
def test_nothing_is_asked_for(text: str) -> None:
    assert line_match(text) is None


@pytest.mark.parametrize(
    ("text", "found", "missed"),
    [
        ("error", "an ERROR", "fine"),
        ("Error", "an Error", "an error"),
        ("/5\\d\\d/", "status 502", "status 404"),
        ("/ERR/", "ERR", "err"),
        ("/\\Serr/", "xERR", "err"),
        ("/api/v1", "GET /api/v1", "GET /api/v2"),
        ("a.c", "a.c", "abc"),
    ],
)
def test_case_counts_where_there_is_a_capital(text: str, found: str, missed: str) -> None:
    match = line_match(text)
    assert match is not None
    assert as_expression(match).search(found) and not as_expression(match).search(missed)


def test_what_is_no_expression_says_why() -> None:
    for text in ("/(/", "/a{9999999999}/", "/[/", "/(?P<x>a/"):
        with pytest.raises(ValueError, match="is no regular expression"):
            line_match(text)
    with pytest.raises(ValueError, match=f"longer than {LONGEST}"):
        line_match("x" * 501)


@given(st.text(max_size=60))
def test_anything_is_a_match_or_refused(text: str) -> None:
    try:
        match = line_match(text)
    except ValueError:
        return
    assert match is None or match.text == text
