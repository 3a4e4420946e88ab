"""Operations as lines of a terminal that goes on scrolling: the command line's own pictures.

Pure: values in, spans out. Colours are the terminal's own sixteen, because its background is not known here,
and every state is a word too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tui.model.operation import CACHED, DONE, FAILED, RUNNING, SERVES, SKIPPED, UNDONE, WAITING
from tui.model.verb import verb_named
from tui.presentation.amounts import date, duration, size
from tui.presentation.ansi import ansi_line
from tui.presentation.operation_words import CUT_OFF, FINAL, goes_back, serving
from tui.presentation.style import ROLES, Style, parse_style, sgr
from tui.presentation.text import cut, fit, safe, width

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tui.model.operation import Ended, Failure, Plan, Result
    from tui.presentation.style import Line
    from tui.store.operation import Operation, Step
    from tui.store.output import Output

PREFIX = 32
"""Cells that a step's title takes before a line of its output in a plain log."""

LINE_CELLS = 10_000
"""Cells of an output line that are shown where nothing bounds it."""

SENTENCES = -1
"""In the place of a terminal's width: every row of a table is a sentence, each cell behind its name."""

STATE_CELLS = 7
SECONDS_CELLS = 7
BAR_CELLS = 20
OUTPUT_LINES = 6
"""Lines of output in the live area."""

LOOKED_AT = 5
"""Last lines of a failed step by which it is told whether the failure quotes them."""

TAIL_LINES = 50
"""Lines of output of a failed step that are shown at the end."""

_ROLES = dict.fromkeys(ROLES, Style()) | {
    "muted": parse_style("dim", {}),
    "strong": parse_style("bold", {}),
    "ok": parse_style("green", {}),
    "busy": parse_style("cyan", {}),
    "warn": parse_style("bold yellow", {}),
    "bad": parse_style("bold red", {}),
    "log.time": parse_style("dim", {}),
    "log.control": parse_style("dim", {}),
    "log.notice": parse_style("dim", {}),
}
_STATE_ROLES = {DONE: "ok", CACHED: "ok", FAILED: "bad", UNDONE: "warn", SKIPPED: "muted", RUNNING: "busy"}


@lru_cache(512)
def _sgr(style: str) -> str:
    resolved = parse_style(style, _ROLES)
    return "" if resolved == Style() else sgr(resolved)


def painted(line: Line, *, colours: bool) -> str:
    """A line as text for the terminal, with escape sequences or without any."""
    if not colours:
        return "".join([text for text, _ in line])
    parts = []
    for text, style in line:
        code = _sgr(style)
        parts.append(f"{code}{text}\x1b[0m" if code else text)
    return "".join(parts)


def cut_line(line: Line, cells: int, *, ellipsis: bool = False) -> Line:
    """As much of a line as fits into so many cells; with an ellipsis at its end where it is wanted."""
    if ellipsis and sum([width(text) for text, _ in line]) > cells:
        return [*cut_line(line, max(cells - 1, 0)), ("…", "muted")]
    kept: Line = []
    for text, style in line:
        piece = cut(text, cells)
        if piece:
            kept.append((piece, style))
        cells -= width(piece)
        if cells <= 0 or piece != text:
            break
    return kept


def title_of(step: Step) -> str:
    """A step's title on one line, safe to show."""
    return safe(" ".join(step.title.split()))


# -- a plan


def plan_lines(plan: Plan) -> Iterator[Line]:
    """What will be done."""
    yield [(safe(plan.title), "strong")]
    yield from facts(plan.facts)
    for line in plan.text:
        yield [("  | ", "muted"), (safe(line), "text")]
    digits = len(str(len(plan.steps)))
    for number, step in enumerate(plan.steps, 1):
        yield [(f"  {number:>{digits}}. {safe(step.title)}", "text")]
    for warning in plan.warnings:
        yield warning_line(warning)
    if plan.equal:
        yield [("  equals: ", "muted"), (safe(plan.equal), "muted")]


def facts(pairs: Sequence[tuple[str, str]]) -> Iterator[Line]:
    """Names and values, one below the other; what is empty is left out."""
    shown = [(safe(name), safe(value)) for name, value in pairs if value]
    longest = max((width(name) for name, _ in shown), default=0)
    for name, value in shown:
        yield [(f"  {fit(name, longest)}  ", "muted"), (value, "text")]


def warning_line(message: str) -> Line:
    """Something to know."""
    return [("warning: ", "warn"), (safe(" ".join(message.split())), "text")]


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    roles: Mapping[str, Sequence[str]],
    cells: int = 0,
) -> Iterator[Line]:
    """Columns beneath their names. Cells are safe to show; nothing is cut, because this may go to a file.

    roles   column -> the role of each row's cell; other columns are text
    cells   width of the terminal; where the columns need more, each row becomes a block of its own, whose
            lines break between words and not within. 0 where nothing bounds it, SENTENCES for no table
    """
    if cells == SENTENCES:
        for number, row in enumerate(rows):
            yield _sentence(columns, row, _roles(roles, columns, number))
        return
    widths = [max(width(row[at]) for row in (columns, *rows)) for at in range(len(columns))]
    last = len(columns) - 1
    if 0 < cells < sum(widths) + 2 * last:
        for number, row in enumerate(rows):
            yield from _block(columns, row, _roles(roles, columns, number), cells)
        return
    yield [("  ".join(map(fit, columns, widths)).rstrip(), "muted")]
    for number, row in enumerate(rows):
        line: Line = []
        for at, (cell, role) in enumerate(zip(row, _roles(roles, columns, number), strict=True)):
            shown = cell if at == last else fit(cell, widths[at]) + "  "
            line.append((shown, role))
        yield line


def _roles(roles: Mapping[str, Sequence[str]], columns: Sequence[str], row: int) -> list[str]:
    return [roles[column][row] if column in roles else "text" for column in columns]


def _sentence(columns: Sequence[str], row: Sequence[str], roles: Sequence[str]) -> Line:
    """A row as it is read out: "web: live r3, version v1.4.0, health healthy"."""
    said = [(row[0].strip(), "strong"), (": ", "text")]
    cells = zip(columns[1:], row[1:], roles[1:], strict=True)
    for number, (name, cell, role) in enumerate([one for one in cells if one[1] not in ("", "-")]):
        said += [(f"{', ' if number else ''}{name} ", "muted"), (cell, role)]
    return said


def _block(columns: Sequence[str], row: Sequence[str], roles: Sequence[str], cells: int) -> Iterator[Line]:
    """A row that is wider than the terminal: its first cell, then the others, each behind its name."""
    line: Line = [(row[0], "strong")]
    taken = width(row[0])
    for name, cell, role in zip(columns[1:], row[1:], roles[1:], strict=True):
        if cell in ("", "-"):
            continue
        wide = width(name) + 1 + width(cell)
        if taken + 2 + wide > cells:
            yield line
            line, taken = [], 0
        line.append((f"  {name} ", "muted"))
        taken += 3 + width(name)
        for number, word in enumerate(cell.split(" ")):
            if number and taken + 1 + width(word) > cells:
                yield line
                line, taken = [("   ", "text"), (f" {word}", role)], 4 + width(word)
            else:
                line.append((f" {word}" if number else word, role))
                taken += bool(number) + width(word)
    yield line


# -- steps


def finished_line(step: Step, depth: int, state: str = "") -> Line:
    """A step that has ended; `state` is another word for how it did."""
    word = state or step.state
    took = duration(step.seconds) if step.seconds is not None and step.state != CACHED else ""
    return [
        (f"{fit(word, STATE_CELLS)} ", _STATE_ROLES.get(step.state, "text")),
        (f"{fit(took, SECONDS_CELLS, 'right')}  ", "muted"),
        ("  " * depth + title_of(step), "text"),
    ]


def output_tail(step: Step, lines: int, *, indent: str = "  ") -> Iterator[Line]:
    """The last lines of a step's output, each behind a bar."""
    if step.output is None:
        return
    for number in range(max(step.output.first, step.output.end - lines), step.output.end):
        line = step.output[number]
        yield [(f"{indent}| ", "muted"), *ansi_line(line.text, _base(line.stream), LINE_CELLS)]


def output_lines(title: str, stream: int, text: str, mark: str = " | ") -> Iterator[Line]:
    """Lines of output in a log that nobody watches: each says which step it is of."""
    prefix = f"{short(title)}{mark}"
    for line in output_only(stream, text):
        yield [(prefix, "muted"), *line]


def output_only(stream: int, text: str) -> Iterator[Line]:
    """Lines of output, nothing before them."""
    for line in text.encode("utf-8", "replace").split(b"\n"):
        yield ansi_line(line, _base(stream), LINE_CELLS)


def short(title: str) -> str:
    """A title that is cut to what a prefix may take."""
    return title if width(title) <= PREFIX else cut(title, PREFIX - 1) + "…"


def _base(stream: int) -> str:
    return ("log.notice", "log", "log.stderr")[stream] if 0 <= stream <= 2 else "log"


# -- the live area


def live_area(
    operation: Operation, now: float, columns: int, rows: int, *, talking: str = "", stopping: str = ""
) -> list[Line]:
    """The lines at the bottom while an operation runs: running steps, the last output, one line of state.

    now       seconds since the epoch
    talking   the step whose output came last
    stopping  what is said instead of how to stop it
    """
    room = max(rows - 2, 2)
    running = [step for step, _ in operation.in_order() if _is_leaf(step)]
    area: list[Line] = []
    heads = max(1, min(len(running), room - 1, 8))
    for step in running[:heads]:
        area.append(_running_line(step, now, columns))
        if step.id == talking:
            left = min(OUTPUT_LINES, room - 1 - heads)
            area += output_tail(step, left, indent=" " * (STATE_CELLS + SECONDS_CELLS + 3))
    if len(running) > heads:
        area = [*area[: room - 2], [(f"and {len(running) - heads} more", "muted")]]
    area.append(_state_line(operation, now, stopping))
    return [cut_line(line, max(columns - 1, 1)) for line in area[-room:]]


def _is_leaf(step: Step) -> bool:
    """Whether a step runs, and none of its own steps does."""
    return step.state == RUNNING and not any(inner.state == RUNNING for inner in step.children)


def _running_line(step: Step, now: float, columns: int) -> Line:
    took = duration(max(0.0, now - step.started)) if step.started is not None else ""
    line: Line = [
        (f"{fit(RUNNING, STATE_CELLS)} ", "busy"),
        (f"{fit(took, SECONDS_CELLS, 'right')}  ", "muted"),
    ]
    amount = progress_text(step, now)
    if not amount:
        return [*line, (title_of(step), "text")]
    if step.total and columns >= 100:
        done = min(BAR_CELLS, BAR_CELLS * step.current // step.total)
        amount = f"[{'#' * done}{'-' * (BAR_CELLS - done)}] {amount}"
    room = columns - 1 - STATE_CELLS - SECONDS_CELLS - 3 - width(amount) - 2
    title = title_of(step)
    return [*line, (fit(title, max(8, min(room, max(width(title), 24)))), "text"), (f"  {amount}", "muted")]


def progress_text(step: Step, now: float) -> str:
    """How far a step has come, "" where it does not tell."""
    if not step.unit or not (step.current or step.total):
        return ""
    if step.unit != "bytes":
        return f"{step.current:,} of {step.total:,} {step.unit}" if step.total else f"{step.current:,}"
    text = f"{size(step.current)} of {size(step.total)}" if step.total else size(step.current)
    passed = now - step.started if step.started is not None else 0.0
    return f"{text}, {size(int(step.current / passed))}/s" if passed >= 1 else text


def _state_line(operation: Operation, now: float, stopping: str) -> Line:
    leaves = [step for step in operation.steps.values() if not step.children]
    ended = sum(step.state in FINAL for step in leaves)
    took = duration(max(0.0, now - operation.started.t))
    if goes_back(operation):
        said = "it is being undone"
    else:
        undoes = verb_named(operation.started.verb).undoes
        said = stopping or f"Ctrl+C {'undoes' if undoes else 'stops'} it"
    name = f"{operation.started.verb} {safe(operation.started.app)}"
    return [(name, "strong"), (f"  {ended} of {len(leaves)} steps  {took}  {said}", "muted")]


# -- the end


def result_lines(operation: Operation, ended: Ended, before: float | None) -> Iterator[Line]:
    """What was made. before: seconds that the same took the last time, None where it is not known."""
    started = operation.started
    last = f" ({duration(before)} the last time)" if before is not None else ""
    word = verb_named(started.verb).done
    said = serving(ended.result)
    yield [
        (f"{safe(started.app)} {word}", "ok"),
        (f" in {duration(ended.seconds)}{last}{f': {safe(said)}' if said else ''}", "text"),
    ]
    yield from facts(result_facts(ended.result))


def result_facts(result: Result) -> list[tuple[str, str]]:
    """A result as names and values."""
    tags = [("tag", tag) for tag in result.tags]
    gap = f"{result.gap_seconds:.2f} s" if result.gap_seconds is not None else ""
    return [
        ("release", result.release),
        ("image", result.image),
        ("digest", result.digest),
        *tags,
        ("gap", gap),
        *(fact for fact in result.facts if fact[0] != SERVES),
    ]


def failure_lines(failure: Failure) -> Iterator[Line]:
    """Why it failed, an excerpt, and what to do."""
    first, *others = failure.message.split("\n")
    yield [("failed: ", "bad"), (safe(first), "text")]
    for line in others:
        yield [(safe(line), "text")]
    for line in failure.detail:
        yield [("  ", "text"), *ansi_line(line.encode("utf-8", "replace"), "log", LINE_CELLS)]
    for line in failure.hint.split("\n") if failure.hint else ():
        yield [(f"  {safe(line)}", "strong")]


def failed_output(operation: Operation, failure: Failure) -> Iterator[Line]:
    """The last output of the steps that failed, where the failure does not quote it itself."""
    quoted = {line.strip() for line in failure.detail}
    for step, _ in operation.in_order():
        if step.state != FAILED or step.output is None or not len(step.output):
            continue
        if quoted & {one for one in _last_texts(step.output) if one}:
            continue
        yield [(f"output of {title_of(step)}", "strong")]
        if len(step.output) > TAIL_LINES:
            yield [(f"  {len(step.output) - TAIL_LINES:,} lines before", "muted")]
        yield from output_tail(step, TAIL_LINES)


def _last_texts(output: Output) -> Iterator[str]:
    for number in range(max(output.first, output.end - LOOKED_AT), output.end):
        yield output[number].text.decode("utf-8", "replace").strip()


# -- operations of earlier


def whole_steps(operation: Operation) -> Iterator[tuple[Step, Line]]:
    """Every step with its line, in order; output is put beneath by the caller."""
    for step, depth in operation.in_order():
        if step.state == WAITING:
            yield step, finished_line(step, depth, "not run")
        elif step.state == RUNNING:
            yield step, finished_line(step, depth, CUT_OFF)
        else:
            yield step, finished_line(step, depth)


def local_time(t: float) -> str:
    """Seconds since the epoch as this machine's clock shows them, e.g. "2026-11-24 09:30:00"."""
    return date(t)
