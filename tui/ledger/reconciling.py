"""What the engine and this machine's copy have of an app's records, put together. Pure.

Only what is whole is copied, or restored from the copy. The engine's count; the copy's stand in for those
that cannot be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.ledger.reading import sound
from tui.ledger.records import number_of

if TYPE_CHECKING:
    from collections.abc import Mapping


class LedgerFiles(NamedTuple):
    """Names of files, and their contents.

    files      what is to be read
    readable   those of them that are records and outcomes: what a further one can stand on
    unread     on the engine, not to be read, and in no copy: name -> why
    other      other on the engine than in the copy, which is of another history
    instead    not readable on the engine: the copy's are in `files`
    lost       not on the engine, to be restored
    uncopied   not in the copy, to be written there
    """

    files: dict[str, bytes]
    readable: dict[str, bytes]
    unread: dict[str, str]
    other: list[str]
    instead: list[str]
    lost: dict[str, bytes]
    uncopied: dict[str, bytes]


def reconcile(
    app: str, engine: Mapping[str, bytes], unread: Mapping[str, str], copy: Mapping[str, bytes]
) -> LedgerFiles:
    """Put them together; `unread` are on the engine, and why they cannot be read."""
    readable = sound(app, engine).files
    copied = sound(app, copy).files
    other = [name for name in copied if name in readable and readable[name] != copied[name]]
    if any(number_of(name) is not None for name in other):
        copied = {}
    else:
        other = []
    bad = {*unread, *(name for name in engine if name not in readable)}
    together = {**copied, **readable}
    whole = sound(app, together).whole
    instead = [name for name in copied if name in bad and name in whole and engine.get(name) != copied[name]]
    lost = {name: raw for name, raw in copied.items() if name not in bad | {*engine} and name in whole}
    files = {**engine, **{name: copied[name] for name in instead}}
    return LedgerFiles(
        files=files,
        readable=sound(app, files | lost).files,
        unread={name: why for name, why in unread.items() if name not in instead},
        other=other,
        instead=instead,
        lost=lost,
        uncopied={name: raw for name, raw in readable.items() if name in whole and copied.get(name) != raw},
    )
