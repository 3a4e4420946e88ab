"""Who changes an app now, as the engine tells everybody: the container "APP.lease", never started.

Creating it is atomic on the engine. Its label says who has it, the file in it how far they are and when they
last said so, by the engine's own clock; until that is written, the moment of its creation counts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.ledger.bounds import short
from tui.ledger.tars import pack
from tui.model.codec import Unfit, plain
from tui.model.codec import read as read_fields
from tui.model.labels import LEASE, OWNER
from tui.model.step import doing

if TYPE_CHECKING:
    from collections.abc import Mapping


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


def owner_of(label: str) -> Owner:
    """Who the label of a lease says it is, in words of a length that can be shown."""
    owner = decoded(label.encode("utf-8", "replace"), Owner) or Owner()
    return Owner(
        by=short(owner.by),
        host=short(owner.host),
        pid=owner.pid if 0 <= owner.pid < MOST_PID else 0,
        op=short(owner.op),
        title=short(owner.title),
        verb=short(owner.verb),
        what=short(owner.what),
    )


def decoded(text: bytes, kind: type[Any]) -> Any:
    """What a label or a file of a lease holds; None for what is nothing of ours."""
    try:
        return read_fields(json.loads(text), kind, [])
    except (Unfit, ValueError, RecursionError):
        return None
