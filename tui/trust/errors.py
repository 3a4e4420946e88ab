"""What can go wrong with keys. No text of these ever holds what a key or a passphrase is made of."""

from __future__ import annotations

from tui.errors import HoldfastError, Refused


class KeyUnusable(HoldfastError):
    """A key cannot be had, cannot be read, or is of no use; the text names where it comes from."""

    exit_status = 2


class SigningRefused(Refused):
    """A failure is never signed: a signature of one verifies as any other does."""
