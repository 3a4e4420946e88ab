"""Pictures of the screen: the same values give the same picture at each size."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.settled import settled
from tests.ui import fakes, trusted
from tui.app import Holdfast
from tui.commands.table import BY_ID
from tui.engine.endpoint import Endpoint
from tui.engine.ref import EngineRef
from tui.errors import Refused
from tui.model.container import Container, Port
from tui.model.drift import Cause, Drift
from tui.model.engine import EngineVersion
from tui.model.history import Reading
from tui.model.image import Image
from tui.model.releases import Holder, Releases
from tui.model.sample import Sample
from tui.model.standing import Standing
from tui.model.time_range import time_range
from tui.model.version import suggest
from tui.operations.looking.suggested_versions import Suggestions
from tui.screens.pickers import ReleaseDialog
from tui.screens.plans import PlanDialog, VersionDialog
from tui.settings.schema import Settings
from tui.store.output import Output, marked
from tui.store.store import Link, LinkState, Store
from tui.sync.session import EngineSession
from tui.theming import ThemeShelf

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from tui.model.app import AppSpec
    from tui.model.operation import Plan
    from tui.screens.main import MainScreen
    from tui.store.operation import Operation

NOW = 1_700_000_000.0
SIZES = [(80, 24), (120, 40), (200, 60)]

sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")

STATES = [
    ("shop-web-1", "running", "healthy", None),
    ("shop-api-1", "running", "unhealthy", None),
    ("shop-worker-1", "running", "starting", None),
    ("shop-db-1", "running", "none", None),
    ("shop-cache-1", "paused", "none", None),
    ("mail-queue-1", "restarting", "none", None),
    ("migrate", "exited", "none", 0),
    ("nightly", "exited", "none", 137),
    ("new-one", "created", "none", None),
    ("[bold]日本語の名前", "running", "none", None),
]


def filled() -> Store:
    store = Store()
    version = EngineVersion("Docker Engine", "28.5.2", "1.51", "linux", "amd64")
    images = [
        Image(
            f"sha256:{number:064x}",
            tags=()
            if number == 4
            else (f"registry.example.com/shop/app{number}:1.{number}.0", f"app{number}:latest"),
            digests=(f"registry.example.com/shop/app{number}@sha256:{number:064x}",),
            created=NOW - 86_400 * (number + 1),
            size=10**6 * 37**number % 10**9,
        )
        for number in range(6)
    ]
    store.set_images(images)
    store.put_containers(
        Container(
            id=f"{number:064x}",
            name=name,
            image=images[number % 4].tags[0],
            image_id=images[number % 4].id,
            command="serve",
            created=NOW - 1000 * (number + 1),
            state=state,
            health=health,
            exit_code=code,
            since=NOW - 7 * 60 ** (number % 4),
            exact=True,
            ports=(Port("0.0.0.0", 80, 8080 + number, "tcp"),) if state == "running" else (),
            labels={"com.docker.compose.project": name.split("-")[0]} if "-" in name else {},
        )
        for number, (name, state, health, code) in enumerate(STATES)
    )
    store.put_samples(
        {
            key: Reading(
                0.0, Sample(12.5 * number, 10**7 * (number + 1), 10**9, 10**6, 10**5, 10**4, 10**3, 5)
            )
            for number, (key, container) in enumerate(store.containers.items())
            if container.running
        }
    )
    store.set_link(Link(LinkState.LIVE, NOW, "unix:///var/run/docker.sock", version, "build-1"))
    return store


def log() -> Output:
    output = Output()
    lines = [
        (1, b"\x1b[32mINFO\x1b[0m started, listening on 0.0.0.0:80"),
        (2, b"\x1b[1;31mERROR\x1b[0m cannot reach db: connection refused"),
        (1, b"\x1b]52;c;ZXZpbA==\x07 and \x1b[2J do nothing here"),
        (1, "wide: 日本語, combining: e\u0301, [bold]markup[/bold]".encode()),
        (1, b"progress 10%\rprogress 100%"),
        (1, b"tab\there, invalid \xff\xfe bytes"),
        (1, b"a long line " * 40),
    ]
    output.extend((stream, b"2023-11-14T22:13:20.123456789Z", text) for stream, text in lines)
    return output


class Still(Holdfast):
    """The App with fixed values: no engine is asked, no log is followed."""

    def on_panes_screen_watched(self, message: object) -> None:
        """No statistics."""

    async def on_main_screen_rested(self, message: MainScreen.Rested) -> None:
        message.prevent_default()
        container = self.store.containers.get(message.container_id or "")
        if container is not None and self.main.log_pane.container_id is None:
            self.main.log_pane.open((container.id,), container.name, log())


def still(
    theme: str = "holdfast-dark",
    apps: Sequence[AppSpec] = (),
    operations: Sequence[Operation] = (),
    releases: Mapping[str, Releases] | None = None,
    environ: Mapping[str, str] | None = None,
    demo: bool = False,
    read_only: bool = False,
) -> Still:
    async def never() -> Any:
        await asyncio.Event().wait()

    endpoint = Endpoint("unix:///var/run/docker.sock", "default socket")
    store = filled()
    store.put_operations(operations)
    for name, known in (releases or {}).items():
        store.put_releases(name, known)
    return Still(
        EngineSession(
            EngineRef(endpoint, demo=demo),
            Settings(theme=theme, apps={app.name: app for app in apps}),
            store,
            connect=never,
            clock=lambda: NOW,
            journals=Path("/nowhere"),
        ),
        ThemeShelf(theme, {"HOME": "/nowhere", **(environ or {})}),
        read_only=read_only,
    )


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("NO_COLOR", raising=False)
    time.tzset()


@sizes
def test_main_screen(snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(still(), terminal_size=size)


@pytest.mark.parametrize("theme", ["holdfast-light", "high-contrast", "colour-blind-dark", "terminal-16"])
def test_themes(snap_compare: Any, theme: str) -> None:
    assert snap_compare(still(theme), terminal_size=(120, 40))


def test_small_screen_shows_one_pane(snap_compare: Any) -> None:
    assert snap_compare(still(), terminal_size=(60, 20), press=["2"])


def test_confirmation(snap_compare: Any) -> None:
    async def ask(pilot: Any) -> None:
        app = pilot.app
        app.session.stats.watch = lambda _: None  # nobody answers
        app.session.watcher.engine = object()  # never called: the dialog is only looked at
        await pilot.press("asterisk")
        await settled(pilot, "? help  l log  a all")  # said a moment later: what can be done with so many
        app.main.perform(BY_ID["container.remove"])
        await settled(pilot)

    assert snap_compare(still(), terminal_size=(120, 40), run_before=ask)


def test_menu_says_why_not(snap_compare: Any) -> None:
    assert snap_compare(still(demo=True), terminal_size=(80, 24), press=["X"])


def test_help(snap_compare: Any) -> None:
    assert snap_compare(still(read_only=True), terminal_size=(120, 40), press=["question_mark"])


def test_log_wrapped_with_times(snap_compare: Any) -> None:
    assert snap_compare(still(), terminal_size=(120, 40), press=["5", "z", "w", "t"])


MERGED = [
    (0, 1, b'{"time":"2023-11-14T22:13:20.5Z","level":"info","msg":"listening","port":8080}'),
    (1, 2, b"LOG:  database system is ready to accept connections"),
    (2, 1, b'level=warn msg="cache is cold" hits=0 misses=17'),
    (0, 1, b'{"time":"2023-11-14T22:13:21.1Z","level":"error","msg":"no such table","table":"users"}'),
    (1, 2, b'ERROR:  relation "users" does not exist at character 15'),
    (2, 0, b"the container is exited"),
    (0, 1, "wide: 日本語, \x1b[2J does nothing here".encode()),
    (0, 1, b"a long line " * 40),
]
"""Lines of several containers: whose, the stream, the text."""


@pytest.mark.parametrize(
    "keys", [(), ("m",), ("ampersand", *"error", "enter")], ids=["lines", "fields", "filter"]
)
@pytest.mark.parametrize("theme", ["holdfast-dark", "mono"])
def test_logs_of_several(snap_compare: Any, keys: Sequence[str], theme: str) -> None:
    async def show(pilot: Any) -> None:
        await pilot.pause()
        names = ("shop-api-1", "shop-db-1", "shop-cache-1")
        output = Output(names=names)
        output.extend(
            (marked(source) + stream, b"2023-11-14T22:13:20.123456789Z", text)
            for source, stream, text in MERGED
        )
        between = time_range("2023-11-14 22:00", NOW)
        pilot.app.main.log_pane.open((), f"3 logs: {', '.join(names)}", output, between)
        await pilot.press("5", "z", *keys)
        await pilot.pause(0.2)

    assert snap_compare(still(theme=theme), terminal_size=(120, 24), run_before=show)


APPS = tuple(fakes.app(name) for name in ("api", "mail", "web"))

PAST = (
    fakes.build_done(NOW, 86_400.0),
    fakes.failed_test(NOW, 3700.0),
    fakes.build_done(NOW, 7300.0, name="mail"),
)


def shows(operation: Operation, *keys: str) -> Callable[[Any], Any]:
    """Show an operation as its start does, with the focus in it, then press keys."""

    async def show(pilot: Any) -> None:
        await pilot.pause()
        pilot.app.main.show_operation(operation, focus=True)
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()

    return show


@sizes
def test_build_running(snap_compare: Any, size: tuple[int, int]) -> None:
    build = fakes.build_running(NOW)
    app = still(apps=APPS, operations=(*PAST, build))
    assert snap_compare(app, terminal_size=size, run_before=shows(build))


@sizes
def test_build_failed(snap_compare: Any, size: tuple[int, int]) -> None:
    build = fakes.build_failed(NOW)
    app = still(apps=APPS, operations=(*PAST, build))
    assert snap_compare(app, terminal_size=size, run_before=shows(build, "z"))


def test_build_failed_at_the_first_error(snap_compare: Any) -> None:
    build = fakes.build_failed(NOW)
    app = still(apps=APPS, operations=(*PAST, build))
    assert snap_compare(app, terminal_size=(120, 40), run_before=shows(build, "e"))


def test_build_done(snap_compare: Any) -> None:
    build = fakes.build_done(NOW, 5.0, 12.3)
    app = still(apps=APPS, operations=(*PAST, build))
    assert snap_compare(app, terminal_size=(120, 40), run_before=shows(build, "z"))


@sizes
def test_push_in_progress(snap_compare: Any, size: tuple[int, int]) -> None:
    push = fakes.pushing(NOW)
    app = still(apps=APPS, operations=(*PAST, push))
    assert snap_compare(app, terminal_size=size, run_before=shows(push))


@sizes
def test_apps(snap_compare: Any, size: tuple[int, int]) -> None:
    app = still(apps=APPS, operations=(*PAST, fakes.build_running(NOW)))
    assert snap_compare(app, terminal_size=size, press=["1"])


@sizes
def test_history(snap_compare: Any, size: tuple[int, int]) -> None:
    interrupted = fakes.operation("push", "web", NOW - 4000, alive=False)
    app = still(apps=APPS, operations=(*PAST, interrupted, fakes.build_failed(NOW), fakes.build_running(NOW)))
    assert snap_compare(app, terminal_size=size, press=["1", "end", "h"])


@sizes
def test_plan(snap_compare: Any, size: tuple[int, int]) -> None:
    async def planned() -> Plan:
        return fakes.push_plan()

    async def ask(pilot: Any) -> None:
        pilot.app.push_screen(PlanDialog("Push web", planned))
        await settled(pilot)

    assert snap_compare(still(apps=APPS, operations=PAST), terminal_size=size, run_before=ask)


def test_plan_that_cannot_be(snap_compare: Any) -> None:
    async def refused() -> Plan:
        raise Refused(
            "registry.example.com/shop/web:v1.4.0 is in the registry already, with other bytes",
            "give this image another version: holdfast tag web VERSION",
            ("there  sha256:0b52", "here   sha256:9be1"),
        )

    async def ask(pilot: Any) -> None:
        pilot.app.push_screen(PlanDialog("Push web", refused))
        await settled(pilot)

    assert snap_compare(still(apps=APPS, operations=PAST), terminal_size=(80, 24), run_before=ask)


@sizes
def test_version_picker(snap_compare: Any, size: tuple[int, int]) -> None:
    async def offers() -> AsyncIterator[Suggestions]:
        yield Suggestions(suggest(["v1.3.9", "v1.3.8"], commit="0f3c2a91b7de"))

    async def ask(pilot: Any) -> None:
        pilot.app.push_screen(VersionDialog("A version for web", offers(), lambda _: ""))
        await settled(pilot)
        await pilot.press("down")

    assert snap_compare(still(apps=APPS, operations=PAST), terminal_size=size, run_before=ask)


@sizes
def test_the_versions_of_a_host_that_wants_them_signed(snap_compare: Any, size: tuple[int, int]) -> None:
    async def offers() -> AsyncIterator[Suggestions]:
        yield Suggestions(trusted.choices(NOW), first="v1.5.0")

    async def ask(pilot: Any) -> None:
        title = "Deploy which version of web?"
        pilot.app.push_screen(VersionDialog(title, offers(), lambda _: ""))
        await settled(pilot)

    assert snap_compare(still(apps=APPS, operations=PAST), terminal_size=size, run_before=ask)


def released() -> dict[str, Releases]:
    """What is known of three apps: one that is looked at, one that somebody else is at, one not deployed."""
    holder = Holder(
        "carol", "op", "Deploy mail", "stop r5", True, "carol on ci", verb="deploy", what="v1.6.0"
    )
    return {
        "api": Releases(Standing("api"), at=NOW),
        "mail": fakes.releases(NOW, f"{1:064x}", "mail", holder),
        "web": fakes.releases(NOW, f"{0:064x}"),
    }


def drifted(pilot: Any) -> None:
    cause = Cause(
        "files changed", "files were changed inside the container: /www/a (changed)", "mount a volume"
    )
    pilot.app.store.put_drift(Drift("web", (cause,), (), NOW - 30, "r5 v1.5.0", 5))


@sizes
def test_releases(snap_compare: Any, size: tuple[int, int]) -> None:
    async def unfold(pilot: Any) -> None:
        drifted(pilot)
        await pilot.press("1", "end", "right")

    app = still(apps=APPS, operations=PAST, releases=released())
    assert snap_compare(app, terminal_size=size, run_before=unfold)


@sizes
def test_rollback_picker(snap_compare: Any, size: tuple[int, int]) -> None:
    async def ask(pilot: Any) -> None:
        releases = pilot.app.store.releases["web"]
        pilot.app.push_screen(
            ReleaseDialog("Roll web back to which release?", releases, releases.ways_back, 4, NOW)
        )
        await settled(pilot)
        await pilot.press("down")

    app = still(apps=APPS, operations=PAST, releases=released())
    assert snap_compare(app, terminal_size=size, run_before=ask)


@sizes
def test_deploy_plan(snap_compare: Any, size: tuple[int, int]) -> None:
    async def planned() -> Plan:
        return fakes.deploy_plan()

    async def ask(pilot: Any) -> None:
        pilot.app.push_screen(PlanDialog("Deploy web", planned))
        await settled(pilot)

    app = still(apps=APPS, operations=PAST, releases=released())
    assert snap_compare(app, terminal_size=size, run_before=ask)


def test_plan_on_a_protected_engine(snap_compare: Any) -> None:
    async def planned() -> Plan:
        return fakes.deploy_plan()

    async def ask(pilot: Any) -> None:
        pilot.app.push_screen(PlanDialog("Deploy web", planned, typed="web"))
        await settled(pilot)
        await pilot.press("w")

    app = still(apps=APPS, operations=PAST, releases=released())
    assert snap_compare(app, terminal_size=(80, 24), run_before=ask)


@sizes
def test_deploy_failed(snap_compare: Any, size: tuple[int, int]) -> None:
    deploy = fakes.deploy_failed(NOW)
    app = still(apps=APPS, operations=(*PAST, deploy), releases=released())
    assert snap_compare(app, terminal_size=size, run_before=shows(deploy, "z"))


@sizes
def test_record_of_a_release(snap_compare: Any, size: tuple[int, int]) -> None:
    app = still(apps=APPS[2:], operations=PAST, releases=released())
    assert snap_compare(app, terminal_size=size, press=["1", "j", "j", "enter"])


def test_menu_of_an_app(snap_compare: Any) -> None:
    app = still(apps=APPS[2:], operations=PAST, releases=released())
    assert snap_compare(app, terminal_size=(80, 24), press=["1", "X"])


def test_pictures_hold_no_path_of_this_machine() -> None:
    folder = Path(__file__).parent / "__snapshots__"
    assert all(os.getcwd() not in path.read_text() for path in folder.rglob("*.svg"))
