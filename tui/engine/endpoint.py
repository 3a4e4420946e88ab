"""Which engine to talk to, found as Docker's own command line finds it.

Imported before the first paint: nothing here is heavy, and what is seldom needed is imported where it is.
"""

# ruff: noqa: PTH110, PTH118
# pathlib costs 3 ms before the first row.
from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.endpoint_tls import Tls, of_context, of_environment
from tui.engine.errors import EndpointUnusable, NoSuchContext
from tui.files import read_file
from tui.paths import docker_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEFAULT_SOCKET = "/var/run/docker.sock"
DEFAULT_SOURCE = "default socket"
OPEN = "not encrypted, and open to everybody"
"""What is said of an endpoint that `is_open`."""

_LONGEST_PATH = 107
"""Bytes of a unix socket's path, on Linux."""
_KINDS = ("unix", "tcp", "ssh", "http", "https", "npipe", "fd")


class Endpoint(NamedTuple):
    """Where an engine listens, and how it is reached.

    url           "unix:///var/run/docker.sock", "tcp://host:2376", "ssh://user@host"
    source        who said so, for people: "--host", "DOCKER_HOST", "context prod", "default socket"
    tls           of tcp: how it is encrypted, None where it is not
    may_be_plain  of tcp: whether the configuration allows that it is not, beyond this machine
    ssh_options   of ssh: what is passed on to it besides, each as `ssh -o` takes it
    """

    url: str
    source: str
    tls: Tls | None = None
    may_be_plain: bool = False
    ssh_options: tuple[str, ...] = ()

    @property
    def socket_path(self) -> str:
        """The path of a unix socket, "" for every other kind."""
        return self.url.removeprefix("unix://") if self.url.startswith("unix://") else ""

    @property
    def encrypted_by(self) -> Tls | None:
        """Of tcp: how it is encrypted, None where it is not."""
        return Tls() if self.tls is None and self.url.startswith("https://") else self.tls

    @property
    def is_open(self) -> bool:
        """Whether everybody on the way to it can read what is said, and say what they like."""
        return is_tcp(self.url) and self.encrypted_by is None and not self.is_on_loopback

    @property
    def is_on_loopback(self) -> bool:
        """Of tcp: whether it is reached on the loopback of this machine, where a tunnel may begin."""
        from tui.model.tcp_address import read_tcp_address

        try:
            return is_tcp(self.url) and read_tcp_address(self.url).is_loopback
        except ValueError:
            return False


def place_of(url: str) -> str:
    """An endpoint as it is compared: a socket by where its path really leads, for /var/run is often a link.

    Blocks for a moment.
    """
    scheme, mark, path = url.partition("://")
    return f"{scheme}{mark}{os.path.realpath(path)}" if scheme == "unix" and path else url


def resolve(
    host: str | None = None, docker_context: str | None = None, environ: Mapping[str, str] = os.environ
) -> Endpoint:
    """The endpoint by Docker's own order.

    `host` and `docker_context` are the command line's; then DOCKER_HOST, DOCKER_CONTEXT, the current context
    of Docker's configuration, the default socket, rootless sockets where that is missing. Whether an engine
    answers there is not tried. Raises EndpointUnusable.
    """
    if host:
        return _with_tls(Endpoint(_url(host, "--host"), "--host"), environ)
    if docker_context:
        return _of_context(docker_context, "--context", environ)
    if named := environ.get("DOCKER_HOST"):
        return _with_tls(Endpoint(_url(named, "DOCKER_HOST"), "DOCKER_HOST"), environ)
    if named := environ.get("DOCKER_CONTEXT"):
        return _of_context(named, "DOCKER_CONTEXT", environ)
    if named := _current_context(environ):
        return _of_context(named, "Docker's configuration", environ)
    return _default(environ)


def named(name: str, source: str, environ: Mapping[str, str] = os.environ) -> Endpoint:
    """The endpoint that a name means: itself, or that of the Docker context so called.

    `source` names it. Raises EndpointUnusable.
    """
    if is_endpoint(name):
        return Endpoint(_url(name, source), source)
    return _of_context(name, source, environ)._replace(source=source)


def is_endpoint(name: str) -> bool:
    """Whether a name of an engine is its endpoint, else it is that of a Docker context."""
    return "://" in name or name.startswith("/")


def is_tcp(url: str) -> bool:
    """Whether an engine is reached there by TCP, encrypted or not."""
    return url.startswith(("tcp://", "http://", "https://"))


def _url(text: str, source: str) -> str:
    if text.startswith("/"):
        text = "unix://" + text
    kind, separator, rest = text.partition("://")
    if kind == "unix":
        _check_path(rest, source)
    elif kind == "ssh":
        _check_address(text, "ssh", source)
    if not separator:
        text, kind, rest = "tcp://" + text, "tcp", text
    if kind not in _KINDS or not rest:
        raise EndpointUnusable(
            f'{source} says "{text}", which is no endpoint',
            "an endpoint looks like unix:///var/run/docker.sock, ssh://user@host or tcp://host:2376",
        )
    if is_tcp(text):
        _check_address(text, "tcp", source)
    return text


def _check_address(url: str, kind: str, source: str) -> None:
    """Raises EndpointUnusable for what is no address, or could be taken for an option of ssh."""
    if kind == "ssh":
        from tui.model.ssh_address import read_ssh_address

        read: Callable[[str], object] = read_ssh_address
        example = "it looks like ssh://user@host, ssh://host:2222 or ssh://host/path/of/docker.sock"
    else:
        from tui.model.tcp_address import read_tcp_address

        read, example = read_tcp_address, "it looks like tcp://host:2376 or tcp://[2001:db8::1]:2376"
    try:
        read(url)
    except ValueError as why:
        raise EndpointUnusable(f"{source} names an endpoint of {kind} that is none: {why}", example) from why


def _check_path(path: str, source: str) -> None:
    """Raises EndpointUnusable for what no socket can be called."""
    try:
        encoded = os.fsencode(path)
    except UnicodeEncodeError:
        encoded = b"\0"
    if b"\0" in encoded:
        raise EndpointUnusable(f"{source} names a socket by characters that no path has")
    if len(encoded) > _LONGEST_PATH:
        raise EndpointUnusable(f"the path of the socket is too long: {path} ({source})")


def _default(environ: Mapping[str, str]) -> Endpoint:
    if not os.path.exists(DEFAULT_SOCKET):
        runtime, home = environ.get("XDG_RUNTIME_DIR"), environ.get("HOME")
        rootless = [f"{runtime}/docker.sock"] if runtime else []
        rootless += [f"{home}/.docker/run/docker.sock"] if home else []
        for path in rootless:
            if os.path.exists(path):
                return Endpoint("unix://" + path, "rootless socket")
    return Endpoint("unix://" + DEFAULT_SOCKET, DEFAULT_SOURCE)


def _current_context(environ: Mapping[str, str]) -> str:
    path = os.path.join(docker_folder(environ), "config.json")
    try:
        text = read_file(path).decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:  # it may name an engine: none is guessed instead
        raise EndpointUnusable(f"{path} cannot be read: {error.strerror}") from error
    if '"currentContext"' not in text:
        return ""
    named = _read_json(text, path).get("currentContext")
    return named if isinstance(named, str) else ""


def _of_context(name: str, source: str, environ: Mapping[str, str]) -> Endpoint:
    """Docker keeps a context in contexts/meta/SHA256-OF-ITS-NAME/meta.json; "default" is none of them."""
    if name == "default":
        return _default(environ)
    import hashlib

    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
    path = os.path.join(docker_folder(environ), "contexts", "meta", digest, "meta.json")
    try:
        text = read_file(path).decode("utf-8", "replace")
    except FileNotFoundError:
        raise NoSuchContext(
            f'{source} names the Docker context "{name}", and there is none of that name',
            "docker context ls shows those that there are",
        ) from None
    except OSError as error:
        raise EndpointUnusable(f"{path} cannot be read: {error.strerror}") from error
    endpoints = _read_json(text, path).get("Endpoints")
    docker = endpoints.get("docker") if isinstance(endpoints, dict) else None
    host = docker.get("Host") if isinstance(docker, dict) else None
    if not isinstance(docker, dict) or not isinstance(host, str) or not host:
        raise EndpointUnusable(f'the Docker context "{name}" names no endpoint of an engine ({path})')
    found = Endpoint(_url(host, f"context {name}"), f"context {name}")
    if not is_tcp(found.url):
        return found
    skip = docker.get("SkipTLSVerify") is True
    folder = os.path.join(docker_folder(environ), "contexts", "tls", digest, "docker")
    return found._replace(tls=of_context(folder, skip=skip))


def _with_tls(endpoint: Endpoint, environ: Mapping[str, str]) -> Endpoint:
    """As Docker's variables encrypt it, where it is one that can be."""
    if not is_tcp(endpoint.url):
        return endpoint
    return endpoint._replace(tls=of_environment(environ, docker_folder(environ)))


def _read_json(text: str, path: str) -> dict[str, object]:
    import json

    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EndpointUnusable(f"{path} is no valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise EndpointUnusable(f"{path} holds no JSON object")
    return value
