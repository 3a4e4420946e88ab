"""Keys that wait until the App has done what came before: few, and what quits overtakes them."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

MOST = 4096
"""Messages that wait at most; what comes then is lost, as it is in the kernel's own queue of a terminal."""


class Waiting:
    """A queue; a message that `quits` is next, and nothing else is left."""

    def __init__(self, quits: Callable[[Message], bool]) -> None:
        self._quits = quits
        self._messages: deque[Message] = deque()

    def __len__(self) -> int:
        return len(self._messages)

    def put(self, message: Message) -> None:
        """Let it wait, or lose it."""
        if self._quits(message):
            self._messages.clear()
        if len(self._messages) < MOST:
            self._messages.append(message)

    def get(self) -> Message:
        """The next one."""
        return self._messages.popleft()
