"""The versions of an app that can be deployed, each with what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.evidence import together
from tui.model.offers import release_of
from tui.model.remote import Whereabouts
from tui.model.version import Suggestion
from tui.presentation.amounts import age

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.model.evidence import Evidence
    from tui.model.offers import Offered
    from tui.model.policy import Policy
    from tui.model.releases import Releases

WORDS = {
    Whereabouts.HERE: "here",
    Whereabouts.LOCAL: "only here, not pushed",
    Whereabouts.REMOTE: "in the registry",
    Whereabouts.BOTH: "here and in the registry",
    Whereabouts.MOVED: "here and in the registry, with other bytes",
    Whereabouts.UNKNOWN: "here; in the registry: unknown",
}


def version_choices(
    app: str,
    offered: Iterable[Offered],
    releases: Releases | None,
    known: Mapping[str, Evidence],
    policy: Policy,
    now: float,
) -> list[Suggestion]:
    """Each with what is known of it, `known` by IDs and digests, and with what the policy misses."""
    choices = []
    for one in offered:
        words = [WORDS[one.place]]
        number = release_of(one, releases)
        if number is not None and releases is not None:
            live = number == releases.standing.live
            words.append(f"live, r{number}" if live else f"was r{number}")
        evidence = together(known[id] for id in one.images if id in known)
        if evidence.tested:
            words.append(f"tested {age(now - evidence.tested)} ago")
        if evidence.scanned:
            words.append(f"scanned {age(now - evidence.scanned)} ago")
        words += [f"! {missing.short}" for missing in policy.missing(evidence, app)]
        choices.append(Suggestion(one.tag, " · ".join(words)))
    return choices
