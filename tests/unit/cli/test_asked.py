"""Which apps the command line tells of."""

from __future__ import annotations

from tui.cli.asked import unknown


def test_a_mistyped_app_is_told_its_nearest() -> None:
    assert unknown("wep", ["web", "api"]).hint == "did you mean web?"
    assert unknown("zzz", ["web", "api"]).hint == "there are web, api"
    assert "holdfast init" in unknown("zzz", []).hint
