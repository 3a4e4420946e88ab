"""What comes from a keyboard is keys, whatever its bytes are, and a paste and a sequence have an end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.keyboard import BEGIN, END, LONGEST_STRING, MOST, PATIENCE, QUIET, Keyboard, Typed


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def texts(keyboard: Keyboard, typed: str) -> list[str]:
    """What is to be acted on; what was pasted between << and >>."""
    return [f"<<{each.text}>>" if each.pasted else each.text for each in keyboard.typed(typed.encode())]


def silence(keyboard: Keyboard) -> list[str]:
    return [each.text for each in keyboard.silence()]


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_no_bytes_are_in_error(typed: list[bytes]) -> None:
    clock = Clock()
    keyboard = Keyboard(clock)
    for part in typed:
        list(keyboard.typed(part))
        clock.now += QUIET / 2
        list(keyboard.silence())
    clock.now += PATIENCE
    list(keyboard.silence())
    assert list(keyboard.typed(b"q")) in ([Typed("q")], [Typed("\ufffd"), Typed("q")])


@given(st.text(max_size=60).filter(lambda text: not {"\x1b", "\x03", "\x11"} & {*text}), st.integers(1, 7))
def test_a_paste_comes_as_it_is_however_it_is_cut(text: str, size: int) -> None:
    whole = f"{BEGIN}{text}{END}q".encode("utf-8", "replace")
    keyboard = Keyboard(Clock())
    cut = [whole[at : at + size] for at in range(0, len(whole), size)]
    taken = [each for part in cut for each in keyboard.typed(part)]
    pasted = text.encode("utf-8", "replace").decode()
    assert taken == [Typed(pasted, pasted=True), Typed("q")]
    assert silence(keyboard) == []


@pytest.mark.parametrize(
    "sequence", ["\x1b[A", "\x1bOP", "\x1b[<0;5;5M", "\x1b[97;5u", "\x1b[M !!", "\x1b[[A"]
)
@pytest.mark.parametrize("size", [1, 2, 20])
def test_a_sequence_is_whole_however_it_is_cut(sequence: str, size: int) -> None:
    keyboard = Keyboard(Clock())
    typed = f"j{sequence}k"
    cut = [typed[at : at + size] for at in range(0, len(typed), size)]
    assert [text for part in cut for text in texts(keyboard, part)] == ["j", sequence, "k"]


def test_escape_and_alt_are_keys_once_nothing_follows() -> None:
    keyboard = Keyboard(Clock())
    for typed in ("\x1b", "\x1b[", "\x1bP"):
        assert texts(keyboard, typed) == []
        assert silence(keyboard) == [typed]
    assert texts(keyboard, "\x1b\x1b[A\x1bx") == ["\x1b", "\x1b[A", "\x1bx"]


def test_what_a_terminal_says_is_no_key() -> None:
    keyboard = Keyboard(Clock())
    for said in (
        "\x1b]11;rgb:ff/ff/ff\x07",
        "\x1b]11;rgb:ff/ff/ff\x1b\\",
        "\x1bP>|xterm\x1b\\",
        "\x1b_Gi=3;OK\x1b\\",
    ):
        assert texts(keyboard, f"{said}q") == ["q"]


def test_silence_ends_a_paste_that_was_not_ended() -> None:
    clock = Clock()
    keyboard = Keyboard(clock)
    texts(keyboard, f"{BEGIN}abc")
    clock.now += QUIET
    assert silence(keyboard) == []
    clock.now += PATIENCE
    assert silence(keyboard) == ["abc"]
    assert silence(keyboard) == []
    assert texts(keyboard, "q") == ["q"]


@pytest.mark.parametrize("key", ["q", "\x11", "\x1b[113;5u", "\x1b[A"])
def test_a_single_key_after_a_moment_ends_a_paste_that_was_not_ended(key: str) -> None:
    clock = Clock()
    keyboard = Keyboard(clock)
    texts(keyboard, f"{BEGIN}abc")
    clock.now += QUIET
    assert texts(keyboard, key) == ["<<abc>>", key]


def test_escape_ends_a_paste_that_was_not_ended() -> None:
    clock = Clock()
    keyboard = Keyboard(clock)
    texts(keyboard, f"{BEGIN}abc")
    clock.now += QUIET
    assert texts(keyboard, "\x1b") == ["<<abc>>"]
    assert silence(keyboard) == ["\x1b"]


def test_a_slow_paste_stays_one() -> None:
    clock = Clock()
    keyboard = Keyboard(clock)
    texts(keyboard, f"{BEGIN}abc\x1b[20")
    clock.now += QUIET
    assert texts(keyboard, "1~q") == ["<<abc>>", "q"]
    texts(keyboard, f"{BEGIN}abc")
    clock.now += QUIET
    assert texts(keyboard, f"rm -rf{END}") == ["<<abcrm -rf>>"]


@pytest.mark.parametrize("key", ["\x03", "\x11", "\x1b[99;5u", "\x1b[113;5u"])
def test_the_keys_that_quit_end_a_paste_that_was_not_ended(key: str) -> None:
    keyboard = Keyboard(Clock())
    texts(keyboard, f"{BEGIN}abc")
    assert texts(keyboard, key) == ["<<abc>>", key]
    assert texts(keyboard, key) == [key]
    assert texts(keyboard, f"{BEGIN}abc{key}") == ["<<abc>>", key]


def test_what_is_too_much_of_a_paste_is_dropped_and_never_acts() -> None:
    keyboard = Keyboard(Clock())
    texts(keyboard, BEGIN)
    assert not any(texts(keyboard, "x" * 4096) for _ in range(2 * MOST // 4096))
    pasted, key = keyboard.typed(f"xx{END}q".encode())
    assert pasted == Typed("x" * MOST, pasted=True)
    assert key == Typed("q")


@pytest.mark.parametrize("begun", ["\x1b]", "\x1bP", "\x1b[", "\x1b[1;", "\x1b[?"])
@pytest.mark.parametrize("key", ["\x03", "\x11"])
def test_the_keys_that_quit_end_a_sequence_that_was_not_ended(begun: str, key: str) -> None:
    keyboard = Keyboard(Clock())
    assert texts(keyboard, f"{begun}{'1;' * 2500}") == []
    assert texts(keyboard, key) == [key]


@pytest.mark.parametrize("begun", ["\x1b]11;rgb", "\x1bPzz", "\x1b[1;2", f"\x1b]{'z' * 5000}"])
def test_silence_ends_a_sequence_that_was_not_ended(begun: str) -> None:
    clock = Clock()
    keyboard = Keyboard(clock)
    assert texts(keyboard, begun) == []
    assert silence(keyboard) == []
    clock.now += QUIET
    assert silence(keyboard) == []
    assert texts(keyboard, "q") == ["q"]
    texts(keyboard, begun)
    clock.now += QUIET
    assert texts(keyboard, "q") == ["q"]


def test_no_sequence_is_longer_than_a_bound() -> None:
    keyboard = Keyboard(Clock())
    assert texts(keyboard, f"\x1b[{'9' * 5000}uq") == ["q"]
    assert texts(keyboard, "\x1b]" + "z" * (LONGEST_STRING - 2)) == []
    assert texts(keyboard, "zq") == ["z", "q"]
