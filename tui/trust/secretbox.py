"""NaCl's secretbox: XSalsa20 with Poly1305, by which cosign encrypts private keys.

https://nacl.cr.yp.to/secretbox.html and https://cr.yp.to/snuffle/spec.pdf. The libraries at hand have no
Salsa20; what is encrypted are a few hundred bytes, once.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.poly1305 import Poly1305

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = 32
NONCE = 24
TAG = 16

_MASK = 0xFFFFFFFF
_SIGMA = struct.unpack("<4I", b"expand 32-byte k")
_COLUMNS = ((0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11))
_ROWS = ((0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14))


class Forged(ValueError):
    """The tag is not that of the bytes: another key, or damaged."""


def seal(message: bytes, nonce: bytes, key: bytes) -> bytes:
    """The tag and the encrypted message."""
    once, pad = _pads(nonce, key, len(message))
    hidden = _xor(message, pad)
    return _tag(once, hidden) + hidden


def unseal(box: bytes, nonce: bytes, key: bytes) -> bytes:
    """The message. Raises Forged, and ValueError for a key or nonce of another length."""
    tag, hidden = box[:TAG], box[TAG:]
    once, pad = _pads(nonce, key, len(hidden))
    if not bytes_eq(_tag(once, hidden), tag):
        raise Forged("it was sealed by another key, or is damaged")
    return _xor(hidden, pad)


def _tag(once: bytes, hidden: bytes) -> bytes:
    return Poly1305.generate_tag(once, hidden)


def _pads(nonce: bytes, key: bytes, length: int) -> tuple[bytes, bytes]:
    """The key of the tag, and what the message is combined with."""
    if len(nonce) != NONCE or len(key) != KEY:
        raise ValueError("a key has 32 bytes, a nonce 24")
    stream = _stream(_subkey(key, nonce[:16]), nonce[16:], KEY + length)
    return stream[:KEY], stream[KEY:]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(left, right, strict=True))


def _subkey(key: bytes, nonce: bytes) -> bytes:
    """HSalsa20."""
    mixed = _rounds(_state(key, nonce))
    return struct.pack("<8I", *(mixed[place] for place in (0, 5, 10, 15, 6, 7, 8, 9)))


def _stream(key: bytes, nonce: bytes, length: int) -> bytes:
    """Salsa20's, from its beginning."""
    return b"".join(_blocks(key, nonce, -(-length // 64)))[:length]


def _blocks(key: bytes, nonce: bytes, count: int) -> Iterator[bytes]:
    for number in range(count):
        state = _state(key, nonce + struct.pack("<Q", number))
        mixed = _rounds(state)
        yield struct.pack("<16I", *((one + other) & _MASK for one, other in zip(state, mixed, strict=True)))


def _state(key: bytes, nonce: bytes) -> list[int]:
    words, rest = struct.unpack("<8I", key), struct.unpack("<4I", nonce)
    return [_SIGMA[0], *words[:4], _SIGMA[1], *rest, _SIGMA[2], *words[4:], _SIGMA[3]]


def _rounds(state: list[int]) -> list[int]:
    """Twenty, two at a time."""
    mixed = [*state]
    for _ in range(10):
        for a, b, c, d in (*_COLUMNS, *_ROWS):
            for into, one, other, turn in ((b, a, d, 7), (c, b, a, 9), (d, c, b, 13), (a, d, c, 18)):
                sum_ = (mixed[one] + mixed[other]) & _MASK
                mixed[into] ^= ((sum_ << turn) | (sum_ >> (32 - turn))) & _MASK
    return mixed
