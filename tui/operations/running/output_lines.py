"""Output that comes in parts cut anywhere, as whole lines."""

from __future__ import annotations

LONGEST = 16 * 1024
"""Bytes after which a line that goes on is cut into the next."""


class OutputLines:
    """Puts the lines of one stream together."""

    def __init__(self) -> None:
        self._open = b""

    def feed(self, part: bytes) -> list[str]:
        """The lines that this part completes."""
        *complete, self._open = (self._open + part).split(b"\n")
        lines = [piece for line in complete for piece in _pieces(line.removesuffix(b"\r"))]
        if len(self._open) > LONGEST:
            *full, self._open = _pieces(self._open)
            lines += full
        return [line.decode("utf-8", "replace") for line in lines]

    def rest(self) -> list[str]:
        """After the last part: the line that never got a newline."""
        line, self._open = self._open, b""
        return [line.decode("utf-8", "replace")] if line else []


def _pieces(line: bytes) -> list[bytes]:
    return [line[start : start + LONGEST] for start in range(0, max(len(line), 1), LONGEST)]
