"""`holdfast unlock`: removing the lease of an app, whoever has it."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from tui.cli.asked import Asked, read_settings, unknown
from tui.cli.asking import Declined, ask, confirm, somebody_is_there
from tui.cli.output import answer, answer_json, colours, say_error
from tui.cli.release_words import lease_fields
from tui.engine.client import Engine
from tui.errors import HoldfastError, Refused
from tui.ledger.lease_reading import read_lease
from tui.ledger.ledger import Ledger
from tui.operations.looking.endpoint_choice import home, is_protected
from tui.operations.running.runner import failure
from tui.operations.verbs.unlock import consequence, unlock
from tui.presentation.console import facts, painted
from tui.presentation.text import safe

if TYPE_CHECKING:
    from tui.ledger.lease_state import LeaseState
    from tui.presentation.style import Line
    from tui.settings.schema import Settings


def run(asked: Asked, *, plan: bool, yes: bool, confirmed: str, json: bool) -> int:
    """Do it; the exit status."""
    try:
        asyncio.run(_run(asked, plan=plan, yes=yes, confirmed=confirmed, json=json))
    except HoldfastError as error:
        return _say(error, asked.app, json=json)
    except KeyboardInterrupt:
        return _say(Declined("nothing was changed"), asked.app, json=json)
    return 0


def _say(error: HoldfastError, app: str, *, json: bool) -> int:
    if json:
        answer_json({"app": app, "unlocked": False, "error": failure(error)._asdict()})
    else:
        say_error(error)
    return error.exit_status


async def _run(asked: Asked, *, plan: bool, yes: bool, confirmed: str, json: bool) -> None:
    settings = await read_settings(asked)
    meant = await asyncio.to_thread(home, settings.apps.get(asked.app), settings, asked.engine)
    async with await Engine.connect(meant.endpoint) as engine:
        lease = await read_lease(engine, asked.app)
        if lease is None:
            await _must_be_known(engine, settings, asked.app)
        elif not plan:
            if await asyncio.to_thread(is_protected, settings.engines, meant):
                await confirm(_text(lease, meant.url, shown=colours(2)), meant.url, lease.app, confirmed)
            elif not yes:
                await _agree(lease, meant.url)
            await unlock(engine, lease)
    if json:
        fields = lease_fields(lease) if lease is not None else None
        answer_json({"app": asked.app, "unlocked": lease is not None and not plan, "lease": fields})
    elif lease is None:
        answer(f"nobody has the lease of {safe(asked.app)}\n")
    elif plan:
        answer(_text(lease, meant.url, shown=colours(1)))
    else:
        answer(safe(f"the lease of {asked.app} is removed; it was {lease.text}") + "\n")


async def _must_be_known(engine: Engine, settings: Settings, app: str) -> None:
    known = [*settings.apps, *await (await Ledger.open(engine)).apps()]
    if app not in known:
        raise unknown(app, known)


async def _agree(lease: LeaseState, engine: str) -> None:
    if not somebody_is_there():
        raise Refused(f"the lease of {lease.app} is that of {lease.text}", "--yes removes it without asking")
    sys.stderr.write(_text(lease, engine, shown=colours(2)))
    await ask("Unlock? [y/N] ", "y", "yes")


def _text(lease: LeaseState, engine: str, *, shown: bool) -> str:
    owner = lease.owner
    lines: list[Line] = [[(f"Remove the lease of {safe(lease.app)}", "strong")]]
    lines += facts(
        [
            ("engine", engine),
            ("owner", lease.text),
            ("operation", owner.op),
            ("it is", consequence(lease)),
            ("after it", f"holdfast recover {lease.app} finishes or undoes what was begun"),
        ]
    )
    return "".join([painted(line, colours=shown) + "\n" for line in lines])
