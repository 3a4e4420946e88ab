"""HTTP to a registry and its token service: time limits, bounded bodies, errors."""

from __future__ import annotations

import os
import ssl
import urllib.request
from typing import TYPE_CHECKING, NamedTuple, Self

from tui.http_client import aiohttp, http_exceptions
from tui.registry.errors import (
    CertificateUntrusted,
    MalformedAnswer,
    RegistryError,
    RegistryUnreachable,
    TlsMismatch,
)
from tui.registry.through import ThroughConnector

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from multidict import CIMultiDictProxy
    from yarl import URL

    from tui.registry.through import Through

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 30.0
"""Time limit for one request with its whole answer."""

BODY_BYTES = 4 * 2**20
"""The most that an answer may have: the limit of the specification for manifests."""

TRANSLATED = (aiohttp.ClientError, http_exceptions.HttpProcessingError, OSError, UnicodeError)
"""TimeoutError is an OSError."""


class Answer(NamedTuple):
    """An answer with its whole body; header names are found in any case."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes


class Wire:
    """Requests for one registry. Opened and closed as an asynchronous context."""

    def __init__(self, host: str, tls: ssl.SSLContext, through: Through | None = None) -> None:
        self.host = host
        self._tls = tls
        self._through = through

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=(
                ThroughConnector(self._through, self._tls)
                if self._through is not None
                else aiohttp.TCPConnector(ssl=self._tls)
            ),
            timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS, sock_connect=CONNECT_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "holdfast"},
            skip_auto_headers=("Accept-Encoding",),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def send(
        self,
        method: str,
        url: URL,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        *,
        body: bytes | None = None,
        most: int = BODY_BYTES,
    ) -> Answer:
        """One request, answered with any status; redirects are not followed. Raises RegistryError."""
        try:
            async with self._session.request(
                method,
                url,
                headers=headers,
                data=form if body is None else body,
                proxy=proxy_for(url),
                allow_redirects=False,
            ) as response:
                answer = b""
                while part := await response.content.readany():
                    answer += part
                    if len(answer) > most:
                        limit = f"{most >> 20} MiB" if most >= 1 << 20 else f"{most >> 10} KiB"
                        raise MalformedAnswer(f"{self._name(url)} sent more than {limit} at once")
                return Answer(response.status, response.headers, answer)
        except TRANSLATED as error:
            raise self._meaning(error, url) from error

    def _name(self, url: URL) -> str:
        """Who is meant, in sentences."""
        where = url.host_port_subcomponent or str(url)
        registries = {self.host, f"registry-1.{self.host}"}
        return f"the registry {self.host}" if where in registries else f"{where} (for {self.host})"

    def _meaning(self, error: Exception, url: URL) -> RegistryError:
        """What an error of a library means; the special ones stand before the general ones."""
        name = self._name(url)
        match error:
            case aiohttp.ClientConnectorCertificateError() | ssl.SSLCertVerificationError():
                return CertificateUntrusted(
                    f"the certificate of {name} is not trusted",
                    f"put its authority's certificate into /etc/docker/certs.d/{self.host}/ca.crt",
                    (_verification(error),),
                )
            case aiohttp.ClientConnectorSSLError() | ssl.SSLError() if _is_plain(error):
                return TlsMismatch(
                    f"{name} speaks plain HTTP, and TLS was expected",
                    f'give it a certificate, or add "insecure-registries": ["{self.host}"] to the engine\'s '
                    "/etc/docker/daemon.json",
                )
            case aiohttp.ClientConnectorSSLError() | ssl.SSLError():
                return RegistryUnreachable(f"no TLS connection to {name} came about: {_ssl_reason(error)}")
            case aiohttp.ClientConnectorDNSError():
                return RegistryUnreachable(f"{name} is not known by that name", "is the name right?")
            case aiohttp.ServerDisconnectedError() | aiohttp.ClientPayloadError() | ConnectionError():
                return RegistryUnreachable(f"{name} closed the connection in the middle of an answer")
            case http_exceptions.HttpProcessingError() | aiohttp.ClientResponseError():
                if url.scheme == "http" and _is_tls(error):
                    return speaks_tls(name)
                return MalformedAnswer(f"{name} does not answer as HTTP should")
            case aiohttp.InvalidURL() | UnicodeError():
                return RegistryError(f"{name} is no address of a registry")
            case TimeoutError():
                return RegistryUnreachable(f"{name} did not answer in time")
            case aiohttp.ClientConnectorError():
                words = os.strerror(error.errno) if error.errno else "the connection failed"
                return RegistryUnreachable(f"{name} is out of reach: {words}", "is the registry running?")
            case _:
                return RegistryUnreachable(f"the connection to {name} failed")


def speaks_tls(name: str) -> TlsMismatch:
    return TlsMismatch(
        f"{name} speaks TLS, and plain HTTP was expected",
        'take it out of "insecure-registries" in the engine\'s /etc/docker/daemon.json',
    )


def proxy_for(url: URL) -> str | None:
    """The proxy that the environment names for an address (HTTPS_PROXY, NO_PROXY ...), None for none.

    Not left to the library, which would also look for passwords in ~/.netrc.
    """
    host = url.host or ""
    if host == "localhost" or host.startswith("127.") or host == "::1":
        return None
    proxy = urllib.request.getproxies().get(url.scheme)
    return None if proxy is None or urllib.request.proxy_bypass(url.host_port_subcomponent or host) else proxy


def _ssl_error(error: BaseException) -> BaseException:
    """The error of the ssl module within one of aiohttp's."""
    return getattr(error, "os_error", None) or getattr(error, "certificate_error", None) or error


def _is_tls(error: BaseException | None) -> bool:
    """Whether an alert or a handshake of TLS came instead of HTTP; what else is none may be from anybody."""
    while error is not None and not isinstance(error, http_exceptions.BadStatusLine):
        error = error.__cause__ or error.__context__
    return any(start in str(error) for start in ("\\x15\\x03", "\\x16\\x03"))


def _is_plain(error: BaseException) -> bool:
    """Whether TLS failed because the other side answered in plain text."""
    words = _ssl_reason(error)
    return any(sign in words for sign in ("wrong version number", "http request", "record layer failure"))


def _ssl_reason(error: BaseException) -> str:
    reason = getattr(_ssl_error(error), "reason", None)
    return str(reason).replace("_", " ").lower() if reason else type(error).__name__


def _verification(error: BaseException) -> str:
    return getattr(_ssl_error(error), "verify_message", "") or _ssl_reason(error)
