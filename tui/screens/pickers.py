"""The picker of earlier releases: opens on the one to go back to, and says what would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import Vertical, VerticalScroll
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.model.digest import short_id
from tui.model.releases import State
from tui.presentation.amounts import age
from tui.presentation.lines import plain
from tui.presentation.release_record import difference_lines
from tui.presentation.releases import proof
from tui.presentation.text import fit, safe
from tui.screens.dialogs import Dialog

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from tui.model.releases import Releases

DOUBTED = "!  a roll back does not choose it by itself: under the cursor, why"


def release_words(releases: Releases, number: int, now: float) -> str:
    """A release in a list: number, version, digest, age, test, and whether its container is still there."""
    entry = releases.entries.get(number)
    if entry is None:
        return f"r{number}"
    release = entry.release
    way = releases.way(number)
    doubt = "" if way is None or not way.why_not else "  !"
    where = "kept" if releases.state(number) is State.KEPT else "ledger only"
    again = f", as r{release.rollback_of}" if release.rollback_of else ""
    digest = safe(short_id(release.digest or release.image))
    return (
        f"{f'r{number}':<5}{fit(safe(release.version or '-'), 14)} {digest}"
        f" {age(now - release.at):>4}  {fit(proof(entry)[0], 4)}  {where}{again}{doubt}"
    )


class ReleaseDialog(Dialog[int]):
    """Asks which release to go back to. The answer is its number."""

    DEFAULT_CSS = """
    ReleaseDialog OptionList { max-height: 10; }
    ReleaseDialog VerticalScroll { margin-top: 1; max-height: 12; }
    """

    def __init__(self, title: str, releases: Releases, numbers: list[int], first: int, now: float) -> None:
        super().__init__()
        self._heading = title
        self._releases = releases
        self._numbers = numbers
        self._first = first
        self._now = now

    def compose(self) -> ComposeResult:
        options = [
            Option(Text(release_words(self._releases, number, self._now)), id=str(number))
            for number in self._numbers
        ]
        with Vertical():
            yield Static(Text(safe(self._heading)), classes="title")
            yield OptionList(*options)
            with VerticalScroll(can_focus=False):
                yield Static(id="differences")
            yield Static(Text(self._legend()), classes="quiet")

    def _legend(self) -> str:
        keys = "↑ ↓ choose, Enter shows the plan, Esc cancels"
        ways = (self._releases.way(number) for number in self._numbers)
        doubted = any(way is not None and way.why_not for way in ways)
        return f"{DOUBTED}\n{keys}" if doubted else keys

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        options.focus()
        options.highlighted = self._numbers.index(self._first) if self._first in self._numbers else 0
        self._show(self._numbers[options.highlighted])

    def _show(self, number: int) -> None:
        way = self._releases.way(number)
        doubt = [f"! {safe(way.why_not)}"] if way is not None and way.why_not else []
        lines = [*doubt, *(plain(line) for line in difference_lines(self._releases, number))]
        self.query_one("#differences", Static).update(Text("\n".join(lines)))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self._show(int(event.option.id or 0))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(int(event.option.id or 0))

    def on_key(self, event: events.Key) -> None:
        options = self.query_one(OptionList)
        if event.key in ("j", "k"):
            event.stop()
            options.action_cursor_down() if event.key == "j" else options.action_cursor_up()
        elif event.key == "q":
            event.stop()
            self.dismiss(None)
