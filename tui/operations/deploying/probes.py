"""Asking a container whether it serves: over HTTP, by a TCP connection, by a command inside it.

Each returns "" where it serves, and otherwise why it does not yet. What asks is `gate`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tui.engine.errors import RequestRefused

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping, Sequence

    from tui.engine.client import Engine

TRY_SECONDS = 5.0
"""How long one try over the network may take."""

COMMAND_SECONDS = 30.0
"""How long one try of a command may take, as Docker's own health checks."""

QUIET_SECONDS = 0.3
"""How long a TCP connection must stay open to count.

A published port is accepted by the engine's proxy even where nothing listens behind it; the proxy then closes
the connection as soon as it knows.
"""

HEADERS = 200
OUTPUT_BYTES = 4096


class Dial(Protocol):
    """Opens a connection to a port, encrypted by `tls` where that is given: `Engine.dial`.

    Raises OSError and ssl.SSLError.
    """

    async def __call__(
        self, address: str, port: int, tls: ssl.SSLContext | None = None, name: str | None = None, /
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]: ...


class Asking(NamedTuple):
    """What is asked over HTTP.

    path      where the request goes, with its query
    name      the Host
    status    that is wanted, 0 for any below 400
    headers   sent besides
    tls       for https; None for http
    """

    path: str
    name: str
    status: int = 0
    headers: Mapping[str, str] = {}
    tls: ssl.SSLContext | None = None


def trust(*, verify: bool) -> ssl.SSLContext:
    """What https accepts: certificates that this machine trusts, or any. Blocks: it reads them."""
    import ssl

    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def ask_http(dial: Dial, host: str, port: int, asking: Asking) -> str:
    """GET a path; redirects are not followed."""
    import ssl

    status = asking.status
    try:
        async with asyncio.timeout(TRY_SECONDS):
            found = await _http_status(dial, host, port, asking)
    except TimeoutError:
        return f"no answer within {TRY_SECONDS:g} s"
    except ssl.SSLCertVerificationError as error:
        return f"its certificate is not accepted: {error.verify_message}"
    except ssl.SSLError:
        return "it does not speak TLS"
    except (OSError, EOFError):
        return "no HTTP answer yet"
    except ValueError:
        return "the answer is not HTTP"
    good = found == status if status else found < 400
    wanted = str(status) if status else "below 400"
    return "" if good else f"HTTP status {found} instead of {wanted}"


async def _http_status(dial: Dial, host: str, port: int, asking: Asking) -> int:
    """The final status (RFC 9112): answers of the kind 1xx come before it."""
    named = host_of(asking.name) if asking.tls is not None else None
    reader, writer = await dial(host, port, asking.tls, named)
    headers = {"User-Agent": "holdfast", "Accept": "*/*"}
    for name, text in asking.headers.items():
        headers = {known: value for known, value in headers.items() if known.lower() != name.lower()}
        headers[name] = text
    said = "".join(f"{name}: {text}\r\n" for name, text in headers.items())
    try:
        writer.write(
            f"GET {asking.path} HTTP/1.1\r\nHost: {asking.name}\r\n{said}Connection: close\r\n\r\n".encode()
        )
        await writer.drain()
        while (found := _status(await reader.readuntil(b"\n"))) < 200:
            for _ in range(HEADERS):
                if not (await reader.readuntil(b"\n")).strip():
                    break
        return found
    finally:
        writer.close()


def host_of(name: str) -> str:
    """A Host without its port.

    >>> host_of("shop.example.com:8443"), host_of("[::1]:80"), host_of("::1")
    ('shop.example.com', '::1', '::1')
    """
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0] if name.count(":") == 1 else name


def _status(line: bytes) -> int:
    """Of the first line of an answer. Raises ValueError where it is none."""
    version, code, *_ = [*line.split(None, 2), b"", b""]
    if not version.startswith(b"HTTP/1.") or len(code) != 3 or not code.isdigit():
        raise ValueError
    return int(code)


async def ask_tcp(dial: Dial, host: str, port: int) -> str:
    """Whether a connection is accepted, and stays open or says something."""
    try:
        async with asyncio.timeout(TRY_SECONDS):
            reader, writer = await dial(host, port)
    except TimeoutError:
        return f"no connection within {TRY_SECONDS:g} s"
    except OSError:
        return "it refuses connections"
    try:
        async with asyncio.timeout(QUIET_SECONDS):
            said = await reader.read(1)
    except TimeoutError:
        return ""
    except OSError:
        said = b""
    finally:
        writer.close()
    return "" if said else "nothing listens yet"


async def ask_command(engine: Engine, container_id: str, command: Sequence[str]) -> str:
    """Whether a command inside the container exits with 0. Raises EngineError."""
    output = b""
    try:
        async with (
            asyncio.timeout(COMMAND_SECONDS),
            engine.execs.run(container_id, command) as process,
        ):
            async for _stream, part in process:
                output = (output + part)[-OUTPUT_BYTES:]
            code = await process.wait()
    except TimeoutError:
        return f"the command did not end within {COMMAND_SECONDS:g} s"
    except RequestRefused as error:
        return error.reason or "the engine does not start the command"
    words = output.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
    return "" if code == 0 else f"exit code {code}" + (f": {words}" if words else "")
