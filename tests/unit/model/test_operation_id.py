"""IDs of operations, taken apart and put together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.journal.folder import new_id
from tui.model.operation_id import OperationId, short_op
from tui.model.verb import VERBS

APPS = st.from_regex(r"[a-z0-9]([a-z0-9._-]{0,20}[a-z0-9])?", fullmatch=True)


@given(verb=st.sampled_from([*VERBS]), app=APPS, now=st.floats(0, 4e9))
def test_whatever_is_made_is_read_again(verb: str, app: str, now: float) -> None:
    text = new_id(verb, app, now)
    found = OperationId.read(text)
    assert found is not None
    assert (found.verb, found.app, found.text) == (verb, app, text)
    assert short_op(text) == found.digits


def test_they_sort_by_time() -> None:
    assert new_id("test", "a", 0.0) < new_id("build", "b", 86_400.0)


WHOLE = "20261124-093000-build-web-3f2a9c"


@pytest.mark.parametrize("text", ["", "notes", WHOLE[:-7], f"../{WHOLE}", f"{WHOLE}\n"])
def test_what_is_no_id_is_none(text: str) -> None:
    assert OperationId.read(text) is None
