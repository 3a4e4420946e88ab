"""Events survive being written and read; what is no event does no harm."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.journal.format import JournalMalformed, decode, encode
from tui.model.operation import (
    Ended,
    Failure,
    Logged,
    PlanStep,
    Progressed,
    Result,
    Started,
    StepChanged,
    Warned,
)

times = st.floats(0, 4e9)
texts = st.text(st.characters(exclude_categories=["Cs"]))
steps = st.builds(PlanStep, texts, texts)
amounts = st.integers(0, 2**60)
results = st.builds(
    Result,
    image=texts,
    digest=texts,
    tags=st.lists(texts).map(tuple),
    release=texts,
    gap_seconds=st.none() | times,
    facts=st.dictionaries(texts, texts).map(lambda facts: tuple(facts.items())),
)
failures = st.builds(Failure, st.integers(0, 255), texts, texts, st.lists(texts).map(tuple))
events = st.one_of(
    st.builds(
        Started, times, texts, texts, texts, texts, texts, texts, amounts, st.lists(steps).map(tuple), texts
    ),
    st.builds(StepChanged, times, texts, texts, st.none() | times, texts, texts, st.none() | times),
    st.builds(Logged, times, texts, st.integers(0, 2), texts),
    st.builds(Progressed, times, texts, amounts, amounts, texts),
    st.builds(Warned, times, texts),
    st.builds(Ended, times, st.booleans(), times, results, st.none() | failures),
)


@given(events)
def test_an_event_is_read_as_it_was_written(event):
    line = encode(event)

    assert line.endswith(b"\n") and line.count(b"\n") == 1
    assert decode(line) == event


@given(st.binary())
def test_bytes_that_are_no_event_are_refused_with_a_sentence(line):
    try:
        decode(line)
    except JournalMalformed as error:
        assert "journal" in error.message


def test_a_kind_of_a_newer_version_is_passed_over():
    assert decode(b'{"t":1,"kind":"hologram","x":2}') is None


def test_an_outcome_has_all_that_the_command_line_promises():
    line = json.loads(encode(Ended(5.0, False, 2.5, Result(), Failure(4, "no", "do this"))))

    assert line["kind"] == "outcome"
    assert {"ok", "seconds", "image", "digest", "tags", "release", "gap_seconds", "error"} <= line.keys()
    assert line["error"]["code"] == 4


@pytest.mark.parametrize("line", [b"", b"[]", b"3", b'{"kind":"step"}', b'{"kind":"start","plan":3}'])
def test_half_a_line_is_malformed(line):
    with pytest.raises(JournalMalformed):
        decode(line)
