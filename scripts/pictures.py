"""Writes docs/pictures/*.svg: the dashboard on the simulated engine, as a user sees it."""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.build_journals import write_build
from tests.ui import fakes, scans, trusted
from tests.ui.fleets import under_way
from tests.ui.test_chart_pages import readings
from tests.ui.test_engines_screen import screen as engines_screen
from tests.ui.test_pictures import APPS, NOW, PAST, still
from tests.ui.test_releases import LIVE
from tui.app import Holdfast
from tui.demo.launch import DemoEngine
from tui.engine.endpoint import Endpoint
from tui.engine.ref import EngineRef
from tui.operations.looking.suggested_versions import Suggestions
from tui.presentation.graphs import usage_lines
from tui.screens.findings import FindingsScreen
from tui.screens.plans import VersionDialog
from tui.screens.reading import ReadingScreen
from tui.settings.load import load
from tui.settings.schema import Settings
from tui.store.store import Link, LinkState, Store
from tui.sync.session import EngineSession
from tui.theming import ThemeShelf

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
SIZES = ((80, 24), (120, 40), (200, 60))


@asynccontextmanager
async def demo(theme: str) -> AsyncIterator[Holdfast]:
    """The dashboard on a simulated engine."""
    async with DemoEngine() as engine:
        store = Store()
        store.set_link(Link(LinkState.CONNECTING, 0.0, engine.endpoint.url))
        session = EngineSession(EngineRef(engine.endpoint, demo=True), Settings(theme=theme), store)
        yield Holdfast(session, ThemeShelf(theme))


async def picture(size: tuple[int, int], theme: str, name: str, keys: tuple[str, ...] = ()) -> None:
    async with demo(theme) as app, app.run_test(size=size) as pilot:
        await asyncio.sleep(6)  # statistics and some log lines
        await pilot.press(*keys)
        await asyncio.sleep(0.5)
        (FOLDER / f"{name}.svg").write_text(app.export_screenshot(title="holdfast"))


async def findings(size: tuple[int, int]) -> None:
    """What a scan has found, on its screen."""
    now = 1_800_000_000.0
    endpoint = Endpoint("unix:///var/run/docker.sock", "default socket")
    app = Holdfast(EngineSession(EngineRef(endpoint), Settings(), Store()), ThemeShelf("holdfast-dark"))
    async with app.run_test(size=size) as pilot:
        app.push_screen(FindingsScreen(scans.view(now), lambda: now))
        await pilot.pause(0.5)
        (FOLDER / "findings.svg").write_text(app.export_screenshot(title="holdfast"))


async def trust(size: tuple[int, int]) -> None:
    """The versions of an app whose host wants them signed, and the chain of one of them."""
    now = 1_800_000_000.0

    async def offers() -> AsyncIterator[Suggestions]:
        yield Suggestions(trusted.choices(now), first="v1.5.0")

    picker = VersionDialog("Deploy which version of web?", offers(), lambda _: "")
    record = ReadingScreen("web v1.5.0", [("chain", trusted.chain_of(now, 76))])
    for name, screen in (("versions", picker), ("chain", record)):
        async with demo("holdfast-dark") as app, app.run_test(size=size) as pilot:
            await asyncio.sleep(3)
            app.push_screen(screen)
            await pilot.pause(0.5)
            (FOLDER / f"{name}.svg").write_text(app.export_screenshot(title="holdfast"))


async def engines(size: tuple[int, int]) -> None:
    """All engines, and the apps on them."""
    for name, keys in (("engines", ("g", "j", "j")), ("apps-on-engines", ("tab", "j", "j"))):
        app = still()
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            app.push_screen(engines_screen(app))
            await pilot.pause(0.3)
            await pilot.press(*keys)
            await pilot.pause(0.2)
            (FOLDER / f"{name}.svg").write_text(app.export_screenshot(title="holdfast"))


async def apps(size: tuple[int, int]) -> None:
    """The apps of `holdfast demo`, with their releases: what the README shows."""
    demo = DemoEngine(apps=True)
    endpoint = await asyncio.to_thread(demo.start_process)
    try:
        with demo.home.entered():
            settings = load(str(demo.home.config))
            store = Store()
            store.set_link(Link(LinkState.CONNECTING, 0.0, endpoint.url))
            session = EngineSession(EngineRef(endpoint, demo=True), settings, store)
            app = Holdfast(session, ThemeShelf(settings.theme))
            async with app.run_test(size=size) as pilot:
                await asyncio.sleep(8)  # releases, statistics and some log lines
                await pilot.press("1", "g", "right", "down")
                await asyncio.sleep(1)
                (FOLDER / "apps.svg").write_text(app.export_screenshot(title="holdfast"))
    finally:
        await asyncio.to_thread(demo.stop_process)


async def fleet(size: tuple[int, int]) -> None:
    """A deploy to a fleet, in its second wave."""
    operation = await under_way(NOW)
    app = still(apps=APPS, operations=(*PAST, operation))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.main.show_operation(operation, focus=True)
        await pilot.press("z")
        await pilot.pause(0.2)
        (FOLDER / "fleet.svg").write_text(app.export_screenshot(title="holdfast"))


async def charts(size: tuple[int, int]) -> None:
    """The releases of an app in time, its builds, and what a container uses."""
    with tempfile.TemporaryDirectory() as journals:
        for number in range(9):
            failed = "npm ci" if number == 6 else ""
            began = NOW - 90_000 + number * 9000
            slow, cached = 1 + number % 3 / 2, number % 5
            write_build(Path(journals), "web", number, began, slow=slow, cached=cached, failed=failed)
        for name, keys in (("timeline", ("1", "end", "t")), ("builds", ("1", "end", "b"))):
            app = still(apps=APPS, operations=PAST, releases={"web": fakes.releases(NOW, LIVE)})
            app.session.journals.folder = Path(journals)
            async with app.run_test(size=size) as pilot:
                await pilot.press(*keys)
                await pilot.pause(0.5)
                (FOLDER / f"{name}.svg").write_text(app.export_screenshot(title="holdfast"))
    app = still()
    async with app.run_test(size=size) as pilot:
        id = next(iter(app.store.containers))
        for reading in readings():
            app.store.put_samples({id: reading})
        lines = usage_lines(readings(), size[0] - 2, size[1] - 3, running=True)
        app.push_screen(ReadingScreen("shop-web-1", [("graphs", lines)]))
        await pilot.pause(0.3)
        (FOLDER / "graphs.svg").write_text(app.export_screenshot(title="holdfast"))


async def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for width, height in SIZES:
        await picture((width, height), "holdfast-dark", f"dashboard-{width}x{height}")
    await picture((120, 40), "holdfast-light", "light-120x40")
    await picture((120, 40), "holdfast-dark", "actions-120x40", ("X",))
    await findings((120, 24))
    await trust((100, 26))
    await engines((120, 20))
    await fleet((110, 40))
    await charts((110, 28))
    await apps((120, 34))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        import os

        os.environ |= {"XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home, "TZ": "UTC"}
        time.tzset()
        asyncio.run(main())
