"""The list of containers as bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tui.demo.listing import Listing
from tui.demo.objects import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.demo.conftest import Clock
    from tui.demo.state import State


class Later:
    """Keeps what is to be called later, until the test lets it happen."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], object]] = []

    def __call__(self, _seconds: float, call: Callable[[], object]) -> None:
        self.calls.append(call)

    def happen(self) -> None:
        for call in self.calls:
            call()
        self.calls.clear()


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def listing(state: State, later: Later) -> Listing:
    return Listing(state, later)


def entries(listing: Listing, everything: bool = True) -> list[Any]:
    found: list[Any] = json.loads(listing.body(everything))
    return found


def names(listing: Listing, everything: bool = True) -> list[str]:
    return [entry["Names"][0] for entry in entries(listing, everything)]


def test_the_newest_is_first_and_changes_are_seen(state: State, listing: Listing) -> None:
    one = state.create("one", {"Image": "shop:1"})
    assert names(listing) == ["/one"]
    state.create("two", {"Image": "shop:1"})
    assert names(listing) == ["/two", "/one"]
    state.start(one)
    assert names(listing, everything=False) == ["/one"]
    state.rename(one, "first")
    assert names(listing) == ["/two", "/first"]
    state.remove(one, force=True)
    assert names(listing) == ["/two"]


def test_what_died_is_listed_as_running_for_a_moment(state: State, listing: Listing, later: Later) -> None:
    one = state.create("one", {"Image": "shop:1"})
    state.start(one)
    assert names(listing, everything=False) == ["/one"]
    state.died(one, 1)
    assert [entry["State"] for entry in entries(listing)] == ["running"]
    later.happen()
    assert [entry["State"] for entry in entries(listing)] == ["exited"]


def test_ages_move_on(state: State, listing: Listing, clock: Clock) -> None:
    state.start(state.create("one", {"Image": "shop:1"}))
    assert entries(listing)[0]["Status"] == "Up Less than a second"
    clock.pass_seconds(5)
    assert entries(listing)[0]["Status"] == "Up 5 seconds"
    clock.pass_seconds(3 * 3600)
    assert entries(listing)[0]["Status"] == "Up 3 hours"


def test_nothing_is_encoded_twice(state: State, listing: Listing) -> None:
    state.create("one", {"Image": "shop:1"})
    assert listing.body(everything=True) is listing.body(everything=True)


def test_a_name_that_left_its_image_is_replaced_by_the_id(state: State, listing: Listing) -> None:
    one = state.create("one", {"Image": "shop:1"})
    assert entries(listing)[0]["Image"] == "shop:1"
    state.library.remove("shop:1")
    assert entries(listing)[0]["Image"] == one.image_id
    state.library.tag(state.library.images[one.image_id], "shop", "1")
    assert entries(listing)[0]["Image"] == "shop:1"


def test_ports_are_listed_while_it_runs(state: State, listing: Listing) -> None:
    host = {"PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}], "53/udp": None}}
    one = state.create("one", {"Image": "shop:1", "HostConfig": host})
    assert entries(listing)[0]["Ports"] == []
    state.start(one)
    assert entries(listing)[0]["Ports"] == [
        {"IP": "127.0.0.1", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
        {"PrivatePort": 53, "Type": "udp"},
    ]


def test_created_is_in_seconds(state: State, listing: Listing) -> None:
    one = state.create("one", {"Image": "shop:1"})
    assert entries(listing)[0]["Created"] == one.created // SECOND
