"""What a policy wants of an image that another machine has looked at, and what it makes of the answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.app import AppSpec
from tui.model.evidence import Claim, ClaimKind, Evidence
from tui.model.policy import Policy
from tui.model.signing import KeySource
from tui.model.trust import Level, ListedIdentity, ListedKey, Trust
from tui.model.verdict import Answer, Verdict, Wanted

WEB = AppSpec("web", "registry:5000/shop/web", "holdfast.toml")
UNKNOWN = Evidence("i")
TESTED = Evidence("i", claims=(Claim(ClaimKind.TEST, True, 7.0),))
CI = ListedKey("ci", KeySource(file="/etc/ci.pub"))
SIGNED = Trust(verify_keys=(CI,), require=(Wanted(ClaimKind.SIGNATURE),))


def kinds(wanted: tuple[Wanted, ...]) -> list[str]:
    return [one.kind for one in wanted]


def test_without_trust_nothing_is_looked_for() -> None:
    assert Policy().wanted(WEB.image, UNKNOWN) == ()


def test_a_test_by_another_machine_is_looked_for_where_a_key_is_listed() -> None:
    policy = Policy(trust=SIGNED)
    assert kinds(policy.wanted(WEB.image, UNKNOWN)) == ["signature", "test"]
    assert kinds(policy.wanted(WEB.image, TESTED)) == ["signature"]
    assert kinds(Policy(trust=Trust()).wanted(WEB.image, UNKNOWN)) == []
    assert kinds(Policy(trust=Trust(accept_unsigned=True)).wanted(WEB.image, UNKNOWN)) == ["test"]
    assert kinds(Policy(require_tests=False, trust=SIGNED).wanted(WEB.image, UNKNOWN)) == ["signature"]
    keyless = Trust(identities=(ListedIdentity("ci", "https://issuer", "https://team/web"),))
    assert kinds(Policy(trust=keyless).wanted(WEB.image, UNKNOWN)) == ["test"]


def test_what_is_required_is_for_the_repositories_in_scope() -> None:
    trust = SIGNED._replace(scope=("registry:5000/shop/*",))
    assert kinds(trust.required(WEB.image)) == ["signature"]
    assert trust.required("registry:5000/blog/web") == ()


def test_no_signature_is_taken_from_nobody() -> None:
    trust = Trust(require=(Wanted("signature"), Wanted("test")), accept_unsigned=True)
    assert [one.unsigned for one in trust.required(WEB.image)] == [False, True]


def test_a_trusted_test_is_enough_for_require_tests() -> None:
    policy = Policy(trust=SIGNED)
    verdicts = [Verdict("signature", Answer.OK, key="ci"), Verdict("test", Answer.OK, key="ci")]
    assert policy.missing(UNKNOWN, WEB, "v1", verdicts) == []


@pytest.mark.parametrize("answer", [one for one in Answer if one is not Answer.OK])
@pytest.mark.parametrize("kind", [*ClaimKind])
def test_every_other_answer_is_named_and_has_a_remedy(kind: str, answer: Answer) -> None:
    policy = Policy(require_tests=False, trust=SIGNED._replace(require=(Wanted(kind),)))
    [missing] = policy.missing(TESTED, WEB, "v1", [Verdict(kind, answer, why="so it is")])
    assert missing.kind == kind
    assert missing.enforced
    assert "so it is" in missing.lacks
    assert missing.short
    assert missing.remedy


def test_an_audit_only_tells() -> None:
    policy = Policy(trust=SIGNED._replace(level=Level.AUDIT))
    verdicts = [Verdict("signature", Answer.ABSENT), Verdict("test", Answer.WRONG_KEY)]
    found = {one.kind: one.enforced for one in policy.missing(UNKNOWN, WEB, "v1", verdicts)}
    assert found == {"signature": False, "test": True}, "what [policy] requires stays required"


def test_before_it_is_pushed_this_account_s_word_counts() -> None:
    policy = Policy(require_tests=False, trust=SIGNED._replace(require=(Wanted("signature"), Wanted("test"))))
    [missing] = policy.missing(UNKNOWN, WEB)
    assert (missing.kind, missing.enforced) == ("test", True)
    assert policy.missing(TESTED, WEB) == []


def test_what_this_account_tested_is_not_what_a_key_stands_for() -> None:
    policy = Policy(trust=SIGNED._replace(require=(Wanted("test"),)))
    [missing] = policy.missing(TESTED, WEB, "v1", [Verdict("test", Answer.ABSENT)])
    assert missing.enforced


@given(
    verdicts=st.lists(
        st.builds(Verdict, st.sampled_from([*ClaimKind, "other"]), st.sampled_from([*Answer])), max_size=6
    ),
    required=st.sets(st.sampled_from([*ClaimKind])),
)
def test_no_verdict_on_something_else_lets_an_image_through(
    verdicts: list[Verdict], required: set[str]
) -> None:
    trust = SIGNED._replace(require=tuple(Wanted(kind) for kind in sorted(required)))
    policy = Policy(trust=trust)
    wanted = policy.wanted(WEB.image, UNKNOWN)
    given = [
        next((one for one in verdicts if one.kind == want.kind), Verdict(want.kind, Answer.ABSENT))
        for want in wanted
    ]
    refused = [one for one in policy.missing(UNKNOWN, WEB, "v1", given) if one.enforced]
    assert bool(refused) == any(not one.ok for one in given)
