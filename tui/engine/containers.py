"""Containers (Engine API, section Container)."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.engine import descriptions, payloads
from tui.engine.bounds import ANSWER_BYTES, QUESTION_SECONDS
from tui.engine.container.adoption import Adoption, adoption, file_change
from tui.engine.container.attributes import restart_policy
from tui.engine.container.comparison import differences
from tui.engine.container.inspected import Inspected, inspected
from tui.engine.container.listed import container_listed, container_uses
from tui.engine.error_mapping import readable
from tui.engine.errors import NotFound, RequestRefused, StreamBroken
from tui.engine.jsonmessage import JsonMessages, parse, refuse_attached
from tui.engine.stdcopy import FramedLog, LogLine, LogReader, RawLog
from tui.engine.system import read_info
from tui.engine.timestamps import epoch
from tui.engine.wire import Answer, Query, Wire, filters, segment
from tui.model.drift import FileChanges
from tui.together import all_of

if TYPE_CHECKING:
    import builtins
    from collections.abc import AsyncIterator, Sequence

    from tui.engine.container.creation import Creation
    from tui.model.app import RunSpec
    from tui.model.container import Container
    from tui.model.details import Details
    from tui.model.drift import FileChange
    from tui.model.sample import Sample
    from tui.model.uses import Uses

BATCH = 64
"""Containers parsed in one go: 1 to 2 ms, after which the event loop has its turn."""

IDS_PER_REQUEST = 80
"""IDs named in one list request: its line stays below the 8 KiB that HTTP servers commonly take."""

STOP_SECONDS = 900.0
"""Time limit for stop and restart, which wait for the container's own grace period first."""

CREATE_SECONDS = 300.0
"""Time limit for creating, which may copy what the image holds where a volume is mounted."""

WAIT_SECONDS = 30 * 86400.0
"""Time limit for the end of a container, where the engine does not answer before it."""

GATHER = 0.004
"""Seconds from one batch of lines to the next: a lone line comes at once, a flood in few large batches."""

TAIL_BYTES = 16 * 2**20
"""The most that the last lines of a log may have together."""

MULTIPLEXED = "application/vnd.docker.multiplexed-stream"
RAW = "application/vnd.docker.raw-stream"

CHANGES = 10_000
"""Changed files that are read of one container."""

CHANGES_SECONDS = 120.0
"""Time limit for comparing a container's files with its image's, which some storage drivers do one by one."""


class Created(NamedTuple):
    """A container that was created, and what the engine warned about: sentences."""

    id: str
    warnings: tuple[str, ...] = ()


class Joined(NamedTuple):
    """A container, and the ID of the one whose network it lives in (network mode container:ID), or ""."""

    container: Container
    network_of: str


class Containers:
    """The containers of one engine. All calls raise EngineError; ids may be names too."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def list(
        self, *, ids: Sequence[str] = (), labels: Sequence[str] = (), limit: int | None = None
    ) -> list[Container]:
        """Containers in every state, the newest first: those of `ids`, or the newest `limit`, or all.

        With `labels`, "name" or "name=value" each, only such as have all of them.

        `since` is rounded to the engine's words, except where the container was only created.
        """
        found: list[Container] = []
        for start in range(0, max(len(ids), 1), IDS_PER_REQUEST):
            query: dict[str, str | int | bool] = {"all": True}
            wanted = {"id": [*ids[start : start + IDS_PER_REQUEST]], "label": [*labels]}
            if ids or labels:
                query["filters"] = filters(**{name: words for name, words in wanted.items() if words})
            if limit is not None:
                query["limit"] = limit
            found += await self._wire.repeated(partial(self._listed, query))
        return found

    async def _listed(self, query: Query) -> builtins.list[Container]:
        return [one async for batch in self._batches(query) for one in batch]

    def batches(self) -> AsyncIterator[builtins.list[Container]]:
        """All containers, some at a time while they arrive: a long list costs neither memory nor delay."""
        return self._batches({"all": True})

    async def _batches(self, query: Query) -> AsyncIterator[builtins.list[Container]]:
        now = time.time()
        batch: list[Container] = []
        attached = 0
        async with aclosing(self._wire.items("/containers/json", query)) as parts:
            async for items in parts:
                for item in items:
                    with readable("GET /containers/json"):
                        batch.append(one := container_listed(item, now))
                    attached += len(one.labels) + len(one.ports)
                    refuse_attached(attached, "GET /containers/json")
                    if len(batch) == BATCH:
                        yield batch
                        batch = []
                        await asyncio.sleep(0)
        if batch:
            yield batch

    async def inspect(self, id: str) -> Inspected:
        """One container in full: how it is now, and what it was made of."""
        item = await self._inspected(id)
        with readable("GET /containers/{id}/json"):
            return inspected(item)

    async def details(self, id: str) -> Details:
        """What inspect says, arranged for reading, secrets masked."""
        item = await self._inspected(id)
        with readable("GET /containers/{id}/json"):
            return descriptions.container(item)

    async def _inspected(self, id: str) -> Any:
        return await self._wire.get(f"/containers/{segment(id)}/json")

    async def adoption(self, id: str, image_id: str = "") -> Adoption:
        """Its configuration as an app's, without what its image and the engine say by themselves.

        image_id   of its image, where that is known
        """
        (item, image), info = await all_of(self._with_image(id, image_id), read_info(self._wire))
        with readable("GET /containers/{id}/json"):
            return adoption(item, image, info.logging_driver)

    async def differences(
        self, id: str, wanted: RunSpec, app: str, unsure: Sequence[str] = (), image_id: str = ""
    ) -> builtins.list[str]:
        """The attributes of a `resolved` RunSpec in which it is not what that makes.

        unsure     variables that are not compared
        image_id   of its image, where that is known
        """
        item, image = await self._with_image(id, image_id)
        with readable("GET /containers/{id}/json"):
            return differences(item, image, wanted, app, unsure)

    async def _with_image(self, id: str, image_id: str) -> tuple[Any, Any]:
        """A container and its image; both are asked for at once where the image's ID is known."""
        if image_id:
            return tuple(await all_of(self._inspected(id), self._image(image_id)))
        item = await self._inspected(id)
        with readable("GET /containers/{id}/json"):
            image_id = str(item["Image"])
        return item, await self._image(image_id)

    async def _image(self, id: str) -> Any:
        try:
            return await self._wire.get(f"/images/{segment(id)}/json")
        except NotFound:
            return {}

    async def changes(self, id: str) -> FileChanges:
        """What is other in its files than in its image, the first CHANGES of it."""
        found: list[FileChange] = []
        path = f"/containers/{segment(id)}/changes"
        async with aclosing(self._wire.items(path, seconds=CHANGES_SECONDS)) as parts:
            async for items in parts:
                with readable("GET /containers/{id}/changes"):
                    found += [file_change(item) for item in items]
                if len(found) > CHANGES:
                    return FileChanges(tuple(found[:CHANGES]), complete=False)
                await asyncio.sleep(0)
        return FileChanges(tuple(found))

    async def list_joined(self) -> builtins.list[Joined]:
        """All containers in every state, each with whose network it lives in."""
        now, attached = time.time(), 0
        found: list[Joined] = []
        async with aclosing(self._wire.items("/containers/json", {"all": True})) as parts:
            async for items in parts:
                for item in items:
                    with readable("GET /containers/json"):
                        one = container_listed(item, now)
                        mode = str((item.get("HostConfig") or {}).get("NetworkMode") or "")
                    kind, _, id = mode.partition(":")
                    found.append(Joined(one, id if kind == "container" else ""))
                    attached += len(one.labels) + len(one.ports)
                    refuse_attached(attached, "GET /containers/json")
                await asyncio.sleep(0)
        return found

    async def uses(self) -> builtins.list[Uses]:
        """What every container holds on to, running or not."""
        async with aclosing(self._wire.items("/containers/json", {"all": True})) as parts:
            with readable("GET /containers/json"):
                return [container_uses(item) async for items in parts for item in items]

    async def using_volume(self, name: str) -> builtins.list[str]:
        """The IDs of all containers, running or not, that have a volume mounted."""
        listed = await self._wire.get("/containers/json", {"all": True, "filters": filters(volume=[name])})
        with readable("GET /containers/json"):
            # The engine compares with targets too, and by the beginning.
            return [
                str(item["Id"])
                for item in listed or ()
                if any(mount.get("Name") == name for mount in item.get("Mounts") or ())
            ]

    async def create(self, name: str, creation: Creation, platform: str = "") -> Created:
        """Create a container; the networks of `creation.later` are the caller's to connect.

        Conflict when the name is taken, NotFound without the image.
        """
        query = {"name": name} | ({"platform": platform} if platform else {})
        answer = parse(
            await self._wire.ask("POST", "/containers/create", query, creation.body, seconds=CREATE_SECONDS)
        )
        with readable("POST /containers/create"):
            return Created(str(answer["Id"]), tuple(answer.get("Warnings") or ()))

    async def wait(self, id: str) -> int:
        """The exit code, once it does not run; at once where it does not."""
        path = f"/containers/{segment(id)}/wait"
        async with self._wire.stream("POST", path, seconds=WAIT_SECONDS) as answer:
            body = b"".join([chunk async for chunk in answer.chunks(most=ANSWER_BYTES)])
        with readable("POST /containers/{id}/wait"):
            return int(parse(body)["StatusCode"])

    async def has_file(self, id: str, path: str) -> bool:
        """Whether there is anything at an absolute path inside it, running or not."""
        try:
            await self._wire.ask("HEAD", f"/containers/{segment(id)}/archive", {"path": path})
        except NotFound:
            return False
        return True

    async def start(self, id: str) -> None:
        """Start it; one that runs already is left as it is."""
        await self._post(id, "start", twice=True)

    async def stop(self, id: str) -> None:
        """Stop it with its own signal, and by force after its own grace period."""
        await self._post(id, "stop", seconds=STOP_SECONDS, twice=True)

    async def restart(self, id: str) -> None:
        await self._post(id, "restart", seconds=STOP_SECONDS)

    async def kill(self, id: str, signal: str = "SIGKILL") -> None:
        await self._post(id, "kill", {"signal": signal})

    async def pause(self, id: str) -> None:
        await self._post(id, "pause")

    async def unpause(self, id: str) -> None:
        await self._post(id, "unpause")

    async def set_restart(self, id: str, policy: str) -> None:
        """Give it another restart policy, in the words of `RunSpec.restart`; it runs on or stays stopped."""
        body = {"RestartPolicy": restart_policy(policy)}
        await self._wire.ask("POST", f"/containers/{segment(id)}/update", body=body, twice=True)

    async def rename(self, id: str, name: str) -> None:
        """Give it another name; Conflict when that is taken."""
        try:
            await self._post(id, "rename", {"name": name}, twice=True)
        except RequestRefused:
            # The answer may have been lost on the way, and with it that it has the name already.
            if not self._wire.transport.comes_back or (await self.inspect(id)).name != name:
                raise

    async def remove(self, id: str, *, force: bool = False, volumes: bool = False) -> None:
        """Remove it: with `force` also while it runs, with `volumes` its anonymous volumes too."""
        tries = 0

        async def attempt() -> None:
            nonlocal tries
            tries += 1
            query = {"force": force, "v": volumes}
            try:
                await self._wire.ask("DELETE", f"/containers/{segment(id)}", query, seconds=STOP_SECONDS)
            except NotFound:
                if tries == 1:  # else it is we who have removed it, and the answer was lost
                    raise

        await self._wire.repeated(attempt)

    async def _post(
        self, id: str, verb: str, query: Query | None = None, *, seconds: float = 60.0, twice: bool = False
    ) -> None:
        path = f"/containers/{segment(id)}/{verb}"
        await self._wire.ask("POST", path, query, seconds=seconds, twice=twice)

    @asynccontextmanager
    async def stats(self, id: str) -> AsyncIterator[AsyncIterator[Sample]]:
        """Readings, one a second while it runs."""
        async with self._wire.stream("GET", f"/containers/{segment(id)}/stats", {"stream": True}) as answer:
            yield _samples(answer)

    @asynccontextmanager
    async def logs(
        self,
        id: str,
        *,
        tail: int,
        since: str = "",
        until: str = "",
        follow: bool = True,
        tty: bool | None = None,
    ) -> AsyncIterator[AsyncIterator[builtins.list[LogLine]]]:
        """The log and what follows, as many lines at once as have arrived.

        tail    how many past lines come first (of those since `since`); below 0 all
        since   a moment (RFC 3339, or seconds since the epoch with up to nine decimals), itself included
        until   the same for its end
        follow  whether to go on with what comes
        tty     whether the container has a TTY; asked of the engine when None

        The iterator ends when the container stops, and mostly also when the engine does: ask which.
        """
        query: dict[str, str | int | bool] = {
            "follow": follow,
            "stdout": True,
            "stderr": True,
            "timestamps": True,
            "tail": tail if tail >= 0 else "all",
        }
        query |= {name: epoch(at) for name, at in (("since", since), ("until", until)) if at}
        path = f"/containers/{segment(id)}/logs"
        async with self._wire.stream("GET", path, query, chunked=False) as answer:
            if tty is None:
                tty = await self._has_terminal(id, answer.content_type)
            yield _lines(answer.chunks(), RawLog() if tty else FramedLog())

    async def tail(self, id: str, lines: int) -> builtins.list[str]:
        """The last lines of its log, as text from outside."""
        query = {"stdout": True, "stderr": True, "timestamps": True, "tail": lines}
        path = f"/containers/{segment(id)}/logs"
        async with self._wire.stream("GET", path, query, chunked=False) as answer:
            tty = await self._has_terminal(id, answer.content_type)
            reader = RawLog() if tty else FramedLog()
            chunks = answer.chunks(most=TAIL_BYTES, seconds=QUESTION_SECONDS)
            batches = _lines(chunks, reader)
            found = deque([line async for batch in batches for line in batch], maxlen=lines)
        return [line.text.decode("utf-8", "replace") for line in found]

    async def _has_terminal(self, id: str, content_type: str) -> bool:
        """Engines since API 1.42 say in the answer how it is framed; of others it must be asked."""
        if content_type in (MULTIPLEXED, RAW):
            return content_type == RAW
        return (await self.inspect(id)).tty


async def _samples(answer: Answer) -> AsyncIterator[Sample]:
    messages = JsonMessages("GET /containers/{id}/stats")
    async for chunk in answer.chunks():
        for item in messages.feed(chunk):
            with readable("GET /containers/{id}/stats"):
                sample = payloads.sample(item)
            yield sample
    messages.close()


async def _lines(chunks: AsyncIterator[bytes], reader: LogReader) -> AsyncIterator[list[LogLine]]:
    async for chunk in chunks:
        if lines := reader.feed(chunk):
            yield lines
            await asyncio.sleep(GATHER)
    if lines := reader.rest():
        yield lines
    if reader.cut:
        raise StreamBroken("the log ended in the middle of a message")
