"""Who changes an app now, as the engine tells everybody: the container "APP.lease", never started.

Creating it is atomic on the engine. Its label says who has it, the file in it how far they are and when they
last said so, by the engine's own clock; until that is written, the moment of its creation counts.
"""

from __future__ import annotations

import asyncio
import json
import socket
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.engine.errors import NotFound
from tui.journal.folder import journal_path, operations_folder
from tui.journal.reader import is_alive
from tui.ledger.bounds import short
from tui.ledger.errors import NotOurs
from tui.ledger.tars import NoTar, pack, unpack
from tui.model.codec import Unfit, plain
from tui.model.codec import read as read_fields
from tui.model.labels import LEASE, OWNER
from tui.model.step import doing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.client import Engine

FILE = "lease.json"


LONGEST = 1e9
"""Seconds: what is longer than thirty years is a clock that is wrong."""

MOST_PID = 2**32
"""A process beyond it is none of any machine."""

WHOLE = 1.0
"""The engine tells whole seconds of a container's creation: it may have been so much later, never earlier."""


class Times(NamedTuple):
    """In seconds.

    renew   from one renewal to the next
    dead    after the last one a lease is dead, and may be taken over
    """

    renew: float = 15.0
    dead: float = 60.0


TIMES = Times()


class Owner(NamedTuple):
    """Who has a lease.

    by, host, pid   the account, the machine, the process there
    op              the operation's ID
    title           what it does, in words: "Deploy web v1.4.0 as r4"
    verb, what      as facts: the verb's name, and what it acts on, "v1.4.0"; "" in leases of a first version
    """

    by: str = ""
    host: str = ""
    pid: int = 0
    op: str = ""
    title: str = ""
    verb: str = ""
    what: str = ""


class Renewal(NamedTuple):
    """What the file says: the step that was begun last, and when, by the engine's clock."""

    step: str = ""
    renewed: float = 0.0


class LeaseState(NamedTuple):
    """A lease as it was at `now`; moments are seconds since the epoch by the engine's clock.

    id       of its container: who finds another one has lost it
    since    when it was taken
    gone     whether its owner's process, one of this machine and account, has ended without giving it back
    """

    app: str
    id: str
    owner: Owner
    step: str
    since: float
    renewed: float
    now: float
    dead_after: float
    gone: bool = False

    @property
    def alive(self) -> bool:
        """Whether its owner has been heard of. A moment far in the future is none: a clock was set back."""
        return not self.gone and abs(self.now - self.renewed) < self.dead_after

    @property
    def text(self) -> str:
        """Who, where, what, how far and for how long, as text from outside."""
        owner = self.owner
        who = f"{owner.by or 'somebody'} on {owner.host or 'a machine unknown'} (process {owner.pid})"
        what = f": {owner.title or owner.op}" if owner.title or owner.op else ""
        step = f", {doing(self.step)}" if self.step else ""
        taken, heard = spoken(self.now - self.since), spoken(self.now - self.renewed)
        ended = "; that process has ended" if self.gone else ""
        return f"{who}{what}{step}, for {taken}, last heard of {heard} ago{ended}"


def spoken(seconds: float) -> str:
    """How long, in two units at most: "1 min 20 s"."""
    whole = int(min(max(0.0, seconds), LONGEST))
    for unit, name, smaller, below in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= unit:
            return f"{whole // unit} {name} {whole % unit // smaller} {below}"
    return f"{whole} s"


def lease_name(app: str) -> str:
    """The name of the container that is an app's lease."""
    return f"{app}.lease"


def lease_labels(app: str, owner: Owner) -> Mapping[str, str]:
    """The labels that say whose it is, there from its first moment on."""
    return {LEASE: app, OWNER: json.dumps(plain(owner, Owner))}


def renewal_tar(renewal: Renewal) -> bytes:
    """What is unpacked into a lease to renew it."""
    return pack({FILE: json.dumps(plain(renewal, Renewal)).encode()})


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
    renewal, info, gone = await asyncio.gather(
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


def owner_of(label: str) -> Owner:
    """Who the label of a lease says it is, in words of a length that can be shown."""
    owner = _decoded(label.encode("utf-8", "replace"), Owner) or Owner()
    return Owner(
        by=short(owner.by),
        host=short(owner.host),
        pid=owner.pid if 0 <= owner.pid < MOST_PID else 0,
        op=short(owner.op),
        title=short(owner.title),
        verb=short(owner.verb),
        what=short(owner.what),
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
    return _decoded(files.get(FILE, b""), Renewal) or Renewal()


def _decoded(text: bytes, kind: type[Any]) -> Any:
    try:
        return read_fields(json.loads(text), kind, [])
    except (Unfit, ValueError, RecursionError):
        return None
