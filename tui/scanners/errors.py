"""What goes wrong with a scanner.

ScannerError                  a sentence, and a remedy
├── ScannerMissing            it is not installed, or is none
├── ScannerRefused            its version or its bytes are not to be trusted
└── ScanFailed                it crashed, was stopped, or said what cannot be read
"""

from __future__ import annotations

from tui.errors import HoldfastError


class ScannerError(HoldfastError):
    """A scanner is of no use here."""


class ScannerMissing(ScannerError):
    """The scanner is not there, or cannot be started."""

    exit_status = 2


class ScannerRefused(ScannerError):
    """This scanner is not started: its version is known to be malicious, or it is not the one pinned."""

    exit_status = 4


class ScanFailed(ScannerError):
    """It was started, and what came of it is no report. So nothing is known of the image."""
