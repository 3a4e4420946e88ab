"""How bad a finding is. Apart from the findings: the settings want the words, before the first paint."""

from __future__ import annotations

SEVERITIES = ("critical", "high", "medium", "low", "negligible", "unknown")
"""The worst first."""

RANK = {severity: len(SEVERITIES) - place for place, severity in enumerate(SEVERITIES)}
"""The worse, the higher."""
