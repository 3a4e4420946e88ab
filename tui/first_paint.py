"""The first rows on the screen before Textual is imported (which takes 150 ms and more).

Plain sockets and plain escapes: the frame and the first containers are drawn exactly as Textual draws them
a moment later. Keys pressed meanwhile stay in the terminal's queue, unechoed, until Textual reads them.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import termios
import time
from typing import TYPE_CHECKING

from tui.engine.container.listed import container_listed
from tui.engine.jsonmessage import parse_list
from tui.errors import HoldfastError
from tui.presentation.first_screen import first_screen
from tui.presentation.layout import CONTAINERS
from tui.presentation.style import Style, sgr
from tui.presentation.theme import Theme, mono, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.commands.keymap import Keymap
    from tui.model.container import Container
    from tui.settings.schema import Settings
    from tui.store.store import Link
    from tui.terminal import Terminal

PATIENCE = 0.4
"""Seconds that an engine may take for the first list before Textual goes first."""

FIRST = 60
"""Containers asked for: more than fit on most screens."""

MOST_BYTES = 4 << 20
"""What is read of them: whatever is longer is left to Textual too."""


def paint(
    path: str,
    link: Link,
    theme: Theme,
    keymap: Keymap,
    settings: Settings,
    terminal: Terminal,
    *,
    called: str,
    colour: str,
    read_only: bool,
) -> tuple[Container, ...] | None:
    """Draw the first screen; the containers on it. None, and nothing drawn, where no engine answers quickly.

    `path` is the engine's unix socket, `called` its name, `colour` its colour.
    """
    if os.environ.get("TERM", "dumb") == "dumb":
        return None
    if not settings.view.shows(CONTAINERS):
        return None
    now = time.time()
    containers = first_containers(path, now)
    if containers is None:
        return None
    width, height = terminal.size
    terminal.hold()
    _quiet(sys.stdin.fileno())
    lines = first_screen(
        width, height, containers, link, keymap, now,
        settings=settings.containers, apps=settings.apps, called=called, colour=colour, read_only=read_only,
        view=settings.view, columns=settings.columns,
    )  # fmt: skip
    style = _styles(mono() if settings.colour == "none" else theme, settings.colour)
    glyphs = _in_ascii if settings.ascii else str
    out = ["\x1b[?1049h\x1b[?25l\x1b[?7l"]
    for number, line in enumerate(lines):
        out.append(f"\x1b[{number + 1};1H")
        out += [f"{style(name)}{glyphs(text)}" for text, name in line]
    out.append("\x1b[0m")
    os.write(sys.stderr.fileno(), "".join(out).encode("utf-8", "replace"))
    return containers


def first_containers(path: str, now: float) -> tuple[Container, ...] | None:
    """The engine's first containers; None whatever is wrong: the dashboard finds out again and says it."""
    try:
        body = _get(path, f"/containers/json?all=1&limit={FIRST}")
        return tuple(container_listed(item, now) for item in parse_list(body))
    except (OSError, HoldfastError, LookupError, TypeError, ValueError, AttributeError, OverflowError):
        return None


def _get(path: str, target: str) -> bytes:
    """A GET by HTTP/1.0, so that the answer ends with the connection; raises OSError or ValueError."""
    deadline = time.monotonic() + PATIENCE
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(path)
        connection.sendall(f"GET {target} HTTP/1.0\r\nHost: docker\r\n\r\n".encode())
        parts, size = [], 0
        while part := connection.recv(1 << 18):
            parts.append(part)
            size += len(part)
            if time.monotonic() > deadline or size > MOST_BYTES:
                raise TimeoutError
    head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    if b" 200 " not in head[:16]:
        raise ValueError(head[:64])
    return _unchunked(body) if b"transfer-encoding: chunked" in head.lower() else body


def _unchunked(body: bytes) -> bytes:
    parts = []
    at = 0
    while (end := body.index(b"\r\n", at)) and (size := int(body[at:end], 16)) > 0:
        parts.append(body[end + 2 : end + 2 + size])
        at = end + 4 + size
    return b"".join(parts)


def _quiet(terminal: int) -> None:
    """Early keys are kept, not shown and not acted on, Ctrl+C neither; a stop waits for Textual."""
    changed = termios.tcgetattr(terminal)
    changed[0] &= ~termios.ICRNL  # an early Enter would come as Ctrl+J
    changed[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG)
    termios.tcsetattr(terminal, termios.TCSANOW, changed)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTSTP})


def _in_ascii(text: str) -> str:
    from tui.presentation.ascii import ascii_text  # few want it

    return ascii_text(text)


def _styles(theme: Theme, colours: str) -> Callable[[str], str]:
    """From style texts to escapes, in as many colours as are wanted: as rich will find that the terminal has
    where that is "auto"."""
    fewer = _fewer_colors(colours)
    known: dict[str, str] = {}

    def escape(text: str) -> str:
        if text not in known:
            style = resolve(theme, text)
            known[text] = sgr(fewer(style) if fewer else style)
        return known[text]

    return escape


def _fewer_colors(colours: str) -> Callable[[Style], Style] | None:
    if colours == "truecolor":
        return None
    if colours == "auto" and os.environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return None
    from rich.color import Color, ColorSystem

    wide = os.environ.get("TERM", "").strip().lower().endswith("256color")
    wide = wide if colours == "auto" else colours == "256"
    system = ColorSystem.EIGHT_BIT if wide else ColorSystem.STANDARD

    def down(color: str | None) -> str | None:
        if color is None or color == "default":
            return color
        return f"color({Color.parse(color).downgrade(system).number})"

    return lambda style: style._replace(fg=down(style.fg), bg=down(style.bg))
