"""Nothing is lost between an operation process and the dashboard: every type that crosses, every field."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.operations.answers import Answer
from tui.operations.request import Request


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type; of a named tuple with every field that it has, also those with a default."""
    if hasattr(hint, "_fields"):
        return st.builds(hint, **{name: values(of) for name, of in get_type_hints(hint).items()})
    if getattr(hint, "__origin__", None) is tuple and get_args(hint)[1:] == (...,):
        return st.lists(values(get_args(hint)[0]), max_size=3).map(tuple)
    if getattr(hint, "__origin__", None) is tuple:
        return st.tuples(*map(values, get_args(hint)))
    if type(None) in get_args(hint):
        return st.none() | st.one_of(*(values(of) for of in get_args(hint) if of is not type(None)))
    return st.from_type(hint)


@given(values(Answer))
def test_an_answer_is_read_as_it_was_said(answer: Answer) -> None:
    line = answer.line()
    assert line.endswith("\n") and line.count("\n") == 1
    assert line.isascii()  # a pipe has no locale
    assert Answer.read(line.encode()) == answer


@given(values(Request))
def test_a_request_is_read_as_it_was_made(request: Request) -> None:
    assert "\n" not in request.line()
    assert Request.read(request.line().encode()) == request


@pytest.mark.parametrize("line", ["", "no JSON", "[]", "7", '{"plan": 7}', '{"plan": {"title": "x"}}'])
def test_what_is_no_answer_is_no_answer(line: str) -> None:
    with pytest.raises(ValueError):
        Answer.read(line)
