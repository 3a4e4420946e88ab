"""A report beside what it is compared with: what is new, whose layer it is in, what a new base mends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.finding import worst_first

if TYPE_CHECKING:
    from tui.model.finding import Finding, ScanReport
    from tui.model.scan_gate import Baseline, ScanVerdict

BASE, OURS = "base", "ours"


class Mended(NamedTuple):
    """What a newer base image would mend.

    base         its name
    mended, of   of so many findings in the layers of the present one
    """

    base: str
    mended: int
    of: int


class ScanView(NamedTuple):
    """What there is to see of a scan.

    called    the image in words: "web v1.4.0"
    live      what is compared with, None where nothing is live; `live_report` is what is known of it
    mended    by a newer base, None where none was scanned
    """

    called: str
    report: ScanReport
    verdict: ScanVerdict
    live: Baseline | None = None
    live_report: ScanReport | None = None
    mended: Mended | None = None

    @property
    def everything(self) -> tuple[Finding, ...]:
        """What counts, then what was left out; the worst first."""
        return (*worst_first(self.report.findings), *self.report.suppressed)

    def is_new(self, finding: Finding) -> bool:
        """Whether the live release has it not; False where that is not known."""
        return self.verdict.new is not None and finding.identity in self.verdict.new

    def is_left_out(self, finding: Finding) -> str:
        """Why it does not count: "ignored", what the scanner says, or "" where it does."""
        if finding.suppressed:
            return finding.suppressed
        ignored = any(one.identity == finding.identity for one in self.verdict.ignored)
        return "ignored" if ignored else ""


def whose(finding: Finding, report: ScanReport) -> str:
    """Whether a finding is in the base image's layers or in those above; "" where that is not known."""
    if report.base is None or not finding.layer:
        return ""
    return BASE if finding.layer in report.base.layers else OURS


def mended_by(report: ScanReport, newer: ScanReport | None) -> Mended | None:
    """What a newer base of a report's image would mend, by its own report; None where none tells."""
    if newer is None or report.base is None or newer.layers == report.base.layers:
        return None
    there = {one.identity for one in (*newer.findings, *newer.suppressed)}
    in_base = [one for one in report.findings if whose(one, report) == BASE]
    if not in_base:
        return None
    return Mended(report.base.name, sum(one.identity not in there for one in in_base), len(in_base))


def mended_words(mended: Mended) -> str:
    """ "a newer alpine:3.20 would mend 12 of 14"."""
    return f"a newer {mended.base} would mend {mended.mended} of {mended.of}"
