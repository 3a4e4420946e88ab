"""The list of an app's releases in time, the oldest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui.model.timeline import CLOSEST, Span, Window, spans, window
from tui.presentation import timeline as rows
from tui.presentation.text import safe
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.presentation import style
    from tui.store.store import Store


class TimelineList(ListView):
    """Rows are releases by their numbers. What is looked at of time is around the one of the cursor."""

    COLUMNS = rows.COLUMNS
    SORTS = ("number",)
    AGES: ClassVar[tuple[str, ...]] = ("lasted", "bar", "fate")

    def __init__(self, store: Store, app: str, clock: Callable[[], float]) -> None:
        self._store = store
        self._app = app
        self._clock = clock
        self._spans: dict[str, Span] = {}
        self._looked = Window(0.0, 1.0)
        self.zoom = 0
        super().__init__(clock=clock, id="timeline")

    def on_mount(self) -> None:
        self.take()
        self.filling = False
        self.move_to(len(self.ordering) - 1)

    def take(self) -> None:
        """Read anew which releases there are."""
        releases = self._store.releases.get(self._app)
        found = spans(releases.entries, releases.standing.live, releases.standing.records) if releases else []
        self._spans = {str(span.number): span for span in found}
        self._look()

    def _look(self) -> None:
        number = int(self.cursor or 0)
        self._looked = window([*self._spans.values()], self._clock(), self.zoom, number)
        self.reload()

    def zoom_by(self, delta: int) -> None:
        """Look more closely, or at more; 0 at all of it."""
        self.zoom = max(0, min(self.zoom + delta, CLOSEST)) if delta else 0
        self._look()

    def cell(self, key: str, column: str) -> style.Span:
        cells = next((place.width for place in self.placed() if place.column.id == "bar"), 0)
        return rows.cell(column, self._spans[key], self._looked, self._clock(), cells)

    def sort_key(self, key: str) -> int:
        return int(key)

    def all_keys(self) -> Iterable[str]:
        return self._spans

    def moments(self, key: str) -> Iterable[float]:
        span = self._spans.get(key)
        return (span.begin,) if span is not None and span.end is None and span.begin else ()

    def empty_text(self) -> str:
        return "nothing was released yet"

    def describe(self) -> None:
        count = len(self._spans)
        title = f"{safe(self._app)} · {count} release{'' if count == 1 else 's'}"
        self.set_title(title, rows.window_words(self._looked, self._clock()))
