from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.presentation.text import cut, fit, fit_end, safe, width

HOSTILE = [
    "[bold red]markup[/]",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b[2J\x1b[H",
    "a\rb",
    "a\tb",
    "日本語",
    "e\u0301",
    "\u202egnp.exe",
    "\x9b31m",
    "a\u200bb",
    "\ud800",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_holds_nothing_a_terminal_obeys(text: str) -> None:
    shown = safe(text)
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in shown)
    shown.encode("utf-8")


def test_escape_sequences_stay_readable() -> None:
    assert safe("\x1b]52;c;x\x07") == "^[]52;c;x^G"
    assert safe("\u202e") == "<202e>"


def test_markup_is_text() -> None:
    assert safe("[bold]x[/]") == "[bold]x[/]"


@given(st.text(), st.integers(0, 60), st.sampled_from(["left", "right"]))
def test_fit_takes_exactly_its_cells(text: str, cells: int, align: str) -> None:
    assert width(fit(safe(text), cells, align)) == cells


@given(st.text(), st.integers(0, 60))
def test_fit_end_takes_exactly_its_cells(text: str, cells: int) -> None:
    assert width(fit_end(safe(text), cells)) == cells


@given(st.text(), st.integers(0, 60))
def test_cut_is_the_longest_beginning_that_fits(text: str, cells: int) -> None:
    text = safe(text)
    piece = cut(text, cells)
    assert text.startswith(piece)
    assert width(piece) <= cells


def test_fit_end_keeps_the_end_of_a_reference() -> None:
    assert fit_end("registry.example.com/team/app:1.2.3", 20).rstrip().endswith("app:1.2.3")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u2764\ufe0f ok", "\u2764 ok"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\U0001f4bb"),
        ("\U0001f44d\U0001f3fd!", "\U0001f44d!"),
        ("\u2764\ufe0f\u200d\U0001f525", "\u2764\U0001f525"),
        ("\U0001f469\U0001f3fd\u200d\U0001f680", "\U0001f469\U0001f680"),
        ("a\u200db", "a<200d>b"),
        ("x\ufe0f", "x<fe0f>"),
    ],
)
def test_emoji_sequences_read_as_pictures_and_nothing_else_is_hidden(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_a_version_counts_more_than_the_id_behind_it() -> None:
    assert fit_end("v1.2.0 f9e2bc6f91bf", 18).rstrip() == "v1.2.0"
