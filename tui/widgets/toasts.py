"""What is said for a moment, in so few boxes that they never hide what is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.notifications import Notification, Notifications

if TYPE_CHECKING:
    from typing import Self

    from textual.notifications import SeverityLevel

MOST = 3
"""Warnings, or failures, that one box holds: the newest, and how many more there were."""


class Toasts(Notifications):
    """A box for each severity: news replace older news, warnings and failures are joined while they last."""

    def __init__(self) -> None:
        super().__init__()
        self._joined: dict[SeverityLevel, dict[str, Notification]] = {}

    def add(self, notification: Notification) -> Self:
        severity = notification.severity
        said: dict[str, Notification] = {}
        if severity != "information":
            said = {text: one for text, one in self._joined.get(severity, {}).items() if not one.has_expired}
            said.pop(notification.message, None)
            said[notification.message] = notification
        for other in list(self):
            if other.severity == severity:
                del self[other]
        if len(said) > 1:
            notification = _together(list(said.values()))
        self._joined[severity] = said
        return super().add(notification)

    def __delitem__(self, notification: Notification) -> None:
        if notification in self:  # one was clicked away, and does not come back with the next
            self._joined.pop(notification.severity, None)
        super().__delitem__(notification)

    def clear(self) -> Self:
        self._joined.clear()
        return super().clear()


def _together(said: list[Notification]) -> Notification:
    """As one, which lasts as long as the one that lasts longest."""
    lines = [f"{one.title}: {one.message}" if one.title else one.message for one in said[-MOST:]]
    if len(said) > MOST:
        lines.insert(0, f"{len(said) - MOST} more")
    timeout = max(one.time_left for one in said)
    return Notification("\n".join(lines), "", said[-1].severity, timeout)
