"""`[apps.NAME.scan]`: with what an image is scanned, and which findings fail it. Pure."""

from __future__ import annotations

from typing import NamedTuple

MAX_DB_AGE = 3 * 86_400.0
TIMEOUT = 300.0


class Ignore(NamedTuple):
    """A finding that is known and does not count.

    package   of which it does not, "" for any
    until     the last day on which it does not, "2026-12-31"; "" for ever
    """

    id: str
    reason: str
    package: str = ""
    until: str = ""


class ScanSpec(NamedTuple):
    """How an app's images are scanned.

    scanner       "trivy", "grype", or the path of one of them; "" for the one that is found
    fail_on       the lowest severity that fails, "none" for none at all
    only_fixable  whether only what a newer version mends can fail
    only_new      whether only what the live release does not have can fail
    vex           files that say what does not affect the image (OpenVEX, CSAF, CycloneDX)
    max_db_age    seconds after which the scanner's database is too old to say that nothing was found
    timeout       seconds that the scanner may take
    sha256        of the scanner's binary, "" for any
    dockerfile    whether hadolint looks at the Dockerfile too
    database      a folder with the scanner's database, used as it is and never updated; "" for its usual one
    """

    scanner: str = ""
    fail_on: str = "critical"
    only_fixable: bool = False
    only_new: bool = False
    ignore: tuple[Ignore, ...] = ()
    vex: tuple[str, ...] = ()
    max_db_age: float = MAX_DB_AGE
    timeout: float = TIMEOUT
    sha256: str = ""
    dockerfile: bool = False
    database: str = ""
