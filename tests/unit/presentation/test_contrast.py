"""Colours that come from outside can be read on the background that a theme gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.presentation.contrast import LEAST, contrast, readable
from tui.presentation.style import parse_style
from tui.presentation.theme import mono, parse_theme, resolve

COLOURS = st.integers(0, 255).map("color({})".format) | st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@given(COLOURS, st.sampled_from(["#ffffff", "#000000", "#fafbfc", "#0f1419", "#777777"]))
def test_every_colour_can_be_read_on_every_background(color: str, background: str) -> None:
    assert contrast(readable(color, background), background) >= min(LEAST, 4.47)  # all that grey allows


def test_what_can_be_read_stays() -> None:
    assert readable("#00ff00", "#000000") == "#00ff00"
    assert readable("color(2)", "#000000") == "#00cd00"
    assert readable("default", "#000000") == "default"
    assert readable("color(2)", "default") == "color(2)"  # the terminal's own business


def test_a_log_keeps_the_background_that_it_gives() -> None:
    theme = parse_theme({"name": "t", "palette": {}, "roles": {"text": "#202020 on #ffffff"}}, "t.toml")
    assert resolve(theme, "log #ffff00 on #000000") == parse_style("#ffff00 on #000000", {})
    assert resolve(theme, "log #ffff00").fg != "#ffff00"


def test_without_colours_a_log_has_none() -> None:
    assert resolve(mono(), "log bold color(1) on #ffffff")[:3] == (None, None, True)
