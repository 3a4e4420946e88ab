"""Nothing is lost between an operation process and the dashboard: every type that crosses, every field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.refs import ref
from tests.support.values import values
from tui.model.verb import VERBS, Argument
from tui.operations.process.answers import Answer
from tui.operations.process.request import Request

if TYPE_CHECKING:
    from tui.model.verb import Verb


@given(values(Answer))
def test_an_answer_is_read_as_it_was_said(answer: Answer) -> None:
    line = answer.line()
    assert line.endswith("\n") and line.count("\n") == 1
    assert line.isascii()  # a pipe has no locale
    assert Answer.read(line.encode()) == answer


@given(values(Request), st.sampled_from([*VERBS.values()]))
def test_a_request_is_read_as_it_was_made(request: Request, verb: Verb) -> None:
    others = {argument.value: Request._field_defaults[argument] for argument in {*Argument} - verb.takes}
    asked = request._replace(verb=verb.name, **others, fleet=request.fleet if verb.fleet else ())
    assert "\n" not in asked.line()
    assert Request.read(asked.line().encode()) == asked


@given(st.sampled_from([*VERBS.values()]), st.sampled_from([*Argument]))
def test_a_request_says_nothing_that_its_verb_does_not_take(verb: Verb, argument: Argument) -> None:
    default = Request._field_defaults[argument]
    asked = Request("op", verb.name, "web", ref("unix:///x.sock"))._replace(**{argument: type(default)(1)})
    if argument in verb.takes:
        assert Request.read(asked.line()) == asked
        return
    with pytest.raises(ValueError, match=f"{verb.name} takes no {argument}"):
        Request.read(asked.line())


def test_a_request_for_a_verb_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="no verb conjure"):
        Request.read(Request("op", "conjure", "web", ref("unix:///x.sock")).line())


@pytest.mark.parametrize("line", ["", "no JSON", "[]", "7", '{"plan": 7}', '{"plan": {"title": "x"}}'])
def test_what_is_no_answer_is_no_answer(line: str) -> None:
    with pytest.raises(ValueError):
        Answer.read(line)
