"""Whether what a scanner found lets an image pass. Pure: one report can be judged by any rules."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tui.model.finding import END_OF_LIFE, counted, worst_first
from tui.model.severity import RANK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.model.finding import Finding, Identity, ScanReport
    from tui.model.scan_spec import Ignore, ScanSpec

DAY = 86_400.0

JUDGE = "judge"
"""The step of a scan in which this is done: where it has begun, there is a report of what was found."""

NAMED = 5
"""Findings that a sentence names."""

UPDATE = "update it: trivy image --download-db-only, or grype db update"


class Doubt(StrEnum):
    """Why "nothing found" would not mean "nothing there"."""

    NO_RESULTS = "no results"
    NO_PACKAGES = "no packages"
    UNKNOWN_DISTRIBUTION = "unknown distribution"
    NO_ADVISORIES = "no advisories"
    OLD_DATABASE = "old database"
    NO_DATABASE = "no database"


class NotScanned(NamedTuple):
    """A doubt in a sentence, and what to do."""

    doubt: Doubt
    message: str
    remedy: str


class ScanVerdict(NamedTuple):
    """What the gate says of a report.

    not_scanned  why it cannot say that the image is clean
    failing      the findings that fail it, the worst first
    ignored      those that the configuration ignores
    new          identities of those that the live release has not; None where nothing was compared
    reasons      a sentence each, why it fails
    notes        a sentence each, what is worth knowing beside
    """

    not_scanned: tuple[NotScanned, ...] = ()
    failing: tuple[Finding, ...] = ()
    ignored: tuple[Finding, ...] = ()
    new: frozenset[Identity] | None = None
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.reasons


class Baseline(NamedTuple):
    """What the live release has. called: "r12 v1.4.0"; findings: None where it was never scanned."""

    called: str
    findings: frozenset[Identity] | None = None


def judge(report: ScanReport, spec: ScanSpec, now: float, live: Baseline | None = None) -> ScanVerdict:
    """Judge a report. live: what findings are compared with, None where nothing is live."""
    doubts = not_scanned(report, spec, now)
    today = datetime.fromtimestamp(now, UTC).date().isoformat()
    valid = [one for one in spec.ignore if not one.until or one.until >= today]
    known = live.findings if live is not None else None
    ignored: list[Finding] = []
    left: list[Finding] = []
    for one in report.findings:
        (ignored if any(_ignores(rule, one) for rule in valid) else left).append(one)
    new = frozenset(one.identity for one in left if one.identity not in known) if known is not None else None
    failing = worst_first(one for one in left if _fails(one, spec, known))
    reasons = [f"not scanned: {one.message}" for one in doubts]
    if failing:
        reasons.append(_failing(failing, spec, known))
    return ScanVerdict(
        not_scanned=doubts,
        failing=failing,
        ignored=worst_first(ignored),
        new=new,
        reasons=tuple(reasons),
        notes=tuple(_notes(report, spec, today, live)),
    )


def not_scanned(report: ScanReport, spec: ScanSpec, now: float) -> tuple[NotScanned, ...]:
    """Why a report without findings would say nothing, each by its name."""
    found = []
    if not report.looked:
        found.append(
            NotScanned(
                Doubt.NO_RESULTS,
                f"{report.scanner} recognised nothing in the image that it could look at",
                "a binary with the list of its modules in it (go build, cargo auditable) can be looked at; "
                "else no scanner can say anything of this image",
            )
        )
    elif not report.family and report.packages <= report.os_packages:
        found.append(
            NotScanned(
                Doubt.UNKNOWN_DISTRIBUTION,
                f"{report.scanner} does not know the distribution, and found no packages of languages",
                "leave /etc/os-release in the image",
            )
        )
    elif not report.packages:
        found.append(
            NotScanned(
                Doubt.NO_PACKAGES,
                f"{report.scanner} found no packages in the image: their list may have been removed from it",
                "leave /lib/apk/db, /var/lib/dpkg or /var/lib/rpm in the image",
            )
        )
    elif report.packages < 0 and not report.findings and not report.suppressed:
        found.append(
            NotScanned(
                Doubt.NO_PACKAGES,
                f"{report.scanner} found nothing, and does not say how many packages it looked at",
                'use a newer one, or scanner = "trivy"',
            )
        )
    if not report.advisories and not any(
        one.kind == report.family and one.id != END_OF_LIFE for one in report.findings
    ):
        found.append(
            NotScanned(
                Doubt.NO_ADVISORIES,
                f"{report.scanner} knows no advisories of {report.distribution}",
                "use a release of the distribution that is supported, or a newer scanner",
            )
        )
    age = now - report.database
    if not report.database or age < -DAY:
        found.append(
            NotScanned(Doubt.NO_DATABASE, f"{report.scanner} does not say from when its database is", UPDATE)
        )
    elif age > spec.max_db_age:
        found.append(
            NotScanned(
                Doubt.OLD_DATABASE,
                f"the database of {report.scanner} is {days(age)} old, "
                f"and max_db_age is {days(spec.max_db_age)}",
                UPDATE,
            )
        )
    return tuple(found)


def days(seconds: float) -> str:
    """ "3 days", "12 hours"."""
    if seconds < 2 * DAY:
        hours = round(seconds / 3600)
        return f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{seconds / DAY:.0f} days"


def _ignores(one: Ignore, finding: Finding) -> bool:
    return one.id.casefold() == finding.id.casefold() and one.package in ("", finding.package)


def _fails(finding: Finding, spec: ScanSpec, known: frozenset[Identity] | None) -> bool:
    if spec.fail_on == "none" or RANK[finding.counts_as] < RANK[spec.fail_on]:
        return False
    if spec.only_fixable and not finding.fixed:
        return False
    return not (spec.only_new and known is not None and finding.identity in known)


def _failing(failing: tuple[Finding, ...], spec: ScanSpec, known: frozenset[Identity] | None) -> str:
    what = f"{spec.fail_on} or worse" if spec.fail_on != "critical" else "critical"
    if spec.only_fixable:
        what += " and can be mended"
    if spec.only_new and known is not None:
        what += ", and the live release has not"
    names = ", ".join(finding_words(one) for one in failing[:NAMED])
    more = f", and {len(failing) - NAMED} more" if len(failing) > NAMED else ""
    plural = "finding is" if len(failing) == 1 else "findings are"
    return f"{len(failing)} {plural} {what}: {names}{more}"


def finding_words(finding: Finding) -> str:
    """ "CVE-2099-0001 in plantedlib 1.0.0-r0 (fixed in 1.0.1-r0)"."""
    exploited = ", known to be exploited" if finding.exploited else ""
    fixed = f" (fixed in {finding.fixed}{exploited})" if finding.fixed else f" (no fix{exploited})"
    return f"{finding.id} in {finding.package} {finding.installed}{fixed}"


def _notes(report: ScanReport, spec: ScanSpec, today: str, live: Baseline | None) -> Iterable[str]:
    everything = (*report.findings, *report.suppressed)
    for one in spec.ignore:
        of = f" in {one.package}" if one.package else ""
        if not any(_ignores(one, finding) for finding in everything):
            yield f"ignore of {one.id}{of} is stale: no such finding is there any more, remove it"
        elif one.until and one.until < today:
            yield f"ignore of {one.id}{of} has expired on {one.until}: it counts again ({one.reason})"
    if report.end_of_life:
        yield f"{report.distribution} gets no security updates any more: too little may be found in it"
    if report.looked and not report.family and report.packages > 0:
        yield "no distribution was recognised: only packages of languages were looked at"
    elif report.family and report.packages > 0 and not report.os_packages:
        yield f"no packages of {report.distribution} were found, only those of languages"
    if spec.only_new and live is not None and live.findings is None:
        yield f"{live.called} is live and was never scanned: every finding counts as new"
    if report.suppressed:
        yield f"{counted(report.suppressed)} left out, because a VEX file says that they do not affect it"
