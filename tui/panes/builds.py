"""The list of an app's last builds, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.build_times import usual
from tui.presentation import build_times as rows
from tui.presentation.amounts import duration
from tui.presentation.text import safe
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tui.model.build_times import BuildTimes
    from tui.presentation.style import Line, Span


class BuildsList(ListView):
    """Rows are operations by their IDs."""

    COLUMNS = rows.COLUMNS
    SORTS = ("age", "seconds")

    def __init__(self, app: str, clock: Callable[[], float]) -> None:
        self._app = app
        self._clock = clock
        self._builds: dict[str, BuildTimes] = {}
        self._usual: float | None = None
        self._longest = 0.0
        super().__init__(clock=clock, id="builds")

    def show(self, builds: Sequence[BuildTimes]) -> None:
        """Show what was read."""
        self._builds = {one.op: one for one in builds}
        self._usual = usual(builds)
        self._longest = max((one.seconds for one in builds), default=0.0)
        self.reload()
        self.filling = False

    def build(self, key: str) -> BuildTimes:
        return self._builds[key]

    def detail(self, key: str, cells: int) -> list[Line]:
        """Where the time of one went, beneath the list."""
        one = self._builds.get(key)
        return rows.steps_lines(one, cells) if one is not None else []

    def cell(self, key: str, column: str) -> Span:
        cells = next((place.width for place in self.placed() if place.column.id == "bar"), 0)
        one = self._builds[key]
        return rows.cell(column, one, self._longest, self._usual, self._clock(), cells)

    def sort_key(self, key: str) -> tuple[float, str]:
        one = self._builds[key]
        return (-one.seconds if self.sorted_by == "seconds" else -one.t, key)

    def all_keys(self) -> Iterable[str]:
        return self._builds

    def moments(self, key: str) -> Iterable[float]:
        one = self._builds.get(key)
        return (one.t,) if one is not None else ()

    def empty_text(self) -> str:
        return "reading the journals ..." if self.filling else "no journal here tells of a build"

    def describe(self) -> None:
        count = len(self._builds)
        median = f"median {duration(self._usual)}" if self._usual is not None else ""
        self.set_title(f"{safe(self._app)} · the last {count} build{'' if count == 1 else 's'}", median)
