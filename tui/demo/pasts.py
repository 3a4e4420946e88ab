"""What has happened to the demo's apps before anybody looks: their versions, who deployed them when."""

from __future__ import annotations

import hashlib
import time
from typing import NamedTuple

from tui.model.operation_id import DIGITS, OperationId

MINUTE, HOUR, DAY = 60, 3600, 86400

SCANNED = 3 * HOUR
"""Seconds since payments was scanned, and did not pass."""


class Deploy(NamedTuple):
    """One release of an app's past.

    age    seconds since then
    good   whether it passed its gate
    """

    version: str
    age: float
    by: str
    good: bool = True


class Past(NamedTuple):
    """What has happened to an app.

    base       the image that it is built on
    deploys    the first one first; the last good one serves
    pushed     versions that the registry has besides, and how long ago they were pushed
    failing    the version that does not become healthy
    """

    base: str
    deploys: tuple[Deploy, ...]
    pushed: tuple[tuple[str, float], ...] = ()
    failing: str = ""


PASTS = {
    "storefront": Past(
        base="node:22-alpine",
        deploys=(
            Deploy("v1.2.0", 16 * DAY, "ben"),
            Deploy("v1.3.0", 6 * DAY, "anna"),
            Deploy("v1.4.0", 4 * HOUR, "anna"),
        ),
        pushed=(("v1.5.0", 20 * MINUTE),),
        failing="v1.5.0",
    ),
    "payments": Past(
        base="python:3.12-slim",
        deploys=(Deploy("v2.0.0", 12 * DAY, "ben"), Deploy("v2.1.0", 5 * DAY, "ben")),
    ),
    "mailer": Past(
        base="python:3.12-slim",
        deploys=(
            Deploy("v0.8.0", 21 * DAY, "anna"),
            Deploy("v0.9.0", 8 * DAY, "anna"),
            Deploy("v0.9.1", 50 * MINUTE, "ben", good=False),
        ),
        failing="v0.9.1",
    ),
}

WHY = "became unhealthy: SMTP 421: too many connections"
"""How the failed one of mailer failed, behind the release's number."""

SAID = ("mailer 0.9.1", "SMTP 421: too many connections")
"""What it wrote last."""

FOUND = "1 critical, 2 high: fails on critical"
"""What the scan of payments found."""


def operation(verb: str, app: str, at: float) -> str:
    """The ID of an operation of the past: the same wherever it is asked for."""
    second = time.strftime("%Y%m%d-%H%M%S", time.gmtime(at))
    digits = hashlib.sha256(f"{verb} {app} {at:.0f}".encode()).hexdigest()[:DIGITS]
    return OperationId(second, verb, app, digits).text
