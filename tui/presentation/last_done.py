"""What was done last with an app, in the few words of its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.operation import RUNNING
from tui.model.verb import verb_named
from tui.presentation.amounts import age
from tui.presentation.operation_words import GLYPHS, steps_done
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.presentation.style import Span
    from tui.store.operation import Operation


def untested(operations: Sequence[Operation]) -> bool:
    """Whether the newest build of an app has not passed a test; `operations` are the app's, newest first."""
    tested = set()
    for operation in operations:
        ended = operation.ended
        if ended is None or not ended.ok:
            continue
        if operation.started.verb == "test":
            tested.add(ended.result.image)
        elif operation.started.verb == "build":
            return ended.result.image not in tested
    return False


def last_done(operations: Sequence[Operation], now: float) -> Span:
    """Of an app's operations, newest first, e.g. "✓ built 2m", "◐ building 4/9", "✗ test failed 1h"."""
    newest = operations[0]
    glyph, role = GLYPHS[newest.state]
    verb = newest.started.verb
    if newest.state == RUNNING:
        ended, total = steps_done(newest)
        count = f" {ended}/{total}" if total else ""
        return f"{glyph} {safe(verb_named(verb).doing)}{count}", role
    if newest.ended is None:
        return f"{glyph} {safe(verb)} interrupted", role
    words = verb_named(verb).done if newest.ended.ok else f"{verb} {newest.state}"
    ago = age(now - newest.ended.t)
    if newest.ended.ok and untested(operations):
        return f"{glyph} {safe(words)} {ago} untested", "warn"
    return f"{glyph} {safe(words)} {ago}", role
