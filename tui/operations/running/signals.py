"""Signals that an operation's process understands, beside those that cancel it."""

from __future__ import annotations

import signal

PAUSING = signal.SIGUSR1
"""A deploy to several engines pauses, and goes on where it is paused; to all others it means nothing."""


def ignore_pausing() -> None:
    """So that it does no harm where nothing can be paused."""
    signal.signal(PAUSING, signal.SIG_IGN)
