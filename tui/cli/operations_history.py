"""`holdfast history --operations` and `--show`: what was done before, from the journals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.cli.output import answer, answer_json, colours, say_error, table_cells
from tui.errors import HoldfastError
from tui.journal.folder import listed, operations_folder
from tui.journal.format import encode
from tui.journal.reader import Summary, events, is_alive, summary
from tui.model.digest import short_id
from tui.model.operation import Logged, Started
from tui.model.operation_id import OperationId, short_op
from tui.presentation import console
from tui.presentation.amounts import duration
from tui.presentation.text import safe
from tui.store.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tui.presentation.style import Line

COLUMNS = ("op", "when", "verb", "app", "made", "by", "took", "outcome")

_OUTCOME_ROLES = {"done": "ok", "running": "busy"}


class NoSuchOperation(HoldfastError):
    """No journal, or more than one, has such an ID."""

    exit_status = 2


def run(app: str, limit: int, show: str, *, json: bool) -> int:
    """Show it; the exit status."""
    try:
        if show:
            _show(_found(show), json=json)
        else:
            _list(app, limit, json=json)
    except HoldfastError as error:
        say_error(error)
        return error.exit_status
    except OSError as error:
        say_error(HoldfastError(f"{operations_folder()}: cannot be read: {error.strerror}"))
        return 1
    return 0


def state(one: Summary) -> str:
    """running, done, failed, cancelled or interrupted."""
    operation = Operation(one.started)
    operation.ended, operation.alive = one.ended, one.alive
    return operation.state


def _list(app: str, limit: int, *, json: bool) -> None:
    found = _newest(app, limit)
    if json:
        answer_json([_words(one) for one in found])
        return
    if not found:
        answer(f"nothing was done to {safe(app)} yet\n" if app else "nothing was done yet\n")
        return
    shown = colours(1)
    roles = [_OUTCOME_ROLES.get(state(one), "bad") for one in found]
    lines = console.table(COLUMNS, [_row(one) for one in found], {"outcome": roles}, table_cells(1))
    answer("".join([console.painted(one, colours=shown) + "\n" for one in lines]))


def _newest(app: str, limit: int) -> list[Summary]:
    """The newest operations, on an app or on all. IDs tell seconds; within one the time of the start does."""
    found: list[Summary] = []
    second = ""
    for path in listed(operations_folder()):
        id = OperationId.read(path.stem)
        if id is None or (app and id.app != app):  # spares reading those that cannot be meant
            continue
        if len(found) >= limit and id.second != second:
            break
        try:
            one = summary(path)
        except FileNotFoundError:  # gone meanwhile
            continue
        if one is not None and (not app or one.started.app == app):
            found.append(one)
            second = id.second
    return sorted(found, key=lambda one: -one.started.t)[:limit]


def _row(one: Summary) -> tuple[str, ...]:
    started, ended = one.started, one.ended
    outcome = state(one)
    if ended is not None and ended.error is not None and outcome == "failed":
        outcome = f"failed ({ended.error.code}): {safe(ended.error.message.split(chr(10))[0])}"
    return (
        short_op(started.op),
        console.local_time(started.t),
        safe(started.verb),
        safe(started.app),
        safe(_made(one)),
        safe(started.by),
        duration(ended.seconds) if ended is not None else "",
        outcome,
    )


def _made(one: Summary) -> str:
    """A version where there is one, else the image."""
    if one.ended is None:
        return ""
    result = one.ended.result
    tags = [tag.rpartition(":")[2] for tag in result.tags]
    return ", ".join(tags) or short_id(result.digest or result.image)


def _words(one: Summary) -> dict[str, Any]:
    started, ended = one.started, one.ended
    words: dict[str, Any] = {
        "op": started.op, "t": started.t, "verb": started.verb, "app": started.app, "engine": started.engine,
        "by": started.by, "host": started.host, "state": state(one), "ok": None, "seconds": None,
        "image": "", "digest": "", "tags": [], "error": None,
    }  # fmt: skip
    if ended is not None:
        words |= {
            "ok": ended.ok,
            "seconds": ended.seconds,
            "image": ended.result.image,
            "digest": ended.result.digest,
            "tags": ended.result.tags,
            "error": ended.error._asdict() if ended.error is not None else None,
        }
    return words


def _found(wanted: str) -> Path:
    """The journal of an ID, of its end, or of "last". Raises NoSuchOperation."""
    if wanted == "last":
        matching = [one.path for one in _newest("", 1)]
    else:
        paths = listed(operations_folder())
        matching = [path for path in paths if path.stem == wanted or path.stem.endswith(f"-{wanted}")]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise NoSuchOperation(
            f'"{wanted}" is the end of {len(matching)} operations', "name it in full", tuple(
                path.stem for path in matching[:10])
        )  # fmt: skip
    raise NoSuchOperation(f'there is no operation "{wanted}"', "holdfast history --operations lists them")


def _show(path: Path, *, json: bool) -> None:
    if json:
        for event in events(path):
            answer(encode(event).decode())
        return
    shown = colours(1)
    lines: list[str] = []
    for one in _whole(path):
        lines.append(console.painted(one, colours=shown) + "\n")
        if len(lines) >= 1000:
            answer("".join(lines))
            lines.clear()
    answer("".join(lines))


def _whole(path: Path) -> Iterator[Line]:
    """An operation with all of its output, which may be more than an Operation keeps."""
    alive = is_alive(path)
    operation: Operation | None = None
    said: dict[str, list[Logged]] = {}
    for event in events(path):
        if isinstance(event, Started):
            operation = Operation(event)
        elif isinstance(event, Logged):
            said.setdefault(event.step, []).append(event)
        elif operation is not None:
            operation.feed((event,))
    if operation is None:
        raise NoSuchOperation(f"{path}: this is no journal")
    operation.alive = alive
    started = operation.started
    yield [(safe(started.title or f"{started.verb} {started.app}"), "strong")]
    yield from console.facts(
        (
            ("operation", started.op),
            ("when", console.local_time(started.t)),
            ("by", f"{started.by} on {started.host}"),
            ("engine", started.engine),
        )
    )
    for step, line in console.whole_steps(operation):
        yield line
        for event in said.get(step.id, ()):
            for text in console.output_only(event.stream, event.text):
                yield [("  | ", "muted"), *text]
    for warning in operation.warnings:
        yield console.warning_line(warning)
    if operation.ended is None:
        yield [(f"{operation.state}: {_UNENDED[alive]}", "busy" if alive else "bad")]
    elif operation.ended.error is None:
        yield from console.result_lines(operation, operation.ended, None)
    else:
        yield from console.failure_lines(operation.ended.error)


_UNENDED = {True: "it has not ended yet", False: "its process is gone without having said how it ended"}
