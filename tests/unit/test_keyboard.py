"""What comes from a keyboard is text, whatever its bytes are, and a paste has an end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.keyboard import BEGIN, END, MOST, PATIENCE, Keyboard


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_no_bytes_are_in_error(typed: list[bytes]) -> None:
    keyboard = Keyboard()
    for part in typed:
        keyboard.text(part)


@given(st.text(max_size=60).filter(lambda text: "\x1b" not in text), st.integers(1, 7))
def test_a_paste_comes_as_it_is_however_it_is_cut(text: str, size: int) -> None:
    whole = f"{BEGIN}{text.replace(chr(3), '')}{END}q".encode("utf-8", "replace")
    clock = Clock()
    keyboard = Keyboard(clock)
    cut = [whole[at : at + size] for at in range(0, len(whole), size)]
    assert "".join(map(keyboard.text, cut)) == whole.decode()
    clock.now += PATIENCE
    assert keyboard.silence() == ""


def test_silence_ends_a_paste_that_was_not_ended() -> None:
    clock = Clock()
    keyboard = Keyboard(clock)
    keyboard.text(BEGIN.encode())
    keyboard.text(b"abc")
    assert keyboard.silence() == ""
    clock.now += PATIENCE
    assert keyboard.silence() == END
    assert keyboard.silence() == ""
    assert keyboard.text(b"q") == "q"


@pytest.mark.parametrize("key", ["\x03", "\x1b[99;5u"])
def test_ctrl_c_ends_a_paste_that_was_not_ended(key: str) -> None:
    keyboard = Keyboard()
    keyboard.text(f"{BEGIN}abc".encode())
    assert keyboard.text(key.encode()) == END + key
    assert keyboard.text(key.encode()) == key
    assert keyboard.text(f"{BEGIN}abc{key}".encode()) == f"{BEGIN}abc{END}{key}"


def test_what_is_too_much_of_a_paste_is_dropped_and_never_acts() -> None:
    keyboard = Keyboard()
    keyboard.text(BEGIN.encode())
    taken = sum(len(keyboard.text(b"x" * 4096)) for _ in range(2 * MOST // 4096))
    assert taken <= MOST
    assert keyboard.text(f"xx{END}q".encode()).endswith(f"{END}q")
