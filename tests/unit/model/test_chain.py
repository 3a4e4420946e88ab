"""The chain of an image: every step is named, what is required and not there is not OK."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.app import AppSpec
from tui.model.chain import (
    CLAIMED,
    Known,
    Link,
    LinkKind,
    LinkState,
    chain,
)
from tui.model.chain_facts import MOST_FACTS, chain_facts
from tui.model.checks import claim_check, commit_check, identity_words, key_word, push_check, signature_check
from tui.model.evidence import Claim, ClaimKind, Evidence
from tui.model.policy import Policy
from tui.model.predicates import SCANNED_BY_COSIGN, TESTED
from tui.model.recorded_trust import UNSIGNED
from tui.model.release import Outcome, Release
from tui.model.signing import Attested, Identity, KeySource
from tui.model.trust import Level, ListedKey, Trust
from tui.model.verdict import Answer, Verdict, Wanted

NOW = 1_700_000_000.0
IMAGE = "registry:5000/shop/web"
WEB = AppSpec("web", IMAGE, "holdfast.toml")
DIGEST = "sha256:" + "a" * 64
COMMIT = "0f3c2a91b7de" * 3
KNOWN = Known("web", IMAGE, "v1", DIGEST, looked=True, held=True, keys={"ci": "keys/ci.pub"})
SEVEN = ["commit", "build", "test", "scan", "signature", "push", "deploy"]
CI = ListedKey("ci", KeySource(file="keys/ci.pub"))


def link(known: Known, kind: str) -> Link:
    return next(one for one in chain(known) if one.kind == kind)


def attested(kind: str, passed: bool = True, key: str = "ci", **more: object) -> Attested:
    claim = Claim(kind, passed, NOW, by="ci@box", op="op", detail="12 passed")
    made = Attested(claim, digests=(DIGEST,), key=key, signed=bool(key), source=f"sha256:{kind}")
    return made._replace(**more)


def test_every_step_is_named_where_nothing_is_known() -> None:
    links = chain(Known("web", IMAGE))
    assert [one.kind for one in links] == SEVEN
    assert not any(one.ok for one in links)
    assert all(one.detail for one in links)


def test_what_a_listed_key_says_names_who_when_where_and_how_it_is_checked() -> None:
    known = KNOWN._replace(
        attested=(attested("test", predicate_type=TESTED), attested("signature")),
        verdicts=(
            Verdict("test", Answer.OK, "ci", NOW, "sha256:test"),
            Verdict("signature", Answer.OK, "ci", NOW, "sha256:signature"),
        ),
    )
    test = link(known, "test")
    assert test == Link(
        kind="test",
        state=LinkState.OK,
        at=NOW,
        by="ci@box",
        where="registry:5000",
        key="ci",
        detail="12 passed",
        check=test.check,
    )
    assert shlex.split(test.check) == [
        "cosign",
        "verify-attestation",
        f"--type={TESTED}",
        "--key=keys/ci.pub",
        "--insecure-ignore-tlog=true",
        f"{IMAGE}@{DIGEST}",
    ]
    assert shlex.split(link(known, "signature").check)[:3] == ["cosign", "verify", "--key=keys/ci.pub"]
    assert "--allow-insecure-registry" in link(known._replace(plain=True), "signature").check
    assert link(known, "push").check == f"docker manifest inspect {IMAGE}@{DIGEST}"


def test_a_registry_on_the_loopback_of_another_host_is_not_asked_for_here() -> None:
    known = KNOWN._replace(attested=(), elsewhere=True)
    assert link(known, "push").check == ""
    assert not any("docker" in one.check or "cosign" in one.check for one in chain(known))


def test_a_scan_by_cosign_is_checked_by_its_own_type() -> None:
    known = KNOWN._replace(
        attested=(attested("scan", predicate_type=SCANNED_BY_COSIGN),),
        verdicts=(Verdict("scan", Answer.OK, "ci", NOW, "sha256:scan"),),
    )
    assert f"--type={SCANNED_BY_COSIGN}" in link(known, "scan").check


def test_what_counts_though_nobody_signed_it_says_so() -> None:
    known = KNOWN._replace(
        attested=(attested("test", key=""),), verdicts=(Verdict("test", Answer.OK, "", NOW, "sha256:test"),)
    )
    assert link(known, "test").key == UNSIGNED
    assert link(known, "test").check == "", "cosign has nothing to look at, and this is verify's own look"
    assert link(known._replace(looked=False), "test").check == "holdfast verify web v1"


def test_what_somebody_says_is_not_believed() -> None:
    known = KNOWN._replace(attested=(attested("scan", key="", signed=True), attested("verdict", key="")))
    assert link(known, "scan").state is LinkState.UNVERIFIED
    assert "no key that is listed" in link(known, "scan").detail
    assert link(known, "verdict").state is LinkState.UNVERIFIED
    assert link(known, "verdict").key == ""


def test_what_this_account_found_is_a_link() -> None:
    claims = (Claim("test", True, NOW, "alice", "7-test-web"), Claim("scan", False, NOW, detail="2 critical"))
    here = Evidence("i", built=NOW, seconds=12.0, commit=COMMIT, dirty=True, claims=claims)
    known = KNOWN._replace(evidence=here)
    assert link(known, "test").by == "alice"
    assert link(known, "test").check == "holdfast history --show 7-test-web"
    assert link(known, "scan").state is LinkState.FAILED
    assert link(known, "build").detail == "in 12 s"
    assert link(known, "commit").check == f"git show {COMMIT}"
    assert "uncommitted" in link(known, "commit").detail


def test_a_provenance_of_another_commit_breaks_the_chain() -> None:
    told = {"commit": "b" * 40, "source": "git+https://example.com/web"}
    known = KNOWN._replace(
        evidence=Evidence("i", commit=COMMIT),
        attested=(attested("provenance", told=told),),
        verdicts=(Verdict("provenance", Answer.OK, "ci", NOW, "sha256:provenance"),),
    )
    assert link(known, "commit").state is LinkState.FAILED
    alone = link(known._replace(evidence=Evidence("")), "commit")
    assert (alone.state, alone.where) == (LinkState.OK, "git+https://example.com/web")
    wrong = known._replace(
        evidence=Evidence(""),
        verdicts=(Verdict("provenance", Answer.WRONG_KEY, "", source="sha256:provenance"),),
    )
    assert link(wrong, "commit").state is LinkState.UNVERIFIED


def test_no_command_is_made_of_what_is_no_commit() -> None:
    for evil in ("$(reboot)", "; reboot", "-p", "abc", "a" * 65, COMMIT + "\n"):
        assert commit_check(evil) == ""
        assert link(KNOWN._replace(evidence=Evidence("i", commit=evil)), "commit").check == ""


def test_a_digest_is_whole_or_there_is_no_command() -> None:
    for evil in ("", "sha256:a", DIGEST + "; reboot", DIGEST + "\n"):
        assert push_check(IMAGE, evil) == ""
        assert signature_check(IMAGE, evil, "k.pub") == ""
        assert claim_check("test", IMAGE, evil, "k.pub") == ""


def test_cosign_takes_an_identity_as_it_is_listed_and_looks_into_its_log() -> None:
    exact = Identity("https://issuer", "https://team/web$x", "/etc/ro ot.json")
    assert signature_check(IMAGE, DIGEST, identity_words(exact)) == (
        "cosign verify '--certificate-identity=https://team/web$x' --certificate-oidc-issuer=https://issuer "
        f"'--trusted-root=/etc/ro ot.json' {IMAGE}@{DIGEST}"
    )
    [like, _] = identity_words(Identity("https://issuer", "https://team/*/w.b"))
    assert like == r"--certificate-identity-regexp=^https://team/[^/@\s]*/w\.b$"


def test_a_key_is_named_as_cosign_takes_it() -> None:
    assert key_word("ci", KeySource(file="a b.pub")) == "a b.pub"
    assert key_word("ci", KeySource(env="CI_KEY")) == "env://CI_KEY"
    assert key_word("ci", KeySource(command=("vault", "read"))) == "ci.pub"
    assert "'--key=a b.pub'" in signature_check(IMAGE, DIGEST, "a b.pub")


def test_a_record_tells_of_what_was_verified_then() -> None:
    facts = {
        "signature key": "ci",
        "signature by": "ci@box",
        "tested": f"{NOW:.0f}",
        "test": "7-test-web",
        "commit": COMMIT,
        "source": "https://me:hunter22@example.com/web",
        "built": "1699999000",
    }
    release = Release(
        "web", 7, "v1", f"{IMAGE}@{DIGEST}", DIGEST, "i", evidence=facts, by="bob", host="box", at=NOW
    )
    known = Known(
        "web",
        IMAGE,
        "v1",
        DIGEST,
        release=release,
        outcome=Outcome(7, True, NOW),
    )
    signature, deploy = link(known, "signature"), link(known, "deploy")
    assert (signature.key, signature.by, signature.where) == ("ci", "ci@box", "verified for r7")
    assert link(known, "test").ok
    assert link(known, "build").at == 1_699_999_000.0
    assert (deploy.state, deploy.by, deploy.where, deploy.detail) == (LinkState.OK, "bob", "box", "r7")
    assert deploy.check == "holdfast history web"
    assert "hunter22" not in repr(chain(known))
    assert link(known, "scan").state is LinkState.UNVERIFIED  # nobody has looked
    failed = known._replace(outcome=Outcome(7, False, NOW, message="not ready"))
    assert link(failed, "deploy").state is LinkState.FAILED
    assert link(known._replace(outcome=None), "deploy").state is LinkState.UNVERIFIED


def test_an_app_without_a_registry_says_so() -> None:
    push = link(Known("web", "web"), "push")
    assert (push.state, push.check) == (LinkState.MISSING, "")
    assert "local only" in push.detail
    absent = link(KNOWN._replace(held=False), "push")
    assert (absent.state, absent.remedy) == (LinkState.MISSING, "holdfast push web v1")


def policy(level: Level = Level.STRICT, kinds: tuple[str, ...] = ("signature", "scan")) -> Policy:
    return Policy(trust=Trust(verify_keys=(CI,), require=tuple(map(Wanted, kinds)), level=level))


def test_what_is_required_and_not_there_has_a_remedy() -> None:
    verdicts = (Verdict("signature", Answer.ABSENT), Verdict("scan", Answer.UNREACHABLE, why="silence"))
    found = policy().missing(Evidence("i"), WEB, "v1", verdicts)
    known = KNOWN._replace(verdicts=verdicts, missing=found)
    signature, scan = link(known, "signature"), link(known, "scan")
    assert (signature.state, signature.required) == (LinkState.MISSING, True)
    assert "holdfast sign web v1" in signature.remedy
    assert signature.check.startswith("cosign verify --key=keys/ci.pub")
    assert scan.state is LinkState.UNVERIFIED
    audit = policy(Level.AUDIT).missing(Evidence("i"), WEB, "v1", verdicts)
    assert link(known._replace(missing=audit), "signature").required is False


TEXT = st.text(max_size=40)
KINDS = st.one_of(st.sampled_from([*ClaimKind]), TEXT)
CLAIMS = st.builds(
    Claim, kind=KINDS, passed=st.booleans(), at=st.floats(0, 2e9), by=TEXT, op=TEXT, detail=TEXT
)
VERDICTS = st.builds(
    Verdict,
    kind=KINDS,
    answer=st.sampled_from([*Answer]),
    key=TEXT,
    at=st.floats(0, 2e9),
    source=TEXT,
    why=TEXT,
)
ATTESTED = st.builds(
    Attested,
    claim=CLAIMS,
    predicate_type=TEXT,
    digests=st.just((DIGEST,)),
    key=TEXT,
    signed=st.booleans(),
    source=TEXT,
    told=st.dictionaries(st.sampled_from(["commit", "source", "builder"]), TEXT),
    fault=st.one_of(st.just(""), TEXT),
)


@given(
    st.sets(st.sampled_from([*ClaimKind, "licence"])),
    st.lists(VERDICTS, max_size=6),
    st.lists(ATTESTED, max_size=4),
    st.lists(CLAIMS, max_size=4),
)
def test_every_required_kind_that_is_not_ok_is_a_link_that_is_not_ok(
    kinds: set[str], verdicts: list[Verdict], said: list[Attested], claims: list[Claim]
) -> None:
    here = Evidence("i", claims=tuple(claims))
    judged = [one for one in verdicts if one.kind in kinds]
    asked = {one.kind for one in judged}
    judged += [Verdict(kind, Answer.ABSENT) for kind in kinds - asked]
    found = policy(kinds=tuple(kinds)).missing(here, WEB, "v1", judged)
    links = chain(KNOWN._replace(evidence=here, attested=tuple(said), verdicts=tuple(judged), missing=found))
    names = {claim: name for name, claim in CLAIMED.items()}
    by_kind = {one.kind: one for one in links}
    for one in found:
        assert not by_kind[names.get(one.kind, one.kind)].ok
    assert [one.kind for one in links if one.kind in SEVEN] == SEVEN
    assert [one.kind for one in links][-2:] == ["push", "deploy"]
    assert len(chain_facts(links)) <= MOST_FACTS
    assert all("\n" not in text and len(text) <= 60 for _, text in chain_facts(links))


def test_the_facts_of_a_plan_are_short_and_leave_out_the_deploy() -> None:
    known = KNOWN._replace(
        evidence=Evidence("i", built=NOW, commit=COMMIT),
        verdicts=(Verdict("signature", Answer.OK, "ci", NOW, "s"),),
    )
    facts = dict(chain_facts(chain(known)))
    assert [*facts] == SEVEN[:-1]
    assert facts["commit"] == "0f3c2a91b7de"
    assert facts["signature"] == "key ci, 2023-11-14 22:13Z"
    assert facts["test"] == "unverified, none is there, and none is required"


@pytest.mark.parametrize("kind", [*LinkKind])
def test_a_kind_has_a_place(kind: str) -> None:
    assert (kind in CLAIMED) == (kind not in ("commit", "push", "deploy"))
