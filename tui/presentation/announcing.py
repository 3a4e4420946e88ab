"""What a terminal shows around the screen: its title, how far something has come, a notice. Pure.

Everything is a sequence of its own: OSC 2 for the title (pushed and popped, so that it comes back), OSC 9;4
for the progress that taskbars and tabs show, OSC 9 or 777 for a notice on the desktop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.presentation.operation_words import steps_done
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.store.operation import Operation

PUSH, POP = "\x1b[22;0t", "\x1b[23;0t"
"""Keep the terminal's title, and have it back: terminals keep a stack of them."""

BELL = "\x07"

LONGEST = 160
"""Characters of a title or a notice."""

TITLELESS = ("dumb", "unknown", "linux")
"""Values of TERM, or their beginnings, of terminals that have no title."""

VTE_PROGRESS = 7900
"""VTE_VERSION from which the progress is known there."""


class Means(NamedTuple):
    """What the terminal understands.

    titles     whether it has a title
    progress   whether OSC 9;4 is known: elsewhere it is a notice that says "4;1;50"
    notices    "osc9" or "osc777", "" where it has none
    tmux       whether tmux is in between
    """

    titles: bool = True
    progress: bool = False
    notices: str = "osc9"
    tmux: bool = False


def means_of(environ: Mapping[str, str]) -> Means:
    """By what terminals say of themselves.

    Inside tmux these variables are those of the terminal in which it was started, which is a guess.
    """
    said = {name.upper(): value for name, value in environ.items()}
    term, program, vte = (said.get(name, "") for name in ("TERM", "TERM_PROGRAM", "VTE_VERSION"))
    if not term or term.startswith(TITLELESS):
        return Means(titles=False, notices="")
    ghostty = "ghostty" in (program, term.removeprefix("xterm-")) or "GHOSTTY_RESOURCES_DIR" in said
    windows = "WT_SESSION" in said or said.get("CONEMUANSI") == "ON"
    new_vte = vte.isdigit() and int(vte) >= VTE_PROGRESS
    by_777 = bool(vte) or term.startswith(("rxvt", "foot")) or "KONSOLE_VERSION" in said
    return Means(
        titles=True,
        progress=ghostty or windows or new_vte,
        notices="osc777" if by_777 and not ghostty else "osc9",
        tmux=bool(said.get("TMUX")),
    )


def through(sequence: str, *, tmux: bool) -> str:
    """A sequence for the terminal around tmux, which lets it pass where `allow-passthrough` is on."""
    if not tmux:
        return sequence
    doubled = sequence.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}\x1b\\"


def _harmless(text: str) -> str:
    return safe(" ".join(text.split()))[:LONGEST]


def title(text: str) -> str:
    """The sequence that gives the terminal a title; tmux takes it for that of its pane."""
    return f"\x1b]2;{_harmless(text)}\x07"


def notice(text: str, means: Means, kind: str) -> str:
    """The sequence of a notice on the desktop; "" where there is none. kind: "auto", "osc9" or "osc777"."""
    how = means.notices if kind == "auto" else kind
    said = _harmless(text)
    match how:
        case "osc9":
            return through(f"\x1b]9;holdfast: {said}\x07", tmux=means.tmux)
        case "osc777":
            return through(f"\x1b]777;notify;holdfast;{said}\x07", tmux=means.tmux)
    return ""


def progress(running: Sequence[Operation], means: Means) -> str:
    """The sequence that shows how far the first of them has come; nothing where nothing runs."""
    if not means.progress:
        return ""
    if not running:
        return through("\x1b]9;4;0;0\x07", tmux=means.tmux)
    done, total = steps_done(running[0])
    state = f"1;{100 * done // total}" if total else "3;0"
    return through(f"\x1b]9;4;{state}\x07", tmux=means.tmux)


def doing_words(running: Sequence[Operation]) -> str:
    """ "deploy web 3/9", "deploy web 3/9, build api and 2 more"; "" where nothing runs."""
    words = [_one(operation) for operation in running[:2]]
    more = f" and {len(running) - 2} more" if len(running) > 2 else ""
    return ", ".join(words) + more


def _one(operation: Operation) -> str:
    started = operation.started
    done, total = steps_done(operation)
    return f"{started.verb} {started.app}" + (f" {done}/{total}" if total else "")


def title_words(running: Sequence[Operation], place: str) -> str:
    """The title: what goes on, and where one is."""
    doing = doing_words(running)
    here = f"holdfast: {place}" if place else "holdfast"
    return f"{doing} - {here}" if doing else here
