"""One build: what is sent, and what the engine says to it.

Imported when one begins: HTTP/2 and BuildKit's messages cost 50 ms, and the dashboard itself never builds.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import platform
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.build_check import BuildImpossible, check
from tui.engine.build_files import ignore_file
from tui.engine.build_tar import tar_stream
from tui.engine.buildkit.auth import Auth
from tui.engine.buildkit.filesync import FileSync
from tui.engine.buildkit.messages import BuildMessages
from tui.engine.buildkit.secrets import Secrets, read_secrets
from tui.engine.buildkit.session import session
from tui.engine.buildkit.threads import in_thread
from tui.engine.credentials import HUB_KEY
from tui.engine.errors import BuildFailed, EngineError, RequestRefused
from tui.engine.jsonmessage import JsonMessages
from tui.engine.wire import one_line
from tui.errors import HoldfastError
from tui.model.build import BuildWarning
from tui.model.dockerfile import parse
from tui.model.registry_name import DOCKER_HUB, registry_host

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Iterator, Mapping

    from tui.engine.wire import Answer, Wire
    from tui.model.app import BuildSpec
    from tui.model.build import BuildEvent
    from tui.model.credentials import Login

BEGIN_SECONDS = 300.0
"""Time limit for the first word of a build."""

SENDING_SECONDS = 24 * 3600.0
"""The same for the classic builder, which says nothing before it has all files."""

CANCEL_SECONDS = 5.0


@asynccontextmanager
async def by_buildkit(
    wire: Wire,
    spec: BuildSpec,
    id: str,
    args: Mapping[str, str],
    labels: Mapping[str, str],
    credentials: Login,
) -> AsyncIterator[AsyncIterator[BuildEvent]]:
    """See `builds.Builds.run`."""
    text = await in_thread(check, spec)
    secrets = Secrets(await in_thread(read_secrets, spec.secrets, os.environ))
    files = FileSync(spec.context, spec.dockerfile)
    async with session(wire, _shared_key(spec), Auth(credentials), secrets, files) as opened:
        query = _query(spec, args, labels) | {
            "version": "2",
            "session": opened.id,
            "remote": "client-session",
            "buildid": id,
            "dockerfile": Path(spec.dockerfile).name,
        }
        events = _Events(spec, text, lambda: opened.failure, files.vanished, files.misnamed)
        try:
            async with _told(wire, events, query) as told:
                yield told
        finally:
            if not events.ended:
                with contextlib.suppress(EngineError):  # hanging up ends it too, a little later
                    await wire.ask("POST", "/build/cancel", {"id": id}, seconds=CANCEL_SECONDS)


@asynccontextmanager
async def by_classic(
    wire: Wire, spec: BuildSpec, args: Mapping[str, str], labels: Mapping[str, str], credentials: Login
) -> AsyncIterator[AsyncIterator[BuildEvent]]:
    """See `builds.Builds.run`."""
    text = await in_thread(check, spec)
    if spec.secrets:
        raise BuildImpossible(
            "the build has secrets, and this engine offers only the classic builder, which has none",
            "build on a Docker Engine with BuildKit, or remove build.secrets",
        )
    _, ignore = await in_thread(ignore_file, spec.dockerfile, spec.context, classic=True)
    name, chunks = await in_thread(tar_stream, spec.context, ignore, spec.dockerfile)
    headers = {
        "Content-Type": "application/x-tar",
        "X-Registry-Config": await _registry_config(text, args, credentials),
    }
    query = _query(spec, args, labels) | {"version": "1", "dockerfile": name}
    body = _Body(chunks)
    events = _Events(spec, text, lambda: body.failure)
    async with _told(wire, events, query, body.chunks(), headers, SENDING_SECONDS) as told:
        yield told


@asynccontextmanager
async def _told(
    wire: Wire,
    events: _Events,
    query: Mapping[str, str],
    body: AsyncIterator[bytes] | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = BEGIN_SECONDS,
) -> AsyncIterator[AsyncIterator[BuildEvent]]:
    """Ask for a build, and read the answer."""
    async with AsyncExitStack() as stack:
        try:
            stream = wire.stream("POST", "/build", query, body, headers=headers, seconds=seconds)
            answer = await stack.enter_async_context(stream)
        except EngineError as error:
            raise events.meaning(error) from error
        yield await stack.enter_async_context(aclosing(events.of(answer)))


class _Events:
    """What a build tells.

    ended      whether it has ended by itself, and well
    vanished   files that were gone when their turn came to be sent
    misnamed   files whose names are not UTF-8
    """

    def __init__(
        self,
        spec: BuildSpec,
        text: str,
        failure: Callable[[], HoldfastError | None],
        vanished: deque[str] | None = None,
        misnamed: Collection[str] = (),
    ) -> None:
        self.ended = False
        self._messages = BuildMessages(text, Path(spec.dockerfile).name)
        self._failure = failure
        self._vanished = vanished
        self._misnamed = misnamed

    def meaning(self, error: HoldfastError) -> HoldfastError:
        """What failed on our side, if anything did, rather than what the engine made of it."""
        if failure := self._failure():
            return failure
        if self._misnamed and "invalid UTF-8" in error.message:
            return BuildFailed(
                "this engine takes no files whose names are not UTF-8",
                "rename them, or exclude them in .dockerignore",
                tuple(map(one_line, self._misnamed)),
            )
        return self._messages.failure(error.reason) if isinstance(error, RequestRefused) else error

    async def of(self, answer: Answer) -> AsyncGenerator[BuildEvent]:
        """Raises what `meaning` says."""
        lines = JsonMessages("POST /build")
        try:
            async for chunk in answer.chunks():
                for message in lines.feed(chunk):
                    for event in self._messages.feed(message):
                        yield event
                while self._vanished:
                    path = self._vanished.popleft()
                    yield BuildWarning(f"{path} vanished before it was sent: it is empty in this build")
            lines.close()
        except HoldfastError as error:
            raise self.meaning(error) from error
        self.ended = True


class _Body:
    """A tar as it is packed in a thread, one chunk ahead of the engine."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self.failure: HoldfastError | None = None

    async def chunks(self) -> AsyncGenerator[bytes]:
        try:
            while chunk := await in_thread(next, self._parts, b""):
                yield chunk
        except HoldfastError as error:  # aiohttp will only say that sending was broken off
            self.failure = error
            raise


def _query(spec: BuildSpec, args: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    """The parameters that both builders take."""
    query = {
        "rm": "1",
        "forcerm": "1",
        "buildargs": json.dumps(dict(args)),
        "labels": json.dumps(dict(labels)),
    }
    if spec.target:
        query["target"] = spec.target
    if spec.platform:
        query["platform"] = spec.platform
    if spec.network:
        query["networkmode"] = spec.network
    if spec.no_cache:
        query["nocache"] = "1"
    if spec.pull:
        query["pull"] = "1"
    if spec.cache_from:
        query["cachefrom"] = json.dumps(spec.cache_from)
    return query


def _shared_key(spec: BuildSpec) -> str:
    """The same for every build of this folder on this host."""
    place = f"{platform.node()}\0{os.path.realpath(spec.context)}"
    return hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()


async def _registry_config(text: str, args: Mapping[str, str], credentials: Login) -> str:
    """The value of X-Registry-Config: logins for the registries whose images a Dockerfile begins from."""
    logins = {}
    for host in sorted({registry_host(base.name) for base in parse(text).bases(args)}):
        if login := await credentials(host):
            logins[HUB_KEY if host == DOCKER_HUB else host] = (
                {"identitytoken": login.identity_token}
                if login.identity_token
                else {"username": login.username, "password": login.password}
            )
    return base64.urlsafe_b64encode(json.dumps(logins).encode()).decode()
