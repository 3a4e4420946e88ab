"""Output of build steps, put together to whole lines; the last lines of each are kept."""

from __future__ import annotations

from collections import deque

from tui.model.build import BuildOutput

KEPT = 15
"""Lines that are kept of a step: what a failure shows."""

WIDTH = 500
"""Characters that are kept of each."""

LONGEST = 64 * 1024
"""Bytes after which a line is given away without its end."""


class Lines:
    """Bytes in, whole lines out, for every step and stream of a build.

    Of a line that was drawn over itself with carriage returns only the last state is kept. Bytes that are no
    UTF-8 become U+FFFD.
    """

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], bytes] = {}
        self._last: dict[str, deque[str]] = {}

    def add(self, step: str, stream: int, output: bytes) -> str | None:
        """The lines that this completes, without the last newline; None where it completes none."""
        place = step, stream
        before = self._open.get(place, b"")
        end = output.rfind(b"\n")
        rest = output[end + 1 :] if end >= 0 else before + output
        if b"\r" in rest[:-1]:
            rest = rest[rest.rfind(b"\r", 0, -1) + 1 :]
        whole = before + output[:end] if end >= 0 else b""
        if len(rest) > LONGEST:
            whole = whole + b"\n" + rest if end >= 0 else rest
            end, rest = 0, b""
        if rest:
            self._open[place] = rest
        elif before:
            del self._open[place]
        return self._keep(step, whole) if end >= 0 else None

    def flush(self, step: str | None = None) -> list[BuildOutput]:
        """What a step, or every step, has said since its last newline."""
        if not self._open:
            return []
        places = [place for place in self._open if step is None or place[0] == step]
        return [BuildOutput(*place, self._keep(place[0], self._open.pop(place))) for place in places]

    def last(self, step: str) -> tuple[str, ...]:
        """The last lines of a step."""
        return tuple(self._last.get(step, ()))

    def _keep(self, step: str, whole: bytes) -> str:
        if b"\r" in whole:
            whole = b"\n".join(_final(line) for line in whole.split(b"\n"))
        text = whole.decode("utf-8", "replace")
        kept = self._last.get(step)
        if kept is None:
            kept = self._last[step] = deque(maxlen=KEPT)
        kept.extend(line[:WIDTH] for line in text.rsplit("\n", KEPT)[-KEPT:])
        return text


def _final(line: bytes) -> bytes:
    """What stands on the screen after a line was drawn over itself."""
    line = line.rstrip(b"\r")
    return line[line.rfind(b"\r") + 1 :]
