"""The screen of a scan: what was found, filtered and sorted; why it failed; how small the image is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.settled import settled
from tests.ui import fakes, scans
from tests.ui.test_pictures import NOW, sizes, still, utc
from tui.commands.table import BY_ID
from tui.evidence.files import add_claim
from tui.evidence.scans import write_scan
from tui.model.evidence import Claim, ClaimKind
from tui.presentation.findings import size_lines, verdict_lines
from tui.presentation.lines import plain
from tui.screens.findings import FindingsScreen
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ui.conftest import Open, Robot
    from tui.model.scan_view import ScanView

assert utc  # pictures say moments


def shows(*keys: str, live: bool = True) -> Callable[[Any], Any]:
    async def show(pilot: Any) -> None:
        pilot.app.push_screen(FindingsScreen(scans.view(NOW, live=live), lambda: NOW))
        await settled(pilot)
        await pilot.press(*keys)
        await pilot.pause()

    return show


@sizes
def test_picture_of_findings(snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(still(), terminal_size=size, run_before=shows("j"))


@sizes
def test_picture_of_a_verdict(snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(still(), terminal_size=size, run_before=shows("tab"))


@sizes
def test_picture_of_a_size(snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(still(), terminal_size=size, run_before=shows("tab", "tab"))


def test_picture_of_remarks(snap_compare: Any) -> None:
    assert snap_compare(still(), terminal_size=(120, 40), run_before=shows("shift+tab"))


def test_picture_of_a_finding(snap_compare: Any) -> None:
    assert snap_compare(still(), terminal_size=(120, 40), run_before=shows("enter"))


def test_picture_without_colours(snap_compare: Any) -> None:
    app = still(environ={"NO_COLOR": "1"})
    assert snap_compare(app, terminal_size=(80, 24), run_before=shows())


def rows(robot: Robot) -> list[str]:
    """The IDs of the findings on the screen."""
    ids = [
        word
        for line in robot.lines()[2:-1]
        for word in line.split()
        if word.startswith(("CVE", "GHSA", "EOSL"))
    ]
    return [id.rstrip("…") for id in ids]


async def shown(robot: Robot, view: ScanView | None = None) -> None:
    robot.app.push_screen(FindingsScreen(view or scans.view(time.time())))
    await robot.wait_for("SEVERITY")


async def test_what_counts_comes_first_and_the_worst_of_it(dashboard: Open) -> None:
    async with dashboard(size=(120, 40)) as robot:
        await shown(robot)
        assert rows(robot) == [
            "CVE-2026-31415", "GHSA-x84v-xcm2-53pg", "EOSL", "CVE-2026-1618", "GHSA-aaaa-bbbb-cccc",
            "CVE-2025-0577", "CVE-2024-9681", "CVE-2026-2718", "CVE-2025-1000",
        ]  # fmt: skip
        assert "failed: 2 critical, 3 high" in robot.lines()[0]
        assert "exploited" in robot.row("CVE-2026-31415")
        assert "ignored" in robot.row("CVE-2026-2718")
        assert "not_affected" in robot.row("CVE-2025-1000")


async def test_only_new_ours_or_the_base_images(dashboard: Open) -> None:
    async with dashboard(size=(120, 40)) as robot:
        await shown(robot)
        await robot.press("n")
        await robot.wait_for("only new: 1 of 9")
        assert rows(robot) == ["GHSA-x84v-xcm2-53pg"]
        await robot.press("n", "b")
        await robot.wait_for("only ours")
        assert {*rows(robot)} == {"GHSA-x84v-xcm2-53pg", "GHSA-aaaa-bbbb-cccc", "CVE-2024-9681"}
        await robot.press("b")
        await robot.wait_for("only base")
        assert "CVE-2026-31415" in rows(robot)
        assert "GHSA-x84v-xcm2-53pg" not in rows(robot)
        await robot.press("b")
        await robot.wait_gone("only base")
        assert len(rows(robot)) == 9


async def test_a_filter_looks_in_all_that_is_said(dashboard: Open) -> None:
    async with dashboard(size=(120, 40)) as robot:
        await shown(robot)
        for text, ids in (
            ("certificates", ["CVE-2026-31415"]),
            ("vendor", ["GHSA-aaaa-bbbb-cccc"]),
            ("zzz", []),
        ):
            await robot.press("slash", *text, "enter")
            await robot.wait_for(f"/{text}")
            assert rows(robot) == ids
            await robot.press("slash", *["backspace"] * len(text), "enter")
        await robot.wait(lambda: len(rows(robot)) == 9)


async def test_rows_are_sorted_by_what_is_asked_for(dashboard: Open) -> None:
    async with dashboard(size=(120, 40)) as robot:
        await shown(robot)
        await robot.press("o")
        await robot.wait_for("PACKAGE▾")
        assert rows(robot)[:3] == ["GHSA-aaaa-bbbb-cccc", "EOSL", "CVE-2026-2718"]
        await robot.press("o")
        await robot.wait_for("FIXED IN▾")
        assert rows(robot)[0] == "CVE-2026-31415"


async def test_all_of_a_finding_is_read_and_left_again(dashboard: Open) -> None:
    async with dashboard(size=(80, 24)) as robot:
        await shown(robot)
        await robot.press("enter")
        await robot.wait_for("Heap overflow while certificates are parsed")
        assert "the base image's, alpine:3.18" in robot.text()
        assert "94.0% within 30 days" in robot.text()
        await robot.press("escape")
        await robot.wait_for("SEVERITY")
        await robot.press("escape")
        await robot.wait_gone("SEVERITY")


async def test_what_is_not_known_is_said(dashboard: Open) -> None:
    async with dashboard(size=(120, 40)) as robot:
        now = time.time()
        found = scans.report(now)._replace(base=None, size=None)
        await shown(robot, scans.view(now, found, live=False))
        await robot.press("n")
        await robot.wait_for("what is new is not known: nothing is live")
        await robot.press("b")
        await robot.wait_for("whose layer a finding is in")
        await robot.press("tab", "tab")
        await robot.wait_for("how small it is, is not known")


async def test_an_image_that_was_not_scanned_is_not_shown_as_clean(dashboard: Open) -> None:
    async with dashboard(size=(120, 40)) as robot:
        now = time.time()
        none = scans.report(now)._replace(
            findings=(), suppressed=(), looked=False, packages=0, os_packages=0, family="", end_of_life=False
        )
        await shown(robot, scans.view(now, none))
        assert "not scanned: no findings" in robot.lines()[0]
        assert "nothing was looked at" in robot.text()
        await robot.press("tab")
        await robot.wait_for("recognised nothing in the image")


def test_a_newer_base_that_was_scanned_is_said() -> None:
    said = [plain(line) for line in verdict_lines(scans.view(NOW), NOW)]
    assert "! a newer alpine:3.18 would mend 3 of 4" in said


# From the dashboard


@pytest.fixture
def settings() -> Settings:
    return Settings(apps={"web": fakes.app("web")})


async def test_the_newest_scan_of_an_app_is_shown(dashboard: Open, settings: Settings) -> None:
    async with dashboard(size=(120, 40), settings=settings) as robot:
        await robot.press("F")
        await robot.wait_for("web was not scanned by this account: S scans it")
        now = time.time()
        for image, at in (("sha256:" + "1" * 64, now - 50), (scans.IMAGE, now - 10)):
            write_scan("web", scans.report(now)._replace(image=image))
            add_claim("web", image, Claim(ClaimKind.SCAN, False, at))
        await robot.press("F")
        await robot.wait_for("SEVERITY")
        assert "web 5c5c5c5c5c5c" in robot.lines()[1]
        assert BY_ID["app.findings"].keys == ("F",)


@pytest.mark.parametrize(
    ("more", "said"), [(0, "as in the live one"), (7, "7B more than"), (-7, "7B less than")]
)
def test_a_size_is_compared_with_the_live_ones(more: int, said: str) -> None:
    small = scans.SIZE._replace(layers=(scans.SIZE.layers[0]._replace(bytes=100),))
    here = small._replace(layers=(small.layers[0]._replace(bytes=100 + more),))
    assert said in plain(size_lines(here, small)[0])
    assert "live" not in plain(size_lines(here, None)[0])


async def test_the_scan_of_the_selected_image_is_shown(dashboard: Open) -> None:
    settings = Settings(apps={"web": fakes.app("web")})
    async with dashboard(size=(120, 40), settings=settings) as robot:
        engine, pane = robot.app.session.engine, robot.app.main.images
        assert engine is not None
        for version in ("v1.0.0", "v1.1.0"):
            await engine.images.import_empty(fakes.app("web").image, version)
        image = await engine.images.inspect_id(f"{fakes.app('web').image}:v1.0.0")
        await robot.wait(lambda: pane.ordering.index(image) is not None)
        write_scan("web", scans.report(time.time())._replace(image=image))
        await robot.press("2")
        pane.move_to(pane.ordering.index(image) or 0)
        await robot.press("F")
        await robot.wait_for("SEVERITY")
        assert "web v1.0.0" in robot.lines()[1]
