"""What lets an image pass its scan. Nothing that was not looked at does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.finding import Finding, ScanReport, counted, end_of_life, worst_first
from tui.model.scan_gate import Baseline, Doubt, judge, not_scanned
from tui.model.scan_spec import Ignore, ScanSpec
from tui.model.severity import RANK, SEVERITIES

NOW = 1_795_000_000.0  # 2026-11-18
DAY = 86_400.0

CLEAN = ScanReport(
    image="sha256:" + "a" * 64,
    scanner="trivy",
    version="0.76.0",
    sha256="b" * 64,
    database=NOW - 3600,
    family="alpine",
    release="3.20.3",
    packages=20,
    os_packages=15,
)
HOLE = Finding("CVE-2099-0001", "critical", "zlib", "1.2", fixed="1.3", kind="alpine")
PIP = Finding("GHSA-1", "high", "flask", "1.0", path="lib/flask-1.0.dist-info/METADATA", kind="python-pkg")
ANY = ScanSpec()


def with_(*findings: Finding, **more: object) -> ScanReport:
    return CLEAN._replace(findings=findings, **more)


def test_an_image_without_findings_passes() -> None:
    verdict = judge(CLEAN, ANY, NOW)
    assert verdict.passed
    assert verdict == verdict._replace(not_scanned=(), failing=(), reasons=(), notes=())


DOUBTS = {
    "no results": (CLEAN._replace(looked=False, packages=0, os_packages=0, family=""), Doubt.NO_RESULTS),
    "no packages": (CLEAN._replace(packages=0, os_packages=0), Doubt.NO_PACKAGES),
    "not said": (CLEAN._replace(packages=-1, os_packages=-1), Doubt.NO_PACKAGES),
    "unknown distribution": (
        CLEAN._replace(family="", packages=0, os_packages=0),
        Doubt.UNKNOWN_DISTRIBUTION,
    ),
    "no advisories": (CLEAN._replace(advisories=False), Doubt.NO_ADVISORIES),
    "old": (CLEAN._replace(database=NOW - 3 * DAY - 1), Doubt.OLD_DATABASE),
    "no date": (CLEAN._replace(database=0.0), Doubt.NO_DATABASE),
    "of the future": (CLEAN._replace(database=NOW + 2 * DAY), Doubt.NO_DATABASE),
}


@pytest.mark.parametrize(("report", "doubt"), DOUBTS.values(), ids=DOUBTS)
@pytest.mark.parametrize("fail_on", [*SEVERITIES, "none"])
def test_what_was_not_scanned_never_passes(report: ScanReport, doubt: Doubt, fail_on: str) -> None:
    verdict = judge(report, ScanSpec(fail_on=fail_on, only_fixable=True, only_new=True), NOW)
    assert not verdict.passed
    assert [one.doubt for one in verdict.not_scanned] == [doubt]
    assert all(one.message and one.remedy for one in verdict.not_scanned)
    assert verdict.reasons[0].startswith("not scanned: ")


def test_a_database_is_too_old_when_the_app_says_so() -> None:
    report = CLEAN._replace(database=NOW - 10 * DAY)
    assert judge(report, ScanSpec(max_db_age=11 * DAY), NOW).passed
    (doubt,) = not_scanned(report, ScanSpec(max_db_age=2 * DAY), NOW)
    assert doubt.message == "the database of trivy is 10 days old, and max_db_age is 2 days"


def test_packages_of_languages_can_be_scanned_without_a_distribution() -> None:
    verdict = judge(CLEAN._replace(family="", release="", packages=3, os_packages=0), ANY, NOW)
    assert verdict.passed
    assert verdict.notes == ("no distribution was recognised: only packages of languages were looked at",)


def test_a_distribution_whose_list_of_packages_is_gone_is_named() -> None:
    verdict = judge(CLEAN._replace(packages=3, os_packages=0), ANY, NOW)
    assert verdict.notes == ("no packages of alpine 3.20.3 were found, only those of languages",)


def test_advisories_that_are_found_are_there() -> None:
    unknown = with_(HOLE, advisories=False)
    assert judge(unknown, ScanSpec(fail_on="none"), NOW).passed
    ended = with_(end_of_life("alpine", "3.99"), advisories=False)
    assert [one.doubt for one in not_scanned(ended, ANY, NOW)] == [Doubt.NO_ADVISORIES]


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("fail_on", SEVERITIES)
def test_what_is_as_bad_as_that_or_worse_fails(severity: str, fail_on: str) -> None:
    verdict = judge(with_(HOLE._replace(severity=severity)), ScanSpec(fail_on=fail_on), NOW)
    assert verdict.passed is (RANK[severity] < RANK[fail_on])


def test_the_reason_names_the_worst() -> None:
    verdict = judge(with_(PIP, HOLE), ScanSpec(fail_on="high"), NOW)
    assert verdict.reasons == (
        "2 findings are high or worse: CVE-2099-0001 in zlib 1.2 (fixed in 1.3), "
        "GHSA-1 in flask 1.0 (no fix)",
    )
    many = tuple(HOLE._replace(id=f"CVE-{number}") for number in range(9))
    assert judge(with_(*many), ANY, NOW).reasons[0].endswith(", and 4 more")


def test_only_what_can_be_mended_may_be_asked_for() -> None:
    spec = ScanSpec(fail_on="high", only_fixable=True)
    assert judge(with_(HOLE, PIP), spec, NOW).failing == (HOLE,)
    assert judge(with_(PIP), spec, NOW).passed


def test_what_attackers_use_is_critical_whatever_it_was_rated() -> None:
    used = PIP._replace(severity="medium", exploited=True)
    verdict = judge(with_(used), ANY, NOW)
    assert verdict.failing == (used,)
    assert "known to be exploited" in verdict.reasons[0]


# Compared with what is live


def test_only_new_findings_may_be_asked_for() -> None:
    spec = ScanSpec(fail_on="high", only_new=True)
    live = Baseline("r3 v1.0.0", frozenset({HOLE.identity}))
    verdict = judge(with_(HOLE, PIP), spec, NOW, live)
    assert verdict.failing == (PIP,)
    assert verdict.new == {PIP.identity}
    assert judge(with_(HOLE), spec, NOW, live).passed


def test_as_many_findings_are_not_the_same() -> None:
    live = Baseline("r3", frozenset({PIP.identity}))
    verdict = judge(with_(HOLE), ScanSpec(only_new=True), NOW, live)
    assert verdict.failing == (HOLE,)


def test_another_version_with_the_same_hole_is_nothing_new() -> None:
    later = PIP._replace(installed="1.1", path=PIP.path.replace("1.0", "1.1"))
    assert later.identity == PIP.identity
    assert PIP._replace(path="srv/flask-1.0.dist-info/METADATA").identity != PIP.identity


def test_where_the_live_one_was_never_scanned_everything_is_new() -> None:
    verdict = judge(with_(HOLE), ScanSpec(only_new=True), NOW, Baseline("r3 v1.0.0"))
    assert verdict.failing == (HOLE,)
    assert verdict.new is None
    assert verdict.notes == ("r3 v1.0.0 is live and was never scanned: every finding counts as new",)


# Ignored


def test_what_is_ignored_is_still_shown() -> None:
    spec = ScanSpec(ignore=(Ignore("cve-2099-0001", "never called"),))
    verdict = judge(with_(HOLE), spec, NOW)
    assert verdict.passed
    assert verdict.ignored == (HOLE,)
    assert verdict.notes == ()


@pytest.mark.parametrize(("package", "passes"), [("", True), ("zlib", True), ("libz", False)])
def test_an_ignore_may_be_of_one_package(package: str, passes: bool) -> None:
    spec = ScanSpec(ignore=(Ignore(HOLE.id, "so", package),))
    assert judge(with_(HOLE), spec, NOW).passed is passes


@pytest.mark.parametrize(("until", "passes"), [("2026-11-18", True), ("2026-11-17", False), ("", True)])
def test_an_ignore_ends(until: str, passes: bool) -> None:
    verdict = judge(with_(HOLE), ScanSpec(ignore=(Ignore(HOLE.id, "we wait", "zlib", until),)), NOW)
    assert verdict.passed is passes
    expired = f"ignore of {HOLE.id} in zlib has expired on {until}: it counts again (we wait)"
    assert verdict.notes == (() if passes else (expired,))


def test_an_ignore_of_nothing_is_stale() -> None:
    verdict = judge(CLEAN, ScanSpec(ignore=(Ignore("CVE-1", "so", until="2020-01-01"),)), NOW)
    assert verdict.notes == ("ignore of CVE-1 is stale: no such finding is there any more, remove it",)


def test_what_a_vex_file_left_out_makes_no_ignore_stale() -> None:
    report = CLEAN._replace(suppressed=(HOLE._replace(suppressed="not_affected"),))
    verdict = judge(report, ScanSpec(ignore=(Ignore(HOLE.id, "so"),)), NOW)
    assert verdict.notes == ("1 critical left out, because a VEX file says that they do not affect it",)


FINDINGS = st.builds(
    Finding,
    id=st.sampled_from(["A", "B", "C"]),
    severity=st.sampled_from(SEVERITIES),
    package=st.sampled_from(["p", "q"]),
    fixed=st.sampled_from(["", "1"]),
    exploited=st.booleans(),
)
SPECS = st.builds(
    ScanSpec,
    fail_on=st.sampled_from([*SEVERITIES, "none"]),
    only_fixable=st.booleans(),
    only_new=st.booleans(),
    max_db_age=st.just(DAY),
    ignore=st.lists(st.builds(Ignore, st.sampled_from(["A", "B"]), st.just("so")), max_size=2).map(tuple),
)


@given(st.lists(FINDINGS, max_size=8), SPECS, st.frozensets(st.sampled_from("AB"), max_size=2))
def test_a_further_finding_makes_no_failure_pass(
    findings: list[Finding], spec: ScanSpec, live: frozenset[str]
) -> None:
    known = Baseline("r1", frozenset((id, "p", "") for id in live))
    verdicts = [judge(with_(*findings[:count]), spec, NOW, known) for count in range(len(findings) + 1)]
    passed = [one.passed for one in verdicts]
    assert passed == sorted(passed, reverse=True), "once it fails it stays so"
    every = verdicts[-1]
    assert {*every.failing}.isdisjoint(every.ignored)
    assert {*every.failing} <= {*findings}
    assert every.passed is not bool(every.failing)


@given(st.lists(FINDINGS, max_size=8))
def test_the_worst_come_first_and_none_is_lost(findings: list[Finding]) -> None:
    found = worst_first(findings)
    assert sorted(found, key=repr) == sorted(findings, key=repr)
    ranks = [RANK[one.counts_as] for one in found]
    assert ranks == sorted(ranks, reverse=True)
    said = counted(findings)
    assert sum(int(part.split()[0]) for part in said.split(", ")) == len(findings) if findings else said
