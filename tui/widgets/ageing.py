"""Ages in a list: each is drawn again when it reads differently, not by a clock's tick."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from tui.presentation.amounts import age, age_changes_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Aged(Protocol):
    """A list whose rows say how long ago moments were."""

    def visible_keys(self) -> list[str]:
        """Keys of the rows on the screen."""
        ...

    def moments(self, key: str) -> Iterable[float]:
        """The moments whose ages a row says, in seconds since the epoch."""
        ...

    def refresh_ages(self, key: str) -> None:
        """Draw the ages of one row again."""
        ...


class Ageing:
    """Waits for the next age on the screen that changes. `plan` it whenever other rows are there."""

    def __init__(self, view: Aged, clock: Callable[[], float]) -> None:
        self._view = view
        self._clock = clock
        self._drawn_at = clock()
        self._timer: asyncio.TimerHandle | None = None

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def plan(self) -> None:
        """Wait anew, for what is on the screen now."""
        self.stop()
        now, view = self._clock(), self._view
        waits = [age_changes_in(now - moment) for key in view.visible_keys() for moment in view.moments(key)]
        if waits:
            wait = max(min(waits), 0.0) + 0.01
            self._timer = asyncio.get_running_loop().call_later(wait, self._draw)

    def _draw(self) -> None:
        """Draw the rows that say another age than when this was done last: none of them was drawn before."""
        before, now = self._drawn_at, self._clock()
        self._drawn_at = now
        for key in self._view.visible_keys():
            if any(age(now - moment) != age(before - moment) for moment in self._view.moments(key)):
                self._view.refresh_ages(key)
        self.plan()
