"""How an operation ended, for whoever did not look on: a webhook, a command. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.secrets import mask_text
from tui.model.verb import verb_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.operation import Ended, Failure, Started

DONE, FAILED, CANCELLED = "done", "failed", "cancelled"

ENDINGS = (FAILED, DONE, CANCELLED)
"""What may be told of."""

LONGEST = 4096
"""Characters of a value in the environment of a command."""


def ending(*, ok: bool, error: Failure | None = None) -> str:
    """One of ENDINGS."""
    if ok:
        return DONE
    return CANCELLED if error is not None and error.cancelled else FAILED


def is_wanted(state: str, seconds: float, *, after: float, on: Sequence[str]) -> bool:
    """Whether somebody wants to know of an operation that ended so, and took so long."""
    return state in on and seconds >= after


def origin(url: str) -> str:
    """Where an address leads, and no more of it: the path of a webhook is often its secret."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].rpartition('@')[2].partition('?')[0]}/…"


class Notice(NamedTuple):
    """What is told. Nothing of it is secret: sentences are masked as output is, for they leave this account.

    state     one of ENDINGS
    text      a sentence
    title     what was planned, "Deploy web v1.4.0 as r6"
    engines   how each engine of a fleet ended: its name and its state
    """

    operation: str
    verb: str
    app: str
    engine: str
    host: str
    by: str
    state: str
    text: str
    title: str
    seconds: float
    exit_status: int
    image: str = ""
    digest: str = ""
    tags: tuple[str, ...] = ()
    release: str = ""
    message: str = ""
    hint: str = ""
    engines: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, started: Started, ended: Ended) -> Notice:
        """By the first and the last event of an operation."""
        state, result, error = ending(ok=ended.ok, error=ended.error), ended.result, ended.error
        return cls(
            operation=started.op,
            verb=started.verb,
            app=started.app,
            engine=mask_text(started.engine),
            host=started.host,
            by=started.by,
            state=state,
            text=_text(started, ended, state),
            title=mask_text(started.title),
            seconds=round(ended.seconds, 1),
            exit_status=error.code if error is not None else 0,
            image=result.image,
            digest=result.digest,
            tags=result.tags,
            release=result.release,
            message=mask_text(error.message) if error is not None else "",
            hint=mask_text(error.hint) if error is not None else "",
            engines=tuple((one.engine, one.state) for one in result.engines),
        )

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "text": self.text,
            **{name: value for name, value in self._asdict().items() if name not in ("text", "engines")},
            "engines": [{"engine": engine, "state": state} for engine, state in self.engines],
        }

    def environment(self) -> dict[str, str]:
        """As variables: HOLDFAST_STATE, HOLDFAST_APP ..."""
        values = {
            **self._asdict(),
            "seconds": f"{self.seconds:g}",
            "tags": " ".join(self.tags),
            "engines": " ".join(f"{engine}={state}" for engine, state in self.engines),
        }
        return {
            f"HOLDFAST_{name.upper()}": str(value).replace("\0", "")[:LONGEST]
            for name, value in values.items()
        }


def _text(started: Started, ended: Ended, state: str) -> str:
    took = f"{ended.seconds:.0f} s"
    if state == DONE:
        release = f": {ended.result.release} serves" if ended.result.release else ""
        return f"{started.app} {verb_named(started.verb).done} in {took}{release}"
    said = mask_text(ended.error.message) if ended.error is not None else ""
    if state == CANCELLED:
        return f"{started.app} {started.verb} cancelled after {took}"
    return f"{started.app} {started.verb} failed after {took}" + (f": {said}" if said else "")
