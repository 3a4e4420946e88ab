"""Pushing and pulling images through the engine (Engine API: POST /images/{name}/push, POST /images/create).

The answer is a stream of messages under status 200; a failure is its last one. What fails before the first
message is an ordinary error answer. Both are given their meaning here, by the engine's own words: it has no
codes for them.
"""

from __future__ import annotations

import re
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.engine.bounds import SILENCE
from tui.engine.credentials import registry_auth_header
from tui.engine.error_mapping import readable
from tui.engine.errors import (
    NoSpace,
    NotFound,
    RateLimited,
    RepositoryUnknown,
    RequestRefused,
    TransferBroken,
    TransferFailed,
    TransferLoginRefused,
    TransferTlsMismatch,
    TransferUnreachable,
)
from tui.engine.jsonmessage import JsonMessages
from tui.engine.wire import one_line, segment
from tui.model.reference import familiar, login_command, normalised, path_in_registry, split_reference
from tui.model.registry_name import registry_host

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from tui.engine.errors import EngineError
    from tui.engine.wire import Query, Wire
    from tui.model.credentials import Credentials

BEGIN_SECONDS = 300.0
"""How long the engine may try to reach a registry before it answers anything."""

LAYERS = 10_000
"""Layers whose size is remembered; an image has at most 127."""

STATES = {
    "Preparing": "preparing",
    "Waiting": "waiting",
    "Pushing": "pushing",
    "Pushed": "pushed",
    "Layer already exists": "exists",
    "Pulling fs layer": "waiting",
    "Downloading": "downloading",
    "Verifying Checksum": "verifying",
    "Download complete": "downloaded",
    "Extracting": "extracting",
    "Pull complete": "pulled",
    "Already exists": "exists",
}
COMPLETE = frozenset({"pushed", "pulled", "exists", "mounted", "downloaded"})


class LayerProgress(NamedTuple):
    """How far one layer has come.

    layer    its short ID
    state    "preparing", "waiting", "pushing", "pushed", "exists", "mounted", "skipped", "retrying",
             "downloading", "verifying", "downloaded", "extracting" or "pulled"
    current  bytes, of which `total`; both 0 where the engine has not said
    """

    layer: str
    state: str
    current: int = 0
    total: int = 0


class Pushed(NamedTuple):
    """A tag is in the registry: its manifest's digest, and the manifest's size in bytes."""

    tag: str
    digest: str
    size: int


class Pulled(NamedTuple):
    """An image is on the engine: its manifest's digest, and whether it was not there before."""

    digest: str
    newer: bool


TransferEvent = LayerProgress | Pushed | Pulled


class Transfer:
    """Decodes the messages of one push or pull. `reference` names in errors what was to be moved."""

    def __init__(self, reference: str) -> None:
        self._reference = reference
        self._totals: dict[str, int] = {}
        self._digest = ""

    def feed(self, message: Mapping[str, Any]) -> TransferEvent | None:
        """What a message says; None where it says nothing of interest.

        Raises TransferFailed, TransferBroken; KeyError and the like where the message is malformed.
        """
        if message.get("error") or message.get("errorDetail"):
            detail = message.get("errorDetail") or {}
            raise failure(str(detail.get("message") or message.get("error")), self._reference)
        aux, status = message.get("aux"), message.get("status") or ""
        if aux and "Digest" in aux:
            return Pushed(str(aux.get("Tag") or ""), str(aux["Digest"]), int(aux.get("Size") or 0))
        if status.startswith("Digest: "):
            self._digest = status.removeprefix("Digest: ")
        elif status.startswith("Status: "):
            return Pulled(self._digest, newer="up to date" not in status)
        elif layer := message.get("id"):
            return self._progress(str(layer), status, message.get("progressDetail") or {})
        return None

    def _progress(self, layer: str, status: str, detail: Mapping[str, Any]) -> LayerProgress | None:
        state = STATES.get(status) or _longer_state(status)
        if not state:
            return None
        current, total = int(detail.get("current") or 0), int(detail.get("total") or 0)
        # What is pushed is a tar, a little longer than the layer that the total is taken from.
        total = max(total, current)
        if total and (layer in self._totals or len(self._totals) < LAYERS):
            self._totals[layer] = total
        total = total or self._totals.get(layer, 0)
        return LayerProgress(layer, state, total if state in COMPLETE else current, total)


def _longer_state(status: str) -> str:
    """The state of words that end with a name or number."""
    for beginning, state in (("Mounted", "mounted"), ("Retrying", "retrying"), ("Skipped", "skipped")):
        if status.startswith(beginning):
            return state
    return ""


@asynccontextmanager
async def push(
    wire: Wire, repository: str, tag: str, credentials: Credentials | None = None
) -> AsyncIterator[AsyncIterator[LayerProgress | Pushed]]:
    """Push one tag; leaving the block ends it.

    Raises EngineError: TransferFailed and its kinds, TransferBroken where trying again may help.
    """
    headers = {"X-Registry-Auth": registry_auth_header(credentials, registry_host(repository))}
    path, reference = f"/images/{segment(repository)}/push", f"{repository}:{tag}"
    async with _transfer(wire, path, {"tag": tag}, headers, reference) as events:
        yield (event async for event in events if not isinstance(event, Pulled))


@asynccontextmanager
async def pull(
    wire: Wire, reference: str, credentials: Credentials | None = None, platform: str = ""
) -> AsyncIterator[AsyncIterator[LayerProgress | Pulled]]:
    """Pull a tag or digest ("latest" where the reference has neither); leaving the block ends it.

    Raises EngineError: TransferFailed and its kinds, TransferBroken where trying again may help.
    """
    repository, tag, digest = split_reference(reference)
    headers = {"X-Registry-Auth": registry_auth_header(credentials, registry_host(repository))}
    query = {"fromImage": repository, "tag": digest or tag or "latest"}
    if platform:
        query["platform"] = platform
    async with _transfer(wire, "/images/create", query, headers, reference) as events:
        yield (event async for event in events if not isinstance(event, Pushed))


@asynccontextmanager
async def _transfer(
    wire: Wire, path: str, query: Query, headers: Mapping[str, str], reference: str
) -> AsyncIterator[AsyncIterator[TransferEvent]]:
    async with AsyncExitStack() as stack:
        try:
            answer = await stack.enter_async_context(
                wire.stream("POST", path, query, headers=headers, seconds=BEGIN_SECONDS)
            )
        except RequestRefused as error:
            raise of_refusal(error, reference) from error
        yield _events(answer.chunks(silence=SILENCE), reference)


async def _events(chunks: AsyncIterator[bytes], reference: str) -> AsyncIterator[TransferEvent]:
    messages, transfer = JsonMessages("a push or pull"), Transfer(reference)
    async for chunk in chunks:
        for message in messages.feed(chunk):
            with readable("a push or pull"):
                event = transfer.feed(message)
            if event is not None:
                yield event
    messages.close()


def of_refusal(error: RequestRefused, reference: str) -> EngineError:
    """The same for an answer with an error status: the error itself where its words mean nothing special."""
    meant = failure(error.reason, reference)
    if type(meant) is not TransferFailed:
        return meant
    return RepositoryUnknown(meant.message, reason=meant.reason) if isinstance(error, NotFound) else error


_SPACE = re.compile(r"no space left|quota|upper limit|insufficient storage|HTTP status: 507", re.I)
_PLAIN = re.compile(r"server gave HTTP response to HTTPS client|first record does not look like a TLS", re.I)
_TLS = re.compile(r"HTTP request to an HTTPS server|malformed HTTP response \"\\x15", re.I)
_CERTIFICATE = re.compile(r"\bx509:|certificate", re.I)
_LIMIT = re.compile(r"toomanyrequests|too many requests|rate limit|HTTP status: 429", re.I)
_LOGIN = re.compile(
    r"unauthorized|no basic auth credentials|authentication required|authorization failed|insufficient_scope"
    r"|incorrect username or password|forbidden|(?<!permission )denied|HTTP status: 40[13]|docker login",
    re.I,
)
_UNREACHABLE = re.compile(
    r"connection refused|no such host|no route to host|network is unreachable|server misbehaving"
    r"|name resolution|dial tcp|awaiting headers|waiting for connection|proxyconnect",
    re.I,
)
_UNKNOWN = re.compile(
    r"name unknown|manifest unknown|name invalid|not found|does not exist|not known to registry"
    r"|no such image|no such manifest",
    re.I,
)
_BROKEN = re.compile(
    r"\bEOF\b|connection reset|broken pipe|closed network connection|i/o timeout|timed? ?out"
    r"|deadline exceeded|stream error|http2:|HTTP status: 50[0234]"
    r"|bad gateway|service unavailable|gateway timeout|server closed|request canceled",
    re.I,
)


def failure(words: str, reference: str) -> EngineError:
    """The error that the engine's words mean, when `reference` could not be pushed or pulled."""
    reason = one_line(words)
    repository = split_reference(reference).repository
    host = registry_host(repository)
    said = _without_names(words, repository)
    if _SPACE.search(said):
        return NoSpace(
            f"{reference}: there is no space left for it",
            "free space on the disk that is full, or raise the registry's quota",
            reason=reason,
        )
    if _PLAIN.search(said):
        return TransferTlsMismatch(
            f"the registry {host} speaks plain HTTP, and the engine expects TLS",
            f'give the registry a certificate, or add "insecure-registries": ["{host}"] to the engine\'s '
            "/etc/docker/daemon.json and reload it: systemctl reload docker",
            reason=reason,
        )
    if _TLS.search(said):
        return TransferTlsMismatch(
            f"the registry {host} speaks TLS, and the engine expects plain HTTP",
            f'take {host} out of "insecure-registries" in the engine\'s /etc/docker/daemon.json, '
            f"or put the registry's certificate into /etc/docker/certs.d/{host}/",
            reason=reason,
        )
    if _CERTIFICATE.search(said):
        return TransferTlsMismatch(
            f"the engine does not trust the certificate of the registry {host}",
            f"put its authority's certificate into /etc/docker/certs.d/{host}/ca.crt on the engine's host",
            reason=reason,
        )
    if _LIMIT.search(said):
        return RateLimited(
            f"the registry {host} allows no more requests for now",
            f"wait, or log in for a higher limit: {login_command(host)}",
            reason=reason,
        )
    if _LOGIN.search(said):
        return TransferLoginRefused(
            f"the registry {host} refuses {path_in_registry(repository)} without a login, or with this one",
            login_command(host),
            reason=reason,
        )
    if _UNREACHABLE.search(said):
        return TransferUnreachable(
            f"the engine does not reach the registry {host}",
            "is the registry running, and its name right?",
            reason=reason,
        )
    if _UNKNOWN.search(said):
        return RepositoryUnknown(f"there is no {reference}", reason=reason)
    if _BROKEN.search(said):
        return TransferBroken(f"the connection to the registry {host} broke", detail=(reason,))
    return TransferFailed(f"{reference}: the engine could not do it: {reason}")


def _without_names(words: str, repository: str) -> str:
    """What the engine said without what it was asked for: a repository may well be called "quota"."""
    said = re.sub(r"https?://[^\s\"]+", "", words)
    for name in {repository, familiar(repository), normalised(repository)}:
        said = re.sub(rf"(?<![\w./-]){re.escape(name)}(?![\w/-])", "", said)
    return said
