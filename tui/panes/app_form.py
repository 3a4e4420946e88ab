"""The rows of an app's form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.presentation import app_form as rows
from tui.settings.form import BY_ID
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.presentation.style import Span
    from tui.settings.form import Draft, Faults, Field


class FormList(ListView):
    """In the order of the fields; the cursor is where something is being written.

    draft   what stands in the fields
    faults  what is wrong with it
    doubts  what is odd about it, and may be meant
    """

    COLUMNS = rows.COLUMNS

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.faults: Faults = {}
        self.doubts: Faults = {}
        self._order: dict[str, int] = {}
        self.said = ""
        super().__init__(id="form")
        self.can_focus = False  # what is written has the focus all the time

    def on_mount(self) -> None:
        self.filling = False
        self.read()
        self.move_to(0)

    def read(self) -> None:
        """There are other rows now."""
        self._order = {key: number for number, key in enumerate(rows.row_keys(self.draft))}
        self.reload()

    @property
    def field(self) -> Field:
        """That of the cursor."""
        return BY_ID[self.place[0]]

    @property
    def place(self) -> tuple[str, int]:
        """The field and the number of the row of the cursor."""
        return rows.place_of(self.cursor or rows.row_key("name", 0))

    def text_of(self, id: str, row: int) -> str:
        """What stands in a row of a field."""
        found = self.draft.get(id, [])
        return found[row] if row < len(found) else ""

    def put(self, id: str, row: int, text: str) -> bool:
        """Write into a row of a field: whether there are other rows now."""
        found = self.draft.setdefault(id, [])
        found += [""] * (row + 1 - len(found))
        found[row] = text
        return len(rows.row_keys(self.draft)) != len(self._order)

    def tidy(self) -> None:
        """Take rows away in which nothing stands."""
        cursor = self.place
        for id, found in list(self.draft.items()):
            kept = [text for text in found if text.strip()]
            if kept != found and id != cursor[0]:
                if kept:
                    self.draft[id] = kept
                else:
                    del self.draft[id]

    def number_of(self, id: str, row: int) -> int:
        """Where a row of a field stands."""
        return self._order.get(rows.row_key(id, row), self._order.get(rows.row_key(id, 0), 0))

    def go_to(self, id: str, row: int) -> None:
        """Put the cursor on a row of a field."""
        self.move_to(self.number_of(id, row))

    def go_to_group(self, step: int) -> None:
        """To the first field of the next group, or of this or the one before."""
        firsts = [self._order[rows.row_key(id, 0)] for id in rows.FIRST.values()]
        now = self._order.get(self.cursor or "", 0)
        beyond = sorted(at for at in firsts if (at > now if step > 0 else at < now))
        self.move_to((beyond[0] if step > 0 else beyond[-1]) if beyond else (1 << 30 if step > 0 else 0))

    def say(self, said: str) -> None:
        """Say something else in the title."""
        if said != self.said:
            self.said = said
            self.describe()

    # What ListView asks

    def cell(self, key: str, column: str) -> Span:
        id, row = rows.place_of(key)
        return rows.cell(
            column,
            BY_ID[id],
            row,
            self.draft,
            self.faults.get((id, row), ""),
            here=key == self.cursor,
            doubt=self.doubts.get((id, row), ""),
        )

    def sort_key(self, key: str) -> Any:
        return self._order[key]

    def all_keys(self) -> Iterable[str]:
        return self._order

    def describe(self) -> None:
        self.set_title(self.said, "", state=True)
