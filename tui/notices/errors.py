"""What may go wrong while others are told."""

from __future__ import annotations

from tui.errors import HoldfastError


class NotTold(HoldfastError):
    """Somebody was not told how an operation ended. It is a warning, and never fails the operation."""
