from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.fleet import ALL, Share, WayTo, common_way, waves_of

SHARES = st.lists(st.builds(Share, st.integers(1, 100), percent=st.booleans()), max_size=6)


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(1, [1]), (2, [1, 1]), (3, [1, 2]), (4, [1, 3]), (8, [1, 1, 6]), (12, [1, 2, 9]), (100, [1, 24, 75])],
)
def test_a_wave_takes_what_the_one_before_left(count: int, sizes: list[int]) -> None:
    found = waves_of(range(count), (Share(1), Share(25, percent=True), ALL))
    assert [len(wave) for wave in found] == sizes


@given(st.integers(0, 60), SHARES)
def test_every_engine_is_in_exactly_one_wave_and_in_order(count: int, shares: list[Share]) -> None:
    found = waves_of(range(count), shares)
    assert [engine for wave in found for engine in wave] == [*range(count)]
    assert all(found)


def way(version: str, number: int, at: float, *, live: bool = False) -> WayTo:
    return WayTo(f"sha256:{version}", version, number, at, live)


def test_all_go_back_to_the_newest_that_each_of_them_can() -> None:
    engines = {
        "a": [way("v2", 2, 20.0), way("v1", 1, 10.0), way("v3", 3, 30.0, live=True)],
        "b": [way("v1", 4, 11.0), way("v3", 5, 31.0, live=True)],
    }
    assert common_way(engines) == {"a": engines["a"][1], "b": engines["b"][0]}


def test_one_that_serves_it_already_is_left_as_it_is() -> None:
    engines = {
        "a": [way("v1", 1, 10.0), way("v2", 2, 20.0, live=True)],
        "b": [way("v0", 1, 5.0), way("v1", 2, 12.0, live=True)],
    }
    found = common_way(engines)
    assert found == {"a": engines["a"][0], "b": engines["b"][1]}


def test_where_they_have_nothing_in_common_there_is_no_way() -> None:
    assert common_way({"a": [way("v1", 1, 1.0)], "b": [way("v2", 1, 1.0)]}) is None
    assert common_way({"a": [way("v1", 1, 1.0, live=True)], "b": [way("v1", 1, 1.0, live=True)]}) is None
    assert common_way({"a": [], "b": [way("v1", 1, 1.0)]}) is None
    assert common_way({}) is None


def test_a_version_can_be_named() -> None:
    ways = [way("v2", 2, 20.0), way("v1", 1, 10.0)]
    assert common_way({"a": ways, "b": ways}, "v1") == {"a": ways[1], "b": ways[1]}
    assert common_way({"a": ways, "b": ways}, "v9") is None


WAYS = st.lists(
    st.builds(
        way,
        st.sampled_from(["v1", "v2", "v3"]),
        st.integers(1, 9),
        st.floats(0, 100),
        live=st.booleans(),
    ),
    max_size=6,
)


@given(st.dictionaries(st.sampled_from("abcd"), WAYS, max_size=4))
def test_wherever_they_go_all_serve_the_same_afterwards(engines: dict[str, list[WayTo]]) -> None:
    found = common_way(engines)
    if found is None:
        return
    assert found.keys() == engines.keys()
    assert len({(one.digest, one.version) for one in found.values()}) == 1
    assert all(one in engines[engine] for engine, one in found.items())
    assert not all(one.live for one in found.values())
