"""Fields of a tar's headers (POSIX.1-2017, pax; GNU's numbers and long names), as untrusted bytes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = 512


class BadTar(ValueError):
    """Bytes that are no tar; the text says why."""


def is_header(block: bytes) -> bool:
    """Whether its checksum is right. Raises BadTar for a checksum that is none."""
    field = block[148:156]  # counted as if it were spaces
    return sum(block) - sum(field) + 8 * 0x20 == number(field)


def number(field: bytes) -> int:
    """Octal digits, or for what is too large for them, a number of base 256."""
    if field[0] & 0x80:
        found = int.from_bytes(bytes([field[0] & 0x7F]) + field[1:])
        if found >= 2**62:
            raise BadTar("a size in it is out of range")
        return found
    digits = field.strip(b" \0")
    if digits.strip(b"01234567"):
        raise BadTar("a number in it is none")
    return int(digits or b"0", 8)


def decimal(digits: str) -> int:
    """As PAX records have a size."""
    if not (digits.isascii() and digits.isdecimal()):
        raise BadTar("a size in it is no number")
    return int(digits[:20])


def text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "replace")


def path(header: bytes) -> str:
    name = text(header[:100])
    prefix = text(header[345:500]) if header[257:263] == b"ustar\0" else ""
    return f"{prefix}/{name}" if prefix else name


def records(raw: bytes) -> Iterator[tuple[str, str]]:
    """PAX records: "LENGTH NAME=VALUE" and the end of a line each."""
    while raw:
        length, space, _ = raw[:20].partition(b" ")
        if not space or not length.isdigit() or not len(length) + 1 < int(length) <= len(raw):
            raise BadTar("a record in it is damaged")
        record, raw = raw[len(length) + 1 : int(length)], raw[int(length) :]
        name, _, value = record.removesuffix(b"\n").partition(b"=")
        yield name.decode("utf-8", "replace"), value.decode("utf-8", "replace")
