"""What is found by a typed name, and what comes first."""

from __future__ import annotations

import pytest

from tui.commands.finding import CHANGING_WORDS, NAMES, WORDS, fit
from tui.commands.table import BY_ID, TABLE


def found(typed: str) -> list[str]:
    """The IDs, the best first; every command has the letters."""
    fits = {command.id: fit(command, typed, loosely=True) for command in TABLE}
    return sorted((id for id, score in fits.items() if score), key=lambda id: -fits[id])


@pytest.mark.parametrize(("id", "name"), [(one.id, name) for one, names in NAMES.items() for name in names])
def test_a_place_comes_first_by_each_of_its_names(id: str, name: str) -> None:
    assert id in BY_ID
    assert found(name)[0] == id
    assert found(f" {name.upper()} ")[0] == id


@pytest.mark.parametrize(
    ("begun", "id"), [("cont", "pane.containers"), ("pod", "pane.containers"), ("vol", "view.volumes")]
)
def test_a_place_comes_first_by_the_beginning_of_its_name(begun: str, id: str) -> None:
    assert found(begun)[0] == id


@pytest.mark.parametrize(
    ("typed", "id"), [("prune", "image.prune"), ("rollb", "app.rollback"), ("roll back", "app.rollback")]
)
def test_what_changes_is_found_by_its_words_before_anything_that_has_only_the_letters(
    typed: str, id: str
) -> None:
    assert found(typed)[0] == id


def test_letters_alone_never_mean_what_changes() -> None:
    assert not any(BY_ID[id].changes for id in found("prn"))
    assert found("prn")
    assert not any(fit(command, "wrp", loosely=False) for command in TABLE)


def test_what_looks_comes_before_what_changes_and_an_id_before_both() -> None:
    fits = {fit(command, "container", loosely=False): command.changes for command in TABLE}
    assert fits[WORDS] is False and fits[CHANGING_WORDS] is True
    assert found("container.stop")[0] == "container.stop"
