"""What `holdfast doctor` looks at, one function for each thing."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.ref import AppKey
from tui.journal.folder import operations_folder
from tui.journal.reader import events, summaries
from tui.model.operation import WAITING, StepChanged
from tui.model.operation_id import short_op
from tui.model.verb import verb_named
from tui.paths import state_folder
from tui.presentation.amounts import size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tui.errors import HoldfastError
    from tui.journal.reader import Summary
    from tui.model.operation import Event
    from tui.settings.schema import Settings

OK, WARNING, PROBLEM, NOTE = "ok", "warning", "problem", "note"

LOW_BYTES = 2 * 10**9
"""Free space under which a build is likely to fail."""

LOOKED_AT = 100
"""Journals that are looked through for interrupted operations, the newest."""

RECOVER = "recover"

HARMLESS = ("lease", "pull")
"""Steps that leave nothing to be undone: a lease whose process has ended is nobody's."""


OUT_OF_REACH = 3
"""The exit status of an error that says that an engine or a registry does not answer."""


class Finding(NamedTuple):
    """What was found.

    state    "ok", "warning", "problem", or "note" for what is only said
    remedy   lines
    away     whether an engine or a registry does not answer
    """

    name: str
    state: str
    message: str
    remedy: str = ""
    away: bool = False


def counted(count: int, word: str) -> str:
    """ "no tags", "1 tag", "2 tags"."""
    return f"{count or 'no'} {word}{'' if count == 1 else 's'}"


def failed(name: str, error: HoldfastError) -> Finding:
    """A finding from an error and its remedy."""
    remedy = "\n".join([*error.detail, error.hint]).strip("\n")
    return Finding(name, PROBLEM, error.message, remedy, away=error.exit_status == OUT_OF_REACH)


# -- configuration and state


def configuration_files(config: str) -> Iterator[Finding]:
    """Which files are read."""
    from tui.settings.paths import LOCAL_CONFIG, SYSTEM_CONFIG, user_config

    named = [SYSTEM_CONFIG, user_config(), str(Path(LOCAL_CONFIG).absolute()), *([config] if config else [])]
    there = [path for path in named if Path(path).exists()]
    if there:
        yield Finding("configuration", OK, "read: " + ", ".join(there))
    else:
        yield Finding(
            "configuration", NOTE, "no file: defaults are used", "holdfast init writes holdfast.toml"
        )


def configuration_problems(error: HoldfastError) -> Iterator[Finding]:
    """Every problem of the configuration, a finding each."""
    problems = getattr(error, "problems", None) or (error.message,)
    for number, problem in enumerate(problems, 1):
        yield Finding("configuration", PROBLEM, problem, error.hint if number == len(problems) else "")


def keys(settings: Settings) -> Iterator[Finding]:
    """What is wrong with [keys], a finding each."""
    from tui.commands.keymap import Keymap

    for problem in Keymap(settings.keys).problems:
        yield Finding("keys", WARNING, problem, "docs/keys.md lists the commands and their keys")


def state_writable() -> Finding:
    """Whether journals can be written. Blocks."""
    folder = operations_folder()
    nearest = folder
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)):
        return Finding(
            "state", PROBLEM, f"{nearest} cannot be written, so nothing can be done: journals go to {folder}",
            "make it writable, or set XDG_STATE_HOME to a folder that is",
        )  # fmt: skip
    free = shutil.disk_usage(nearest).free
    if free < LOW_BYTES // 10:
        return Finding(
            "state", WARNING, f"{folder}: {size(free)} free", "free space: journals would lose output"
        )
    return Finding("state", OK, str(state_folder()))


def interrupted() -> list[Finding]:
    """Operations whose process is gone without having said how they ended. Blocks."""
    try:
        found = unsettled(summaries(operations_folder(), LOOKED_AT))
        found = [one for one in found if had_changed(events(one.path))]
    except OSError as error:
        return [Finding("operations", PROBLEM, f"{operations_folder()} cannot be read: {error.strerror}")]
    return [
        Finding(
            "operations", WARNING, f"{one.started.verb} {one.started.app} was interrupted: {one.started.op}",
            f"holdfast history --show {short_op(one.started.op)}"
            + (f"; holdfast recover {one.started.app}" if verb_named(one.started.verb).recovers else ""),
        )
        for one in found
    ]  # fmt: skip


def unsettled(newest_first: Iterable[Summary]) -> list[Summary]:
    """Those that were interrupted, and that no later operation on the same app and engine has made good.

    A deploy is made good by its recovery and by any later one, because none begins before it is settled.
    """
    found, made_good = [], set()
    for one in newest_first:
        verb = RECOVER if verb_named(one.started.verb).recovers else one.started.verb
        what = (AppKey.of(one.started.engine, one.started.app), verb)
        if one.ended is not None and one.ended.ok:
            made_good.add(what)
        elif one.interrupted and what not in made_good:
            found.append(one)
    return found


def had_changed(told: Iterable[Event]) -> bool:
    """Whether an operation that told this had begun to change anything, beyond taking a lease and pulling."""
    return any(
        isinstance(event, StepChanged)
        and event.state != WAITING
        and event.step.rpartition("/")[2] not in HARMLESS
        for event in told
    )


# -- the terminal, other programs


def terminal(environ: Mapping[str, str]) -> Iterator[Finding]:
    """What the terminal can do, as far as it can be known without asking it."""
    name = environ.get("TERM", "")
    if not all(stream is not None and stream.isatty() for stream in (sys.stdout, sys.stdin)):
        yield Finding("terminal", NOTE, "none: the dashboard cannot be opened here, all other verbs work")
        return
    columns, rows = os.get_terminal_size(sys.stdout.fileno())
    said = f"{name or 'TERM is not set'}, {columns} by {rows}, {_colours(environ)}"
    if name in ("", "dumb", "unknown"):
        yield Finding("terminal", PROBLEM, said, "set TERM to what it is, e.g. xterm-256color")
    elif columns < 80 or rows < 24:
        yield Finding("terminal", WARNING, said, "the dashboard is drawn for 80 by 24 and more")
    else:
        yield Finding("terminal", OK, said)
    if "utf" not in (sys.stdout.encoding or "").lower():
        yield Finding(
            "characters", WARNING, f"the locale's encoding is {sys.stdout.encoding}, not UTF-8",
            "set LANG, e.g. LANG=C.UTF-8",
        )  # fmt: skip
    if environ.get("TMUX"):
        yield Finding(
            "clipboard", OK, "through tmux (OSC 52)",
            "if nothing arrives: tmux set -g set-clipboard on; tmux set -g allow-passthrough on",
        )  # fmt: skip
    elif environ.get("STY") or name.startswith("screen"):
        yield Finding("clipboard", WARNING, "screen does not pass copied text on", "use tmux, or neither")
    else:
        yield Finding("clipboard", OK, "by OSC 52, where the terminal allows it")


def _colours(environ: Mapping[str, str]) -> str:
    if environ.get("NO_COLOR"):
        return "no colours (NO_COLOR is set)"
    if environ.get("COLORTERM") in ("truecolor", "24bit"):
        return "16 million colours"
    return "256 colours" if "256color" in environ.get("TERM", "") else "16 colours"


def programs() -> Iterator[Finding]:
    """Other programs that are used where they are installed."""
    if shutil.which("git"):
        yield Finding("git", OK, "found")
    else:
        yield Finding("git", WARNING, "not found: builds do not know their commit", "install git")
