"""What the registries hold of the apps' repositories: asked at the start, after each push, now and then."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Protocol

from tui.errors import HoldfastError
from tui.model.remote import RemoteTag, RemoteTags
from tui.model.version import Precedence, Version
from tui.store.store import LinkState, Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractAsyncContextManager

    from tui.model.app import AppSpec
    from tui.model.remote import ListedTags
    from tui.store.store import Change, Store

AGAIN_SECONDS = 300.0

LOOKED_AT = 200
"""Tags of a repository whose digest is asked for: those on the engine, then the newest versions."""

AT_ONCE = 8
"""Requests under way at the same time."""


class Repository(Protocol):
    """An app's repository in its registry, open. All calls raise HoldfastError.

    insecure   whether it is spoken to without TLS, or by a certificate that nobody verifies
    """

    @property
    def insecure(self) -> bool: ...

    async def listed(self) -> ListedTags: ...

    async def digest(self, tag: str) -> str: ...

    async def config(self, digest: str) -> str: ...


class RemoteTagsFollower:
    """Keeps the store's remote tags. `run` is its task; it may be cancelled at any time.

    `open` opens an app's repository; None while no engine answers.
    """

    def __init__(
        self,
        store: Store,
        apps: Iterable[AppSpec],
        open: Callable[[AppSpec], AbstractAsyncContextManager[Repository] | None],  # noqa: A002
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._apps = list({app.image: app for app in apps if app.has_registry}.values())
        self._open = open
        self._clock = clock
        self._configs: dict[str, str] = {}
        self._wanted = asyncio.Event()

    def nudge(self) -> None:
        """Ask again now."""
        self._wanted.set()

    async def run(self) -> None:
        """Ask again and again; ends at once where no app has a registry."""
        if not self._apps:
            return
        ended = self._store.subscribe(Topic.OPERATIONS, self._operations_changed)
        try:
            await self._until_live()
            while True:
                self._wanted.clear()
                for app in self._apps:
                    await self._ask(app)
                try:
                    await asyncio.wait_for(self._wanted.wait(), AGAIN_SECONDS)
                except TimeoutError:
                    continue
        finally:
            ended()

    async def _until_live(self) -> None:
        live = asyncio.Event()

        def look(_: object = None) -> None:
            if self._store.link.state is LinkState.LIVE:
                live.set()

        end = self._store.subscribe(Topic.LINK, look)
        look()
        try:
            await live.wait()
        finally:
            end()

    def _operations_changed(self, change: Change) -> None:
        for id in change.put:
            operation = self._store.operations[id]
            if operation.started.verb == "push" and not operation.running:
                self._wanted.set()

    async def _ask(self, app: AppSpec) -> None:
        repository = self._open(app)
        if repository is None:
            return
        reason = ""
        found = self._store.remote.get(app.repository) or RemoteTags(app.repository, self._clock())
        try:
            async with repository as opened:
                found = found._replace(plain=opened.insecure)
                found = await self._read(app, opened)
        except* HoldfastError as group:
            error = group.exceptions[0]
            reason = error.message if isinstance(error, HoldfastError) else str(error)
        self._store.put_remote(found._replace(error=reason))

    async def _read(self, app: AppSpec, repository: Repository) -> RemoteTags:
        names, evidence = await repository.listed()
        here = {tag: image for image in self._store.images.values() for tag in app.tags_of(image.tags)}
        looked_at = sorted(names, key=lambda tag: (tag in here, *_age(tag)), reverse=True)[:LOOKED_AT]
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(tag: str) -> tuple[str, RemoteTag]:
            async with gate:
                digest = await repository.digest(tag)
                image = here.get(tag)
                known = image is None or digest in app.digests_of(image.digests) or image.id == digest
                if digest and not known and digest not in self._configs:
                    self._configs[digest] = await repository.config(digest)
                return tag, RemoteTag(digest, self._configs.get(digest, ""))

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(tag)) for tag in looked_at]
        tags = dict(task.result() for task in tasks)
        return RemoteTags(
            repository=app.repository,
            at=self._clock(),
            tags={tag: held for tag, held in tags.items() if held.digest},
            more=len(names) - len(looked_at),
            evidence=evidence,
            plain=repository.insecure,
        )


def _age(tag: str) -> tuple[bool, Precedence | str]:
    """Versions after other tags, newest last."""
    version = Version.parse(tag)
    return (True, version.precedence) if version is not None else (False, tag)
