"""Variables as Compose puts them in: the cases of compose-go's tests (template/template_test.go) and more."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.interpolation import NotATemplate, Required, interpolate, required

VALUES = {"FOO": "first", "BAR": "", "JSON": "json"}


CASES = {
    "$$ok $$": "$ok $",
    "ok ${FOO}": "ok first",
    "$FOO": "first",
    "$foo-${FOO}": "-first",
    "${NONE}": "",
    "$NONE.": ".",
    "ok ${missing:-def}": "ok def",
    "ok ${missing-def}": "ok def",
    "ok ${BAR:-def}": "ok def",
    "ok ${BAR-def}": "ok ",
    "ok ${BAR:-/non:-alphanumeric}": "ok /non:-alphanumeric",
    "ok ${FOO:+replacement}": "ok replacement",
    "ok ${BAR:+replacement}": "ok ",
    "ok ${BAR+replacement}": "ok replacement",
    "ok ${NONE+replacement}": "ok ",
    "${FOO:?must be set}": "first",
    "${BAR?must be set}": "",
    "ok ${BAR:-$FOO}": "ok first",
    "ok ${BAR:-${FOO}}": "ok first",
    "ok ${BAR:-${NONE:-x ${FOO}}} ${FOO} y": "ok x first first y",
    "ok ${BAR:-${FOO} ${FOO:-1}}": "ok first first",
    'ok ${NONE:-{"x": {"y": 1}}}': 'ok {"x": {"y": 1}}',
    "${NONE:-}": "",
    "${FOO}-${NONE:-x}": "first-x",
    "${NONE:-a$$b}": "a$b",
    "50$ $. $1 $": "50$ $. $1 $",
    "": "",
}


@pytest.mark.parametrize(("text", "filled"), CASES.items())
def test_variables_are_filled_in_as_compose_does(text: str, filled: str) -> None:
    assert interpolate(text, VALUES.get) == filled


@pytest.mark.parametrize(
    "text", ["${", "${}", "${ }", "${ FOO}", "${FOO ", "${FOO!}", "${1}", "${FOO:}", "${\nFOO}"]
)
def test_what_is_no_variable(text: str) -> None:
    with pytest.raises(NotATemplate):
        interpolate(text, VALUES.get)


@pytest.mark.parametrize(
    "text", ["${BAR:?not set: $FOO}", "${NONE:?not set: $FOO}", "${NONE?not set: ${FOO}}"]
)
def test_a_variable_that_must_be_set(text: str) -> None:
    with pytest.raises(Required) as caught:
        interpolate(text, VALUES.get)
    assert caught.value.why == "not set: first"


def test_a_variable_without_a_value_can_be_refused() -> None:
    with pytest.raises(Required, match="NONE is not set"):
        interpolate("${FOO} ${NONE}", VALUES.get, required)
    assert interpolate("${NONE-x}", VALUES.get, required) == "x"


def test_defaults_within_defaults_have_an_end() -> None:
    with pytest.raises(NotATemplate):
        interpolate("${A:-" * 100 + "}" * 100, VALUES.get)


@given(st.text(alphabet="FOBARN$${}:?+- \n"))
def test_whatever_it_is_it_is_filled_in_or_refused(text: str) -> None:
    with contextlib.suppress(NotATemplate, Required):
        interpolate(text, VALUES.get)
    assert interpolate(text.replace("$", "$$"), VALUES.get) == text
