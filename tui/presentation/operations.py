"""Operations as rows: steps, how far they have come, and how it all ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.operation import CACHED, RUNNING, SERVES, SKIPPED, UNDONE, WAITING
from tui.model.step import UNDO, StepKind, read_step
from tui.model.verb import verb_named
from tui.presentation.amounts import duration, gap, size
from tui.presentation.ansi import ansi_line
from tui.presentation.fleet_table import fleet_table
from tui.presentation.lines import clip, folded
from tui.presentation.log_lines import Look, dropped_row, highlighted, log_rows
from tui.presentation.operation_words import CUT_OFF, GLYPHS, running_seconds, serving
from tui.presentation.outline import lines
from tui.presentation.text import fit, safe, width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tui.commands.keymap import Keymap
    from tui.model.operation import Failure, Result
    from tui.presentation.style import Line
    from tui.store.operation import Operation, Step

RECOVERY = "<app.recover> in the apps, or holdfast recover, finishes or undoes what it had begun"
"""What to do about an interrupted operation that is to be recovered."""

BAR, SHORT_BAR = 20, 10
STATE = 8
SECONDS = 7
INDENT = 2


def amounts(step: Step, now: float) -> str:
    """How far a running step has come: "12.3 / 40 MB  3.1MB/s"; "" where it does not say."""
    if not step.unit or not (step.current or step.total):
        return ""
    if step.unit != "bytes":
        count = f"{step.current:,} / {step.total:,}" if step.total else f"{step.current:,}"
        return f"{count} {step.unit}"
    most = max(step.total, step.current)
    power, unit = next(((p, u) for p, u in ((9, "GB"), (6, "MB"), (3, "kB")) if most >= 10**p), (0, "B"))
    shown = [f"{count / 10**power:.1f}".removesuffix(".0") for count in (step.current, step.total) if count]
    words = f"{' / '.join(shown if step.current else ['0', *shown])} {unit}"
    passed = now - step.started if step.started is not None else 0.0
    return f"{words}  {size(int(step.current / passed))}/s" if passed >= 1 and step.current else words


def progress_bar(current: int, total: int, cells: int) -> Line:
    """A bar; its parts differ in shape too."""
    done = min(cells, cells * current // total) if total else 0
    return [("━" * done, "accent"), ("─" * (cells - done), "muted")]


def step_row(
    step: Step,
    depth: int,
    cells: int,
    now: float,
    *,
    opened: bool,
    needle: str = "",
    current: bool = False,
    alive: bool = True,
) -> Line:
    """One step: fold mark, sign, title, how far it has come, state, seconds. Exactly `cells` wide.

    `current` says that the search stands here; `alive`, that the operation still runs: a step that "runs"
    in one that does not was cut off.
    """
    state = CUT_OFF if step.state == RUNNING and not alive else step.state
    glyph, role = GLYPHS.get(state, ("?", "text"))
    fold = ("▾" if opened else "▸") if lines(step) else " "
    head: Line = [(" " * (1 + INDENT * depth) + f"{fold} ", "muted"), (f"{glyph} ", role)]
    tail: Line = []
    if state == RUNNING:
        seconds = running_seconds(now - step.started) if step.started is not None else ""
        words = amounts(step, now)
        if words:
            if step.total and cells >= 70:
                bar = BAR if cells >= 100 else SHORT_BAR
                tail += [*progress_bar(step.current, step.total, bar), (" ", "text")]
            tail.append((f"{words:<24} " if cells >= 100 else f"{words} ", "text"))
    else:
        seconds = duration(step.seconds) if step.seconds is not None and step.state != CACHED else ""
        if step.unit == "bytes" and step.current and cells >= 50:
            tail.append((f"{size(step.current):>6} ", "muted"))
    if not opened and lines(step) and cells >= 70:
        tail.insert(0, (f"{lines(step):,} line{'' if lines(step) == 1 else 's'} ", "muted"))
    if cells >= 44:
        tail.append((f"{state:<{STATE}}", role))
    tail.append((f"{seconds:>{SECONDS}} ", "muted"))
    room = cells - sum(width(text) for text, _ in (*head, *tail)) - 1
    style = "muted" if step.state in (WAITING, SKIPPED) else "text"
    title = [(fit(safe(" ".join(step.title.split())), max(room, 0)) + " ", style)]
    title = highlighted(title, needle, "match.current" if current else "match")
    return clip([*head, *title, *tail], cells, "text")


def output_row(step: Step, depth: int, number: int, look: Look, *, current: bool = False) -> Line:
    """One line of a step's output, below its title and a little to the right."""
    indent = min(3 + INDENT * depth, look.cells // 3)
    inner = look._replace(cells=look.cells - indent)
    output = step.output
    assert output is not None
    if number < output.first:
        body = dropped_row(output.dropped, inner.cells)
    else:
        body = log_rows(output[number], inner, current)[0]
    return [(" " * indent, "text"), *body]


def over(line: Line, style: str) -> Line:
    """The line with a style laid over all of it."""
    return [(text, f"{old} {style}") for text, old in line]


# What follows the steps


def end_rows(operation: Operation, cells: int, before: float | None, keymap: Keymap) -> list[Line]:
    """Warnings, and how it ended. `before`: seconds that the same took the last time it went well."""
    rows: list[Line] = []
    for line in _end(operation, before, keymap):
        rows += [clip(part, cells, "text") for part in folded(line, max(cells - 1, 1), 5)]
    return rows


def _end(operation: Operation, before: float | None, keymap: Keymap) -> Iterator[Line]:
    if operation.warnings:
        yield []
    for warning in operation.warnings:
        yield [(" ! ", "warn"), ("warning  ", "warn"), (safe(" ".join(warning.split())), "text")]
    if operation.running:
        return
    yield []
    glyph, role = GLYPHS[operation.state]
    verb = operation.started.verb
    ended = operation.ended
    if ended is not None and ended.error is not None and ended.error.detail:
        yield from _detail(ended.error)
        yield []  # how it ended stands last: there the screen comes to rest
    if ended is None:
        yield [
            (f" {glyph} {safe(verb)} interrupted", role),
            (": its process is gone, and has not said how it ended", "text"),
        ]
        remedy = keymap.say(verb_named(verb).when_interrupted or RECOVERY)
        yield [(f"   {remedy}", "strong")]
        return
    took = duration(ended.seconds)
    if ended.ok:
        last = f", last time {duration(before)}" if before is not None else ""
        said = serving(ended.result)
        serves = f": {safe(said)}" if said else ""
        yield [(f" {glyph} {safe(verb_named(verb).done)}", role), (f" in {took}{last}{serves}", "text")]
        yield from _facts(ended.result)
        yield from fleet_table(ended.result.engines)
        return
    word = "cancelled" if operation.state == "cancelled" else "failed"
    yield [(f" {glyph} {safe(verb)} {word}", role), (f" after {took}", "text")]
    yield from fleet_table(ended.result.engines if ended is not None else ())
    said = ended.error.message if ended.error is not None else ""
    if (back := serves_again(operation)) and not ("serves again" in said or "serves now" in said):
        yield [(f"   ↶ {back} serves again", "ok")]
    if ended.error is not None and ended.error.message != word:
        yield from failure_lines(ended.error)


def serves_again(operation: Operation) -> str:
    """The release that a failed deploy went back to, "r12"; "" where it did not come to that."""
    back = operation.steps.get(UNDO)
    if back is None or back.state != UNDONE:
        return ""
    steps = [read_step(step.id, back.id) for step in back.children]
    gates = [step.release for step in steps if step is not None and step.kind is StepKind.GATE]
    return f"r{gates[-1]}" if gates else ""


def failure_lines(failure: Failure) -> Iterator[Line]:
    """Why it failed, and what to do."""
    for text in failure.message.split("\n"):
        yield [(f"   {safe(text)}", "bad")]
    for text in failure.hint.split("\n") if failure.hint else ():
        yield [(f"   {safe(text)}", "strong")]


def _detail(failure: Failure) -> Iterator[Line]:
    """What there is to see of it."""
    for text in failure.detail:
        yield [("     ", "text"), *ansi_line(text.encode("utf-8", "replace"), "log", 4096)]


def _facts(result: Result) -> Iterator[Line]:
    facts = [("image", result.image), ("digest", result.digest), *(("tag", tag) for tag in result.tags)]
    facts.insert(0, ("release", result.release))
    if result.gap_seconds is not None:
        facts.insert(1, ("gap", gap(result.gap_seconds)))
    yield from fact_lines([*facts, *(fact for fact in result.facts if fact[0] != SERVES)])


def fact_lines(facts: Sequence[tuple[str, str]]) -> Iterator[Line]:
    """Names and values, one beneath the other; what is empty is left out."""
    shown = [(safe(name), safe(value)) for name, value in facts if value]
    longest = min(max((width(name) for name, _ in shown), default=0), 40)
    for name, value in shown:
        yield [(f"   {fit(name, longest)}  ", "muted"), (value, "text")]
