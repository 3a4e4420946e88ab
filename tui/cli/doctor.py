"""`holdfast doctor`: what Holdfast needs, whether it is there, and what to do where it is not."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from tui.cli import doctor_checks as checks
from tui.cli.asked import read_settings
from tui.cli.doctor_checks import OK, OUT_OF_REACH, PROBLEM, WARNING, Finding, counted
from tui.cli.doctor_engine_checks import engine_and_apps
from tui.cli.doctor_notify import notifying
from tui.cli.doctor_scanners import scanners
from tui.cli.doctor_trust import keys_of_trust
from tui.cli.output import answer, answer_json, colours
from tui.errors import HoldfastError
from tui.presentation.console import painted
from tui.presentation.text import fit, safe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.cli.asked import Asked
    from tui.presentation.style import Line

NAME_CELLS = 14

_ROLES = {OK: "ok", WARNING: "warn", PROBLEM: "bad"}


def run(asked: Asked, *, json: bool) -> int:
    """Check everything; 0 where nothing is a problem, 3 where all is well but for who is away, else 1."""
    return asyncio.run(_run(asked, json=json))


async def _run(asked: Asked, *, json: bool) -> int:
    found = []
    shown = colours(1)
    async for finding in findings(asked):
        found.append(finding)
        if not json:
            answer("".join([painted(one, colours=shown) + "\n" for one in _lines(finding)]))
    problems = sum(finding.state == PROBLEM for finding in found)
    warnings = sum(finding.state == WARNING for finding in found)
    if json:
        answer_json({"ok": not problems, "findings": [finding._asdict() for finding in found]})
    else:
        answer(f"\n{counted(problems, 'problem')}, {counted(warnings, 'warning')}\n")
    away = all(finding.away for finding in found if finding.state == PROBLEM)
    return (OUT_OF_REACH if away else 1) if problems else 0


def _lines(finding: Finding) -> list[Line]:
    first: Line = [
        (f"{fit(finding.state, 8)} ", _ROLES.get(finding.state, "muted")),
        (f"{fit(finding.name, NAME_CELLS)}  ", "strong"),
        (safe(finding.message), "text"),
    ]
    remedies = [f"{' ' * (NAME_CELLS + 11)}{safe(line)}" for line in finding.remedy.split("\n") if line]
    return [first, *([(line, "muted")] for line in remedies)]


async def findings(asked: Asked) -> AsyncIterator[Finding]:
    """Every finding as soon as it is known, in an order that reads from the machine to the apps."""
    from tui.settings.schema import Settings

    settings = Settings()
    for finding in checks.configuration_files(asked.config):
        yield finding
    try:
        settings = await read_settings(asked)
    except HoldfastError as error:
        for finding in checks.configuration_problems(error):
            yield finding
    else:
        for note in settings.notes:
            yield Finding("configuration", WARNING, note)
        for finding in checks.keys(settings):
            yield finding
        async for finding in keys_of_trust(settings):
            yield finding
    yield await asyncio.to_thread(checks.state_writable)
    for finding in await asyncio.to_thread(checks.interrupted):
        yield finding
    for finding in checks.terminal(os.environ):
        yield finding
    for finding in notifying(settings.notify, os.environ):
        yield finding
    for finding in checks.programs():
        yield finding
    async for finding in scanners(settings):
        yield finding
    async for finding in engine_and_apps(settings, asked.engine):
        yield finding
