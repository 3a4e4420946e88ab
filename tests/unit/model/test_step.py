"""Steps in words and as text: what stands in journals and leases is read back, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.journal.reader import events
from tui.model.operation import Started, StepChanged
from tui.model.step import OF_NO_RELEASE, UNDO, WORDS, RolloutStep, StepKind, doing, read_step

JOURNALS = sorted((Path(__file__).parents[1] / "recorded/operations").iterdir())
STEPS = st.builds(RolloutStep, st.sampled_from(StepKind), st.integers(0, 10**17))


@given(STEPS)
def test_an_id_is_read_as_the_step_that_has_it(step: RolloutStep) -> None:
    assert read_step(step.id) == step
    assert read_step(f"{UNDO} {step.id}", UNDO) == step


@given(STEPS)
def test_every_step_has_its_words(step: RolloutStep) -> None:
    assert set(WORDS) == set(StepKind)
    assert f"r{step.release}" in step.title
    assert doing(step.id) == step.doing != step.id


@pytest.mark.parametrize(
    "text",
    ["", "gate", "gate r", "gate r-1", "gate r٣", "gate r01", "undo gate r6", "shout r1", "gate r6 now"],
)
def test_what_is_no_step_is_words(text: str) -> None:
    assert read_step(text) is None
    assert doing(text) == text


def test_steps_of_no_release_have_words_too() -> None:
    assert doing(UNDO) == "going back to the release before"
    assert all(words != id for id, words in OF_NO_RELEASE.items())


def test_steps_that_were_written_down_are_called_as_they_were() -> None:
    titles = {}
    for path in JOURNALS:
        for event in events(path):
            match event:
                case Started():
                    titles |= {step.id: step.title for step in event.plan}
                case StepChanged(title=title) if title:
                    titles[event.step.removeprefix("ship-deploy/")] = title
    steps = {id: step for id in titles if (step := read_step(id, UNDO)) is not None}
    assert {step.kind for step in steps.values()} >= {*StepKind} - {StepKind.DRAIN, StepKind.REMOVE}
    assert {id: step.title for id, step in steps.items()} == {id: titles[id] for id in steps}
    assert [id for id in titles if " r" in id and id not in steps] == []
