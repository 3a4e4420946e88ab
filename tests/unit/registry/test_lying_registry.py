"""A registry, its token service or its storage that answers without an end, or with what it should not.

Each row is asked by a process of its own: what it says, its exit status, and the most memory that it had.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

TREE = os.path.abspath(f"{__file__}/../../../..")
MOST = 250
"""Megabytes. The client by itself takes about 30."""

PIECE = b"x" * (1 << 18)
OCI = "application/vnd.oci.image.manifest.v1+json"
TAGS, MANIFEST = "/v2/team/web/tags/list", "/v2/team/web/manifests/v1"
CUT = "cannot be read"
LOGIN = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nWWW-Authenticate: "
BEARER = f'{LOGIN}Bearer realm="http://HOST/token",service="s"\r\n\r\n'


def whole(body: bytes | str, *headers: str, status: str = "200 OK") -> Iterator[bytes]:
    content = body.encode() if isinstance(body, str) else body
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", *headers])
    yield head.encode() + b"\r\n\r\n" + content


def endless(begin: bytes = b"", piece: bytes = PIECE, head: str = "") -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n" + head.encode() + b"\r\n" + begin
    while True:
        yield piece


def long_tags(page: int) -> Iterator[bytes]:
    """A page of one tag of 3 MiB, another each time, and a link to the next."""
    tag = f"{page:06d}" + "x" * (3 << 20)
    return whole(json.dumps({"tags": [tag]}), f'Link: <{TAGS}?last={page}>; rel="next"')


def pages(page: int) -> Iterator[bytes]:
    """Pages of 1000 tags each, without an end."""
    tags = [f"v{page}.{number}" for number in range(1000)]
    return whole(json.dumps({"tags": tags}), f'Link: <{TAGS}?last={page}>; rel="next"')


def redirect(place: str) -> Iterator[bytes]:
    return whole("", f"Location: {place}", status="307 Temporary Redirect")


BOMB = gzip.compress(bytes(1 << 28), 9)


class Row(NamedTuple):
    """What is asked, what paths answer instead (called with how often they were asked), and what is said."""

    what: str
    lies: dict[str, Callable[[int], Iterator[bytes]]]
    says: str
    status: int = 1


ROWS = {
    "endless manifest": Row("manifest", {MANIFEST: lambda _: endless()}, "more than 4 MiB"),
    "endless list": Row("tags", {TAGS: lambda _: endless(b'{"tags":["')}, "more than 4 MiB"),
    "endless pages": Row("tags", {TAGS: pages}, "", 0),
    "endless pages of long tags": Row("tags", {TAGS: long_tags}, "a list of tags that cannot be read"),
    "many small values": Row(
        "tags", {TAGS: lambda _: whole('{"tags":[' + '{"a":1},' * 500_000 + "1]}")}, CUT
    ),
    "many values of a manifest": Row(
        "manifest", {MANIFEST: lambda _: whole('{"a":[' + '{"a":1},' * 500_000 + "1]}")}, CUT
    ),
    "endless token": Row(
        "tags",
        {TAGS: lambda _: iter([BEARER.encode()]), "/token": lambda _: endless(b'{"token":"')},
        "more than 4 MiB",
    ),
    "huge token": Row(
        "tags",
        {
            TAGS: lambda _: iter([BEARER.encode()]),
            "/token": lambda _: whole('{"token":"' + "x" * 3_000_000 + '"}'),
        },
        "a token that cannot be read",
    ),
    "a token of wrong types": Row(
        "tags",
        {TAGS: lambda _: iter([BEARER.encode()]), "/token": lambda _: whole('{"token":{},"expires_in":[]}')},
        "a token that cannot be read",
    ),
    "tags of wrong types": Row("tags", {TAGS: lambda _: whole('{"tags":{"a":[1]}}')}, CUT),
    "tags that are no text": Row("tags", {TAGS: lambda _: whole('{"tags":[1,[2]]}')}, CUT),
    "a manifest of wrong types": Row(
        "manifest", {MANIFEST: lambda _: whole(json.dumps({"mediaType": OCI, "config": 5}))}, CUT
    ),
    "headers without an end": Row(
        "manifest",
        {MANIFEST: lambda _: endless(piece=b"X-More: x\r\n" * 999, head="X: ")},
        "does not answer as HTTP should",
    ),
    "a manifest from elsewhere": Row(
        "manifest", {MANIFEST: lambda _: redirect("http://ELSE/x")}, "sends elsewhere"
    ),
    "tags from elsewhere": Row("tags", {TAGS: lambda _: redirect("http://ELSE/x")}, "sends elsewhere"),
    "come back in eleven days": Row(
        "tags",
        {TAGS: lambda _: whole("{}", "Retry-After: 999999", status="429 Too Many Requests")},
        "wait, or log in for a higher limit",
    ),
    "a gzip bomb": Row(
        "manifest", {MANIFEST: lambda _: whole(BOMB, "Content-Encoding: gzip")}, "more than 4 MiB"
    ),
    "a gzip bomb of tags": Row(
        "tags", {TAGS: lambda _: whole(BOMB, "Content-Encoding: gzip")}, "more than 4 MiB"
    ),
}


class Served:
    """Servers of the answers of a row: a registry that wants a password, and another host.

    logins   what the other host was sent as Authorization
    """

    def __init__(self, lies: dict[str, Callable[[int], Iterator[bytes]]]) -> None:
        self.logins: list[str] = []
        self.asked: dict[str, int] = {}
        self.host = self.elsewhere = ""
        self._lies = lies

    async def registry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._serve(reader, writer, elsewhere=False)

    async def other(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._serve(reader, writer, elsewhere=True)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, elsewhere: bool
    ) -> None:
        try:
            if (first := await reader.read(1)) == b"\x16":
                return  # TLS, which it does not speak
            while head := (first + await reader.readuntil(b"\r\n\r\n")).decode():
                first = b""
                if elsewhere:
                    self.logins += [line for line in head.splitlines() if line.lower().startswith("authoriz")]
                path = head.split()[1].partition("?")[0]
                for part in self._answer("" if elsewhere else path, "authorization:" in head.lower()):
                    named = part.replace(b"HOST", self.host.encode()).replace(
                        b"ELSE", self.elsewhere.encode()
                    )
                    writer.write(named if len(part) < 2000 else part)
                    await writer.drain()
        except (OSError, EOFError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    def _answer(self, path: str, logged_in: bool) -> Iterator[bytes]:
        times = self.asked[path] = self.asked.get(path, 0) + 1
        if path in self._lies:
            return self._lies[path](times)
        if path == "/v2/" and not logged_in and "/token" not in self._lies:
            return iter([f'{LOGIN}Basic realm="x"\r\n\r\n'.encode()])
        return whole("{}")


@asynccontextmanager
async def served(row: Row) -> AsyncIterator[Served]:
    serving = Served(row.lies)
    registry = await asyncio.start_server(serving.registry, "127.0.0.1", 0)
    other = await asyncio.start_server(serving.other, "127.0.0.1", 0)
    serving.host, serving.elsewhere = (
        f"127.0.0.1:{server.sockets[0].getsockname()[1]}" for server in (registry, other)
    )
    try:
        yield serving
    finally:
        registry.close()
        other.close()


async def ask(host: str, what: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.registry_call", host, what,
        cwd=TREE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, errors = await process.communicate()
    assert not process.returncode, errors.decode()
    found: dict[str, Any] = json.loads(said)
    return found


@pytest.mark.parametrize("name", ROWS)
async def test_each_lie_ends_with_a_sentence_in_bounded_memory(name: str) -> None:
    row = ROWS[name]
    async with served(row) as serving:
        found = await ask(serving.host, row.what)
    assert row.says in found["said"]
    assert (found["status"], "hunter2" in found["said"]) == (row.status, False)
    assert found["peak"] < MOST
    assert serving.logins == [], "another host gets no password"
