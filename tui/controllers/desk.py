"""What every controller works with, and what each of them is."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tui.commands.command import Command, Situation

if TYPE_CHECKING:
    from tui.commands.keymap import Keymap
    from tui.controllers.consent import Consent
    from tui.controllers.stage import Stage
    from tui.engine.client import Engine
    from tui.screens.main import MainScreen
    from tui.store.store import Store
    from tui.sync.session import EngineSession
    from tui.widgets.terminal_app import TerminalApp

Handler = Callable[[Situation], object]
"""Does a command that is available; what takes long it does in a task of its own."""


class Controller(Protocol):
    """Carries out some commands: each is carried out by one controller."""

    def handlers(self) -> Mapping[Command, Handler]:
        """Its commands, and what does them."""
        ...


class Desk(NamedTuple):
    """One engine to work on: where it is shown, its session, and what asks before it is changed."""

    stage: Stage
    screen: MainScreen
    session: EngineSession
    keymap: Keymap
    consent: Consent

    @property
    def app(self) -> TerminalApp:
        """What has the terminal, for all engines."""
        return self.stage.app

    @property
    def store(self) -> Store:
        """What is known of the engine."""
        return self.session.store

    @property
    def place(self) -> str:
        """The engine in a question's words."""
        return f"on {self.session.ref.url}"

    def in_task(self, act: Callable[[Situation], Coroutine[None, None, None]]) -> Handler:
        """Does something in a task of its own."""
        return lambda situation: self.app.run_worker(act(situation))

    def engine(self) -> Engine | None:
        """The engine, None where none answers: then that is said."""
        engine = self.session.engine
        if engine is None:
            self.stage.say("the engine does not answer", severity="warning", timeout=4)
        return engine
