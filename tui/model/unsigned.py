"""Statements as they are attached where nobody signs them. Pure, and nothing of keys: most sign nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.attachment import UNSIGNED, Attachment
from tui.model.moment import written_moment
from tui.model.predicates import claim_of
from tui.model.statement import statement_bytes

if TYPE_CHECKING:
    from tui.model.statement import Statement

CREATED = "org.opencontainers.image.created"


def unsigned(statement: Statement) -> Attachment:
    """A statement as it is. Raises Unfit for one that nobody would read."""
    annotations = {"in-toto.io/predicate-type": statement.predicate_type}
    return Attachment(UNSIGNED, statement_bytes(statement), annotations | created(statement))


def created(statement: Statement) -> dict[str, str]:
    """The annotation that says of when its claim is; nothing where it names no moment."""
    at = claim_of(statement).at
    return {CREATED: written_moment(at)} if at else {}
