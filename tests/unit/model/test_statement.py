"""Statements as bytes and back, and what is refused of a stranger's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.codec import Unfit
from tui.model.moment import read_moment, written_moment
from tui.model.statement import (
    MOST_SUBJECTS,
    STATEMENT,
    Statement,
    Subject,
    read_statement,
    statement_bytes,
    to_sign,
)
from tui.model.strict_json import DEEPEST, read_object

DIGEST = "sha256:" + "a" * 64
WEB = Subject("registry:5000/web", DIGEST, {"version": "v1"})

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)
SUBJECTS = st.builds(
    Subject,
    TEXT,
    st.integers(0, 2**256 - 1).map(lambda number: f"sha256:{number:064x}"),
    st.dictionaries(TEXT, TEXT, max_size=3),
)
STATEMENTS = st.builds(
    Statement,
    st.lists(SUBJECTS, min_size=1, max_size=5).map(tuple),
    TEXT.filter(bool),
    st.dictionaries(TEXT, VALUES, max_size=4),
)


@given(STATEMENTS)
def test_a_statement_is_read_as_it_was_written(statement: Statement) -> None:
    assert read_statement(statement_bytes(statement)) == statement


@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_what_is_no_statement_is_unfit(body: bytes) -> None:
    with pytest.raises(Unfit):
        read_statement(body)


@given(st.data(), STATEMENTS)
def test_a_statement_cut_anywhere_is_unfit(data: st.DataObject, statement: Statement) -> None:
    body = statement_bytes(statement)
    with pytest.raises(Unfit):
        read_statement(body[: data.draw(st.integers(0, len(body) - 1))])


def written(**changed: Any) -> bytes:
    fields = {
        "_type": STATEMENT,
        "subject": [{"name": "web", "digest": {"sha256": "a" * 64}}],
        "predicateType": "https://example.com/any",
        "predicate": {},
    }
    return json.dumps({**fields, **changed}).encode()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (written(_type="https://in-toto.io/Statement/v2"), "no in-toto Statement v1"),
        (written(subject=[]), "no subject"),
        (written(subject="web"), "no subject"),
        (written(subject=[{"digest": {"sha256": "a" * 64}}] * (MOST_SUBJECTS + 1)), "more than 100 subjects"),
        (written(subject=[{"name": "web"}]), "no digest sha256"),
        (written(subject=[{"digest": {"sha256": "A" * 64}}]), "no digest sha256"),
        (written(subject=[{"digest": {"sha256": "a" * 63}}]), "no digest sha256"),
        (written(subject=[{"digest": {"sha256": "a" * 64 + "\n"}}]), "no digest sha256"),
        (written(subject=[{"digest": {"sha512": "a" * 128}}]), "no digest sha256"),
        (written(subject=[{"name": 1, "digest": {"sha256": "a" * 64}}]), "name is no text"),
        (written(subject=[{"annotations": [1], "digest": {"sha256": "a" * 64}}]), "annotations"),
        (written(predicateType=""), "no predicateType"),
        (written(predicateType=1), "no predicateType"),
        (written(predicate=[]), "predicate is no object"),
        (written(predicate={"x": float("nan")}), "holds NaN"),
        (written()[:-1] + b', "predicate": {}}', "a name twice"),
        (written(predicate={"x": "\ud800"}), "a text that is none"),
        (b"[" * 100_000, "no JSON"),
        (b'{"x":' * 40 + b"1" + b"}" * 40, f"more than {DEEPEST} deep"),
        (b'{"x": ' + b"9" * 5000 + b"}", "no JSON"),
        (b'{"x":"' + b"x" * 2**20 + b'"}', "more than 1024 KiB"),
        (b"\xff{}", "no JSON"),
        (b"[]", "no JSON object"),
    ],
)
def test_what_is_wrong_is_said(body: bytes, why: str) -> None:
    with pytest.raises(Unfit, match=why):
        read_statement(body)


def test_the_earlier_type_is_read() -> None:
    earlier = read_statement(written(_type="https://in-toto.io/Statement/v0.1"))
    assert earlier.digests == (DIGEST,)


def test_an_annotation_that_is_no_text_is_left_out() -> None:
    body = written(subject=[{"annotations": {"a": 1, "b": "c"}, "digest": {"sha256": "a" * 64}}])
    assert read_statement(body).subjects[0].annotations == {"b": "c"}


def test_what_could_not_be_read_is_not_written() -> None:
    with pytest.raises(Unfit, match="no digest"):
        statement_bytes(Statement((Subject("web", "latest"),), "https://example.com/any"))


@pytest.mark.parametrize("depth", [DEEPEST, DEEPEST + 1])
def test_how_deep_an_object_may_be(depth: int) -> None:
    body = b'{"x":' * (depth - 1) + b"{}" + b"}" * (depth - 1)
    if depth == DEEPEST:
        assert read_object(body)
        return
    with pytest.raises(Unfit, match="deep"):
        read_object(body)


def test_what_is_signed_tells_type_and_payload_apart() -> None:
    assert to_sign("a", b"b c") == b"DSSEv1 1 a 3 b c"
    assert to_sign("a 1", b"") != to_sign("a", b"1 ")


@given(st.floats(0, 1e10))
def test_a_moment_is_read_as_it_was_written(at: float) -> None:
    assert abs(read_moment(written_moment(at)) - at) <= 0.001


@pytest.mark.parametrize(
    "text", ["", "x", None, 5, "2026-01-01", "2026-01-01T00:00:00", "1" * 5000, "1969-01-01T00:00:00Z"]
)
def test_what_is_no_moment(text: object) -> None:
    assert read_moment(text) == 0.0


def test_nine_digits_and_an_offset_are_a_moment() -> None:
    assert read_moment("2026-01-01T01:00:00.123456789+01:00") == read_moment("2026-01-01T00:00:00.123456Z")
