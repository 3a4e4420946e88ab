from __future__ import annotations

import errno
import grp
import os
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import http_exceptions

from tui.engine import errors
from tui.engine.endpoint import Endpoint
from tui.engine.error_mapping import meaning, readable, translate, translated
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
from tui.engine.transports import transport_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDPOINT = Endpoint("unix:///run/x.sock", "DOCKER_HOST")


def below(root: type[BaseException]) -> Iterator[type[BaseException]]:
    yield root
    for kind in root.__subclasses__():
        yield from below(kind)


def instance(kind: type[BaseException]) -> Exception:
    """An error of a library, whatever its constructor asks for."""
    error = kind.__new__(kind)
    assert isinstance(error, Exception)
    return error


KINDS = sorted(
    {
        kind
        for root in (aiohttp.ClientError, http_exceptions.HttpProcessingError)
        for kind in below(root)
        if kind.__module__.startswith("aiohttp")
    }
    - {aiohttp.ClientError},
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_of_aiohttp_has_a_meaning(kind: type[BaseException]) -> None:
    found = meaning(instance(kind))
    assert found is not None
    assert issubclass(found[0], EngineError)


def test_the_errors_of_aiohttp_are_really_walked() -> None:
    names = {kind.__name__ for kind in KINDS}
    assert {"ServerDisconnectedError", "ClientPayloadError", "LineTooLong", "ClientConnectorError"} <= names


def test_an_unknown_error_of_aiohttp_is_an_engine_error_all_the_same() -> None:
    assert type(translate(aiohttp.ClientError(), ENDPOINT)) is ConnectionFailed


@pytest.mark.parametrize(
    ("number", "kind", "says"),
    [
        (errno.ENOENT, SocketMissing, r"/run/x\.sock \(DOCKER_HOST\)"),
        (errno.ECONNREFUSED, ConnectionFailed, "nothing listens at /run/x.sock"),
        (errno.EACCES, PermissionRefused, "may not use /run/x.sock"),
        (errno.ECONNRESET, EngineStopping, "closed the connection"),
        (errno.ENOTSOCK, EndpointUnusable, "no socket"),
        (errno.EMFILE, ConnectionFailed, "failed"),
    ],
)
def test_the_numbers_of_the_operating_system(number: int, kind: type[EngineError], says: str) -> None:
    error = translate(OSError(number, os.strerror(number)), ENDPOINT)
    assert type(error) is kind
    assert error.message != ""
    with pytest.raises(kind, match=says):
        raise error


def test_the_group_of_a_closed_socket_is_named_with_the_way_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "docker.sock"
    path.touch()
    monkeypatch.setattr(grp, "getgrgid", lambda _: grp.struct_group(("docker", "x", 0, [])))
    error = translate(PermissionError(errno.EACCES, "denied"), Endpoint(f"unix://{path}", "default socket"))
    assert "belongs to group docker" in error.message
    assert error.hint.startswith("sudo usermod -aG docker ")
    assert "log in again" in error.hint


def test_a_socket_of_root_alone_has_no_group_to_join(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "docker.sock"
    path.touch()
    monkeypatch.setattr(grp, "getgrgid", lambda _: grp.struct_group(("root", "x", 0, [])))
    error = translate(PermissionError(errno.EACCES, "denied"), Endpoint(f"unix://{path}", "default socket"))
    assert "usermod" not in error.hint


@pytest.mark.parametrize(
    "error",
    [
        ConnectionResetError(),
        aiohttp.ClientPayloadError(),
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientOSError(errno.EPIPE, "pipe"),
        EOFError(),
    ],
)
def test_while_an_answer_is_read_every_break_is_a_broken_stream(error: Exception) -> None:
    assert type(translate(error, ENDPOINT, reading=True)) is StreamBroken


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TimeoutError(), EngineSilent),
        (aiohttp.ServerTimeoutError(), EngineSilent),
        (aiohttp.ConnectionTimeoutError(), EngineSilent),
        (aiohttp.ServerDisconnectedError(), EngineStopping),
        (UnicodeDecodeError("utf-8", b"", 0, 1, ""), MalformedAnswer),
        (http_exceptions.LineTooLong("x"), MalformedAnswer),
    ],
)
def test_other_errors(error: Exception, kind: type[EngineError]) -> None:
    with pytest.raises(kind), translated(ENDPOINT):
        raise error


def test_an_answer_that_is_not_as_the_api_says_names_the_request() -> None:
    for error in (KeyError("Id"), TypeError(), ValueError(), AttributeError(), IndexError()):
        with pytest.raises(MalformedAnswer, match="GET /info"), readable("GET /info"):
            raise error


def test_every_error_of_the_tree_is_an_engine_error() -> None:
    kinds = {
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and kind.__module__ == errors.__name__
    }
    assert all(issubclass(kind, EngineError) for kind in kinds)
    assert errors.__doc__ is not None
    for kind in kinds:
        assert kind.__name__ in errors.__doc__


@pytest.mark.parametrize("url", ["npipe:////./pipe/docker_engine", "fd://3"])
def test_endpoints_that_are_not_spoken_are_refused_by_their_source(url: str) -> None:
    with pytest.raises(EndpointUnusable, match=r"context prod names .*not supported yet"):
        transport_for(Endpoint(url, "context prod"))


@pytest.mark.parametrize(
    ("path", "source", "hint"),
    [
        ("/nope", "--host", "--host says /nope: correct it there"),
        ("/nope", "DOCKER_HOST", "DOCKER_HOST says /nope"),
        ("/nope", "context prod", "context prod says /nope"),
        ("/var/run/docker.sock", "--host", "is Docker installed and started?"),
        ("/run/user/1000/docker.sock", "rootless socket", "is Docker installed and started?"),
    ],
)
def test_a_socket_that_is_not_there_is_where_somebody_said(path: str, source: str, hint: str) -> None:
    error = translate(FileNotFoundError(errno.ENOENT, "no"), Endpoint(f"unix://{path}", source))
    assert error.message == f"there is no Docker socket at {path} ({source})"
    assert error.hint.startswith(hint)
