"""What can go wrong with the ledger and the lease.

HoldfastError
├── LedgerUnreadable   what is kept of the releases cannot be read
├── NotOurs            what bears a name that Holdfast uses was not made by it
├── LedgerConflict     a release of this number has been recorded by somebody else
├── Leased             somebody else changes this app now: `state`
└── LeaseLost          somebody else has taken this app over
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.errors import HoldfastError, Refused
from tui.model.remedies import unseen_remedy

if TYPE_CHECKING:
    from tui.ledger.lease_state import LeaseState


class LedgerUnreadable(HoldfastError):
    """What the engine gave of the ledger is no archive, or far too large."""


class NotOurs(Refused):
    """A container bears a name that Holdfast needs, and was not made by it."""


class LedgerConflict(Refused):
    """A record of this number is there already, with other contents. Nothing was changed."""


class Leased(HoldfastError):
    """Somebody else changes this app now. Nothing was changed."""

    exit_status = 5

    def __init__(self, state: LeaseState) -> None:
        super().__init__(
            f"{state.app} is being changed by {state.text}",
            f"wait until that is done; if it is not running any more: holdfast unlock {state.app}",
        )
        self.state = state


class LeaseLost(HoldfastError):
    """Somebody else has taken the app over, or may have: this operation must change nothing any more."""

    exit_status = 6

    def __init__(self, app: str, state: LeaseState | None) -> None:
        whom = f": it is being changed by {state.text}" if state is not None else ""
        super().__init__(
            f"the lease of {app} was lost{whom}; this operation stops where it is",
            unseen_remedy(app),
        )
        self.state = state
