"""Scanning an image of an app for vulnerabilities, and keeping what was found as evidence."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.errors import HoldfastError
from tui.evidence.files import add_claim
from tui.evidence.scans import read_scan, write_scan
from tui.model.digest import short_id
from tui.model.evidence import Claim, ClaimKind
from tui.model.finding import counted, worst_first
from tui.model.image_size import size_words
from tui.model.operation import CACHED, Plan, PlanStep, Result
from tui.model.scan_gate import JUDGE, finding_words, judge
from tui.model.scan_spec import ScanSpec
from tui.model.scan_view import mended_by, mended_words
from tui.operations.deploying.wanted import here, wanted_image
from tui.operations.running.runner import Planned, whoami
from tui.operations.scanning.live import LIVE, live_image
from tui.operations.scanning.means import day, find_means, refreshed
from tui.operations.scanning.newer_base import newer_base
from tui.operations.scanning.room import scan_folder
from tui.operations.scanning.sarif_file import check_place, write_sarif
from tui.operations.scanning.scan_image import SAVE, SCAN, scan_image
from tui.scanners.errors import ScanFailed
from tui.scanners.hadolint import lint
from tui.together import all_of

if TYPE_CHECKING:
    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.finding import Identity, Remark, ScanReport
    from tui.model.image import ImageConfig
    from tui.model.scan_gate import ScanVerdict
    from tui.operations.deploying.wanted import Wanted
    from tui.operations.running.report import Report
    from tui.operations.scanning.live import LiveImage
    from tui.operations.scanning.means import Means

DATABASE, LINT = "database", "lint"
"""The further steps."""

SHOWN = 20
"""Findings that a failure names."""

LISTED = 500
"""Findings that are listed in the journal; all of them are in the report."""


class NotPassed(HoldfastError):
    """The image has findings that it may not have, or could not be looked at."""


async def plan(engine: Engine, app: AppSpec, op: str, wanted: str = "", sarif: str = "") -> Planned:
    """Scan one image of an app; it is pulled where only a registry has it. Raises HoldfastError.

    sarif   a file for what is found, "" for none
    """
    spec = app.scan or ScanSpec()
    if sarif:
        await asyncio.to_thread(check_place, sarif)
    one = await wanted_image(engine, app, wanted)
    means, live = await all_of(find_means(app, spec), live_image(engine, app))
    known = await asyncio.to_thread(read_scan, app.name, one.image.id) if one.target is None else None
    fresh = not means.is_stale(time.time()) or not means.may_fetch  # else it is about to know more
    known = known if fresh and means.has_done(known) else None
    scan = _Scan(engine, app, op, one, means, live, known, sarif)
    return Planned(scan.plan(), scan.run)


class _Scan:
    """Scanning one image. known: what these means have found in it already."""

    def __init__(
        self,
        engine: Engine,
        app: AppSpec,
        op: str,
        one: Wanted,
        means: Means,
        live: LiveImage | None,
        known: ScanReport | None,
        sarif: str,
    ) -> None:
        self._engine = engine
        self._app = app
        self._op = op
        self._one = one
        self._means = means
        self._live = live
        self._known = known
        self._sarif = sarif
        self._fetches = means.is_stale(time.time()) and means.may_fetch

    @property
    def _compares(self) -> bool:
        return self._means.spec.only_new and self._live is not None

    def plan(self) -> Plan:
        """What will be done."""
        means, image, now = self._means, self._one.image, time.time()
        name = means.scanner.name
        steps = [*self._one.steps]
        if self._fetches:
            steps.append(PlanStep(DATABASE, f"Fetch the database of {name}"))
        steps += [PlanStep(SAVE, "Get the image's archive"), PlanStep(SCAN, f"Scan it with {name}")]
        if means.hadolint:
            steps.append(PlanStep(LINT, "Look at the Dockerfile with hadolint"))
        if self._compares and self._live is not None:
            steps.append(PlanStep(LIVE, f"Scan {self._live.called}, which is live, the same way"))
        steps.append(PlanStep(JUDGE, "Judge what was found"))
        facts = [("image", " ".join((short_id(image.id), *image.tags))), *means.facts(now)]
        facts.append(("fails on", _gate_words(means.spec)))
        if self._known is not None:
            facts.append(("known", "scanned before, by this scanner and this database"))
        warnings = []
        if means.is_stale(now) and not means.may_fetch:
            warnings.append("the database is too old, or is missing: the image will count as not scanned")
        return Plan(
            f"Scan {self._app.name} {short_id(image.id)}",
            tuple(steps),
            tuple(facts),
            tuple(warnings),
            verb="Scan",
        )

    async def run(self, report: Report) -> Result:
        image = await here(self._engine, self._one, report)
        try:
            found = await self._scanned(image, report)
            found = found._replace(remarks=await self._linted(report))
            live = await self._live_report(report)
        except ScanFailed as error:
            await self._claim(image.id, passed=False, detail=error.message)
            raise
        async with report.step(JUDGE):
            baseline = self._live.baseline(live) if self._live is not None else None
            verdict = judge(found, self._means.spec, time.time(), baseline)
            path = await asyncio.to_thread(write_scan, self._app.name, found)
            await self._claim(image.id, passed=verdict.passed, detail=_detail(found, verdict))
            if self._sarif:
                await asyncio.to_thread(write_sarif, self._sarif, found, verdict, self._app)
            newer = await newer_base(self._engine, self._app.name, found)
            if (mended := mended_by(found, newer)) is not None:
                report.warn(mended_words(mended))
            _tell(found, verdict, report)
            report.log(JUDGE, f"all of it: {path}")
            if not verdict.passed:
                raise _not_passed(self._app.name, verdict)
        facts = (
            ("scanner", f"{found.by} (sha256:{found.sha256})"),
            ("database", day(found.database)),
            ("findings", counted(found.findings)),
            ("size", size_words(found.size) if found.size is not None else "not known"),
            ("report", str(path)),
        )
        return Result(image=image.id, facts=facts)

    async def _scanned(self, image: ImageConfig, report: Report) -> ScanReport:
        if self._known is not None:
            for step in (SAVE, SCAN):
                report.state(step, CACHED)
            return self._known
        if self._fetches:
            async with report.step(DATABASE):
                self._means, why = await refreshed(self._means, lambda line: report.log(DATABASE, line, 2))
                if why:
                    report.warn(f"the database of {self._means.scanner.name} could not be fetched: {why}")
        return await scan_image(self._engine, self._app, image, self._means, report)

    async def _linted(self, report: Report) -> tuple[Remark, ...]:
        build = self._app.build
        if build is None or not self._means.hadolint:
            return ()
        async with report.step(LINT):
            async with scan_folder() as home:
                remarks = await lint(
                    self._means.hadolint, build.dockerfile, build.context, home, self._means.before
                )
            for one in remarks:
                report.log(LINT, f"{one.level} line {one.line}: {one.message} ({one.code})")
        return remarks

    async def _live_report(self, report: Report) -> ScanReport | None:
        if self._live is None:
            return None
        if self._compares:
            return await self._live.by_same_means(self._engine, self._means, report)
        return await self._live.kept()

    async def _claim(self, image: str, *, passed: bool, detail: str) -> None:
        claim = Claim(
            kind=ClaimKind.SCAN, passed=passed, at=time.time(), by=whoami(), op=self._op, detail=detail
        )
        await asyncio.to_thread(add_claim, self._app.name, image, claim)


def _gate_words(spec: ScanSpec) -> str:
    if spec.fail_on == "none":
        return "nothing that is found"
    words = [f"{spec.fail_on} findings{'' if spec.fail_on == 'critical' else ' and worse'}"]
    if spec.only_fixable:
        words.append("that a newer version mends")
    if spec.only_new:
        words.append("that the live release has not")
    return " ".join(words)


def _detail(found: ScanReport, verdict: ScanVerdict) -> str:
    """A scan in a sentence: what a claim says of it."""
    said = (
        f"{found.by} (sha256:{found.sha256}), "
        f"database of {day(found.database) if found.database else 'no known day'}: {counted(found.findings)}"
    )
    return "; ".join((said, *verdict.reasons))


def _tell(found: ScanReport, verdict: ScanVerdict, report: Report) -> None:
    for note in verdict.notes:
        report.warn(note)
    lines = [
        f"{one.severity.upper():10} {finding_words(one)}{_marks(one.identity, verdict)}"
        for one in worst_first(found.findings)[:LISTED]
    ]
    if len(found.findings) > LISTED:
        lines.append(f"{len(found.findings) - LISTED:,} more: see the report")
    lines.append(f"{found.by}: {counted(found.findings)}")
    if found.size is not None:
        lines.append(size_words(found.size))
    report.log(JUDGE, "\n".join(lines))


def _marks(identity: Identity, verdict: ScanVerdict) -> str:
    new = verdict.new is not None and identity in verdict.new
    ignored = any(one.identity == identity for one in verdict.ignored)
    return f"{' new' * new}{' ignored' * ignored}"


def _not_passed(app: str, verdict: ScanVerdict) -> NotPassed:
    if verdict.not_scanned:
        first = verdict.not_scanned[0]
        return NotPassed("; ".join(verdict.reasons), first.remedy)
    detail = [f"{one.severity} {finding_words(one)}" for one in verdict.failing[:SHOWN]]
    if len(verdict.failing) > SHOWN:
        detail.append(f"and {len(verdict.failing) - SHOWN:,} more")
    mended = any(one.fixed for one in verdict.failing)
    hint = "build with the versions that mend them" if mended else "no version mends them yet"
    ignoring = f"ignore what does not concern the app: ignore in [apps.{app}.scan]"
    return NotPassed("; ".join(verdict.reasons), f"{hint}, or {ignoring}", tuple(detail))
