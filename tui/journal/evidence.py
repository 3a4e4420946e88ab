"""`tui.evidence.files` by the name that it had first."""

from __future__ import annotations

from tui.evidence.files import all_evidence

__all__ = ["all_evidence"]
