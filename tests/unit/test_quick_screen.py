"""The tests' own short ways through pyte change nothing of what a screen shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyte
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.quick_screen import QuickScreen, QuickStream

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS, LINES = 12, 5

NUMBERS = st.lists(st.sampled_from(["", "0", "1", "3", "7", "12", "10000"]), max_size=2).map(";".join)
COLOURS = ["", "0", "1", "1;31", "22;39", "7", "38;5;200", "38;2;1;2;3;48;2;9;8;7", "38;2", "4;90;107"]
CONTROLS = ["\r", "\n", "\b", "\t", "\x1b7", "\x1b8", "\x1bM", "\x1bD", "\x1bc"]
MODES = ["\x1b[4h", "\x1b[4l", "\x1b[?7l", "\x1b[?7h", "\x1b[?25l"]
ODD = ["\x9b3;3H", "\x1b[3\r;3H", "\x1b[2\x18A", "\x1b]0;title\x07", "\x1b[1 q", "\x1b[12", "\x1b["]
PIECES = st.one_of(
    st.text(st.sampled_from("ab ~0│─●…é日e\u0301\u200b\ufeff👩\xa0\xad\x7f\x00"), max_size=14),
    st.sampled_from(COLOURS).map(lambda numbers: f"\x1b[{numbers}m"),
    st.builds("\x1b[{}{}".format, NUMBERS, st.sampled_from("HfABCDGdEFr")),
    st.builds("\x1b[{}{}".format, st.sampled_from(["", "0", "1", "2", "9"]), st.sampled_from("JKXPLM@gz~")),
    st.sampled_from([*CONTROLS, *MODES, *ODD]),
)


def outcome(stream: pyte.Stream, text: str) -> str:
    """What it raises: pyte does not understand every sequence."""
    try:
        stream.feed(text)
    except (TypeError, UnboundLocalError) as error:
        return str(error)
    return ""


@given(st.lists(PIECES, max_size=40), st.lists(st.integers(0, 300), max_size=6))
@example(["\x1b[31m", "abcdefghijkl", "m"], [3])
@example(["\x1b[4h", "abc", "\r", "xyz"], [])
def test_the_screen_is_what_pyte_makes_of_it(pieces: Sequence[str], cuts: Sequence[int]) -> None:
    whole = "".join(pieces)
    wanted, quick = pyte.Screen(COLUMNS, LINES), QuickScreen(COLUMNS, LINES)
    slowly, quickly = pyte.Stream(wanted), QuickStream(quick)
    for begin, end in zip([0, *sorted(cuts)], [*sorted(cuts), None], strict=True):
        assert outcome(quickly, whole[begin:end]) == outcome(slowly, whole[begin:end])
        assert quick.dirty == wanted.dirty
        assert quick.buffer == wanted.buffer
        for name in ("x", "y", "attrs", "hidden"):
            assert getattr(quick.cursor, name) == getattr(wanted.cursor, name)
    assert (quick.mode, quick.margins, quick.title) == (wanted.mode, wanted.margins, wanted.title)


def test_what_is_written_most_takes_the_short_ways() -> None:
    screen = QuickScreen(COLUMNS, LINES)
    stream = QuickStream(screen)
    stream.feed("\x1b[2;3H\x1b[1;31mred │ …\x1b[0m")
    assert screen.display[1] == "  red │ …   "
    red = screen.buffer[1][2]
    assert screen._cells[red._replace(data=" ")]["r"] is red
    assert set(stream._read) == {"\x1b[2;3H", "\x1b[1;31m", "\x1b[0m"}
