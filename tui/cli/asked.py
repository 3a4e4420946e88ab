"""What those verbs were asked that look at engines, and which apps they tell of."""

from __future__ import annotations

import asyncio
import difflib
from typing import TYPE_CHECKING, NamedTuple

from tui.operations.looking.endpoint_choice import Named
from tui.operations.process.prepared import UnknownApp
from tui.settings.load import load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.ledger.ledger import Ledger
    from tui.operations.looking.endpoint_choice import Place
    from tui.settings.schema import Settings


class Asked(NamedTuple):
    """What was asked for: `app` and `config` may be "", and `engine` may name none."""

    app: str = ""
    engine: Named = Named()
    config: str = ""


async def read_settings(asked: Asked) -> Settings:
    """Raises ConfigError."""
    return await asyncio.to_thread(load, asked.config or None)


async def apps_at(place: Place, settings: Settings, asked: Asked, ledger: Ledger) -> list[str]:
    """The apps to tell of: those that were asked for, or all that are configured or known on the engine.

    Known is also what has been configured for another engine since: it may run here still. Raises UnknownApp.
    """
    if asked.app and asked.app in settings.apps:
        return [asked.app]
    known = await ledger.apps()
    if not asked.app:
        return [*place.apps, *(name for name in known if name not in place.apps)]
    if asked.app in known:
        return [asked.app]
    raise unknown(asked.app, [*settings.apps, *known])


def unknown(app: str, known: Iterable[str]) -> UnknownApp:
    """An app that is neither configured nor known on the engine."""
    names = list(dict.fromkeys(known))
    near = difflib.get_close_matches(app, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}" if names else ""
    return UnknownApp(f'there is no app "{app}"', hint or "holdfast init writes holdfast.toml")
