"""A sequence is the message it stands for, and nothing at all where it says what no terminal should."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events, messages

from tui.widgets.keyboard import Keyboard
from tui.widgets.typed_messages import TypedMessages

if TYPE_CHECKING:
    from textual.message import Message


def read(typed: bytes) -> list[Message]:
    keyboard, known = Keyboard(), TypedMessages()
    return [
        message
        for part in (keyboard.typed(typed), keyboard.silence())
        for each in part
        for message in known.messages(each)
    ]


def keys(typed: bytes) -> list[str]:
    return [message.key for message in read(typed) if isinstance(message, events.Key)]


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        (b"\x1b", "escape"), (b"\x1b[A", "up"), (b"\x1bOA", "up"), (b"\x1b[1;5A", "ctrl+up"),
        (b"\x1b[Z", "shift+tab"),
        (b"\x1b[3~", "delete"), (b"\x1b[1~", "home"), (b"\x1b[5;2~", "shift+pageup"), (b"\x1b[15~", "f5"),
        (b"\x1bx", "alt+x"), (b"\x1bX", "alt+shift+x"), (b"\r", "enter"),
        (b"\x03", "ctrl+c"), (b"\x7f", "backspace"),
        (b"\x1b[99;5u", "ctrl+c"), (b"\x1b[13u", "enter"), (b"\x1b[97:65;2;65u", "A"), (b"\x1b[0;;233u", "é"),
        (b"\x1b[97:65:97;5:1u", "ctrl+a"), (b"\x1b[97;1;1114112u", "a"), (b"\x1b[57399u", "0"),
    ],
)  # fmt: skip
def test_a_key(typed: bytes, key: str) -> None:
    [pressed] = keys(typed)
    assert pressed in (key, "e_acute" if key == "é" else key)


@pytest.mark.parametrize(
    "typed",
    [
        b"\x1b[1114112u", b"\x1b[99999999999u", b"\x1b[55296u", b"\x1b[-1u", b"\x1b[97;9999u",
        b"\x1b[97:65:97;5:3;97:98u", b"\x1b[" + b"9" * 3000 + b"u", b"\x1b[99~",
        b"\x1b[24;80R", b"\x1b[?997;1n",
        b"\x1b[?1;2c", b"\x1b[?2048;2$y", b"\x1b[48;40;120;0;0t", b"\x1b[48;9999;9999;9999;9999t",
        b"\x1b[<0;99999999999999999999;3M", b"\x1b[<0;5;-3M", b"\x1b[M\x7f\x7f\x7f", b"\x1b[;;;;;m",
    ],
)  # fmt: skip
def test_what_says_nothing_known_is_dropped_and_the_next_key_counts(typed: bytes) -> None:
    assert read(typed) == []
    assert keys(typed + b"q") == ["q"]


def test_a_size_that_a_terminal_says_changes_no_click() -> None:
    for said in (b"\x1b[48;40;120;0;0t", b"\x1b[48;0;0;0;0t", b"\x1b[48;40;120;400;1200t"):
        [click] = read(said + b"\x1b[<0;5;6M")
        assert isinstance(click, events.MouseDown)
        assert (click.x, click.y) == (4, 5)


def test_what_is_no_key() -> None:
    assert [type(each) for each in read(b"\x1b[I\x1b[O\x1b[?2026;2$y\x1b[200~a\0b\x1b[201~")] == [
        events.AppFocus, events.AppBlur, messages.TerminalSupportsSynchronizedOutput, events.Paste,
    ]  # fmt: skip
    [paste] = read(b"\x1b[200~a\0b\x1b[201~")
    assert isinstance(paste, events.Paste)
    assert paste.text == "ab"


SEQUENCES = st.builds(
    lambda begin, fields, end: f"{begin}{fields}{end}".encode("utf-8", "replace"),
    st.sampled_from(["\x1b[", "\x1b[<", "\x1b[?", "\x1bO", "\x1b[48;", "\x1b]", "\x1b"]),
    st.text("0123456789;:-$\u0663\u00b2", max_size=24),
    st.sampled_from([*"uU~ABCDEFHPQRSMmtcny", "$y", "\x07", "\x1b\\", ""]),
)


@given(st.lists(SEQUENCES | st.binary(max_size=8), max_size=6))
def test_no_bytes_raise_and_no_size_comes_of_them(typed: list[bytes]) -> None:
    for message in read(b"".join(typed)):
        assert not isinstance(message, events.Resize | messages.InBandWindowResize)
        if isinstance(message, events.MouseEvent):
            assert 0 <= message.x < 1 << 17
            assert 0 <= message.y < 1 << 17
