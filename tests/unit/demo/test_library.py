"""The engine's rules for names and removal of images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.demo.objects import HistoryEntry, Image
from tui.demo.refused import Refused

if TYPE_CHECKING:
    from tui.demo.state import State


@pytest.fixture
def image(state: State) -> Image:
    return state.library.find("shop:1")


def other(state: State, *tags: str) -> Image:
    made = Image("sha256:" + "cd" * 32, 1_700_000_001, [HistoryEntry(1, "COPY", 50)], {}, list(tags))
    state.library.add(made)
    return made


@pytest.mark.parametrize("reference", ["shop:2", "sha256:" + "ab" * 32, "ab" * 32, "abab", "sha256:abababab"])
def test_found_by_name_and_id(state: State, image: Image, reference: str) -> None:
    assert state.library.find(reference) is image


@pytest.mark.parametrize("reference", ["shop", "other:1", "aba", "sha256:cdcd"])
def test_not_found(state: State, reference: str) -> None:
    with pytest.raises(Refused) as refused:
        state.library.find(reference)
    assert refused.value.status == 404


def test_a_name_belongs_to_one_image(state: State, image: Image) -> None:
    second = other(state)
    state.library.tag(second, "shop", "1")
    assert image.tags == ["shop:2"]
    assert second.tags == ["shop:1"]


def test_an_image_that_comes_takes_its_names(state: State, image: Image) -> None:
    other(state, "shop:1", "shop:2")
    assert image.tags == []


@pytest.mark.parametrize(("repository", "tag"), [("Shop", "1"), ("shop", "a b"), ("shop", "-x"), ("", "1")])
def test_malformed_names_are_refused(state: State, image: Image, repository: str, tag: str) -> None:
    with pytest.raises(Refused):
        state.library.tag(image, repository, tag)
    assert image.tags == ["shop:1", "shop:2"]


def test_no_tag_means_latest(state: State, image: Image) -> None:
    assert state.library.tag(image, "registry:5000/team/shop", "") == "registry:5000/team/shop:latest"
    assert state.library.find("registry:5000/team/shop") is image


def test_one_of_two_names_only_untags(state: State, image: Image) -> None:
    assert state.library.remove("shop:1") == [{"Untagged": "shop:1"}]
    assert state.journal.past[-1].action == "untag"
    assert state.library.find("shop:2") is image


def test_the_last_name_deletes(state: State, image: Image) -> None:
    state.library.remove("shop:1")
    assert state.library.remove("shop:2") == [{"Untagged": "shop:2"}, {"Deleted": image.id}]
    assert [happening.action for happening in state.journal.past][-2:] == ["untag", "delete"]
    assert state.library.images == {}


def test_digests_go_with_the_last_tag_of_their_repository(state: State, image: Image) -> None:
    image.tags.append("kept:1")
    image.digests += ["shop@sha256:1", "kept@sha256:1"]
    assert state.library.remove("shop:1") == [{"Untagged": "shop:1"}]
    assert state.library.remove("shop:2") == [{"Untagged": "shop:2"}, {"Untagged": "shop@sha256:1"}]
    assert image.digests == ["kept@sha256:1"]


class TestInUse:
    @pytest.fixture(autouse=True)
    def only_one_name(self, state: State, image: Image) -> None:
        state.library.remove("shop:2")
        state.create("web", {"Image": "shop:1"})

    def test_the_last_name_is_a_conflict(self, state: State) -> None:
        with pytest.raises(
            Refused, match=r"must force.*is using its referenced image abababababab"
        ) as refused:
            state.library.remove("shop:1")
        assert refused.value.status == 409

    def test_force_deletes_under_a_stopped_container(self, state: State) -> None:
        state.library.remove("shop:1", force=True)
        assert state.library.images == {}

    def test_force_only_untags_under_a_running_container(self, state: State, image: Image) -> None:
        state.start(state.find("web"))
        assert state.library.remove("shop:1", force=True) == [{"Untagged": "shop:1"}]
        assert list(state.library.images) == [image.id]

    def test_by_id_a_running_container_cannot_be_forced(self, state: State, image: Image) -> None:
        state.start(state.find("web"))
        with pytest.raises(Refused, match="cannot be forced"):
            state.library.remove(image.id, force=True)

    def test_prune_leaves_what_is_used(self, state: State, image: Image) -> None:
        image.tags.clear()
        unused = other(state)
        assert state.library.prune() == ([{"Deleted": unused.id}], 50)
        assert list(state.library.images) == [image.id]


def test_prune_of_everything_takes_names_too(state: State, image: Image) -> None:
    gone, freed = state.library.prune(dangling=False)
    assert gone == [{"Untagged": "shop:1"}, {"Untagged": "shop:2"}, {"Deleted": image.id}]
    assert freed == 1000
