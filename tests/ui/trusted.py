"""Versions of an app whose host wants them signed, as its list and a record show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.app import AppSpec
from tui.model.chain import Known, chain
from tui.model.evidence import Claim, ClaimKind, Evidence
from tui.model.offers import Offered
from tui.model.policy import Policy
from tui.model.predicates import BUILT, SIGNED, TESTED
from tui.model.remote import Whereabouts
from tui.model.signing import Attested, KeySource
from tui.model.trust import ListedKey, Trust
from tui.model.verdict import Answer, Verdict, Wanted
from tui.presentation.chain import chain_lines
from tui.presentation.versions import version_choices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.version import Suggestion
    from tui.presentation.style import Line

WEB = AppSpec("web", "registry.example.com/team/web", "/srv/web/holdfast.toml")
POLICY = Policy(
    trust=Trust(
        verify_keys=(ListedKey("ci", KeySource(file="/etc/holdfast/ci.pub")),),
        require=(Wanted(ClaimKind.SIGNATURE), Wanted(ClaimKind.TEST), Wanted(ClaimKind.PROVENANCE)),
    )
)
KINDS = (ClaimKind.SIGNATURE, ClaimKind.TEST, ClaimKind.PROVENANCE)
DIGEST = "sha256:3f2a9c71b0de" + "4" * 52
COMMIT = "e33128354950" + "1" * 28


def good(at: float) -> tuple[Verdict, ...]:
    return tuple(Verdict(kind, Answer.OK, key="ci", at=at, source=f"sha256:{kind}") for kind in KINDS)


def choices(now: float) -> list[Suggestion]:
    """One that nobody signed, one by a stranger, one that is all right, one that is not verified yet."""
    found: dict[str, Sequence[Verdict] | None] = {
        "v1.6.0": tuple(Verdict(kind, Answer.ABSENT) for kind in KINDS),
        "v1.5.1": tuple(Verdict(kind, Answer.WRONG_KEY) for kind in KINDS),
        "v1.5.0": good(now - 7200),
        "v1.4.0": None,
    }
    offered = [Offered(tag, Whereabouts.REMOTE, DIGEST, ()) for tag in found]
    return version_choices(WEB, offered, None, {}, POLICY, now, found)


def chain_of(now: float, width: int) -> list[Line]:
    """What CI proved of an image, as `holdfast verify` shows it."""
    said = {ClaimKind.SIGNATURE: SIGNED, ClaimKind.TEST: TESTED, ClaimKind.PROVENANCE: BUILT}
    attested = tuple(
        Attested(
            Claim(kind, True, now - 7200, by="runner@ci"),
            predicate_type=said[kind],
            digests=(DIGEST,),
            key="ci",
            signed=True,
            source=f"sha256:{kind}",
            told={"commit": COMMIT, "source": "https://git.example.com/team/web"}
            if kind == ClaimKind.PROVENANCE
            else {},
        )
        for kind in KINDS
    )
    known = Known(
        app=WEB.name,
        repository=WEB.image,
        version="v1.5.0",
        digest=DIGEST,
        evidence=Evidence(""),
        attested=attested,
        verdicts=good(now - 7200),
        looked=True,
        held=True,
        keys={"ci": "/etc/holdfast/ci.pub"},
    )
    return chain_lines(chain(known), now, width)
