"""What is claimed of images, and what a policy still wants."""

from __future__ import annotations

import pytest

from tui.model.app import AppSpec
from tui.model.evidence import Claim, ClaimKind, Evidence, facts_of, is_recorded, recorded_claims, together
from tui.model.policy import Policy

WEB = AppSpec("web", "registry:5000/web", "holdfast.toml")
PASSED = Claim(ClaimKind.TEST, True, 7.0, op="op")


def test_the_newest_claim_counts() -> None:
    failed = Claim(ClaimKind.TEST, False, 8.0)
    assert Evidence("i", claims=(PASSED,)).tested == 7.0
    assert Evidence("i", claims=(failed, PASSED)).tested == 0.0
    assert Evidence("i", claims=(failed, PASSED._replace(at=9.0))).tested == 9.0


def test_a_claim_of_another_kind_is_no_test() -> None:
    scanned = Evidence("i", claims=(Claim("scan", True, 7.0),))
    assert scanned.tested == 0.0
    assert [one.kind for one in Policy().missing(scanned, WEB)] == ["test"]


@pytest.mark.parametrize("enforced", [True, False])
def test_what_is_missing_says_what_to_do_and_whether_it_is_wanted(enforced: bool) -> None:
    policy = Policy(require_tests=enforced)
    [missing] = policy.missing(Evidence("i"), WEB, "v1")
    assert missing.enforced is enforced
    assert missing.remedy.startswith("holdfast test web --image v1")
    assert ("require_tests = false" in missing.remedy) is enforced
    assert policy.missing(Evidence("i", claims=(PASSED,)), WEB) == []


def test_a_scan_is_wanted_only_where_the_policy_says_so() -> None:
    tested = Evidence("i", claims=(PASSED,))
    assert Policy().missing(tested, WEB) == []
    wanting = Policy(require_scan=True)
    [missing] = wanting.missing(tested, WEB, "v1")
    assert (missing.kind, missing.short, missing.enforced) == ("scan", "unscanned", True)
    assert missing.remedy == "holdfast scan web --image v1, or set require_scan = false in [policy]"
    failed = tested.with_claim(Claim("scan", False, 8.0))
    [missing] = wanting.missing(failed, WEB)
    assert (missing.lacks, missing.short) == ("has not passed its scan", "scan failed")
    assert wanting.missing(failed.with_claim(Claim("scan", True, 9.0)), WEB) == []
    assert [one.kind for one in wanting.missing(Evidence("i"), WEB)] == ["test", "scan"]


def test_one_image_is_known_by_several_ids() -> None:
    here, there = Evidence("id", built=5.0, commit="c"), Evidence("digest", claims=(PASSED,))
    both = together([there, here])
    assert (both.commit, both.tested) == ("c", 7.0)
    assert together([]) == Evidence("")


def test_a_record_says_what_was_known_of_its_image() -> None:
    known = Evidence("i", commit="c", claims=(PASSED._replace(at=1795812049.3),))
    assert facts_of(known) == {"tested": "1795812049", "test": "op", "commit": "c"}
    assert recorded_claims(facts_of(known)) == (PASSED._replace(at=1795812049.0),)
    assert facts_of(Evidence("i")) == {}


def test_a_record_says_that_its_image_passed_its_scan() -> None:
    scanned = Claim("scan", True, 1795812050.0, op="op-2")
    known = Evidence("i", claims=(PASSED._replace(at=1795812049.0), scanned))
    facts = facts_of(known)
    assert (facts["scanned"], facts["scan"]) == ("1795812050", "op-2")
    assert recorded_claims(facts)[1] == scanned
    assert is_recorded({"scanned": "1"}, "scan")
    assert not is_recorded({"scanned": "1"}, "test")
    assert facts_of(Evidence("i", claims=(scanned._replace(passed=False),))) == {}


@pytest.mark.parametrize("moment", ["never", "inf", "nan", "-1", "1e300"])
def test_a_moment_that_is_none_is_still_a_claim(moment: str) -> None:
    assert recorded_claims({"tested": moment}) == (PASSED._replace(at=0.0, op=""),)
