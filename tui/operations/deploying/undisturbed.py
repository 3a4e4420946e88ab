"""The releases of an app as they stand while nobody changes it.

What is read while an operation runs looks like one that was interrupted, or like an app that is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.ledger.errors import Leased
from tui.ledger.lease_reading import read_lease
from tui.operations.looking.releases import read_releases

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.ledger.ledger import Ledger
    from tui.operations.looking.releases import Deployed


async def refuse_while_leased(engine: Engine, app: str) -> None:
    """Raises Leased while somebody changes the app, and EngineError."""
    lease = await read_lease(engine, app)
    if lease is not None and lease.alive:
        raise Leased(lease)


async def read_undisturbed(engine: Engine, ledger: Ledger, app: str) -> Deployed:
    """As `read_releases`. Raises Leased where somebody changes the app, or has just begun or ended to."""
    await refuse_while_leased(engine, app)  # whoever is just ending has it still
    releases = await read_releases(engine, ledger, app)
    await refuse_while_leased(engine, app)  # whoever has just begun has it already
    return releases
