"""Bytes that no keyboard should send do not end the dashboard, and do not lock it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.terminal.conftest import OpenTerminal


@pytest.mark.parametrize("typed", [b"\xc3(", b"\xff\xfe", b"\x1b[200~caf\xe9\x1b[201~"])
def test_bytes_that_are_no_text_do_no_harm(open_holdfast: OpenTerminal, typed: bytes) -> None:
    terminal = open_holdfast("--demo")
    terminal.wait_for("● live")
    terminal.send(typed)
    terminal.send("?")
    terminal.wait_for("Lower case looks")
    terminal.press("q")
    terminal.wait_until_gone("Lower case looks")
    terminal.press("q")
    assert terminal.wait_end() == 0


def test_ctrl_c_breaks_out_of_a_paste_that_is_never_ended(open_holdfast: OpenTerminal) -> None:
    terminal = open_holdfast("--demo")
    terminal.wait_for("● live")
    terminal.send("\x1b[200~abc")
    terminal.send("\x03")
    assert terminal.wait_end() == 0


def test_a_paste_that_is_never_ended_does_not_lock_the_keyboard(open_holdfast: OpenTerminal) -> None:
    terminal = open_holdfast("--demo")
    terminal.wait_for("● live")
    terminal.send("/\x1b[200~zzz")
    terminal.wait_for("zzz")
    terminal.press("escape")
    terminal.wait_until_gone("zzz")
    terminal.press("q")
    assert terminal.wait_end() == 0


SAID = {
    "pixels": b"\x1b[48;40;120;0;0t\x1b[<35;5;5M",
    "size": b"\x1b[48;9999;9999;9999;9999t",
    "alternate keys": b"\x1b[97:65:97;5:3;97:98u",
    "no character": b"\x1b[1114112u\x1b[97;1;1114112u\x1b[99999999999u",
    "modes": b"\x1b[?2048;2$y",
    "not ended": b"\x1b]" + b"z" * 3000,
}


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_what_no_terminal_should_say_does_no_harm(open_holdfast: OpenTerminal, said: bytes) -> None:
    terminal = open_holdfast("--demo")
    terminal.wait_for("● live")
    terminal.send(said)
    terminal.send("\x11")
    assert terminal.wait_end() == 0
    modes = re.findall(rb"\x1b\[\?(\d+)([hl])", bytes(terminal.output))
    last = dict(modes)
    assert {mode for mode, _ in modes if last[mode] == b"h"} <= {b"7", b"25"}  # wrapping, and the cursor


def test_ctrl_c_overtakes_what_waits(open_holdfast: OpenTerminal) -> None:
    terminal = open_holdfast("--demo")
    terminal.wait_for("● live")
    terminal.send("/")
    for _ in range(400):
        terminal.send(b"j" * 256)
    terminal.send("\x03")
    began = time.monotonic()
    assert terminal.wait_end() == 0
    assert time.monotonic() - began < 5
