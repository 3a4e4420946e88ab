"""The lease of an app as it is on the engine: read, and taken away."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from tui.engine.errors import NotFound
from tui.journal.folder import journal_path, operations_folder
from tui.journal.reader import is_alive
from tui.ledger.bounds import short
from tui.ledger.errors import NotOurs
from tui.ledger.lease_state import FILE, TIMES, WHOLE, LeaseState, Renewal, decoded, lease_name, owner_of
from tui.ledger.tars import NoTar, unpack
from tui.model.labels import LEASE, OWNER
from tui.together import all_of

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.ledger.lease_state import Owner, Times


async def read_lease(engine: Engine, app: str, times: Times = TIMES) -> LeaseState | None:
    """Who has the lease of an app; None where nobody has. Raises EngineError and NotOurs."""
    try:
        found = await engine.containers.inspect(lease_name(app))
    except NotFound:
        return None
    if LEASE not in found.labels:
        raise NotOurs(
            f'a container named "{found.name}" is on the engine, and is no lease of Holdfast',
            f"rename or remove it: docker rename {found.name} ...",
        )
    owner = owner_of(found.labels.get(OWNER, ""))
    renewal, info, gone = await all_of(
        _renewal(engine, found.id), engine.info(), asyncio.to_thread(_has_ended, owner)
    )
    return LeaseState(
        app=app,
        id=found.id,
        owner=owner,
        step=short(renewal.step),
        since=found.created,
        renewed=renewal.renewed or found.created + WHOLE,
        now=info.time,
        dead_after=times.dead,
        gone=gone,
    )


def _has_ended(owner: Owner) -> bool:
    """Whether the owner is known to have ended: its journal is here, and no process has it open. Blocks.

    Then nobody needs to wait until the lease is old. Of other machines and accounts nothing is known.
    """
    op = owner.op
    if not op or not op.isascii() or not op.isprintable() or "/" in op or owner.host != socket.gethostname():
        return False
    path = journal_path(operations_folder(), owner.op)
    return path.exists() and not is_alive(path)


async def remove_lease(engine: Engine, id: str) -> None:
    """Remove the container of this ID, which is that of one lease and of none that comes after it."""
    try:
        await engine.containers.remove(id, force=True)
    except NotFound:
        return


async def _renewal(engine: Engine, id: str) -> Renewal:
    """An empty one where nothing, or nothing readable, has been written."""
    try:
        files = unpack(await engine.archives.get(id, f"/{FILE}", limit=2**16))
    except (NotFound, NoTar):
        return Renewal()
    return decoded(files.get(FILE, b""), Renewal) or Renewal()
