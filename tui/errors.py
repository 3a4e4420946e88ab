"""The root of every error that Holdfast itself raises.

HoldfastError                 a sentence for people, and a remedy
├── tui.engine.errors         the engine: out of reach, refused, stream broken
└── tui.settings.load         configuration: file, key, value, what is allowed
"""

from __future__ import annotations


class HoldfastError(Exception):
    """What went wrong, as one sentence, and what to do about it.

    `message` is the sentence; `hint` is the remedy, or "" where none is known.
    Neither ever holds a secret, because both reach screens, logs and journals.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message
