"""The apps over all engines: under each app the engines that it lives on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.engine_state import AppHere, EngineState, Spread, counted_once, same_engines, spread
from tui.presentation import spreads as rows
from tui.presentation.text import safe
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.model.drift import Drift
    from tui.operations.looking.engines import KnownEngine
    from tui.presentation.style import Span
    from tui.sync.engines import EnginesFollower


class Row(NamedTuple):
    """An app, or an app on one engine: `engine` is the key of that, "" for none.

    here   None where nothing of it is there
    seen   when the engine answered last
    away   whether it answered before, and does not now
    also   what other ways to the same engine are called
    """

    app: str
    engine: str = ""
    spread: Spread | None = None
    here: AppHere | None = None
    seen: float = 0.0
    away: bool = False
    also: tuple[str, ...] = ()


class SpreadsList(ListView):
    """Reads what is known of the apps of engines; `drift` gives what was found of one on an engine."""

    COLUMNS = rows.COLUMNS
    AGES = ("seen", "drift")

    def __init__(
        self,
        follower: EnginesFollower,
        pages: str,
        drift: Callable[[str, str], Drift | None],
        clock: Callable[[], float],
    ) -> None:
        self._follower = follower
        self._known = {one.key: one for one in follower.engines}
        self._pages = pages
        self._drift = drift
        self._clock = clock
        self._rows: dict[str, Row] = {}
        super().__init__(clock=clock, id="spreads")

    def on_mount(self) -> None:
        self.filling = False
        self._rows = self._read()
        self.reload()
        self.move_to(0)

    @property
    def under_cursor(self) -> Row | None:
        return self._rows.get(self.cursor or "")

    def engine(self, row: Row) -> KnownEngine | None:
        """The engine of a row, None of one that is an app."""
        return self._known.get(row.engine)

    def engines_of(self, app: str) -> list[str]:
        """The keys of the engines that stand under an app."""
        return [row.engine for row in self._rows.values() if row.app == app and row.engine]

    def take(self) -> None:
        """Show what is known now; only what differs is drawn."""
        before, self._rows = self._rows, self._read()
        put = [key for key, row in self._rows.items() if before.get(key) != row]
        removed = [key for key in before if key not in self._rows]
        if put or removed:
            self.apply(put, removed)

    def _read(self) -> dict[str, Row]:
        called = {one.key: one.called for one in self._known.values()}
        homed = {one.key for one in self._known.values() if one.apps}
        same = same_engines(self._follower.states, homed)
        states = counted_once(self._follower.states, same)
        also = {key: tuple(called[one] for one, head in same.items() if head == key) for key in states}
        homes: dict[str, list[str]] = {}
        for one in self._known.values():
            for app in one.apps:
                homes.setdefault(app, []).append(same.get(one.key, one.key))
        apps = dict.fromkeys([*homes, *(app for state in states.values() for app in state.apps)])
        found: dict[str, Row] = {}
        for app in apps:
            over = spread(app, states, homes.get(app, ()))
            words = Spread(
                app=app,
                here={called[key]: here for key, here in over.here.items()},
                absent=[called[key] for key in over.absent],
                unknown=[called[key] for key in over.unknown],
                silent={called[key]: here for key, here in over.silent.items()},
            )
            found[app] = Row(app, spread=words)
            for key in over.engines:
                state = states.get(key, EngineState())
                away = key in over.silent
                here = state.apps.get(app)
                found[f"{app}\0{key}"] = Row(
                    app, key, here=here, seen=state.seen, away=away, also=also.get(key, ())
                )
        return found

    # As a list

    def whole(self, key: str) -> str:
        over = self._rows[key].spread
        return rows.spread_words(over) if over is not None else ""

    def whole_style(self, key: str) -> str:
        over = self._rows[key].spread
        return "strong warn" if over is not None and rows.is_odd(over) else "strong"

    def cell(self, key: str, column: str) -> Span:
        row, engine = self._rows[key], self._known[self._rows[key].engine]
        match column:
            case "colour":
                return "  ", f"text on {engine.said.colour}" if engine.said.colour else "text"
            case "engine":
                return safe(rows.also_as(engine.called, row.also)), "text"
        found = self._drift(row.engine, row.app)
        return rows.cell(column, row.here, found, row.seen, self._clock(), away=row.away)

    def sort_key(self, key: str) -> Any:
        row = self._rows[key]
        engine = self._known.get(row.engine)
        return row.app.lower(), row.app, engine is not None, engine.called.lower() if engine else ""

    def matches(self, key: str) -> bool:
        row = self._rows[key]
        if self.filter_text in row.app.lower():
            return True
        engine = self._known.get(row.engine)
        if engine is not None:
            return any(self.filter_text in name.lower() for name in (*engine.names, *row.also))
        return any(
            self.filter_text in name.lower()
            for other in self._rows.values()
            if other.app == row.app and other.engine
            for name in self._known[other.engine].names
        )

    def all_keys(self) -> Iterable[str]:
        return self._rows

    def moments(self, key: str) -> Iterable[float]:
        row, now = self._rows[key], self._clock()
        if not row.engine:
            return
        at = row.here.at if row.here is not None and not row.away else row.seen
        if row.away:
            yield row.seen
        drift = self._drift(row.engine, row.app)
        for moment in (at, drift.checked_at if drift is not None else 0.0):
            if moment and now - moment >= rows.FRESH - 1:
                yield moment

    def empty_text(self) -> str:
        if self.filter_text:
            return "nothing matches the filter"
        return "no app is configured, and none was released on an engine that answers"

    def describe(self) -> None:
        over = [row.spread for row in self._rows.values() if row.spread is not None]
        odd = sum(rows.is_odd(one) for one in over)
        told = f"{len(over)}, {odd} not the same everywhere" if odd else str(len(over))
        if self.filter_text:
            told = f"/{safe(self.filter_text)}: {told}"
        self.set_title(f"Apps on all engines · {told}", self._pages, state=True)
