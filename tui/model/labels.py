"""Labels that Holdfast gives to containers, light enough for the first paint."""

from __future__ import annotations

APP, RELEASE, VERSION = "io.holdfast.app", "io.holdfast.release", "io.holdfast.version"
"""On every container of a release, among others."""

LEASE, LEDGER, TEST = "io.holdfast.lease", "io.holdfast.ledger", "io.holdfast.test"
"""On the container that is a lease, on what keeps the ledger, and on what a test has made."""
