"""Builds (Engine API, section Image, POST /build): by BuildKit with a session, or by the classic builder."""

from __future__ import annotations

import base64
import contextlib
import difflib
import hashlib
import json
import os
import platform
import stat
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.build_files import ignore_file
from tui.engine.build_tar import tar_stream
from tui.engine.buildkit.auth import Auth
from tui.engine.buildkit.filesync import FileSync
from tui.engine.buildkit.messages import BuildMessages
from tui.engine.buildkit.secrets import Secrets, read_secrets
from tui.engine.buildkit.session import session
from tui.engine.buildkit.threads import in_thread
from tui.engine.credentials import HUB_KEY
from tui.engine.errors import EngineError, RequestRefused
from tui.engine.jsonmessage import JsonMessages
from tui.errors import HoldfastError
from tui.model.build import BuildWarning
from tui.model.dockerfile import parse
from tui.model.reference import DOCKER_HUB, registry_host

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import (
        AsyncGenerator,
        AsyncIterator,
        Awaitable,
        Callable,
        Iterable,
        Iterator,
        Mapping,
    )

    from tui.engine.wire import Answer, Wire
    from tui.model.app import BuildSpec
    from tui.model.build import BuildEvent
    from tui.model.credentials import Credentials

    Login = Callable[[str], Awaitable[Credentials | None]]

CLASSIC, BUILDKIT = 1, 2

BEGIN_SECONDS = 300.0
"""Time limit for the first word of a build."""

SENDING_SECONDS = 24 * 3600.0
"""The same for the classic builder, which says nothing before it has all files."""

CANCEL_SECONDS = 5.0


class BuildImpossible(HoldfastError):
    """What is to be built is not there, or the engine's builder cannot build it."""

    exit_status = 2


class Builds:
    """Builds on one engine."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def builder(self) -> int:
        """BUILDKIT where the engine has it and has not been told otherwise, else CLASSIC. Raises EngineError.

        Engines from 23.0 on say it themselves; 20.10 has it on Linux, and says nothing.
        """
        _, headers = await self._wire.ask_with_headers("GET", "/_ping")
        if told := headers.get("Builder-Version"):
            return BUILDKIT if told == "2" else CLASSIC
        is_docker = headers.get("Server", "").startswith("Docker/20.10") and headers.get("Ostype") == "linux"
        return BUILDKIT if is_docker else CLASSIC

    @asynccontextmanager
    async def run(
        self,
        spec: BuildSpec,
        *,
        id: str,
        builder: int,
        args: Mapping[str, str],
        labels: Mapping[str, str],
        credentials: Login,
    ) -> AsyncIterator[AsyncIterator[BuildEvent]]:
        """Build, and tell how it goes: `async with builds.run(...) as events: async for event in events`.

        Leaving the block early ends the build. The image gets no name.

        id            by which `cancel` knows the build; unique on the engine
        builder       as `builder` said
        args, labels  instead of the spec's own
        credentials   the login for a registry by its name, None where there is none

        Raises BuildImpossible and SecretMissing before anything is sent, EngineError, what `credentials`
        raises, and HoldfastError for a file that cannot be read; from the iterator also how the build failed.
        """
        text = await in_thread(check, spec)
        messages = BuildMessages(text, Path(spec.dockerfile).name)
        query = _query(spec, args, labels)
        if builder == BUILDKIT:
            building = self._by_buildkit(spec, query, messages, id, credentials)
        else:
            hosts = {registry_host(base.name) for base in parse(text).bases(args)}
            building = self._by_classic(spec, query, messages, await _registry_config(hosts, credentials))
        async with building as events:
            yield events

    async def cancel(self, id: str) -> None:
        """End a build by BuildKit; one that has ended already does not matter. Raises EngineError."""
        await self._wire.ask("POST", "/build/cancel", {"id": id}, seconds=CANCEL_SECONDS)

    @asynccontextmanager
    async def _by_buildkit(
        self,
        spec: BuildSpec,
        query: dict[str, str],
        messages: BuildMessages,
        id: str,
        credentials: Login,
    ) -> AsyncIterator[AsyncIterator[BuildEvent]]:
        secrets = Secrets(await in_thread(read_secrets, spec.secrets, os.environ))
        files = FileSync(spec.context, spec.dockerfile)
        async with session(self._wire, _shared_key(spec), Auth(credentials), secrets, files) as opened:
            query |= {
                "version": "2",
                "session": opened.id,
                "remote": "client-session",
                "buildid": id,
                "dockerfile": Path(spec.dockerfile).name,
            }
            events = _Events(messages, lambda: opened.failure, files.vanished)
            try:
                async with self._told(events, query) as told:
                    yield told
            finally:
                if not events.ended:
                    with contextlib.suppress(EngineError):  # hanging up ends it too, a little later
                        await self.cancel(id)

    @asynccontextmanager
    async def _by_classic(
        self, spec: BuildSpec, query: dict[str, str], messages: BuildMessages, logins: str
    ) -> AsyncIterator[AsyncIterator[BuildEvent]]:
        if spec.secrets:
            raise BuildImpossible(
                "the build has secrets, and this engine offers only the classic builder, which has none",
                "build on a Docker Engine with BuildKit, or remove build.secrets",
            )
        _, ignore = await in_thread(ignore_file, spec.dockerfile, spec.context, classic=True)
        name, chunks = await in_thread(tar_stream, spec.context, ignore, spec.dockerfile)
        headers = {"Content-Type": "application/x-tar", "X-Registry-Config": logins}
        query |= {"version": "1", "dockerfile": name}
        body = _Body(chunks)
        events = _Events(messages, lambda: body.failure)
        async with self._told(events, query, body.chunks(), headers, SENDING_SECONDS) as told:
            yield told

    @asynccontextmanager
    async def _told(
        self,
        events: _Events,
        query: Mapping[str, str],
        body: AsyncIterator[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = BEGIN_SECONDS,
    ) -> AsyncIterator[AsyncIterator[BuildEvent]]:
        """Ask for a build, and read the answer."""
        async with AsyncExitStack() as stack:
            try:
                stream = self._wire.stream("POST", "/build", query, body, headers=headers, seconds=seconds)
                answer = await stack.enter_async_context(stream)
            except EngineError as error:
                raise events.meaning(error) from error
            yield await stack.enter_async_context(aclosing(events.of(answer)))


class _Events:
    """What a build tells.

    ended      whether it has ended by itself, and well
    vanished   files that were gone when their turn came to be sent
    """

    def __init__(
        self,
        messages: BuildMessages,
        failure: Callable[[], HoldfastError | None],
        vanished: deque[str] | None = None,
    ) -> None:
        self.ended = False
        self._messages = messages
        self._failure = failure
        self._vanished = vanished

    def meaning(self, error: HoldfastError) -> HoldfastError:
        """What failed on our side, if anything did, rather than what the engine made of it."""
        if failure := self._failure():
            return failure
        return self._messages.failure(error.reason) if isinstance(error, RequestRefused) else error

    async def of(self, answer: Answer) -> AsyncGenerator[BuildEvent]:
        """Raises what `meaning` says."""
        lines = JsonMessages()
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


def check(spec: BuildSpec) -> str:
    """The text of a build's Dockerfile, once its folder is there too; blocks. Raises BuildImpossible."""
    folder, path = Path(spec.context), Path(spec.dockerfile)
    try:
        if not stat.S_ISDIR(folder.stat().st_mode):
            raise BuildImpossible(f"build.context: {folder} is no folder", "name the folder that is sent")
        return path.read_text("utf-8", "replace")
    except FileNotFoundError as error:
        if error.filename == str(folder):
            raise BuildImpossible(
                f"build.context: there is no folder {folder}",
                _near(folder) or "correct it in the app's table",
            ) from None
        hint = _near(path) or "write one: https://docs.docker.com/reference/dockerfile/"
        raise BuildImpossible(f"build.dockerfile: there is no file {path}", hint) from None
    except IsADirectoryError:
        raise BuildImpossible(f"build.dockerfile: {path} is a folder", _near(path / "Dockerfile")) from None
    except OSError as error:
        raise BuildImpossible(f"build: {error.filename} cannot be read: {error.strerror}") from None


def _near(path: Path) -> str:
    """What is there instead of a missing path: names like its own, or that nothing is."""
    existing = next(folder for folder in path.parents if folder.is_dir())
    if existing != path.parent:
        return f"there is {existing}, but no {path.relative_to(existing).parts[0]} in it"
    names = sorted(entry.name for entry in existing.iterdir())
    kind = "dockerfile" if "dockerfile" in path.name.lower() else path.name.lower()
    near = [name for name in names if kind in name.lower() and not name.endswith(".dockerignore")]
    near += [name for name in difflib.get_close_matches(path.name, names, 3) if name not in near]
    return f"in {existing} there is {', '.join(near[:5])}" if near else ""


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


async def _registry_config(hosts: Iterable[str], credentials: Login) -> str:
    """The value of X-Registry-Config: the logins for some registries."""
    logins = {}
    for host in sorted(hosts):
        if login := await credentials(host):
            logins[HUB_KEY if host == DOCKER_HUB else host] = (
                {"identitytoken": login.identity_token}
                if login.identity_token
                else {"username": login.username, "password": login.password}
            )
    return base64.urlsafe_b64encode(json.dumps(logins).encode()).decode()
