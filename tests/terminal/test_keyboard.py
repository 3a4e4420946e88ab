"""Bytes that no keyboard should send do not end the dashboard, and do not lock it."""

from __future__ import annotations

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
