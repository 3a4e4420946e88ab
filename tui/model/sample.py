"""One reading of a container's use of resources."""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    """What GET /containers/{id}/stats says, computed as the docker command line computes it.

    cpu            percent of one core since the reading before (200.0 = two cores), None for the first
    memory         bytes in use without the page cache that can be dropped
    memory_limit   bytes, 0 when unknown
    rx, tx         bytes received and sent since the start, all networks
    read, write    bytes of block I/O since the start
    pids           processes and threads
    """

    cpu: float | None
    memory: int
    memory_limit: int
    rx: int
    tx: int
    read: int
    write: int
    pids: int
