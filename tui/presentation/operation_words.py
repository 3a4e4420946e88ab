"""Operations in few words: titles, the header, lists, notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.operation import CACHED, DONE, FAILED, RUNNING, SERVES, SKIPPED, UNDONE, WAITING
from tui.model.step import UNDO
from tui.model.verb import verb_named
from tui.presentation.amounts import date, duration
from tui.presentation.layout import LOG
from tui.presentation.text import fit, safe
from tui.presentation.titles import pane_head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.commands.keymap import Keymap
    from tui.model.operation import Result
    from tui.presentation.style import Span
    from tui.store.operation import Operation

CUT_OFF = "cut off"
"""The state of a step that was running when its operation was interrupted."""

GLYPHS = {
    WAITING: ("·", "muted"),
    RUNNING: ("◐", "busy"),
    DONE: ("✓", "ok"),
    CACHED: ("=", "ok"),
    FAILED: ("✗", "bad"),
    UNDONE: ("↶", "warn"),
    SKIPPED: ("○", "muted"),
    "cancelled": ("■", "warn"),
    "interrupted": ("✗", "bad"),
    CUT_OFF: ("✗", "bad"),
}
"""Each state of a step or an operation: a sign and its role. The word stands beside it on the screen."""

FINAL = frozenset((DONE, CACHED, FAILED, UNDONE, SKIPPED))


def running_seconds(seconds: float) -> str:
    """How long something runs by now, in whole seconds: a screen need not be drawn ten times for one."""
    whole = max(int(seconds), 0)
    return f"{whole}s" if whole < 60 else duration(whole)


def operation_title(operation: Operation, keymap: Keymap) -> str:
    """E.g. "5 web build  2026-11-24 09:30"."""
    started = operation.started
    moment = date(started.t, "%Y-%m-%d %H:%M")
    return pane_head(keymap, LOG, f"{safe(started.app)} {safe(started.verb)}  {moment}")


def operation_state(
    operation: Operation, now: float, keymap: Keymap, *, following: bool, words: str = ""
) -> str:
    """E.g. "◐ running 12s · following", "✗ failed after 3.2s"."""
    glyph = GLYPHS[operation.state][0]
    ended = operation.ended
    if words:
        return safe(words)
    if ended is not None:
        return f"{glyph} {operation.state} {'in' if ended.ok else 'after'} {duration(ended.seconds)}"
    if operation.interrupted:
        return f"{glyph} interrupted"
    still = "not following" if operation.paused else "paused"
    pace = "following" if following else keymap.say(f"{still}, <log.follow> follows")
    if not operation.steps:
        return f"{glyph} starting"
    doing = "paused" if operation.paused else "running"
    return f"{glyph} {doing} {running_seconds(now - operation.started.t)} · {pace}"


def busy_words(running: Sequence[Operation]) -> str:
    """For the header: "◐ building web", "◐ building web, testing api"; "" where nothing runs."""
    if not running:
        return ""
    words = [
        f"{'paused ' if one.paused else ''}{verb_named(one.started.verb).doing} {one.started.app}"
        for one in running[:2]
    ]
    more = f" and {len(running) - 2} more" if len(running) > 2 else ""
    return safe(f"◐ {', '.join(words)}{more}")


def begun_words(operation: Operation, keymap: Keymap) -> str:
    """That an operation has begun, and where it is, for who reads something else."""
    started = operation.started
    where = keymap.say("<app.history> among the apps shows it")
    return safe(f"{started.app} {started.verb} has begun: {where}")


def ended_words(operation: Operation) -> str:
    """One sentence on how an operation ended, for who does not see it."""
    started, ended = operation.started, operation.ended
    name = f"{started.app} {started.verb}"
    if ended is None:
        return f"{name} was interrupted: its process is gone"
    if ended.ok:
        said = serving(ended.result)
        done = f"{started.app} {verb_named(started.verb).done} in {duration(ended.seconds)}"
        return f"{done}: {said}" if said else done
    error = ended.error
    serves = f"; {error.serves} serves" if error is not None and error.serves else ""
    if operation.state == "cancelled":
        said = error.message.removeprefix("cancelled") if error is not None else ""
        return f"{name} cancelled{said or serves}"
    return f"{name} failed: {error.message}" if error is not None else f"{name} failed"


def serving(result: Result) -> str:
    """ "r6 v1.4.0 serves", where a verb may end with one release or another; "" elsewhere."""
    served = dict(result.facts).get(SERVES, "")
    return f"{served} serves" if served else ""


def goes_back(operation: Operation) -> bool:
    """Whether what it has begun is being undone now."""
    back = operation.steps.get(UNDO)
    return back is not None and back.state == RUNNING


def steps_done(operation: Operation) -> tuple[int, int]:
    """How many of the steps without steps of their own have ended, and how many there are."""
    leaves = [step for step in operation.steps.values() if not step.children]
    return sum(step.state in FINAL for step in leaves), len(leaves)


def _about(operation: Operation) -> str:
    """What it was about besides its app, as far as its title says: "v1.4.0 as r6"."""
    started = operation.started
    head, _, said = started.title.partition(f" {started.app} ")
    return said if head.lower() == started.verb else ""


def history_row(operation: Operation) -> Span:
    """One operation in a list of them, what it made or why it failed last: text and role."""
    started, ended = operation.started, operation.ended
    glyph, role = GLYPHS[operation.state]
    took = duration(ended.seconds) if ended is not None else ""
    moment = date(started.t, "%d %b %H:%M")
    made = ", ".join(tag.rpartition(":")[2] for tag in ended.result.tags) if ended is not None else ""
    if not made:
        made = _about(operation)
    if ended is not None and ended.error is not None and ended.error.message != "cancelled":
        made = f"{made}: {ended.error.message}" if made else ended.error.message
    text = (
        f"{glyph} {fit(operation.state, 11)} {fit(safe(started.verb), 8)} {moment} {took:>7}  "
        f"{fit(safe(started.by), 8)} {fit(safe(made), 70).rstrip()}"
    )
    return text, role
