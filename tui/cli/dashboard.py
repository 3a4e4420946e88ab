"""Opening the dashboard: settings, endpoint, the first paint, then Textual."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING, NamedTuple

from tui.cli.plainness import chosen, is_plain
from tui.errors import HoldfastError
from tui.paths import base_folder
from tui.terminal import Terminal, given_back

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.app import Holdfast
    from tui.engine.ref import EngineRef
    from tui.operations.looking.endpoint_choice import Named
    from tui.settings.schema import Settings
    from tui.store.store import Store


class NoTerminal(HoldfastError):
    """There is no terminal for the dashboard."""

    exit_status = 2


class _Configured(NamedTuple):
    """What the settings are read from, again and again.

    looks   whose looks and keys count in the place of those that are read, None for nobody's: in the demo
    """

    config: str | None
    theme: str | None
    looks: Settings | None = None

    def read(self) -> Settings:
        """As they are now. Raises HoldfastError."""
        from tui.settings.load import load
        from tui.settings.schema import with_looks

        settings = load(self.config)
        if (looks := self.looks) is not None:
            own = {name: app for name, app in settings.apps.items() if name in settings.own}
            settings = with_looks(settings, looks)
            settings = settings._replace(apps=own, engine="", engines={}, fleets={})
        return settings if self.theme is None else settings._replace(theme=self.theme)


def run(
    asked: Named | None = None,
    *,
    config: str | None = None,
    theme: str | None = None,
    demo: bool = False,
    tour: bool = False,
    read_only: bool = False,
) -> int:
    """Open the dashboard; the exit status: 0, 1 after a crash, 2 where configuration or usage is wrong.

    `asked` is what the command line names, None for nothing.
    """
    from tui.operations.looking.endpoint_choice import Named
    from tui.operations.looking.opening import opening

    # Nothing here is paused by a signal: it ends the dashboard as any other, and no program that is started
    # from it inherits that it was ignored (tui.__main__).
    signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    configured = _Configured(config, theme)
    try:
        settings = configured.read()
        if sys.stdin is None or sys.stderr is None:  # closed before we were started
            closed = "input" if sys.stdin is None else "error output"
            raise NoTerminal(f"the dashboard's {closed} is closed", "start it in a terminal")
        if not (sys.stdin.isatty() and sys.stderr.isatty()) and not chosen():
            raise NoTerminal("the dashboard needs a terminal", "its input and its error output are none now")
        lines = is_plain()
        opened = None if demo or lines else opening(settings, asked or Named())
    except HoldfastError as error:
        _say(error)
        return 2
    if lines and not demo:
        from tui.cli import line_view

        return line_view.run(asked or Named(), config=config or "", read_only=read_only)
    if opened is not None:
        left = _open(settings, configured, opened, read_only=read_only)
        if left != "demo":
            return int(left)
    return _open_demo(settings, configured, read_only=read_only, tour=tour)


def _say(error: HoldfastError) -> None:
    """The error and its remedy for a terminal; what they quote of files is made harmless."""
    from tui.presentation.text import safe

    said = f"holdfast: {error.message}" + (f"\n  {error.hint}" if error.hint else "")
    print("\n".join(safe(line) for line in said.split("\n")), file=sys.stderr)


def _open_demo(settings: Settings, configured: _Configured, *, read_only: bool, tour: bool) -> int:
    from pathlib import Path

    from tui.demo.launch import DemoEngine
    from tui.operations.looking.endpoint_choice import simulated

    demo = DemoEngine(apps=True)
    try:
        endpoint = demo.start_process()
    except HoldfastError as error:
        _say(error)
        return 1
    seen = Path(base_folder(os.environ, "XDG_STATE_HOME", ".local/state")) / "holdfast-demo" / "seen"
    first = not seen.exists()
    try:
        with demo.home.entered():
            own = _Configured(str(demo.home.config), configured.theme, looks=settings)
            if is_plain():
                from tui.cli import line_view
                from tui.operations.looking.endpoint_choice import Named

                return line_view.run(Named(endpoint.url), config=str(demo.home.config), read_only=read_only)
            left = _open(
                own.read(),
                own,
                simulated(endpoint),
                read_only=read_only,
                first_steps=first and not read_only,
                tour=tour,
            )
    finally:
        demo.stop_process()
    if first:
        with contextlib.suppress(OSError):  # then it is shown again
            seen.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            seen.touch()
    return int(left)


def _open(
    settings: Settings,
    configured: _Configured,
    opened: EngineRef,
    *,
    read_only: bool,
    first_steps: bool = False,
    tour: bool = False,
) -> int | str:
    """Show it until it is left; the exit status, or what the user asked for in its place (see Holdfast)."""
    from tui.commands.keymap import Keymap
    from tui.presentation.theme import current_theme
    from tui.store.store import Link, LinkState, Store

    endpoint = opened.endpoint
    store = Store()
    store.set_link(Link(LinkState.CONNECTING, 0.0, endpoint.url))
    if settings.engines:
        from tui.operations.looking.endpoint_choice import settings_of

        store.set_colour(settings_of(settings.engines, opened).colour)
    app: Holdfast | None = None
    terminal = Terminal(sys.stdin.fileno(), sys.stderr.fileno())
    try:
        with given_back(terminal):
            painted = None
            if endpoint.socket_path and not opened.demo:
                from tui.first_paint import paint

                painted = paint(
                    endpoint.socket_path,
                    store.link,
                    current_theme(settings.theme),
                    Keymap(settings.keys),
                    settings,
                    terminal,
                    called=opened.called,
                    colour=store.colour,
                    read_only=read_only,
                )
            if painted is not None:
                store.put_containers(painted)
            shown = _Shown(read_only=read_only, first_steps=first_steps, tour=tour)
            app = _app(settings, configured, opened, store, shown)
            app.use_terminal(terminal, painted=painted is not None)
            return app.run(mouse=settings.mouse) or app.return_code or 0
    finally:
        _say_what_goes_on(app.stores if app is not None else ())


def _say_what_goes_on(stores: Iterable[Store]) -> None:
    """Operations have processes of their own: leaving the dashboard stops none of them."""
    from tui.presentation.text import safe

    for operation in [one for store in stores for one in store.operations.values()]:
        started = operation.started
        if operation.running and started.pid:  # without one it is only being planned, and ends here
            said = f"{started.app} {started.verb} goes on; holdfast shows it again"
            print(safe(said), file=sys.stderr)


class _Shown(NamedTuple):
    """How the dashboard is opened."""

    read_only: bool
    first_steps: bool
    tour: bool


def _app(
    settings: Settings, configured: _Configured, opened: EngineRef, store: Store, shown: _Shown
) -> Holdfast:
    from tui.app import Holdfast
    from tui.sync.session import EngineSession
    from tui.theming import ThemeShelf
    from tui.widgets.driver import TerminalDriver

    return Holdfast(
        EngineSession(opened, settings, store),
        ThemeShelf(settings.theme),
        read_only=shown.read_only,
        driver_class=TerminalDriver,
        read=configured.read,
        first_steps=shown.first_steps,
        tour=shown.tour,
    )
