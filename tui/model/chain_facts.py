"""The chain of an image for a plan: a few short lines. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.chain import LinkKind, LinkState
from tui.model.digest import short_id
from tui.model.moment import written_moment
from tui.model.recorded_chain import recorded_chain
from tui.model.recorded_trust import UNSIGNED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.chain import Link
    from tui.model.release import Entry

MOST_FACTS = 8
"""Of a plan that are about the chain."""
_SHORT = 60
"""Characters of one of them."""


def chain_facts(links: Sequence[Link]) -> list[tuple[str, str]]:
    """The chain in short lines for a plan, which is itself the deploy: at most 8, what is not OK stays."""
    shown = [link for link in links if link.kind != LinkKind.DEPLOY]
    for link in [link for link in shown if link.ok][: max(len(shown) - MOST_FACTS, 0)]:
        shown.remove(link)
    return [(link.kind, _short(link)) for link in shown[:MOST_FACTS]]


def proved_facts(entry: Entry) -> list[tuple[str, str]]:
    """The same of a release, by its record alone: what it says, and nothing of what it does not."""
    return chain_facts(
        [
            link
            for link in recorded_chain(entry)
            if link.state in (LinkState.OK, LinkState.FAILED) and link.kind != LinkKind.PUSH
        ]
    )


def _short(link: Link) -> str:
    words = ["" if link.ok else str(link.state)]
    if link.ok and link.kind == LinkKind.COMMIT:
        words.append(short_id(link.detail))
    words.append("nobody signed it" if link.key == UNSIGNED else f"key {link.key}" if link.key else "")
    words.append(f"by {link.by}" if link.by else "")
    words.append(written_moment(link.at)[:16].replace("T", " ") + "Z" if link.at else "")
    words.append(link.detail if not link.ok or link.kind == LinkKind.PUSH else "")
    said = " ".join(", ".join(filter(None, words)).split()) or link.where or link.state
    return said if len(said) <= _SHORT else f"{said[: _SHORT - 1]}…"
