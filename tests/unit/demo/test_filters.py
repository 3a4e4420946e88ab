"""Filters of lists and events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.demo import filters
from tui.demo.journal import Happening
from tui.demo.objects import Container, Image
from tui.demo.refused import Refused

if TYPE_CHECKING:
    from tui.demo.state import State


def test_both_forms_are_read() -> None:
    assert filters.parse('{"a": ["b", "c"]}') == {"a": ("b", "c")}
    assert filters.parse('{"a": {"b": true, "c": false}}') == {"a": ("b",)}
    assert filters.parse("") == filters.parse(None) == filters.parse("{}") == {}


@pytest.mark.parametrize(("text", "status"), [("x", 500), ("[]", 400), ('{"other": ["x"]}', 400)])
def test_nonsense_is_refused(text: str, status: int) -> None:
    with pytest.raises(Refused) as refused:
        filters.parse(text, {"name"})
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ({"name": ("eb",)}, True),
        ({"name": ("^/web$",)}, True),
        ({"name": ("db", "web")}, True),
        ({"name": ("[",)}, False),
        ({"id": ("ab",)}, True),
        ({"id": ("b",)}, False),
        ({"label": ("a=b",)}, True),
        ({"label": ("a=b", "c")}, False),
        ({"status": ("running", "exited")}, True),
        ({"status": ("exited",), "name": ("web",)}, False),
        ({"ancestor": ("shop:1",)}, True),
        ({"ancestor": ("other:1",)}, False),
        ({"health": ("none",)}, True),
        ({"network": ("bridge",)}, True),
        ({"volume": ("data",)}, True),
    ],
)
def test_containers(state: State, wanted: filters.Filters, fits: bool) -> None:
    image = state.library.find("shop:1").id
    container = state.add(
        "ab" * 32, "web", "shop:1", image, {"Labels": {"a": "b"}}, {"Binds": ["data:/data"]}
    )
    test = filters.container_filter(wanted, lambda name: {image} if name == "shop:1" else set())
    assert test(container, "running") is fits


def test_states_must_exist() -> None:
    with pytest.raises(Refused, match="status=gone"):
        filters.container_filter({"status": ("gone",)}, lambda _name: set())


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ({"reference": ("registry.local/shop/api",)}, True),
        ({"reference": ("registry.local/*/api:1*",)}, True),
        ({"reference": ("*/api",)}, False),
        ({"dangling": ("false",)}, True),
        ({"dangling": ("true",)}, False),
    ],
)
def test_images(wanted: filters.Filters, fits: bool) -> None:
    image = Image("sha256:1", 0, [], {}, ["registry.local/shop/api:1.2"])
    assert filters.matches_image(image, wanted) is fits


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ({}, True),
        ({"type": ("container",)}, True),
        ({"type": ("image",)}, False),
        ({"event": ("health_status",)}, True),
        ({"event": ("health_status: healthy",)}, True),
        ({"event": ("die", "start")}, False),
        ({"container": ("web",)}, True),
        ({"container": ("abab",)}, True),
        ({"container": ("other",)}, False),
        ({"label": ("a=b",)}, True),
    ],
)
def test_events(wanted: filters.Filters, fits: bool) -> None:
    happening = Happening("container", "health_status: healthy", "ab" * 32, {"name": "web", "a": "b"}, 0)
    assert filters.matches_event(happening, wanted) is fits


def test_a_container_without_labels(state: State) -> None:
    container: Container = state.add("cd" * 32, "bare", "shop:1", "", {}, {})
    assert filters.container_filter({"label": ("a",)}, lambda _name: set())(container, "created") is False
