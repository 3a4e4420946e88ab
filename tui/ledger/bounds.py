"""How much is believed of what anybody may have written: names, reasons, what is known of an image. Pure."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 200
"""Characters of a name or a reason that is shown: a record may have been made by anybody."""

CLAIMS = 50
"""How many things a record can claim of an image."""


def short(text: str) -> str:
    """A text of a length that can be shown."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def short_claims(evidence: Mapping[str, str]) -> dict[str, str]:
    """Evidence of a size that can be shown."""
    return {short(name): short(value) for name, value in islice(evidence.items(), CLAIMS)}
