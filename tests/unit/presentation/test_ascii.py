"""Text in ASCII: as wide as it was, whatever it is, and our own signs are told apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.presentation.ascii import ascii_text
from tui.presentation.text import safe, width


@given(st.text(max_size=40))
def test_any_text_is_ascii_then_and_as_wide_as_before(text: str) -> None:
    shown = safe(text)
    made = ascii_text(shown)
    assert made.isascii() and made.isprintable()
    assert width(made) == width(shown)


def test_what_says_a_state_is_not_the_same_as_its_opposite() -> None:
    assert ascii_text("✓") != ascii_text("✗")
    assert len({ascii_text(sign) for sign in "●○■◐‖✗"}) >= 5
    assert ascii_text("▾ ▸ │ ─ ┌ ▌") == "v > | - + >"
    assert ascii_text("Grüße, 日本") == "Gruse, ????"
