"""Ports for the tests of one process, which no other process of tests takes in the same moment."""

from __future__ import annotations

import fcntl
import itertools
import socket
from functools import lru_cache
from typing import TYPE_CHECKING

from tests.support.folder import PLACE

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST, BLOCK, BLOCKS = 20_000, 120, 100
"""Below the ports of outgoing connections, one of which could take what was free a moment ago."""


@lru_cache(maxsize=1)
def _block() -> tuple[Iterator[int], object]:
    """The ports of this process, over and over, and what keeps others away while it lives."""
    for number in range(BLOCKS):
        lock = (PLACE / f"holdfast-tests-ports-{number}.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        first = FIRST + number * BLOCK
        return itertools.cycle(range(first, first + BLOCK)), lock
    raise RuntimeError("every block of ports is taken")


def free_port() -> int:
    """A port of the loopback on which nothing listens; the same one comes again after BLOCK others."""
    ports, _ = _block()
    for port in itertools.islice(ports, BLOCK):
        with socket.socket() as tried:
            try:
                tried.bind(("0.0.0.0", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")
