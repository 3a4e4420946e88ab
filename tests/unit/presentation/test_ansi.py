"""Colours of log lines: every form of SGR, nothing else obeyed, nothing read that is not seen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.presentation.ansi import ansi_line
from tui.presentation.lines import plain
from tui.presentation.style import ROLES, Style, parse_style
from tui.presentation.text import width

LIMIT = 1000


def style_of(sequence: str) -> str:
    """The style of a text after a sequence."""
    (*_, (text, style)) = ansi_line(f"{sequence}x".encode(), "log", LIMIT)
    assert text == "x"
    return style


@pytest.mark.parametrize(
    ("sequence", "style"),
    [
        ("\x1b[31m", "log color(1)"),
        ("\x1b[97m", "log color(15)"),
        ("\x1b[44m", "log on color(4)"),
        ("\x1b[103m", "log on color(11)"),
        ("\x1b[38;5;208m", "log color(208)"),
        ("\x1b[38:5:208m", "log color(208)"),
        ("\x1b[38;2;16;32;48m", "log #102030"),
        ("\x1b[38:2:16:32:48m", "log #102030"),
        ("\x1b[38:2::16:32:48m", "log #102030"),
        ("\x1b[48;2;16;32;48;1m", "log bold on #102030"),
        ("\x1b[91m\x1b[1;48;2;16;32;48m", "log bold color(9) on #102030"),
        ("\x1b[1;2;3;4;7;9m", "log bold dim italic underline strike reverse"),
        ("\x1b[4:3m", "log underline"),
        ("\x1b[4m\x1b[4:0m", "log"),
        ("\x1b[1;2m\x1b[22m", "log"),
        ("\x1b[3;4;7;9m\x1b[23;24;27;29m", "log"),
        ("\x1b[31;42m\x1b[39m", "log on color(2)"),
        ("\x1b[31;42m\x1b[49m", "log color(1)"),
        ("\x1b[1;31m\x1b[m", "log"),
        ("\x1b[1;31m\x1b[0m", "log"),
        ("\x1b[31;0;32m", "log color(2)"),
        ("\x1b[58;5;1;31m", "log color(1)"),  # the colour of an underline is read over, what follows is not
        ("\x1b[38;5;999m", "log"),
        ("\x1b[38;2;1;2m", "log"),
        ("\x1b[38m", "log"),
        ("\x1b[8m", "log"),  # what a program wants hidden is shown
        ("\x1b[5m", "log"),
    ],
)
def test_a_sequence_gives_its_style(sequence: str, style: str) -> None:
    assert style_of(sequence) == style


def test_each_line_starts_without_colours() -> None:
    ansi_line(b"\x1b[1;31mleft red", "log", LIMIT)
    assert ansi_line(b"plain", "log", LIMIT) == [("plain", "log")]


def test_standard_error_keeps_its_role_under_colours() -> None:
    assert ansi_line(b"\x1b[31mx", "log.stderr", LIMIT) == [("x", "log.stderr color(1)")]


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b[2J",
        "\x1b[10;10H",
        "\x1b[?1049h",
        "\x1b]52;c;ZXZpbA==\x07",
        "\x1b]8;;http://evil/\x1b\\",
        "\x1bP+q544e\x1b\\",
        "\x1b_Gf=100;AAAA\x1b\\",
        "\x1bc",
        "\x9b2J",
        "\x9d52;c;x\x9c",
        "\x07",
        "\x08",
        "\x00",
        "\x7f",
        "\x1b",
    ],
    ids=repr,
)
def test_other_sequences_are_shown_in_a_role_of_their_own(sequence: str) -> None:
    line = ansi_line(f"before {sequence}".encode(), "log", LIMIT)
    assert line[0] == ("before ", "log")
    assert {style for _, style in line[1:]} == {"log log.control"}
    assert all(char.isprintable() for text, _ in line for char in text)


def test_a_tab_goes_to_the_next_stop_in_cells_not_in_characters() -> None:
    def shown(text: str) -> str:
        return "".join(part for part, _ in ansi_line(text.encode(), "log", LIMIT))

    assert shown("日\tx") == "日" + " " * 6 + "x"
    assert shown("\x1b[31mab\tx") == "ab" + " " * 6 + "x"
    assert shown("12345678\tx") == "12345678" + " " * 8 + "x"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"10%\r50%\rdone", "done"),
        (b"done\r", "done"),
        (b"done\r\r", "done"),
        (b"\rdone", "done"),
        (b"\r", ""),
        (b"", ""),
    ],
)
def test_carriage_returns_leave_what_a_terminal_would(raw: bytes, text: str) -> None:
    assert "".join(part for part, _ in ansi_line(raw, "log", LIMIT)) == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=300), st.integers(1, 40))
def test_a_limit_cuts_no_character_into_pieces(text: str, limit: int) -> None:
    line = ansi_line((text * 30).encode(), "log", limit)
    assert "\ufffd" not in "".join(part for part, _ in line) or "\ufffd" in text


@given(st.binary(max_size=300), st.integers(1, 100))
def test_any_bytes_are_harmless_and_reach_the_limit_or_their_end(raw: bytes, limit: int) -> None:
    whole = ansi_line(raw, "log", 100_000)
    part = ansi_line(raw, "log", limit)
    for text, style in whole:
        assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in text)
        parse_style(style, {role: Style() for role in ROLES})
    cells = sum(width(text) for text, _ in whole)
    assert sum(width(text) for text, _ in part) >= min(limit, cells)


def test_a_line_of_nothing_but_colours_is_given_up() -> None:
    assert ansi_line(b"\x1b[31m" * 200_000, "log", 80) == [("…", "log.control")]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"10%\x1b[2K\x1b[1G20%", "20%"),
        (b"10%\x1b[1G\x1b[2K20%", "20%"),
        (b"10%\r\x1b[K20%\x1b[K\r", "20%"),
        (b"50%\x1b[0K", "50%"),
        (b"gone\x1b[2K", ""),
        (b"done\x1b[1G", "done"),
        (b"10%\x1b[2K\x1b[G\x1b[32m30%\x1b[0m", "30%"),
        (b"\x1b[2J", "^[[2J"),
    ],
)
def test_what_a_progress_bar_erases_is_gone(raw: bytes, text: str) -> None:
    assert plain(ansi_line(raw, "log", 80)) == text
