"""Requests to one engine: paths, time limits, errors, and bodies as they come."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode

from yarl import URL

from tui.engine.bounds import (
    ANSWER_BYTES,
    ANSWER_SECONDS,
    ITEMS,
    LIST_BYTES,
    PATIENCE,
    QUESTION_SECONDS,
    QUIET,
)
from tui.engine.error_mapping import TRANSLATED, translate
from tui.engine.errors import (
    AnswerTooLarge,
    ClientUntrusted,
    ConnectionFailed,
    EngineError,
    EngineSilent,
    EngineUntrusted,
    MalformedAnswer,
    StreamBroken,
    refusal,
)
from tui.engine.jsonmessage import JsonItems, parse
from tui.engine.repeating import READING, repeated
from tui.engine.transport import CONNECT_SECONDS, Transport
from tui.http_client import aiohttp
from tui.model.secrets import mask_text

if TYPE_CHECKING:
    from tui.engine.endpoint import Endpoint

READ_BUFFER = 1 << 18
"""Bytes read ahead of a reader before the engine is made to wait."""

REASON_BYTES = 64 * 1024
"""How much of an error's body is read."""

CLOSED = "the connection to the engine was closed"

Query = Mapping[str, str | int | bool]
T = TypeVar("T")


class Answer:
    """The beginning of an engine's answer, and its body as it comes."""

    def __init__(self, response: aiohttp.ClientResponse, wire: Wire, call: str) -> None:
        self._response = response
        self._wire = wire
        self._call = call

    @property
    def content_type(self) -> str:
        return self._response.headers.get("Content-Type", "")

    async def chunks(
        self, *, most: float = inf, seconds: float = inf, silence: float = inf
    ) -> AsyncIterator[bytes]:
        """Everything that has arrived, again and again, until the end; raises EngineError.

        most      bytes, beyond which it is AnswerTooLarge
        seconds   of waiting in all, beyond which it is EngineSilent; without it the engine is asked for a
                  sign of life while nothing comes
        silence   of waiting for one byte, beyond which it is StreamBroken
        """
        size, quiet = 0, 0.0
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            chunk = await self._next(min(seconds, QUIET))
            waited = clock() - began
            seconds -= waited
            if chunk is None:
                quiet += waited
                if seconds <= 0:
                    raise EngineSilent(f"the engine did not answer {self._call} in time")
                if quiet >= silence:
                    raise StreamBroken(
                        f"the engine has said nothing to {self._call} for {silence / 60:g} min"
                    )
                await self._wire.ask("GET", "/_ping", seconds=PATIENCE)
                continue
            quiet = 0.0
            if not chunk:
                return
            size += len(chunk)
            if size > most:
                raise AnswerTooLarge(f"the engine's answer to {self._call} is larger than {most:,.0f} bytes")
            yield chunk

    async def _next(self, seconds: float) -> bytes | None:
        """What has arrived, b"" at the end, None where nothing does for so long."""
        try:
            async with asyncio.timeout(max(seconds, 0.0)) as wait:
                return await self._response.content.readany()
        except TRANSLATED as error:
            if wait.expired():
                return None
            raise self._wire.fault(error, reading=True) from error

    async def whole(self, most: int) -> bytes:
        """All of it, where that is at most so many bytes; for how long is the caller's."""
        content, parts, size = self._response.content, [], 0
        try:
            while chunk := await content.readany():
                parts.append(chunk)
                size += len(chunk)
                if size > most:
                    raise AnswerTooLarge(f"the engine's answer to {self._call} is larger than {most:,} bytes")
        except TRANSLATED as error:
            raise self._wire.fault(error, reading=True) from error
        return b"".join(parts)

    def end(self) -> None:
        """Let whoever waits for more get an error now."""
        self._response.content.set_exception(aiohttp.ServerDisconnectedError())


class Wire:
    """Sends requests to one engine.

    version   "1.41", goes before each path once it is known
    offers    the newest version that the engine has, which may be newer than what is spoken
    """

    def __init__(self, endpoint: Endpoint, transport: Transport) -> None:
        self.endpoint = endpoint
        self.transport = transport
        self.version = ""
        self.offers = (0, 0)
        self._closed = False
        self._waits: set[asyncio.Timeout] = set()
        self._streams: set[Answer] = set()
        self._connector = transport.connector()
        self._session = self._open(aiohttp.HttpVersion11)
        # Go puts each line of a log into an HTTP chunk of its own, which costs more to take apart than
        # the line itself; an answer to HTTP/1.0 comes without chunks.
        self._plain = self._open(aiohttp.HttpVersion10)

    def _open(self, version: aiohttp.HttpVersion) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=self._connector,
            connector_owner=False,
            version=version,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
            read_bufsize=READ_BUFFER,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            # Without it an HTTP/1.0 server may keep the connection, and never end an answer.
            headers={"Connection": "close"} if version == aiohttp.HttpVersion10 else None,
            skip_auto_headers=("Accept-Encoding", "Accept", "User-Agent"),
        )

    async def close(self) -> None:
        """Close every connection; whoever still waits for an answer gets ConnectionFailed.

        aiohttp by itself would let them wait for ever.
        """
        self._closed = True
        now = asyncio.get_running_loop().time()
        for wait in self._waits:
            if not wait.expired():
                wait.reschedule(now)
        for answer in self._streams:
            answer.end()
        await self._session.close()
        await self._plain.close()
        await self._connector.close()
        await self.transport.close()

    def fault(self, error: Exception, *, reading: bool) -> EngineError:
        """What an error of a library means here; `reading` says that the answer had begun."""
        if self._closed:
            return ConnectionFailed(CLOSED)
        known = None if reading else self.transport.fault()
        return known or translate(error, self.endpoint, reading=reading)

    @asynccontextmanager
    async def _within(self, seconds: float) -> AsyncIterator[None]:
        """Around a request: for so long at most, and no longer than the wire is open. Raises EngineError."""
        if self._closed:
            raise ConnectionFailed(CLOSED)
        wait = asyncio.timeout(seconds)
        self._waits.add(wait)
        try:
            async with wait:
                yield
        except TRANSLATED as error:
            raise await self._explained(self.fault(error, reading=False)) from error
        finally:
            self._waits.discard(wait)

    async def _explained(self, fault: EngineError) -> EngineError:
        """With what stands in a certificate, where it is about one."""
        if not isinstance(fault, EngineUntrusted | ClientUntrusted):
            return fault
        from tui.engine.tls_errors import explained

        return await explained(fault, self.endpoint)

    def target(self, path: str, query: Query | None = None) -> str:
        """The request target: version, path, query. Parts of the path are quoted by `segment` before."""
        version = f"/v{self.version}" if self.version else ""
        return f"{version}{path}" + (f"?{_query(query)}" if query else "")

    async def repeated(self, attempt: Callable[[], Awaitable[T]], *, twice: bool = True) -> T:
        """See `tui.engine.repeating`."""
        return await repeated(self.transport, attempt, twice=twice)

    async def ask(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float = ANSWER_SECONDS,
        most: int = ANSWER_BYTES,
        twice: bool = False,
    ) -> bytes:
        """The body of the answer to a request that is answered at once; raises EngineError.

        twice   whether it may be made again where its connection broke, although it is no GET: done twice, it
                comes to the same
        """

        async def attempt() -> bytes:
            found = await self.ask_with_headers(
                method, path, query, body, headers=headers, seconds=seconds, most=most
            )
            return found[0]

        return await self.repeated(attempt, twice=twice or method in READING)

    async def ask_with_headers(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float = ANSWER_SECONDS,
        most: int = ANSWER_BYTES,
    ) -> tuple[bytes, Mapping[str, str]]:
        """As `ask`, with the headers of the answer (found in any case)."""
        await self.transport.ready()  # under a limit of its own
        async with self._within(seconds):
            response = await self._send(self._session, method, path, query, body, headers)
            answer = Answer(response, self, f"{method} {path}")
            try:
                whole = await answer.whole(most)
            except BaseException:
                response.close()  # what has not been read is not waited for
                raise
            response.release()
            return whole, response.headers

    async def get(
        self,
        path: str,
        query: Query | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float = QUESTION_SECONDS,
        most: int = ANSWER_BYTES,
    ) -> Any:
        """The JSON that a GET is answered with; raises EngineError."""
        return parse(
            await self.ask("GET", path, query, headers=headers, seconds=seconds, most=most), f"GET {path}"
        )

    async def items(
        self, path: str, query: Query | None = None, *, seconds: float = QUESTION_SECONDS
    ) -> AsyncGenerator[list[Any]]:
        """The items of a list that a GET is answered with, as many at once as have arrived."""
        async with self.stream("GET", path, query, seconds=seconds) as answer:
            items = JsonItems(f"GET {path}")
            count = 0
            async for chunk in answer.chunks(most=LIST_BYTES, seconds=seconds):
                found = list(items.feed(chunk))
                count += len(found)
                if count > ITEMS:
                    raise AnswerTooLarge(f"the engine's answer to GET {path} has more than {ITEMS:,} items")
                yield found
            items.close()

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        chunked: bool = True,
        seconds: float = ANSWER_SECONDS,
    ) -> AsyncIterator[Answer]:
        """An answer of any length, read while it comes; leaving the block closes the connection.

        The answer must begin within `seconds`, and may then take for ever. With `chunked` off it is asked for
        by HTTP/1.0: cheaper where it consists of many small pieces, but its end cannot be told from a break.
        """
        session = self._session if chunked else self._plain

        async def begin() -> aiohttp.ClientResponse:
            await self.transport.ready()
            async with self._within(seconds):
                return await self._send(session, method, path, query, body, headers)

        response = await self.repeated(begin, twice=method in READING)
        answer = Answer(response, self, f"{method} {path}")
        self._streams.add(answer)
        try:
            yield answer
        finally:
            self._streams.discard(answer)
            response.close()

    async def _send(
        self,
        session: aiohttp.ClientSession,
        method: str,
        path: str,
        query: Query | None,
        body: Any,
        headers: Mapping[str, str] | None,
    ) -> aiohttp.ClientResponse:
        """The answer, once its head has come; an error status is raised."""
        url = URL(self.transport.origin + self.target(path, query), encoded=True)
        if self.transport.few:
            headers = {**(headers or {}), "Connection": "close"}
        content = {"data": _stream(body)} if isinstance(body, AsyncIterator | bytes) else {"json": body}
        response = await session.request(method, url, **content, headers=headers, allow_redirects=False)
        if response.status < 400:
            return response
        try:
            reason = b""
            while len(reason) < REASON_BYTES and (part := await response.content.readany()):
                reason += part
        finally:
            response.release()
        raise refusal(response.status, plain_reason(reason))


def _stream(body: AsyncIterator[bytes] | bytes) -> Any:
    """As aiohttp sends it a piece at a time, so that a large one does not hold up the event loop."""
    return io.BytesIO(body) if isinstance(body, bytes) else body


def segment(text: str) -> str:
    """Text as one part of a path, or as a reference, whose slashes stay."""
    return quote(text, safe="/:@", errors="surrogateescape")


def _query(query: Query) -> str:
    words = {key: str(value).lower() if isinstance(value, bool) else value for key, value in query.items()}
    return urlencode(words, errors="surrogateescape")


def filters(**wanted: list[str]) -> str:
    """The value of a `filters` parameter."""
    return json.dumps(wanted, separators=(",", ":"))


def plain_reason(body: bytes) -> str:
    """The engine's own words in the body of an error: one line of plain text without credentials."""
    try:
        answer = parse(body, "a request")
    except MalformedAnswer:
        answer = None
    words = answer.get("message") if isinstance(answer, dict) else None
    return one_line(words if isinstance(words, str) else body.decode("utf-8", "replace"))


def one_line(text: str) -> str:
    """What the engine said as one line of plain text without credentials."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    return mask_text(" ".join(plain.split()))[:2000]
