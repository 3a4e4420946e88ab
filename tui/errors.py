"""The root of every error that Holdfast itself raises.

HoldfastError                 a sentence for people, and a remedy
├── Refused                   a rule forbids it: immutability or policy
├── NothingToDo               everything is as it would be afterwards
├── tui.engine.errors         the engine: out of reach, refused, stream broken
├── tui.registry.errors       a registry: out of reach, no login, refused
└── tui.settings.load         configuration: file, key, value, what is allowed
"""

from __future__ import annotations

from typing import ClassVar


class HoldfastError(Exception):
    """What went wrong, as one sentence, and what to do about it.

    `message` is the sentence; `hint` is the remedy, or "" where none is known; `detail` is what else to show,
    a line each: an excerpt of a file, the last output. None of them ever holds a secret, because all reach
    screens, logs and journals.
    """

    exit_status: ClassVar[int] = 1
    """What a command that ends with it exits with: 0 nothing to do, 1 failed, 2 usage or configuration,
    3 engine or registry out of reach, 4 refused, 5 leased by someone else, 6 needs attention,
    130 cancelled."""

    serves = ""
    """The release that serves now, where what failed was undone; "" where that is not known, or none does."""

    def __init__(self, message: str, hint: str = "", detail: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class Refused(HoldfastError):
    """A rule forbids it: a version would move, or a policy is not met. Nothing was changed."""

    exit_status = 4


class NothingToDo(HoldfastError):
    """Everything is already as it would be afterwards: a script goes on, and a person is told.

    `digest`, `image` and `release` are what is so already, "" where nothing is to be named.
    """

    exit_status = 0

    def __init__(
        self, message: str, hint: str = "", *, digest: str = "", image: str = "", release: str = ""
    ) -> None:
        super().__init__(message, hint)
        self.digest = digest
        self.image = image
        self.release = release
