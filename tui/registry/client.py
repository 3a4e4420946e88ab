"""One registry, asked for tags and manifests (OCI Distribution Specification 1.1).

What hangs on images is read by `tui.registry.referrers`, and written by `tui.registry.attaching`.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self

from yarl import URL

from tui.model.reference import path_in_registry
from tui.model.registry_name import DOCKER_HUB, registry_host
from tui.registry import payloads
from tui.registry.auth import Login
from tui.registry.errors import (
    MalformedAnswer,
    RegistryError,
    RegistryRefused,
    RegistrySilent,
    RegistryUnreachable,
    TlsMismatch,
    WrongDigest,
)
from tui.registry.payloads import MEDIA_TYPES, Manifest, readable
from tui.registry.tls import CERTIFICATES, ssl_context
from tui.registry.wire import BODY_BYTES, Answer, Wire, speaks_tls

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from types import TracebackType

    from tui.model.credentials import Credentials
    from tui.registry.through import Through

HUB_HOST = "registry-1.docker.io"

PAGE = 1000
"""Tags asked for at once."""

MOST_TAGS = 100_000
MOST_PAGES = 1000

TAGS_SECONDS = 120.0
"""Time limit for all pages of a list together; each request has its own."""

MANIFEST_SECONDS = 10.0
"""Time limit for what a tag or digest names: a small answer, for which a plan waits."""

READ = frozenset({200, 404})
"""What reading is answered by."""

_NEXT = re.compile(r'<([^>]*)>[^,]*;\s*rel="?next"?', re.IGNORECASE)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")


class Registry:
    """A registry, opened as an asynchronous context; all calls raise RegistryError.

    `host` is as in references: "docker.io", "registry:5000". `insecure` says that its certificate is not
    verified, and that it is spoken to in plain HTTP where it has no TLS, as the engine does. `away` says why
    it cannot be asked from here at all, `through` leads to the loopback that a registry on one is at, where
    that is another host's. Repositories are named as in references too, with the registry in
    front or without.
    """

    def __init__(
        self,
        host: str,
        credentials: Credentials | None = None,
        *,
        insecure: bool = False,
        away: str = "",
        through: Through | None = None,
        certificates: str = CERTIFICATES,
    ) -> None:
        self.host = host
        self._away = away
        self._through = through
        self._credentials = credentials
        self._insecure = insecure
        self._certificates = certificates
        self._origin: URL | None = None
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> Self:
        tls = await asyncio.to_thread(ssl_context, self.host, self._certificates, insecure=self._insecure)
        async with AsyncExitStack() as stack:
            self._wire = await stack.enter_async_context(Wire(self.host, tls, self._through))
            self._login = Login(self._wire, self._credentials, insecure=self._insecure)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def reach(self) -> None:
        """Find out where its API is, before anything is asked for. Raises RegistryUnreachable."""
        await self._connected()

    async def tags(self, repository: str) -> list[str]:
        """All tags of a repository, in the registry's order, at most 100,000; none where it is unknown."""
        try:
            async with asyncio.timeout(TAGS_SECONDS):
                return await self._tags(self._path(repository))
        except TimeoutError:
            raise RegistryUnreachable(
                f"the registry {self.host} did not list the tags of {repository} in {TAGS_SECONDS:g} s"
            ) from None

    async def _tags(self, path: str) -> list[str]:
        url = (await self._connected()).joinpath("v2", path, "tags", "list").with_query(n=PAGE)
        found: dict[str, None] = {}
        for _ in range(MOST_PAGES):
            answer = await self._ask("GET", url, _scope(path))
            if answer.status == 404:
                break
            with readable(self.host, "a list of tags"):
                page = payloads.tags(answer.body)
            known = len(found)
            found.update(dict.fromkeys(page))
            # What brings nothing new is the last page, or one that goes in a circle.
            if len(found) == known or len(found) >= MOST_TAGS:
                break
            if link := _NEXT.search(answer.headers.get("Link", "")):
                url = self._further(url, link[1])
            elif len(page) == PAGE:  # a registry that cuts without saying so
                url = url.with_query(n=PAGE, last=page[-1])
            else:
                break
        return list(found)[:MOST_TAGS]

    def _further(self, url: URL, link: str) -> URL:
        """The next page, which must be of this list."""
        with readable(self.host, "a link to further tags"):
            following = url.join(URL(link))
        # Behind a proxy registries may write the wrong scheme.
        following = following.with_scheme(url.scheme) if following.authority == url.authority else following
        if (following.origin(), following.path) != (url.origin(), url.path):
            raise MalformedAnswer(f"the registry {self.host} sends elsewhere for further tags")
        return following

    async def manifest(self, repository: str, reference: str) -> Manifest | None:
        """The manifest that a tag or digest names, None where there is none. WrongDigest if it is another."""
        path = self._path(repository)
        answer = await self._manifest("GET", path, reference)
        if answer is None:
            return None
        told = answer.headers.get("Docker-Content-Digest", "")
        digest = self._checked(answer.body, told, f"{path}:{reference}")
        if _DIGEST.fullmatch(reference):
            digest = self._checked(answer.body, reference, f"{path}@{reference}")
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        with readable(self.host, f"a manifest of {path}:{reference}"):
            return payloads.manifest(answer.body, digest, kind)

    async def ask(
        self,
        method: str,
        repository: str,
        what: str,
        headers: Mapping[str, str] | None = None,
        *,
        body: bytes | None = None,
        good: Collection[int] = READ,
        most: int = BODY_BYTES,
    ) -> Answer:
        """Any request for a part of a repository ("blobs/uploads/"), with a login that may write for a body.

        Raises RegistryRefused for a status that is not `good`.
        """
        path = self._path(repository)
        url = (await self._connected()).joinpath("v2", path, *what.split("/"))
        return await self._ask(
            method, url, _scope(path, body is not None), headers, body=body, good=good, most=most
        )

    async def further(
        self,
        method: str,
        repository: str,
        location: str,
        headers: Mapping[str, str] | None = None,
        *,
        body: bytes | None = None,
        good: Collection[int] = READ,
        most: int = BODY_BYTES,
    ) -> Answer:
        """A request to where the registry itself sends on: a storage gets no login of the registry's."""
        origin = await self._connected()
        with readable(self.host, "an address to go on at"):
            url = origin.join(URL(location, encoded=True))
            if url.scheme not in ("http", "https") or not url.host:
                raise ValueError
        if url.authority == origin.authority:  # behind a proxy registries may write the wrong scheme
            scope = _scope(self._path(repository), body is not None)
            return await self._ask(
                method, url.with_scheme(origin.scheme), scope, headers, body=body, good=good, most=most
            )
        if url.scheme == "http" and not self._insecure:
            raise MalformedAnswer(f"the registry {self.host} sends on to {url.host}, without TLS")
        answer = await self._wire.send(method, url, headers, body=body, most=most)
        if answer.status not in good:
            raise RegistryRefused(self.host, answer.status, "", f"its storage {url.host}: {answer.status}")
        return answer

    async def digest(self, repository: str, reference: str) -> str:
        """The digest of the manifest that a tag names, "" where there is none; its bytes are not fetched."""
        try:
            answer = await self._manifest("HEAD", self._path(repository), reference)
        except MalformedAnswer:  # such as send a body where none belongs are asked as everybody can answer
            told = ""
        else:
            if answer is None:
                return ""
            told = answer.headers.get("Docker-Content-Digest", "")
        if _DIGEST.fullmatch(told):
            return told
        found = await self.manifest(repository, reference)
        return found.digest if found else ""

    # -- requests

    def _path(self, repository: str) -> str:
        if registry_host(repository) == self.host:
            return path_in_registry(repository)
        return repository

    async def _manifest(self, method: str, path: str, reference: str) -> Answer | None:
        url = (await self._connected()).joinpath("v2", path, "manifests", reference)
        try:
            async with asyncio.timeout(MANIFEST_SECONDS):
                answer = await self._ask(method, url, _scope(path), {"Accept": ", ".join(MEDIA_TYPES)})
        except TimeoutError:
            raise RegistrySilent(
                f"the registry {self.host} did not say within {MANIFEST_SECONDS:g} s what {path} has as "
                f"{reference}",
                "try again later, or ask whoever runs the registry",
            ) from None
        return None if answer.status == 404 else answer

    async def _connected(self) -> URL:
        """Where the registry's API is, found by its first answer; what login it wants is known then too."""
        if self._away:
            raise RegistryUnreachable(self._away)
        async with self._lock:
            if self._origin is None:
                self._origin = await self._connect()
        return self._origin

    async def _connect(self) -> URL:
        name = HUB_HOST if self.host == DOCKER_HUB else self.host
        secure: RegistryError | None = None
        for scheme in ("https", "http") if self._insecure else ("https",):
            try:
                origin = URL(f"{scheme}://{name}")
            except ValueError as error:
                raise RegistryError(f'"{self.host}" is no address of a registry') from error
            try:
                answer = await self._wire.send("GET", origin / "v2/")
                if scheme == "http" and answer.status == 400 and b"HTTPS" in answer.body:
                    raise speaks_tls(f"the registry {self.host}")
            except RegistryUnreachable as error:
                if secure is not None and isinstance(error, TlsMismatch):
                    raise secure from error
                if scheme == "http" or not self._insecure:
                    raise
                secure = error
                continue
            if answer.status == 401:
                self._login.asked(answer.headers.getall("WWW-Authenticate", ()))
            return origin
        raise AssertionError("unreachable: the last try returns or raises")

    async def _ask(
        self,
        method: str,
        url: URL,
        scope: str,
        headers: Mapping[str, str] | None = None,
        *,
        body: bytes | None = None,
        good: Collection[int] = READ,
        most: int = BODY_BYTES,
    ) -> Answer:
        """An answer with a status that is `good`. A login that is asked for is given once."""
        answer = await self._send(method, url, scope, headers, body, most)
        if answer.status == 401:
            self._login.asked(answer.headers.getall("WWW-Authenticate", ()))
            self._login.forget(scope)
            answer = await self._send(method, url, scope, headers, body, most)
        if answer.status in good:
            return answer
        code, words = payloads.reason(answer.body)
        if answer.status in (401, 403):
            raise self._login.refused(words)
        if 300 <= answer.status < 400:
            raise MalformedAnswer(f"the registry {self.host} sends elsewhere for {url.path}")
        hint = "wait, or log in for a higher limit" if answer.status == 429 else ""
        raise RegistryRefused(self.host, answer.status, code, words, hint)

    async def _send(
        self,
        method: str,
        url: URL,
        scope: str,
        headers: Mapping[str, str] | None,
        body: bytes | None,
        most: int,
    ) -> Answer:
        login = await self._login.header(scope)
        sent = {**(headers or {}), **({"Authorization": login} if login else {})}
        return await self._wire.send(method, url, sent, body=body, most=most)

    def _checked(self, body: bytes, digest: str, what: str) -> str:
        """The digest of bytes, compared with the one they should have where that is known."""
        if not digest:
            return f"sha256:{hashlib.sha256(body).hexdigest()}"
        algorithm = digest.partition(":")[0]
        if not _DIGEST.fullmatch(digest):
            raise MalformedAnswer(f"the registry {self.host} gives no digest that is known for {what}")
        real = f"{algorithm}:{hashlib.new(algorithm, body).hexdigest()}"
        if real != digest:
            raise WrongDigest(
                f"wrong digest: the registry {self.host} sent other bytes for {what} than it says",
                "a proxy or the registry's storage is damaged; do not use what it sends",
                (f"it says {digest}", f"it sent {real}"),
            )
        return digest


def _scope(path: str, write: bool = False) -> str:
    """What a token must allow to read a repository, or to write to it."""
    return f"repository:{path}:{'pull,push' if write else 'pull'}"
