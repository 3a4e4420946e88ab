"""What an engine of a fleet has got, while it is watched after its wave: by the rule of a deploy alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.errors import HoldfastError
from tui.operations.deploying.gate import fell_over

if TYPE_CHECKING:
    from tui.operations.fleets.part import Part, Serving


class Watched:
    """What serves on an engine from the end of its deploy on, until its wave has been watched."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._first: Serving | None = None
        self.over = False

    async def begin(self) -> None:
        """It has just been switched: what serves now has to go on serving."""
        self._first = await self._look()

    async def trouble(self) -> str:
        """What became of it since, "" while it serves."""
        now = await self._look()
        if now is None:
            return ""
        first = self._first = self._first or now
        if now.number != first.number:  # somebody else has changed it: theirs is not ours to judge
            return "" if now.number else f"{first.called} is not there any more"
        what = first.called.partition(" ")[0]
        if now.state is None or first.state is None:
            return "" if now.healthy else f"{what} does not serve any more"
        problem = fell_over(now.state, first.state.started)
        return f"{what} {problem} while it was watched" if problem else ""

    async def _look(self) -> Serving | None:
        """An engine that does not answer just now says nothing of what runs on it."""
        try:
            return await self._part.serving()
        except HoldfastError:
            return None
