"""Claims as predicates that other tools know, and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.codec import Unfit
from tui.model.evidence import Claim, ClaimKind
from tui.model.predicates import (
    BUILT,
    JUDGED,
    KINDS,
    OWN,
    SCANNED,
    SCANNED_BY_COSIGN,
    SIGNED,
    TESTED,
    Judgement,
    Provenance,
    Said,
    Scanning,
    Signing,
    Trial,
    Vulnerability,
    claim_of,
    statement_of,
    told_by,
)
from tui.model.statement import Statement, Subject, read_statement, statement_bytes

WEB = Subject("registry:5000/web", "sha256:" + "a" * 64)
TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
SAID: dict[str, Said] = {
    ClaimKind.SIGNATURE: Signing("v1", "web"),
    ClaimKind.TEST: Trial("sha256:" + "b" * 64, ("gate",)),
    ClaimKind.SCAN: Scanning(
        scanner="pkg:github/aquasecurity/trivy",
        version="0.76.0",
        updated=5.0,
        started=6.0,
        vulnerabilities=(Vulnerability("CVE-1", "HIGH", "lib", "1", "2"),),
    ),
    ClaimKind.PROVENANCE: Provenance(
        "c" * 40, "git+https://example.com/web", bases={"alpine": "sha256:" + "d" * 64}
    ),
    ClaimKind.VERDICT: Judgement("registry:5000/web@sha256:" + "a" * 64, "strict"),
}
CLAIMS = st.builds(
    Claim,
    st.sampled_from(list(SAID)),
    st.booleans(),
    st.integers(1, 10**12).map(lambda milliseconds: milliseconds / 1000),
    TEXT,
    TEXT,
    TEXT,
)


def sent(statement: Statement) -> Statement:
    return read_statement(statement_bytes(statement))


@given(CLAIMS)
def test_a_claim_comes_back_as_it_was_made(claim: Claim) -> None:
    back = claim_of(sent(statement_of(claim, WEB, SAID[claim.kind])))
    if claim.kind in (ClaimKind.SIGNATURE, ClaimKind.PROVENANCE):  # these have no failure
        claim = claim._replace(passed=True)
    assert back == claim


def test_every_kind_can_be_said_and_read() -> None:
    assert set(KINDS.values()) == set(ClaimKind) == set(SAID)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (ClaimKind.SIGNATURE, {"version": "v1", "app": "web"}),
        (ClaimKind.PROVENANCE, {"commit": "c" * 40, "source": "git+https://example.com/web"}),
        (ClaimKind.SCAN, {"scanner": "pkg:github/aquasecurity/trivy", "scanner version": "0.76.0"}),
        (ClaimKind.VERDICT, {"policy": "strict"}),
    ],
)
def test_what_else_is_told(kind: str, told: dict[str, str]) -> None:
    found = told_by(sent(statement_of(Claim(kind, True, 7.0), WEB, SAID[kind])))
    assert told.items() <= found.items()


def read(kind: str, predicate: dict[str, Any]) -> Claim:
    return claim_of(Statement((WEB,), kind, predicate))


def test_warnings_are_no_failure() -> None:
    said = Trial("sha256:" + "b" * 64, warned=("slow",))
    statement = statement_of(Claim(ClaimKind.TEST, True, 7.0), WEB, said)
    assert statement.predicate["result"] == "WARNED"
    assert claim_of(statement).passed


def test_a_failed_test_passes_by_nothing_that_it_says_besides() -> None:
    assert not read(TESTED, {"result": "FAILED", OWN: {"passed": True, "at": "2026-01-01T00:00:00Z"}}).passed


def test_a_scan_that_no_gate_has_judged_has_not_passed() -> None:
    assert not read(SCANNED, {"scanner": {"uri": "x", "result": []}}).passed
    assert not read(SCANNED_BY_COSIGN, {"scanner": {"uri": "x", "result": {}}}).passed
    assert not read(SCANNED, {"scanner": {}, OWN: {"passed": "yes"}}).passed


def test_what_other_tools_write_has_its_moment_in_their_own_fields() -> None:
    moment = "1970-01-01T00:00:05Z"
    assert read(SCANNED, {"scanner": {}, "metadata": {"scanFinishedOn": moment}}).at == 5.0
    built = {"runDetails": {"builder": {"id": "b"}, "metadata": {"finishedOn": moment}}}
    assert read(BUILT, built).at == 5.0
    assert read(JUDGED, {"timeVerified": moment, "verificationResult": "PASSED"}).at == 5.0
    assert read(SIGNED, {}) == Claim(ClaimKind.SIGNATURE, True, 0.0)
    assert read(TESTED, {"result": "PASSED"}).at == 0.0


def test_a_moment_that_no_clock_will_show_is_none() -> None:
    assert read(JUDGED, {"timeVerified": "9999-01-01T00:00:00Z", "verificationResult": "PASSED"}).at == 0.0


@pytest.mark.parametrize(
    ("kind", "predicate", "why"),
    [
        (TESTED, {}, "result is none of PASSED, WARNED, FAILED"),
        (TESTED, {"result": "passed"}, "none of"),
        (TESTED, {"result": ["PASSED"]}, "none of"),
        (SCANNED, {}, "scanner is no object"),
        (BUILT, {}, "builder is not named"),
        (BUILT, {"runDetails": []}, "builder is not named"),
        (JUDGED, {"verificationResult": True}, "none of"),
    ],
)
def test_a_predicate_that_is_not_as_its_type_says(kind: str, predicate: dict[str, Any], why: str) -> None:
    with pytest.raises(Unfit, match=why):
        read(kind, predicate)


def test_a_predicate_that_is_not_known_claims_nothing_known() -> None:
    assert read("https://example.com/any", {"result": "PASSED"}).kind == ""


FIELDS = st.sampled_from(
    ["result", "scanner", "metadata", "runDetails", "buildDefinition", "verificationResult", "policy", OWN]
)
INNER = st.sampled_from(["db", "builder", "id", "resolvedDependencies", "at"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | TEXT | st.integers(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(INNER, inner, max_size=2),
    max_leaves=6,
)


@given(st.sampled_from(list(KINDS)), st.dictionaries(FIELDS, ANYTHING))
def test_whatever_stands_in_a_predicate_is_read_or_unfit(kind: str, predicate: dict[str, Any]) -> None:
    statement = Statement((WEB,), kind, predicate)
    assert all(isinstance(text, str) for text in told_by(statement).values())
    try:
        assert claim_of(statement).kind == KINDS[kind]
    except Unfit as error:
        assert str(error).startswith("its ")
