"""Asking before anything is changed."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from tui.cli.output import colours
from tui.errors import HoldfastError, Refused
from tui.model.operation import CANCELLED
from tui.presentation.text import safe

if TYPE_CHECKING:
    from tui.model.operation import Plan


class Declined(HoldfastError):
    """It was planned, and is not wanted after all."""

    exit_status = CANCELLED


def plan_text(plan: Plan, engine: str, *, shown: bool) -> str:
    """A plan for a terminal or a log; the engine is named by it in any case."""
    from tui.presentation.console import painted, plan_lines

    if "engine" not in dict(plan.facts):
        plan = plan._replace(facts=(("engine", engine), *plan.facts))
    return "".join([painted(one, colours=shown) + "\n" for one in plan_lines(plan)])


def somebody_is_there() -> bool:
    """Whether there is somebody who could answer."""
    return bool(sys.stdin and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty())


async def agree(plan: Plan, engine: str) -> None:
    """Show the plan and ask, on a terminal; elsewhere nobody could answer, and the command itself says it.

    Raises Declined.
    """
    if somebody_is_there():
        sys.stderr.write(plan_text(plan, engine, shown=colours(2)))
        await ask(f"{plan.verb}? [y/N] ", "y", "yes")


async def confirm(text: str, engine: str, app: str, confirmed: str) -> None:
    """On a protected engine the app's name is typed, or given beforehand; `--yes` is not enough.

    text   what is about to be done

    Raises Declined, and Refused where nobody is there, or another name was given.
    """
    if confirmed == app:
        return
    if confirmed or not somebody_is_there():
        raise Refused(f"the engine {engine} is protected", f"--confirm {app} says that it is meant")
    sys.stderr.write(text)
    await ask(f"{engine} is protected. Type {app} to go on: ", app)


async def insist(plan: Plan, engine: str, confirmed: str) -> None:
    """What is done against a warning wants the app's name, typed or given beforehand; `--yes` is not enough.

    Raises Declined and Refused.
    """
    if confirmed == plan.typed:
        return
    if confirmed or not somebody_is_there():
        why = next(iter(plan.warnings), "")
        raise Refused(f"{plan.title}: {why}", f"--confirm {plan.typed} says that it is meant")
    sys.stderr.write(plan_text(plan, engine, shown=colours(2)))
    await ask(f"Type {plan.typed} to go on: ", plan.typed)


async def ask(question: str, *agreeing: str) -> None:
    """Ask on the terminal. Raises Declined unless one of these is answered."""
    remedy = "--yes does it without asking" if "y" in agreeing else f"--confirm {agreeing[0]} does it unasked"
    sys.stderr.write(safe(question))
    sys.stderr.flush()
    try:
        said = await _line(sys.stdin.fileno())
    except asyncio.CancelledError:
        sys.stderr.write("\n")
        raise
    if said.strip().lower() not in agreeing:
        raise Declined("nothing was changed", remedy)


async def _line(fd: int) -> str:
    """What is typed, up to Enter; waiting for it can be cancelled, unlike a thread that reads."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(fd, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(fd)
    try:
        return os.read(fd, 4096).decode("utf-8", "replace")
    except OSError:  # the terminal has gone
        return ""
