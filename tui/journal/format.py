"""Events as JSON lines: the form of journals, and of `--json`.

Every line has `t` (seconds since the epoch) and `kind`: start, step, log, progress, warning, pause, outcome.
"""

from __future__ import annotations

import json
from typing import Any

from tui.errors import HoldfastError
from tui.model.codec import plain, read
from tui.model.json_text import json_text
from tui.model.operation import (
    Ended,
    Event,
    Logged,
    Paused,
    Progressed,
    Result,
    Started,
    StepChanged,
    Warned,
)

_KINDS: dict[str, type[Event]] = {
    "start": Started,
    "step": StepChanged,
    "log": Logged,
    "progress": Progressed,
    "warning": Warned,
    "pause": Paused,
    "outcome": Ended,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


class JournalMalformed(HoldfastError):
    """A line of a journal is not what this version writes."""


def as_dict(event: Event) -> dict[str, Any]:
    """An event as the dictionary that its line holds. What a step does not say is left out."""
    fields = plain(event, type(event))
    t = fields.pop("t")
    if isinstance(event, Ended):
        made = fields.pop("result")
        fields |= made | {"facts": dict(made["facts"])}
    elif isinstance(event, StepChanged):
        defaults = event._field_defaults
        fields = {n: value for n, value in fields.items() if n not in defaults or value != defaults[n]}
    return {"t": t, "kind": _NAMES[type(event)], **fields}


def encode(event: Event) -> bytes:
    """An event as a line, its newline included."""
    text = json_text(as_dict(event), compact=True)
    return text.encode("utf-8", "replace") + b"\n"


def decode(line: bytes) -> Event | None:
    """The event of a line, None for a kind that a newer version may have added. Raises JournalMalformed."""
    try:
        fields = json.loads(line)
        kind = _KINDS.get(fields.pop("kind"))
        if kind is None:
            return None
        if kind is Ended:
            made = {name: fields.pop(name) for name in Result._fields if name in fields}
            fields["result"] = made | {"facts": [*map(list, made.get("facts", {}).items())]}
        event: Event = read(fields, kind, [])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise JournalMalformed(f"a line of a journal cannot be read: {type(error).__name__}") from error
    return event
