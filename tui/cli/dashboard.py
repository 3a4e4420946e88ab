"""Opening the dashboard: settings, endpoint, the first paint, then Textual."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from tui.errors import HoldfastError
from tui.terminal import Terminal, given_back

if TYPE_CHECKING:
    from tui.app import Holdfast
    from tui.engine.endpoint import Endpoint
    from tui.settings.schema import Settings
    from tui.store.store import Store


class _Asked(NamedTuple):
    """What operations are asked to use, as on the command line."""

    host: str
    docker_context: str
    config: str


class _Again(NamedTuple):
    """What the settings are read from, again and again."""

    config: str | None
    theme: str | None

    def settings(self, before: Settings) -> Settings:
        """As they are by now; as before, should they have been broken this very moment."""
        from tui.settings.load import load

        try:
            settings = load(self.config)
        except HoldfastError:
            return before
        return settings if self.theme is None else settings._replace(theme=self.theme)


def run(
    host: str | None = None,
    docker_context: str | None = None,
    config: str | None = None,
    theme: str | None = None,
    demo: bool = False,
    read_only: bool = False,
) -> int:
    """Open the dashboard; the exit status: 0, 1 after a crash, 2 where configuration or usage is wrong."""
    from tui.operations.where import endpoint as which
    from tui.settings.load import load

    try:
        settings = load(config)
        if theme is not None:
            settings = settings._replace(theme=theme)
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise HoldfastError(
                "the dashboard needs a terminal", "its input and its error output are none now"
            )
        if os.environ.get("TERM") in ("dumb", "unknown"):
            raise HoldfastError(
                f"TERM={os.environ['TERM']} says that this terminal cannot move its cursor",
                "set TERM to what it is, e.g. xterm-256color",
            )
        endpoint = None if demo else which(host or "", docker_context or "", settings.engine)
    except HoldfastError as error:
        _say(error)
        return 2
    again = _Again(config, theme)
    if endpoint is not None:
        asked = _Asked(host or "", docker_context or "", config or "")
        left = _open(settings, again, endpoint, asked, read_only=read_only)
        if left != "demo":
            return int(left)
        settings = again.settings(settings)
    return _open_demo(settings, again, read_only=read_only)


def _say(error: HoldfastError) -> None:
    """The error and its remedy for a terminal; what they quote of files is made harmless."""
    from tui.presentation.text import safe

    said = f"holdfast: {error.message}" + (f"\n  {error.hint}" if error.hint else "")
    print("\n".join(safe(line) for line in said.split("\n")), file=sys.stderr)


def _open_demo(settings: Settings, again: _Again, *, read_only: bool) -> int:
    from tui.demo.launch import DemoEngine

    demo = DemoEngine()
    try:
        endpoint = demo.start_process()
    except HoldfastError as error:
        _say(error)
        return 1
    try:
        asked = _Asked(endpoint.url, "", again.config or "")
        return int(_open(settings, again, endpoint, asked, demo=True, read_only=read_only))
    finally:
        demo.stop_process()


def _open(
    settings: Settings,
    again: _Again,
    endpoint: Endpoint,
    asked: _Asked,
    *,
    demo: bool = False,
    read_only: bool,
) -> int | str:
    """Show it until it is left; the exit status, or what the user asked for in its place (see Holdfast)."""
    from tui.commands.keymap import Keymap
    from tui.presentation.theme import current_theme
    from tui.store.store import Link, LinkState, Store

    def unread() -> Store:
        store = Store()
        store.set_link(Link(LinkState.CONNECTING, 0.0, endpoint.url))
        return store

    store = unread()
    terminal = Terminal(sys.stdin.fileno(), sys.stderr.fileno())
    left: int | str = 0
    try:
        with given_back(terminal):
            painted = None
            if endpoint.socket_path and not demo:
                from tui.first_paint import paint

                painted = paint(
                    endpoint.socket_path,
                    store.link,
                    current_theme(settings.theme),
                    Keymap(settings.keys),
                    settings,
                    terminal,
                    read_only=read_only,
                )
            if painted is not None:
                store.put_containers(painted)
            app = _app(settings, endpoint, asked, store, demo=demo, read_only=read_only)
            app.use_terminal(terminal, painted=painted is not None)
            left = app.run() or app.return_code or 0
            while left == "reload":
                terminal.ask_to_end = None  # that App hears nothing any more
                settings, store, former = again.settings(settings), unread(), app
                app = _app(settings, endpoint, asked, store, demo=demo, read_only=read_only)
                app.resume(former)
                left = app.run() or app.return_code or 0
        return left
    finally:
        _say_what_goes_on(store)


def _say_what_goes_on(store: Store) -> None:
    """Operations have processes of their own: leaving the dashboard stops none of them."""
    from tui.presentation.text import safe

    for operation in store.operations.values():
        started = operation.started
        if operation.running and started.pid:  # without one it is only being planned, and ends here
            said = f"{started.app} {started.verb} goes on; holdfast shows it again"
            print(safe(said), file=sys.stderr)


def _app(
    settings: Settings, endpoint: Endpoint, asked: _Asked, store: Store, *, demo: bool, read_only: bool
) -> Holdfast:
    from tui.app import Holdfast, Options
    from tui.theming import ThemeShelf
    from tui.widgets.driver import TerminalDriver

    options = Options(endpoint, demo, read_only, *asked)
    return Holdfast(settings, options, ThemeShelf(settings.theme), store, driver_class=TerminalDriver)
