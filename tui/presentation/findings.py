"""Findings of a scan as rows, and all of a scan as text to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.model.digest import short_id
from tui.model.finding import counted
from tui.model.scan_view import BASE, OURS, mended_words, whose
from tui.model.severity import RANK
from tui.presentation.amounts import size
from tui.presentation.operations import fact_lines
from tui.presentation.release_record import moment
from tui.presentation.table import Column
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.model.finding import Finding, ScanReport
    from tui.model.image_size import ImageSize
    from tui.model.scan_view import ScanView
    from tui.presentation.style import Line, Span

COLUMNS = (
    Column("severity", "SEVERITY", 10),
    Column("id", "ID", 19),
    Column("package", "PACKAGE", 8, grow=2, most=40),
    Column("installed", "INSTALLED", 8, grow=1, most=24, rank=2),
    Column("fixed", "FIXED IN", 8, grow=1, most=30),
    Column("layer", "LAYER", 5, rank=1),
    Column("new", "NEW", 3),
    Column("note", "NOTE", 9, grow=2, most=48, rank=3),
)
SORTS = ("severity", "package", "fixed", "layer", "new")

STYLES = {
    "critical": "bad bold", "high": "bad", "medium": "warn", "low": "text", "negligible": "muted",
    "unknown": "warn",
}  # fmt: skip


def finding_cell(column: str, one: Finding, view: ScanView) -> Span:
    """One cell; what does not count is muted."""
    muted = bool(view.is_left_out(one))
    match column:
        case "severity":
            return one.severity, "muted" if muted else STYLES[one.severity]
        case "id":
            return safe(one.id), "muted" if muted else "strong"
        case "package":
            return safe(one.package), "muted" if muted else "text"
        case "installed":
            return safe(one.installed), "muted"
        case "fixed":
            return (safe(one.fixed), "muted" if muted else "ok") if one.fixed else ("no fix", "muted")
        case "layer":
            return whose(one, view.report), "muted"
        case "new":
            return ("new", "warn") if view.is_new(one) else ("", "muted")
        case "note":
            return note(one, view)
    raise KeyError(column)


def note(one: Finding, view: ScanView) -> Span:
    """What else is worth a word."""
    if why := view.is_left_out(one):
        return safe(why), "muted"
    if one.exploited:
        return "exploited", "bad bold"
    if one.epss is not None and one.epss >= 0.01:
        return f"EPSS {one.epss:.0%}", "warn" if one.epss >= 0.1 else "muted"
    return safe(one.status.replace("_", " ")) if not one.fixed else "", "muted"


def sort_key(order: str, one: Finding, view: ScanView) -> Any:
    """What rows are sorted by: what counts before what was left out, then by what is asked for."""
    worst = (bool(view.is_left_out(one)), -RANK[one.counts_as], -RANK[one.severity], not one.fixed)
    match order:
        case "package":
            return (one.package, worst, one.id)
        case "fixed":
            return (not one.fixed, worst, one.package, one.id)
        case "layer":
            return (whose(one, view.report), worst, one.package, one.id)
        case "new":
            return (not view.is_new(one), worst, one.package, one.id)
    return (worst, one.package, one.id)


def matches(one: Finding, needle: str) -> bool:
    """Whether a filter text (lower case) occurs in what a row or its details say."""
    texts = (one.id, one.severity, one.package, one.installed, one.fixed, one.path, one.title, one.purl)
    return any(needle in text.lower() for text in texts)


def headline(view: ScanView) -> str:
    """What a scan came to, in the title line: "passed: 1 critical, 2 high"."""
    verdict = "passed" if view.verdict.passed else "not scanned" if view.verdict.not_scanned else "failed"
    return f"{verdict}: {counted(view.report.findings)}"


def finding_lines(one: Finding, view: ScanView) -> list[Line]:
    """Everything that is known of a finding."""
    report = view.report
    place = report.layers.index(one.layer) + 1 if one.layer in report.layers else 0
    facts = [
        ("severity", one.severity),
        ("package", one.package),
        ("installed", one.installed),
        ("fixed in", one.fixed or "no version mends it yet"),
        ("status", one.status.replace("_", " ")),
        ("kind", one.kind),
        ("file", one.path),
        ("layer", f"{place} of {len(report.layers)}" if place else one.layer),
        ("whose", _whose_words(one, report)),
        ("new", "yes, the live release has it not" if view.is_new(one) else ""),
        ("exploited", "attackers use it (CISA KEV)" if one.exploited else ""),
        ("EPSS", f"{one.epss:.1%} within 30 days" if one.epss is not None else ""),
        ("left out", view.is_left_out(one)),
        ("purl", one.purl),
        ("more", one.url),
    ]  # fmt: skip
    lines: list[Line] = [[(safe(one.id), "accent bold")]]
    if one.title:
        lines.append([(safe(one.title), "text")])
    return [*lines, [], *fact_lines([(name, value) for name, value in facts if value])]


def _whose_words(one: Finding, report: ScanReport) -> str:
    base = report.base.name if report.base is not None else ""
    return {BASE: f"the base image's, {base}", OURS: "ours, above the base image"}.get(whose(one, report), "")


def verdict_lines(view: ScanView, now: float) -> list[Line]:
    """Why it passed or failed, what is worth knowing beside, and who looked when with what."""
    verdict, report = view.verdict, view.report
    passed = "✓ it passes" if verdict.passed else "✗ it fails"
    lines: list[Line] = [[(passed, "ok" if verdict.passed else "bad bold")]]
    lines += [[(f"  {safe(reason)}", "bad")] for reason in verdict.reasons]
    lines += [[(f"    {safe(one.remedy)}", "strong")] for one in verdict.not_scanned]
    if verdict.notes or view.mended is not None:
        lines += [[], [("Worth knowing", "accent bold")]]
        lines += [[(f"! {safe(note)}", "warn")] for note in verdict.notes]
        if view.mended is not None:
            lines.append([(f"! {safe(mended_words(view.mended))}", "warn")])
    facts = [
        ("scanned", moment(report.at, now)),
        ("by", report.by),
        ("its sha256", report.sha256),
        ("database", f"of {moment(report.database, now)}" if report.database else ""),
        ("network", "none" if report.isolated else "told not to use it"),
        ("image", report.image),
        ("distribution", report.distribution or "not recognised"),
        ("packages", _packages(report)),
        ("base image", report.base.name if report.base is not None else "not known"),
        ("compared with", view.live.called if view.live is not None else "nothing is live"),
        ("found", counted(report.findings)),
        ("new", _new(view)),
    ]
    return [*lines, [], [("The scan", "accent bold")], *fact_lines([one for one in facts if one[1]])]


def _packages(report: ScanReport) -> str:
    if report.packages < 0:
        return "not said"
    return f"{report.packages:,}, of them {report.os_packages:,} the distribution's"


def _new(view: ScanView) -> str:
    if view.live is None:
        return ""
    if view.verdict.new is None:
        return "not known: the live release was never scanned"
    return f"{len(view.verdict.new)}"


def size_lines(here: ImageSize | None, live: ImageSize | None) -> list[Line]:
    """How small an image is, beside the live release's."""
    if here is None or here.why:
        why = here.why if here is not None else "it was scanned by an earlier version"
        return [[(f"how small it is, is not known: {safe(why)}", "muted")]]
    known = live if live is not None and not live.why else None
    facts = [
        ("all files", size(here.bytes) + (f", {_difference(here, known)}" if known is not None else "")),
        ("wasted", f"{size(here.wasted)}{_beside(here.wasted, known.wasted) if known else ''}"),
        ("files", f"{here.files:,}"),
        ("user", "root" if here.is_root else here.user),
        ("shells", _paths(here.shells)),
        ("package managers", _paths(here.managers)),
        ("setuid files", _paths(here.setuid)),
    ]
    return [*fact_lines([(name, value) for name, value in facts]), *_layer_lines(here), *_wasted_lines(here)]


def _difference(here: ImageSize, live: ImageSize) -> str:
    change = here.bytes - live.bytes
    if not change:
        return "as in the live one"
    return f"{size(abs(change))} {'more' if change > 0 else 'less'} than in the live one"


def _beside(here: int, live: int) -> str:
    return "" if here == live else f", {size(live)} in the live one"


def _paths(paths: tuple[str, ...]) -> str:
    return ", ".join(paths) or "none"


def _layer_lines(one: ImageSize) -> Iterator[Line]:
    yield []
    yield [("Layers, the lowest first", "accent bold")]
    yield [("  #   SIZE   FILES  MADE BY", "column")]
    for number, layer in enumerate(one.layers, 1):
        large = layer.bytes * 4 >= one.bytes > 0
        yield [
            (f"{number:>3} {size(layer.bytes):>6} ", "strong" if large else "text"),
            (f"{layer.files:>7,}  ", "muted"),
            (safe(layer.made_by) or short_id(layer.digest), "text"),
        ]


def _wasted_lines(one: ImageSize) -> Iterator[Line]:
    if not one.worst:
        return
    yield []
    yield [("Files that nobody sees, the largest first", "accent bold")]
    yield [("   SIZE  LAYER  PATH", "column")]
    for waste in one.worst:
        yield [
            (f"{size(waste.bytes):>7}  ", "warn"),
            (f"{f'{waste.layer}→{waste.by}':<5}  ", "muted"),
            (safe(f"/{waste.path}"), "text"),
        ]


def lint_lines(report: ScanReport) -> list[Line]:
    """What hadolint says of the Dockerfile."""
    styles = {"error": "bad", "warning": "warn", "info": "text", "style": "muted"}
    return [
        [
            (f"{one.level:<8}", styles.get(one.level, "text")),
            (f"line {one.line:<4} ", "muted"),
            (f"{safe(one.code):<8}", "strong"),
            (safe(one.message), "text"),
        ]
        for one in report.remarks
    ]
