"""What to do about a file of the ledger that is no record, and a number that no record can have. Pure."""

from __future__ import annotations

import shlex

from tui.errors import Refused
from tui.ledger.anchor import FOLDER, VOLUME
from tui.ledger.records import MOST


def way_out(app: str, name: str = "FILE") -> str:
    """The command that removes it: the engine has none for a volume's files."""
    path = shlex.quote(f"{FOLDER}/{app}/{name}"[:300])
    return f"docker run --rm -v {VOLUME}:{FOLDER} busybox rm -r {path}"


def refuse_beyond(app: str, number: int) -> None:
    """Raises Refused for a number whose record could not be read."""
    if number > MOST:
        raise Refused(
            f"the next release of {app} would be r{number}, and no record can have a number beyond r{MOST}",
            "a record was forged, or labels were: what to do is in docs/releases.md, Wrong files",
        )
