"""The app "web" on an orchestrator in memory, and the verbs that change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.orchestrator import Memory
from tests.support.verbs import work
from tui.operations.deploying.gate import NotReady
from tui.operations.deploying.sources import Deployable, found_version
from tui.operations.deploying.targets import Target
from tui.operations.verbs import deploy, prune, recover, rollback

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from typing import Any

    from tests.support.verbs import Run
    from tui.model.app import AppSpec
    from tui.operations.looking.releases import Deployed
    from tui.operations.running.runner import Planned

NOT_READY = NotReady("r2 was not ready within 60 s", "what it said last is quoted here", ("it burns",))


class Version:
    """Bytes of a version that nobody has to look for (see tui.operations.deploying.sources.Source)."""

    def __init__(self, app: AppSpec, version: str, *, local: bool, config: str = "") -> None:
        self._app = app
        target = Target(version, f"web@{version}", f"sha256:{version}", "", "registry", local=local)
        self._target = target._replace(manifest=f"{config} manifest", config=config) if config else target

    async def find(self, read: Callable[[], Awaitable[Deployed]]) -> Deployable:
        return found_version(self._app, "op", await read(), self._target)


class MemoryApp:
    """Verbs on the app; `memory` is where it runs."""

    def __init__(self, app: AppSpec) -> None:
        self.app = app
        self.memory = Memory(app.name)

    def deploy(self, version: str, *, local: bool = True, config: str = "") -> Coroutine[Any, Any, Planned]:
        """config: of the manifest that was judged, where the version names an index."""
        if local:
            self.memory.images.add(f"web@{version}")
        return deploy.plan(
            self.memory, self.app, "op", Version(self.app, version, local=local, config=config)
        )

    def rollback(self, to: int = 0, *, force: bool = False) -> Coroutine[Any, Any, Planned]:
        return rollback.plan(self.memory, self.app, "op", to, force=force)

    def recover(self) -> Coroutine[Any, Any, Planned]:
        return recover.plan(self.memory, self.app, "op")

    def prune(self) -> Coroutine[Any, Any, Planned]:
        return prune.plan(self.memory, self.app, "op")

    async def deployed(self, *versions: str) -> Run:
        """Deploy all of them, one after the other."""
        done = [await work(self.deploy(version)) for version in versions]
        return done[-1]

    def fail(self, version: str) -> None:
        """From now on no release of this version is ready."""
        self.memory.failing[version] = NOT_READY

    def serves(self, number: int) -> bool:
        """Whether this release alone serves, as any operation leaves it."""
        standing = self.memory.standing
        assert self.memory.held == 0, "the lease is given back"
        assert standing.live == number, standing
        for slot in standing.slots.values():
            live = slot.release == number
            assert (slot.running, slot.armed) == (live, live), standing
            assert slot.name == (standing.app if live else standing.retired_name(slot.release)), standing
        return standing.records[number] is True and not standing.open
