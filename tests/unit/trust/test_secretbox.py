"""XSalsa20 with Poly1305, by the vectors of NaCl's own tests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.trust.secretbox import Forged, seal, unseal

KEY = bytes.fromhex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389")
NONCE = bytes.fromhex("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37")
MESSAGE = bytes.fromhex(
    "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a"
    "1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057"
    "e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040"
    "e082f937763848645e0705"
)
BOX = bytes.fromhex(
    "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4"
    "476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738"
    "b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de"
    "56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5"
)


def test_a_known_box() -> None:
    assert seal(MESSAGE, NONCE, KEY) == BOX
    assert unseal(BOX, NONCE, KEY) == MESSAGE


@given(st.binary(max_size=300), st.integers(0), st.integers(0, 7))
def test_a_box_that_was_changed_anywhere_does_not_open(message: bytes, place: int, bit: int) -> None:
    box = bytearray(seal(message, NONCE, KEY))
    assert unseal(bytes(box), NONCE, KEY) == message
    box[place % len(box)] ^= 1 << bit
    with pytest.raises(Forged):
        unseal(bytes(box), NONCE, KEY)


@pytest.mark.parametrize("length", [0, 15])
def test_a_box_without_a_tag_does_not_open(length: int) -> None:
    with pytest.raises(Forged):
        unseal(bytes(length), NONCE, KEY)
