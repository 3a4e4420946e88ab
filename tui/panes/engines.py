"""The list of engines: how each is, now or when it was heard of last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.model.engine_state import EngineState
from tui.presentation import engines as rows
from tui.presentation.text import safe
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.operations.looking.engines import KnownEngine
    from tui.presentation.style import Span
    from tui.sync.engines import EnginesFollower


class EnginesList(ListView):
    """Reads what is known of engines, by their keys.

    shown   the key of the engine that the dashboard shows
    pages   what the right end of its title says
    """

    COLUMNS = rows.COLUMNS
    SORTS = rows.SORTS
    AGES = ("state",)

    def __init__(self, follower: EnginesFollower, shown: str, pages: str, clock: Callable[[], float]) -> None:
        self._follower = follower
        self._known = {one.key: one for one in follower.engines}
        self._shown = shown
        self._pages = pages
        self._clock = clock
        super().__init__(clock=clock, id="engines")

    def on_mount(self) -> None:
        self.filling = False
        self.reload()
        self.move_to(self.ordering.index(self._shown) or 0)

    @property
    def under_cursor(self) -> KnownEngine | None:
        return self._known.get(self.cursor or "")

    def state_of(self, key: str) -> EngineState:
        return self._follower.states.get(key, EngineState())

    def cell(self, key: str, column: str) -> Span:
        one = self._known[key]
        return rows.cell(column, one, self.state_of(key), self._clock(), shown=key == self._shown)

    def sort_key(self, key: str) -> Any:
        return rows.sort_key(self.sorted_by, self._known[key], self.state_of(key), self._clock())

    def matches(self, key: str) -> bool:
        return rows.matches(self._known[key], self.state_of(key), self.filter_text, self._clock())

    def all_keys(self) -> Iterable[str]:
        return self._known

    def moments(self, key: str) -> Iterable[float]:
        state = self.state_of(key)
        if state.connecting:
            yield state.connecting
        if state.seen and (state.error or self._clock() - state.seen > rows.STALE):
            yield state.seen

    def describe(self) -> None:
        known = rows.counted(self.state_of(key) for key in self._known)
        if self.filter_text:
            known = f"/{safe(self.filter_text)}: {len(self.ordering)} of {len(self._known)}"
        self.set_title(f"Engines · {known}", self._pages, state=True)
