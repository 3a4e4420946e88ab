"""Running one operation: its plan, its events, its outcome."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import os
import socket
import time
from typing import TYPE_CHECKING, NamedTuple

from tui.errors import HoldfastError
from tui.ledger.lease_state import Owner
from tui.model.operation import CANCELLED, Ended, Failure, Result, Started
from tui.operations.running.report import Report

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.model.operation import Event, Plan
    from tui.operations.running.notices import Notices


class PartlyDone(HoldfastError):
    """It failed, and something was made all the same: `result` says what."""

    def __init__(self, message: str, hint: str, result: Result) -> None:
        super().__init__(message, hint)
        self.result = result


class Planned(NamedTuple):
    """A verb on one app, ready to be done. Planning has changed nothing; what refuses it was raised.

    plan   what it will do
    run    does it, with what was found for the plan; where it raises, or is cancelled, it has cleaned up
    """

    plan: Plan
    run: Callable[[Report], Awaitable[Result]]


def failure(error: HoldfastError) -> Failure:
    """An error as it goes into the journal."""
    return Failure(
        code=error.exit_status,
        message=error.message,
        hint=error.hint,
        detail=error.detail,
        serves=error.serves,
    )


def whoami() -> str:
    """The account that does it, "alice"; its number where it has no name."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def this_process(op: str, *, title: str, verb: str, what: str = "") -> Owner:
    """Who takes a lease for an operation; `what` is what its verb acts on."""
    return Owner(
        by=whoami(), host=socket.gethostname(), pid=os.getpid(), op=op, title=title, verb=verb, what=what
    )


async def perform(
    planned: Planned,
    *,
    op: str,
    name: str,
    app: str,
    engine: str,
    tell: Callable[[Event], None],
    clock: Callable[[], float] = time.time,
    notices: Notices | None = None,
) -> Ended:
    """Run a planned operation; what it tells goes to `tell`, and its end comes last and is the result.

    notices   tells others how it ended, before that is written: who was not told is warned of

    Cancelling the task that runs this cancels the operation: it cleans up, and ends with 130.
    """
    began = clock()
    report, plan = Report(tell, clock), planned.plan
    started = Started(
        t=began,
        op=op,
        verb=name,
        app=app,
        engine=engine,
        by=whoami(),
        host=socket.gethostname(),
        pid=os.getpid(),
        plan=plan.steps,
        title=plan.title,
        engines=plan.engines,
    )
    tell(started)
    for warning in plan.warnings:
        report.warn(warning)
    result = Result()
    problem: Failure | None = None
    try:
        result = await planned.run(report)
    except HoldfastError as error:
        problem = failure(error)
        if isinstance(error, PartlyDone):
            result = error.result
    except asyncio.CancelledError:
        problem = Failure(CANCELLED, "cancelled")
    except Exception as error:  # noqa: BLE001  # the one place where a mistake of ours becomes an outcome
        problem = _mistake(error)
    report.close()
    if problem is not None:
        problem = Failure(
            code=problem.code,
            message=report.clean_sentence(problem.message),
            hint=report.clean_sentence(problem.hint),
            detail=tuple(report.clean(line) for line in problem.detail),
            serves=problem.serves,
        )
    now = clock()
    ended = Ended(t=now, ok=problem is None, seconds=now - began, result=result, error=problem)
    if notices is not None:
        with contextlib.suppress(
            asyncio.CancelledError
        ):  # it has ended: nobody is told any more, and no more
            await notices.send(started, ended, report)
        report.flush()
    tell(ended)
    return ended


def _mistake(error: Exception) -> Failure:
    """An error that nobody foresaw. Its own text may hold anything: only where it happened is told."""
    import traceback

    places = traceback.extract_tb(error.__traceback__)
    where = tuple(f"{place.filename}:{place.lineno} {place.name}" for place in places[-5:])
    return Failure(
        1, f"a mistake in Holdfast: {type(error).__name__}", "please report it with the lines below", where
    )
