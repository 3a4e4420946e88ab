"""Rows of containers: what needs somebody stands first, and a release is known by its version."""

from __future__ import annotations

import pytest

from tui.commands.command import Scope, Situation
from tui.commands.keymap import PANES, Keymap
from tui.model.container import Container
from tui.presentation.containers import cell, sort_key
from tui.presentation.frame import title_line
from tui.presentation.header import footer_keys, footer_line
from tui.presentation.lines import plain


def container(name: str, state: str = "running", health: str = "none", created: float = 0.0, **more):  # type: ignore[no-untyped-def]
    return Container(name, name, more.pop("image", "web:1"), "", "", created, state, health=health, **more)


def test_by_state_what_needs_somebody_stands_first_and_together() -> None:
    states = [
        ("stopped", "exited", "none"), ("new", "running", "healthy"), ("loops", "restarting", "none"),
        ("sick", "running", "unhealthy"), ("plain", "running", "none"), ("sick too", "running", "unhealthy"),
        ("held", "paused", "none"), ("loops too", "restarting", "none"),
        ("sick no more", "exited", "unhealthy"),
    ]  # fmt: skip
    found = [container(name, state, health, 100.0 - at) for at, (name, state, health) in enumerate(states)]
    assert [one.name for one in sorted(found, key=sort_key("state", {}))] == [
        "sick", "sick too", "loops", "loops too", "new", "plain", "held", "stopped", "sick no more",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("image", "labels", "shown"),
    [
        ("reg.io/shop/web@sha256:" + "a" * 64, {"io.holdfast.version": "v1.4.0"}, "reg.io/shop/web:v1.4.0"),
        ("reg.io/shop/web@sha256:" + "a" * 64, {}, "reg.io/shop/web@aaaaaaaaaaaa"),
        ("shop/web:3", {"io.holdfast.version": "v1"}, "shop/web:3"),
        ("sha256:" + "b" * 64, {}, "b" * 12),
        ("sha256:" + "b" * 64, {"io.holdfast.version": "v1.4.0"}, "v1.4.0 " + "b" * 12),
    ],
)
def test_the_image_of_a_release_is_its_repository_and_version(
    image: str, labels: dict[str, str], shown: str
) -> None:
    assert cell("image", container("web", image=image, labels=labels), None, 0.0)[0] == shown


@pytest.mark.parametrize("pane", PANES, ids=lambda pane: pane.value)
@pytest.mark.parametrize("cells", [8, 20, 41, 80, 120])
def test_the_footer_shows_whole_words_and_always_help(pane: Scope, cells: int) -> None:
    keys = footer_keys(Keymap(), Situation(pane))
    shown = plain(footer_line(cells, keys))
    assert len(shown) == cells
    words = [f" {key} {word} " for key, word in keys]
    assert any("".join(words[:count]) == shown.rstrip() + " " for count in range(1, len(words) + 1))
    assert shown.startswith(" ? help ")


def test_a_footer_without_room_shows_the_key_alone() -> None:
    assert plain(footer_line(3, [("?", "help")])) == " ? "


def test_a_long_name_does_not_hide_the_state_in_a_title() -> None:
    shown = plain(title_line("5 Log  " + "a-long-name" * 9, "paused, 12 more", 60, False, state=True))
    assert shown.endswith(" paused, 12 more ") and "…" in shown and len(shown) == 60
