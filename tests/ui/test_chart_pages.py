"""Pages of bars and graphs: what they show, what their keys do, and how they look."""

from __future__ import annotations

import asyncio
import math
import time
from typing import TYPE_CHECKING, Any

from tests.support.build_journals import write_build
from tests.support.settled import settled
from tests.ui import fakes
from tests.ui.test_pictures import NOW, sizes, still, utc
from tests.ui.test_releases import LIVE, Engine, engine
from tui.controllers.looking import Looking
from tui.controllers.wasted import Wasted
from tui.model.history import KEPT, Reading
from tui.model.image_size import ImageSize, LayerSize
from tui.model.image_size import Wasted as WastedFile
from tui.model.sample import Sample
from tui.panes.builds import BuildsList
from tui.panes.timeline import TimelineList
from tui.screens.listing import ListingScreen
from tui.screens.reading import Act, Drawn, ReadingScreen
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.conftest import Open, Robot

__all__ = ["engine", "utc"]

WEB = Settings(apps={"web": fakes.app("web")})


def readings(count: int = KEPT) -> list[Reading]:
    """A minute that goes up and down."""
    return [
        Reading(
            float(at),
            Sample(
                cpu=50 + 45 * math.sin(at / 6),
                memory=10**8 + at * 10**6,
                memory_limit=5 * 10**8,
                rx=at * at * 3000,
                tx=at * 20_000,
                read=0,
                write=10**6 * (at // 20),
                pids=7,
            ),
        )
        for at in range(count)
    ]


async def opened(robot: Robot, command: str, rows: type) -> Any:
    await robot.press("1")
    await robot.do(command)
    await robot.wait(lambda: isinstance(robot.app.screen, ListingScreen))
    return robot.app.screen.query_one(rows)


async def test_releases_in_time_are_looked_at_more_closely_and_opened(
    dashboard: Open, engine: Engine
) -> None:
    engine.has(fakes.releases(time.time(), LIVE))
    async with dashboard(containers=0, settings=WEB) as robot:
        await robot.wait(lambda: "web" in robot.app.store.releases)
        rows: TimelineList = await opened(robot, "app.timeline", TimelineList)
        await robot.wait_for("web · 5 releases")
        assert "● live, gap 0.8s" in robot.row("r5 ")
        assert "✗ failed, undone: r3 is not ready" in robot.row("r3 ")
        assert "× " in robot.row("r3 ") and "✓ good, → r2 again" in robot.row("r4 ")
        wide = robot.row("r1 ").count("▓")
        assert wide > 10
        await robot.press("plus", "plus", "plus", "plus")
        assert rows.zoom == 4 and "<" in robot.row("r1 ") and "▓" not in robot.row("r1 ")
        await robot.press("g")  # what is looked at stays until it is looked at anew
        await robot.press("minus")
        assert "▓" in robot.row("r1 ")
        await robot.press("0")
        assert robot.row("r1 ").count("▓") == wide
        await robot.press("enter")
        await robot.wait(lambda: isinstance(robot.app.screen, ReadingScreen))
        await robot.wait_for("web r1")
        await robot.press("escape", "escape")
        await robot.wait(lambda: robot.app.screen is robot.app.main)


async def test_a_release_that_comes_while_one_looks_appears(dashboard: Open, engine: Engine) -> None:
    async with dashboard(containers=0, settings=WEB) as robot:
        await opened(robot, "app.timeline", TimelineList)
        await robot.wait_for("nothing was released yet")
        engine.has(fakes.releases(time.time(), LIVE))
        robot.app.store.put_releases("web", engine.releases["web"])
        await robot.wait_for("web · 5 releases")


async def test_builds_say_where_their_time_went(dashboard: Open, tmp_path: Path) -> None:
    async with dashboard(containers=0, settings=WEB) as robot:
        folder, now = robot.app.session.journals.folder, time.time()
        write_build(folder, "web", 1, now - 9000)
        write_build(folder, "web", 2, now - 8000, slow=2.0)
        write_build(folder, "web", 3, now - 7000, failed="npm ci")
        for path in folder.iterdir():  # they are of this engine
            text = path.read_text().replace("unix:///var/run/docker.sock", robot.endpoint.url)
            path.write_text(text)
        rows: BuildsList = await opened(robot, "app.builds", BuildsList)
        await robot.wait_for("web · the last 3 builds")
        assert "✗ failed: [build 3/5] RUN npm ci" in robot.row("failed")
        assert "context 1.0s" in robot.text()  # of the one under the cursor
        await robot.press("down")
        await robot.wait_for("context 2.0s")
        assert "+33%" in robot.row("30.0s")
        await robot.press("o")
        assert rows.ordering.keys()[0] == rows.cursor  # that one took longest
        await robot.press("enter")
        await robot.wait_for("where the time went")


async def test_a_graph_is_drawn_anew_with_a_reading_and_not_without(dashboard: Open) -> None:
    async with dashboard(containers=1, running=1.0) as robot:
        store = robot.app.store
        (id,) = store.containers
        robot.app.session.stats.watch(())
        await robot.pilot.pause(0.4)
        store.drop_samples([id])
        await robot.do("container.inspect")
        await robot.wait(lambda: isinstance(robot.app.screen, ReadingScreen))
        await robot.press("tab")
        await robot.wait_for("waiting for the first reading")
        store.put_samples({id: readings()[0]})
        store.put_samples({id: readings()[1]})
        await robot.wait_for("memory  101MB  20.2% of 500MB")
        assert "network in  3.0kB/s" in robot.text()
        assert len(store.history[id]) == 2
        store.remove_containers([id])
        assert id not in store.history


async def test_no_more_than_a_minute_is_kept(dashboard: Open) -> None:
    async with dashboard(containers=1, running=1.0, live=True) as robot:
        (id,) = robot.app.store.containers
        for reading in readings(3 * KEPT):
            robot.app.store.put_samples({id: reading})
        assert len(robot.app.store.history[id]) == KEPT


class Archive:
    """An engine whose image never comes whole, or comes at once."""

    def __init__(self) -> None:
        self.images = self
        self.asked = 0
        self.cancelled = False

    async def config(self, _: str) -> object:
        self.asked += 1
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return None


async def test_counting_is_asked_for_and_ends_with_its_page(dashboard: Open) -> None:
    async with dashboard(containers=0) as robot:
        archive: Any = Archive()
        wasted = Wasted(archive, "sha256:a", 80 * 10**6)
        pages = [("layers", []), ("wasted", Drawn(wasted.lines, wasted.subscribe))]
        act = Act("w", "count what is wasted", "wasted", wasted.count)
        robot.app.push_screen(ReadingScreen("web", pages, act=act))
        await robot.wait_for("count what is wasted")
        await robot.press("w")
        await robot.wait_for("reads all 80 MB")
        assert not archive.asked  # the first shows what it costs
        await robot.press("w")
        await robot.wait_for("Esc stops it")
        await robot.press("escape")
        await robot.wait(lambda: archive.cancelled)
        assert not wasted.counting


# Pictures


@sizes
def test_graphs(snap_compare: Any, size: tuple[int, int]) -> None:
    async def show(pilot: Any) -> None:
        app = pilot.app
        (id, *_) = app.store.containers
        for reading in readings():
            app.store.put_samples({id: reading})
        looking = next(one for one in app.workspaces.current.controllers if isinstance(one, Looking))
        app.push_screen(ReadingScreen("shop-web-1", [("details", []), ("graphs", looking._graphs(id))], 1))
        await settled(pilot)

    assert snap_compare(still(), terminal_size=size, run_before=show)


@sizes
def test_timeline(snap_compare: Any, size: tuple[int, int]) -> None:
    app = still(apps=(fakes.app("web"),), releases={"web": fakes.releases(NOW, LIVE)})
    assert snap_compare(app, terminal_size=size, press=["1", "t"])


@sizes
def test_builds(snap_compare: Any, size: tuple[int, int], tmp_path: Path) -> None:
    for number in range(9):
        write_build(
            tmp_path,
            "web",
            number,
            NOW - 90_000 + number * 9000,
            slow=1 + number % 3 / 2,
            cached=number % 5,
            failed="npm ci" if number == 6 else "",
        )
    app = still(apps=(fakes.app("web"),))
    app.session.journals.folder = tmp_path

    async def show(pilot: Any) -> None:
        await pilot.press("1", "b")
        await settled(pilot)
        await pilot.press("down")
        await pilot.pause(0.1)

    assert snap_compare(app, terminal_size=size, run_before=show)


@sizes
def test_wasted(snap_compare: Any, size: tuple[int, int]) -> None:
    made = ("RUN apk add --no-cache nginx", "COPY . /srv", "RUN rm -rf /srv/tests && apk del build-base")
    counted = ImageSize(
        layers=tuple(LayerSize(f"sha256:{n}", b * 10**6, b, made[n]) for n, b in enumerate((60, 18, 2))),
        wasted=12_300_000,
        worst=tuple(WastedFile(f"srv/tests/{n}.bin", (10 - n) * 200_000, 2, 3) for n in range(9)),
    )

    async def show(pilot: Any) -> None:
        nobody: Any = None
        wasted = Wasted(nobody, "sha256:a", 80 * 10**6)
        wasted._size = counted
        pages = [("wasted", Drawn(wasted.lines, wasted.subscribe))]
        pilot.app.push_screen(ReadingScreen("web:v1.4.0", pages))
        await settled(pilot)

    assert snap_compare(still(), terminal_size=size, run_before=show)
