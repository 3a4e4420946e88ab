"""What must come to its end although its operation was cancelled: see tui.engine.uncancelled."""

from __future__ import annotations

from tui.engine.uncancelled import to_the_end

__all__ = ["to_the_end"]
