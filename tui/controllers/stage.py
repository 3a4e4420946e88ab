"""Where one engine shows its screens: a stack of its own, which is there while another engine is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.notifications import SeverityLevel

    from tui.presentation.style import Line
    from tui.widgets.closing import ClosingScreen
    from tui.widgets.terminal_app import TerminalApp

Answer = TypeVar("Answer")


class Stage(NamedTuple):
    """The stack of screens of one engine in the App.

    mode    what Textual calls the stack
    called  the engine in a sentence, safe
    engine_line   the first line of the screen, in so many cells: of which engine it is
    """

    app: TerminalApp
    mode: str
    called: str
    engine_line: Callable[[int], Line]

    @property
    def is_shown(self) -> bool:
        """Whether it is this engine that is looked at."""
        return self.app.current_mode == self.mode

    @property
    def _is_there(self) -> bool:
        """Whether the engine is still open here: its stack goes with it."""
        return self.mode in self.app._screen_stacks

    def push(
        self, screen: ClosingScreen[Answer], answered: Callable[[Answer | None], None] | None = None
    ) -> None:
        """Open a screen over those of this engine: a question never stands before another's."""
        screen.engine_line = self.engine_line
        if self._is_there:
            self.app.push_screen(screen, answered, mode=self.mode)

    async def ask(self, screen: ClosingScreen[Answer]) -> Answer | None:
        """Open a dialog or a screen and wait for its answer; None where it was closed without one."""
        if not self._is_there:
            return None
        screen.engine_line = self.engine_line
        answer: Answer | None = await self.app.push_screen_wait(screen, mode=self.mode)
        return answer

    def say(
        self, text: str, *, severity: SeverityLevel = "information", timeout: float | None = None, **more: Any
    ) -> None:
        """Say something for a moment; while another engine is looked at, of which one it is."""
        said = text if self.is_shown else f"{self.called}: {text}"
        self.app.notify(said, severity=severity, markup=False, timeout=timeout, **more)
