"""The one place where errors of aiohttp, the operating system and the decoders become EngineErrors."""

from __future__ import annotations

import asyncio
import errno
import grp
import os
import pwd
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.endpoint import DEFAULT_SOCKET, is_tcp
from tui.engine.errors import (
    ConnectionFailed,
    EndpointUnusable,
    EngineError,
    EngineSilent,
    EngineStopping,
    MalformedAnswer,
    PermissionRefused,
    SocketMissing,
    StreamBroken,
)
from tui.engine.installing import not_installed
from tui.http_client import aiohttp, http_exceptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.engine.endpoint import Endpoint

TRANSLATED = (
    aiohttp.ClientError, http_exceptions.HttpProcessingError, OSError, EOFError, UnicodeError,
    asyncio.LimitOverrunError,
)  # fmt: skip
"""What `translate` takes; TimeoutError is an OSError, an incomplete read an EOFError."""

UNREADABLE = (
    KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError,
)  # fmt: skip
"""What reading an answer raises that is not as the Engine API says."""

_GONE = (errno.ENOENT, errno.ECONNREFUSED, errno.ECONNRESET, errno.EPIPE)
"""What connections to the near end of a tunnel fail with that is no more."""

# Of aiohttp 3.14 and newer.
_UPLOAD_ABORTED: type[Exception] = getattr(aiohttp, "UploadAbortedError", aiohttp.ClientPayloadError)

# The first entry that an error is an instance of decides: the special ones stand before the general ones.
_MEANING: tuple[tuple[type[Exception], type[EngineError], str], ...] = (
    (aiohttp.ServerDisconnectedError, EngineStopping, "the engine closed the connection without an answer"),
    (aiohttp.ServerTimeoutError, EngineSilent, "the engine did not answer in time"),
    (_UPLOAD_ABORTED, StreamBroken, "sending to the engine was broken off"),
    (aiohttp.ClientPayloadError, StreamBroken, "the engine's answer ended in the middle"),
    (asyncio.IncompleteReadError, StreamBroken, "the engine's answer ended in the middle"),
    (EOFError, StreamBroken, "the engine's answer ended in the middle"),
    (aiohttp.InvalidURL, EndpointUnusable, "the address cannot be used"),
    (aiohttp.NonHttpUrlClientError, EndpointUnusable, "the address cannot be used"),
    (aiohttp.RedirectClientError, MalformedAnswer, "the engine sent elsewhere, which engines do not"),
    (aiohttp.ClientResponseError, MalformedAnswer, "the engine's answer is not HTTP as it should be"),
    (http_exceptions.HttpProcessingError, MalformedAnswer, "the engine's answer is not HTTP as it should be"),
    (aiohttp.ClientConnectionError, ConnectionFailed, "the connection to the engine failed"),
    (TimeoutError, EngineSilent, "the engine did not answer in time"),
    (OSError, ConnectionFailed, "the connection to the engine failed"),
    (asyncio.LimitOverrunError, MalformedAnswer, "the engine's answer is not HTTP as it should be"),
    (UnicodeError, MalformedAnswer, "the engine's answer is not text"),
)


def meaning(error: Exception) -> tuple[type[EngineError], str] | None:
    """Kind and sentence for an error of a library, None for one that is not known here."""
    for known, kind, sentence in _MEANING:
        if isinstance(error, known):
            return kind, sentence
    return None


def translate(error: Exception, endpoint: Endpoint, *, reading: bool = False) -> EngineError:
    """The EngineError that says what an error of a library means; `reading` when an answer had begun."""
    if reading and isinstance(
        error, (ConnectionError, aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)
    ):
        return StreamBroken("the connection to the engine broke in the middle of an answer")
    found = _of_kind(error, endpoint)
    if found is not None:
        return found
    kind, sentence = meaning(error) or (ConnectionFailed, f"the connection failed: {type(error).__name__}")
    hint = f"tried {endpoint.url}, from: {endpoint.source}" if issubclass(kind, ConnectionFailed) else ""
    return kind(sentence, hint)


def _of_kind(error: Exception, endpoint: Endpoint) -> EngineError | None:
    """What it means for this kind of endpoint, where it does not mean the same everywhere."""
    if is_tcp(endpoint.url):
        from tui.engine.tcp_errors import tcp_error
        from tui.engine.tls_errors import tls_error

        return tls_error(error, endpoint) or tcp_error(error, endpoint)
    if endpoint.url.startswith("ssh://"):
        broken = isinstance(error, OSError) and error.errno in _GONE
        return ConnectionFailed(f"the connection by ssh to {endpoint.url} broke") if broken else None
    return _of_number(error.errno, endpoint) if isinstance(error, OSError) else None


def _of_number(number: int | None, endpoint: Endpoint) -> EngineError | None:
    """For the errors of connecting to a socket that have a remedy of their own."""
    path = endpoint.socket_path
    where = f"{path or endpoint.url} ({endpoint.source})"
    match number:
        case errno.ENOENT | errno.ENOTDIR:
            return SocketMissing(f"there is no Docker socket at {where}", _where_else(endpoint))
        case errno.EACCES | errno.EPERM:
            return PermissionRefused(f"this account may not use {where}{_owner(path)}", _remedy(path))
        case errno.ECONNREFUSED:
            return ConnectionFailed(
                f"nothing listens at {where}",
                "the engine has stopped and left its socket behind: systemctl start docker",
            )
        case errno.ENOTSOCK | errno.EPROTOTYPE:
            return EndpointUnusable(f"{where} is no socket that can be connected to")
        case errno.ECONNRESET | errno.EPIPE:
            return EngineStopping(
                "the engine closed the connection without an answer", "it stops or restarts"
            )
        case errno.ENAMETOOLONG:
            return EndpointUnusable(f"the path of the socket is too long: {where}")
        case _:
            return None


def _where_else(endpoint: Endpoint) -> str:
    """What to do where there is no socket: a path that somebody named may be the wrong one."""
    shown = endpoint.source == "the dashboard"  # it answered there a moment ago
    if shown or endpoint.socket_path == DEFAULT_SOCKET or endpoint.source.endswith(" socket"):
        return not_installed() or "is Docker installed and started? systemctl start docker"
    path, source = endpoint.socket_path, endpoint.source
    return f"{source} says {path}: correct it there, or start the engine that listens there"


def _group(path: str) -> str:
    """The group that owns the socket, "" where it cannot be seen."""
    try:
        number = Path(path).stat().st_gid
    except OSError:
        return ""
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _owner(path: str) -> str:
    group = _group(path)
    return f", which belongs to group {group}" if group else ""


def _remedy(path: str) -> str:
    group = _group(path)
    if not group:
        return "its folder is closed to this account"
    if group in ("root", "0"):
        return "only root may; name an engine of your own with --host"
    try:
        account = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        account = "$USER"
    return f"sudo usermod -aG {group} {account}, then log in again"


@contextmanager
def translated(endpoint: Endpoint, *, reading: bool = False) -> Iterator[None]:
    """Inside, the errors of the libraries become EngineErrors."""
    try:
        yield
    except TRANSLATED as error:
        raise translate(error, endpoint, reading=reading) from error


@contextmanager
def readable(what: str) -> Iterator[None]:
    """Inside, a failure to read the answer to `what` ("GET /info") becomes MalformedAnswer."""
    try:
        yield
    except UNREADABLE as error:
        raise MalformedAnswer(f"the engine's answer to {what} is not as the Engine API says") from error
