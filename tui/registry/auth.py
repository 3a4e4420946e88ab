"""Logging in to a registry: Basic, and Bearer with a token service.

https://github.com/distribution/distribution/blob/main/docs/content/spec/auth/token.md and oauth.md beside it;
RFC 7235 for the header that asks for it.
"""

from __future__ import annotations

import asyncio
import base64
import re
import time
from typing import TYPE_CHECKING, NamedTuple

from yarl import URL

from tui.registry import payloads
from tui.registry.errors import LoginRefused, MalformedAnswer, RegistryRefused
from tui.registry.payloads import readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tui.model.credentials import Credentials
    from tui.registry.wire import Wire

CLIENT = "holdfast"
"""What a token service is told about who asks."""

SPARE_SECONDS = 10.0
"""How long before its end a token is replaced."""

_WORD = re.compile(r"[\s,]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)")
_VALUE = re.compile(r'\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_REST = re.compile(r"[^,]*")


class Challenge(NamedTuple):
    """What a registry asks for: "basic" or "bearer", with its parameters."""

    scheme: str
    parameters: Mapping[str, str]


def challenges(headers: Iterable[str]) -> Iterator[Challenge]:
    """What the headers WWW-Authenticate of an answer ask for, in their order.

    >>> list(challenges(['Basic realm="docker"']))
    [Challenge(scheme='basic', parameters={'realm': 'docker'})]
    """
    for header in headers:
        scheme, parameters = "", dict[str, str]()
        at = 0
        while word := _WORD.match(header, at):
            at = word.end()
            if value := _VALUE.match(header, at):
                quoted, bare = value.groups()
                parameters[word[1].lower()] = bare if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
                at = value.end()
                continue
            if scheme:
                yield Challenge(scheme, parameters)
            scheme, parameters = word[1].lower(), {}
        if scheme:
            yield Challenge(scheme, parameters)


class Login:
    """Knows what to send to one registry so that it answers. A token is kept for each scope."""

    def __init__(self, wire: Wire, credentials: Credentials | None, *, insecure: bool) -> None:
        self._wire = wire
        self._credentials = credentials
        self._insecure = insecure
        self._challenge: Challenge | None = None
        self._tokens: dict[str, tuple[str, float]] = {}
        self._lock = asyncio.Lock()

    def asked(self, headers: Iterable[str]) -> None:
        """Take what an answer 401 asks for; raises MalformedAnswer for what is not spoken."""
        offered = list(challenges(headers))
        if not offered:
            raise self.refused()
        known = [challenge for challenge in offered if challenge.scheme in ("bearer", "basic")]
        if not known:
            schemes = ", ".join(challenge.scheme for challenge in offered)
            raise MalformedAnswer(
                f"the registry {self._wire.host} asks for a kind of login that is not spoken: {schemes}"
            )
        self._challenge = min(known, key=lambda challenge: challenge.scheme == "basic")

    async def header(self, scope: str) -> str:
        """The value of Authorization, "" for none. Raises RegistryError."""
        challenge = self._challenge
        if challenge is None:
            return ""
        if challenge.scheme == "basic":
            return self._basic() if self._credentials else ""
        async with self._lock:
            token, until = self._tokens.get(scope, ("", 0.0))
            if time.monotonic() >= until:
                fresh = await self._fetch(challenge, scope)
                token = fresh.text
                self._tokens[scope] = token, time.monotonic() + fresh.seconds - SPARE_SECONDS
        return f"Bearer {token}"

    def forget(self, scope: str) -> None:
        """Have the next `header` ask for a new token."""
        self._tokens.pop(scope, None)

    def refused(self, reason: str = "") -> LoginRefused:
        """The error that says so."""
        credentials = self._credentials
        return LoginRefused(self._wire.host, _name(credentials) if credentials else "", reason)

    def _basic(self) -> str:
        credentials = self._credentials
        if credentials is None or not credentials.username:
            raise self.refused("it asks for a password, and Docker's configuration has only a token")
        pair = f"{credentials.username}:{credentials.password}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"

    async def _fetch(self, challenge: Challenge, scope: str) -> payloads.Token:
        host, credentials = self._wire.host, self._credentials
        realm = self._realm(challenge)
        # The challenge's own scope is not used: it may be of another request.
        asked = {"service": challenge.parameters.get("service", ""), "scope": scope}
        asked = {name: value for name, value in asked.items() if value}
        if credentials is not None and credentials.identity_token:
            form = {
                "grant_type": "refresh_token",
                "client_id": CLIENT,
                "refresh_token": credentials.identity_token,
                **asked,
            }
            answer = await self._wire.send("POST", realm, form=form)
        else:
            headers = {"Authorization": self._basic()} if credentials else None
            answer = await self._wire.send("GET", realm.extend_query(asked), headers)
        if answer.status in (400, 401, 403):
            raise self.refused(payloads.reason(answer.body).text)
        if answer.status != 200:
            code, words = payloads.reason(answer.body)
            words = words or f"status {answer.status}"
            raise RegistryRefused(
                host, answer.status, code, f"its token service {realm.host_port_subcomponent}: {words}"
            )
        with readable(host, "a token"):
            return payloads.token(answer.body)

    def _realm(self, challenge: Challenge) -> URL:
        host = self._wire.host
        with readable(host, "the address of a token service"):
            realm = URL(challenge.parameters["realm"])
            if realm.scheme not in ("http", "https") or not realm.host:
                raise ValueError
        if realm.scheme == "http" and self._credentials and not self._insecure:
            raise MalformedAnswer(
                f"the registry {host} wants the password sent without TLS, to {realm.host_port_subcomponent}",
                "its token service needs TLS",
            )
        return realm


def _name(credentials: Credentials) -> str:
    return credentials.username or "(token)"
