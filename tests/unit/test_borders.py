"""Whatever is written down or sent to another process is read back as it was, every field of every type."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.values import values
from tui.journal.format import _KINDS
from tui.ledger.lease_state import Owner, Renewal
from tui.model.codec import Unfit, plain, read
from tui.model.evidence import Evidence
from tui.model.operation import Failure, Plan
from tui.model.release import Outcome, Release
from tui.operations.process.answers import Answer
from tui.operations.process.request import Request

TYPES: tuple[Any, ...] = (
    Answer, Evidence, Failure, Outcome, Owner, Plan, Release, Renewal, Request, *_KINDS.values(),
)  # fmt: skip

FEW = max(30, settings().max_examples // 4)
"""Examples of each type: a release alone has a hundred fields."""


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
@settings(max_examples=FEW)
@given(data=st.data())
def test_it_is_read_as_it_was_written(kind: Any, data: st.DataObject) -> None:
    value = data.draw(values(kind))
    unknown: list[str] = []
    assert read(json.loads(json.dumps(plain(value, kind))), kind, unknown) == value
    assert unknown == []


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
@settings(max_examples=FEW)
@given(data=st.data())
def test_what_a_newer_version_has_added_is_named(kind: Any, data: st.DataObject) -> None:
    value = data.draw(values(kind))
    unknown: list[str] = []
    assert read({**plain(value, kind), "added later": 1}, kind, unknown) == value
    assert unknown == ["added later"]


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
@settings(max_examples=FEW)
@given(
    junk=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=5,
    ),
    data=st.data(),
)
def test_what_has_another_type_is_refused_by_name(kind: Any, junk: Any, data: st.DataObject) -> None:
    """Or it is of the type: then it is written as it was read."""
    wrong = data.draw(st.sampled_from(kind._fields))
    fields = {**plain(data.draw(values(kind)), kind), wrong: junk}
    try:
        found = read(fields, kind, [])
    except Unfit as error:
        assert wrong in str(error) or "missing" in str(error)
    else:
        assert read(plain(found, kind), kind, []) == found
