"""The terminal that the tests look at: what it shows is what a user would see."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.screen import Screen
from tests.support.terminal import SIZES

if TYPE_CHECKING:
    from tests.terminal.conftest import OpenTerminal

PLAIN = {"PATH": "/usr/bin:/bin", "PS1": "ready> "}


@pytest.mark.parametrize("size", SIZES)
def test_a_shell_has_the_size_and_answers(open_terminal: OpenTerminal, size: tuple[int, int]) -> None:
    terminal = open_terminal("sh", size=size, env=PLAIN)
    terminal.wait_for("ready>")
    terminal.send("stty size; echo sum $((6*7))\r")
    text = terminal.wait_for("sum 42")
    assert f"{size[1]} {size[0]}" in text
    assert len(terminal.lines()) == size[1]
    terminal.resize(70, 20)
    terminal.send("stty size\r")
    terminal.wait_for(re.compile(r"\b20 70$", re.MULTILINE))
    terminal.send("exit 3\r")
    assert terminal.wait_end() == 3


def test_what_does_not_show_fails_with_the_screen(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal("sh", env=PLAIN)
    terminal.wait_for("ready>")
    with pytest.raises(AssertionError, match=r"(?s)'never' did not show: 0\.2 s have passed.*ready>"):
        terminal.wait_for("never", 0.2)


def test_a_program_that_ended_is_not_waited_for(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal("sh", "-c", "echo bye")
    terminal.wait_for("bye")
    with pytest.raises(AssertionError, match="the program has ended"):
        terminal.wait_for("never", 60)


def test_questions_are_answered(open_terminal: OpenTerminal) -> None:
    asking = "stty raw -echo; printf '\\033[6n'; head -c 6 | od -c | head -1"
    terminal = open_terminal("sh", "-c", asking)
    terminal.wait_for("033   [   1   ;   1   R")


def test_named_keys_arrive_as_a_terminal_sends_them(open_terminal: OpenTerminal) -> None:
    reading = (
        "import os,tty; tty.setraw(0); print('reading', flush=True); print(repr(os.read(0, 9)), end=' ')"
    )
    terminal = open_terminal(sys.executable, "-c", reading)
    terminal.wait_for("reading")
    terminal.press("down")
    terminal.wait_for(r"b'\x1b[B'")


def test_a_sequence_cut_anywhere_shows_the_same() -> None:
    written = "a\x1b[31mrot\x1b[0m \x1b]0;title\x07é\x1b[?2026hx\x1b[>1u\x1bP+q\x1b\\日z".encode()
    whole = Screen(20, 2)
    whole.feed(written)
    assert whole.lines()[0].rstrip() == "arot éx日z"
    assert whole.cell(0, 1).fg == "red"
    for at in range(len(written)):
        cut = Screen(20, 2)
        cut.feed(written[:at])
        cut.feed(written[at:])
        assert cut.lines() == whole.lines(), f"cut at {at}"
