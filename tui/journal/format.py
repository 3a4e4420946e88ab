"""Events as JSON lines: the form of journals, and of `--json`.

Every line has `t` (seconds since the epoch) and `kind`: start, step, log, progress, warning, outcome.
"""

from __future__ import annotations

import json
from typing import Any

from tui.errors import HoldfastError
from tui.model.operation import (
    Ended,
    Event,
    Failure,
    Logged,
    PlanStep,
    Progressed,
    Result,
    Started,
    StepChanged,
    Warned,
)
from tui.model.typed import typed

_KINDS: dict[str, type[Event]] = {
    "start": Started,
    "step": StepChanged,
    "log": Logged,
    "progress": Progressed,
    "warning": Warned,
    "outcome": Ended,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


class JournalMalformed(HoldfastError):
    """A line of a journal is not what this version writes."""


def as_dict(event: Event) -> dict[str, Any]:
    """An event as the dictionary that its line holds. What a step does not say is left out."""
    fields = event._asdict()
    t = fields.pop("t")
    if isinstance(event, Started):
        fields["plan"] = [step._asdict() for step in event.plan]
    elif isinstance(event, Ended):
        del fields["result"]
        fields |= event.result._asdict() | {"facts": dict(event.result.facts)}
        fields["error"] = event.error._asdict() if event.error is not None else None
        return {"t": t, "kind": "outcome", **fields}
    elif isinstance(event, StepChanged):
        defaults = event._field_defaults
        fields = {n: value for n, value in fields.items() if n not in defaults or value != defaults[n]}
    return {"t": t, "kind": _NAMES[type(event)], **fields}


def encode(event: Event) -> bytes:
    """An event as a line, its newline included."""
    text = json.dumps(as_dict(event), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"


def decode(line: bytes) -> Event | None:
    """The event of a line, None for a kind that a newer version may have added. Raises JournalMalformed."""
    try:
        fields = json.loads(line)
        kind = _KINDS.get(fields.pop("kind"))
        if kind is None:
            return None
        if kind is Started:
            fields["plan"] = tuple(PlanStep(**step) for step in fields.get("plan", ()))
        elif kind is Ended:
            return typed(_ended(fields))
        event: Event = typed(kind(**{name: fields[name] for name in kind._fields if name in fields}))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise JournalMalformed(f"a line of a journal cannot be read: {type(error).__name__}") from error
    return event


def _ended(fields: dict[str, Any]) -> Ended:
    facts = tuple(fields.pop("facts", {}).items())
    made = {name: fields[name] for name in Result._fields if name in fields}
    made["tags"] = tuple(made.get("tags", ()))
    failure = fields.get("error")
    if failure is not None:
        failure = Failure(**{**failure, "detail": tuple(failure.get("detail", ()))})
    return Ended(fields["t"], fields["ok"], fields["seconds"], Result(**made, facts=facts), failure)
