"""A screen that is looked at once it has come to rest, however slow the machine is."""

from __future__ import annotations

import time
from typing import Any

PATIENCE = 30.0
LOOKS = 4
"""Looks in a row that have to show the same."""

BETWEEN = 0.1
"""Seconds from one to the next."""


def text_of(pilot: Any) -> str:
    """The screen as text."""
    return "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())


async def settled(pilot: Any, text: str = "") -> None:
    """Wait until the screen shows a text, and nothing on it changes any more; fails with the screen."""
    end, same, last = time.monotonic() + PATIENCE, 0, ""
    while same < LOOKS:
        await pilot.pause(BETWEEN)
        now = text_of(pilot)
        same = same + 1 if now == last and text in now else 0
        last = now
        assert time.monotonic() < end, f"{text!r} did not show, or the screen did not come to rest:\n{now}"
