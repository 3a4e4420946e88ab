"""The releases of an app as they stand while nobody changes it.

What is read while an operation runs looks like one that was interrupted, or like an app that is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.ledger.errors import Leased
from tui.ledger.lease_reading import read_lease
from tui.model.labels import APP, RELEASE
from tui.operations.deploying.surroundings import look_around
from tui.operations.looking.releases import read_releases
from tui.together import all_of

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.ledger.ledger import Ledger
    from tui.operations.deploying.surroundings import Surroundings
    from tui.operations.looking.releases import Deployed


class Undisturbed(NamedTuple):
    """The releases, and what else was on the engine just before."""

    releases: Deployed
    around: Surroundings


async def refuse_while_leased(engine: Engine, app: str) -> None:
    """Raises Leased while somebody changes the app, and EngineError."""
    lease = await read_lease(engine, app)
    if lease is not None and lease.alive:
        raise Leased(lease)


async def read_undisturbed(engine: Engine, ledger: Ledger, app: str) -> Undisturbed:
    """As `read_releases`. Raises Leased where somebody changes the app, or has just begun or ended to.

    The releases are read between two looks at the lease. What else is there does not depend on it, and tells
    which containers will probably have to be read.
    """
    # whoever is just ending has it still
    _, around = await all_of(refuse_while_leased(engine, app), look_around(engine))
    likely = [
        one.id
        for one, _ in around.containers
        if one.labels.get(APP) == app and RELEASE in one.labels and one.name != app
    ]
    releases = await read_releases(engine, ledger, app, likely=likely)
    await refuse_while_leased(engine, app)  # whoever has just begun has it already
    return Undisturbed(releases, around)
