"""What hangs on an image in a registry, fetched: signatures, claims, and what is only known to be there.

By the referrers API of the distribution specification 1.1, or where a registry has none by the fallback tag
`sha256-<hex>`; cosign 2 has a tag `sha256-<hex>.sig` of its own. What an index says of an entry is not
believed, as clients fill it in differently: the small manifest itself says what it is and what it hangs on.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, TypeVar

from tui.model.attachment import BUNDLE, NOTATION, SIMPLE_SIGNING, UNSIGNED, Attachment
from tui.model.digest import short_id
from tui.registry.artifacts import (
    MOST_INDEX,
    MOST_MANIFEST,
    Artifact,
    Descriptor,
    read_artifact,
    read_index,
    read_layers,
)
from tui.registry.blobs import checked, fetch_blob
from tui.registry.errors import MalformedAnswer, RegistryError, RegistryRefused
from tui.registry.payloads import OCI_INDEX, OCI_MANIFEST, readable
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Sequence

    from tui.registry.client import Registry

T = TypeVar("T")

LARGE = 64 << 10
"""Bytes that are read within milliseconds."""
MOST_BLOB = 1 << 20
MOST_REFERRERS = 64
"""Of one digest that are looked at; that there are more is a fault."""
MOST_PAGES = 8
SECONDS = 60.0
"""Time limit for all that hangs on one digest."""
MOST_TOTAL = 16 << 20
"""Bytes of all that hangs on one digest."""
AT_ONCE = 6

_NEXT = re.compile(r'<([^>]*)>[^,]*;\s*rel="?next"?', re.IGNORECASE)
_BUNDLES = "application/vnd.dev.sigstore.bundle"
"""How the media types of all versions begin."""


async def attachments(registry: Registry, repository: str, digest: str) -> tuple[Attachment, ...]:
    """All that hangs on a digest, but for cosign 2's signatures.

    Never raises RegistryError: what could not be had is an attachment with a fault, so that out of reach is
    not taken for absent.
    """
    return await _within(_attachments(registry, repository, digest), repository, digest)


async def old_signatures(registry: Registry, repository: str, digest: str) -> tuple[Attachment, ...]:
    """cosign 2's signatures of a digest; as `attachments`."""
    return await _within(_old_signatures(registry, repository, digest), repository, digest)


def fallback_tag(digest: str) -> str:
    """The tag of the index of what hangs on a digest, where a registry has no API for it.

    >>> fallback_tag("sha256:ab")
    'sha256-ab'
    """
    return digest.replace(":", "-", 1)


async def _parsed(read: Callable[[bytes], T], body: bytes) -> T:
    """What reading gives; of a large one in a thread, as that takes a while."""
    return await asyncio.to_thread(read, body) if len(body) > LARGE else read(body)


async def _within(
    work: Coroutine[None, None, tuple[Attachment, ...]], repository: str, digest: str
) -> tuple[Attachment, ...]:
    try:
        async with asyncio.timeout(SECONDS):
            return await work
    except RegistryError as error:
        return (_fault(error.message, digest),)
    except TimeoutError:
        what = f"what hangs on {short_id(digest)} in {repository}"
        return (_fault(f"{what} did not come within {SECONDS:g} s", digest),)


def _fault(words: str, subject: str, kind: str = "", digest: str = "") -> Attachment:
    return Attachment(kind, digest=digest, subject=subject, fault=words)


class _Reading:
    """What hangs on one digest: so many requests at once, and so many bytes together."""

    def __init__(self, registry: Registry, repository: str, subject: str) -> None:
        self._registry = registry
        self._repository = repository
        self._subject = subject
        self._places = asyncio.Semaphore(AT_ONCE)
        self._left = MOST_TOTAL

    async def each(self, found: Iterable[Descriptor]) -> tuple[Attachment, ...]:
        """What each of these manifests holds; one that hangs elsewhere is none of ours."""
        listed = [*{one.digest: one for one in found}.values()]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._one(one)) for one in listed[:MOST_REFERRERS]]
        return self.bounded([one for task in tasks if (one := task.result()) is not None], len(listed))

    def bounded(self, read: list[Attachment], there: int) -> tuple[Attachment, ...]:
        if there > MOST_REFERRERS:
            words = (
                f"more hangs on {short_id(self._subject)} than the {MOST_REFERRERS} things looked at: {there}"
            )
            read.append(_fault(words, self._subject))
        return tuple(read)

    async def _one(self, entry: Descriptor) -> Attachment | None:
        try:
            async with self._places:
                artifact = await self._artifact(entry)
                if artifact.subject != self._subject:
                    return None
                return await self._content(artifact, entry)
        except RegistryError as error:
            return _fault(error.message, self._subject, digest=entry.digest)

    async def _artifact(self, entry: Descriptor) -> Artifact:
        name = f"the manifest {entry.digest} in {self._repository}"
        body = entry.data
        if not body:
            answer = await self._registry.ask(
                "GET",
                self._repository,
                f"manifests/{entry.digest}",
                {"Accept": f"{OCI_MANIFEST}, {OCI_INDEX}"},
                most=MOST_MANIFEST,
            )
            if answer.status == 404:
                raise MalformedAnswer(
                    f"the registry {self._registry.host} names {name}, and does not have it"
                )
            body = checked(self._registry, answer.body, entry.digest, name)
        with readable(self._registry.host, name):
            return await _parsed(read_artifact, body)

    async def _content(self, artifact: Artifact, entry: Descriptor) -> Attachment:
        for layer in artifact.layers:
            kind = BUNDLE if layer.media_type.startswith(_BUNDLES) else layer.media_type
            if kind in (BUNDLE, UNSIGNED):
                blob = await self._blob(layer)
                return Attachment(
                    media_type=kind,
                    blob=blob,
                    annotations=artifact.annotations,
                    digest=layer.digest,
                    subject=self._subject,
                )
        kind = NOTATION if artifact.type == NOTATION else artifact.type
        return Attachment(kind, annotations=artifact.annotations, digest=entry.digest, subject=self._subject)

    async def signature(self, layer: Descriptor) -> Attachment:
        try:
            async with self._places:
                blob = await self._blob(layer)
        except RegistryError as error:
            return _fault(error.message, self._subject, SIMPLE_SIGNING, layer.digest)
        return Attachment(
            media_type=SIMPLE_SIGNING,
            blob=blob,
            annotations=layer.annotations,
            digest=layer.digest,
            subject=self._subject,
        )

    async def _blob(self, layer: Descriptor) -> bytes:
        self._left -= min(layer.size, MOST_BLOB)
        if self._left < 0:
            raise MalformedAnswer(f"more than {MOST_TOTAL >> 20} MiB hang on {self._subject}")
        return await fetch_blob(self._registry, self._repository, layer, MOST_BLOB)


async def _attachments(registry: Registry, repository: str, digest: str) -> tuple[Attachment, ...]:
    listed: Sequence[Descriptor] = await _by_api(registry, repository, digest)
    if not listed:  # a registry may answer so that has no such API
        listed = await _by_tag(registry, repository, digest)
    return await _Reading(registry, repository, digest).each(listed)


async def _by_api(registry: Registry, repository: str, digest: str) -> list[Descriptor]:
    """What the API lists, every page of it; nothing where there is none."""
    found: dict[str, Descriptor] = {}
    accept = {"Accept": OCI_INDEX}
    good = {200, 404, 405}
    try:
        answer = await registry.ask(
            "GET", repository, f"referrers/{digest}", accept, good=good, most=MOST_INDEX
        )
    except RegistryRefused as refused:
        if refused.code == "UNSUPPORTED":
            return []
        raise
    for _ in range(MOST_PAGES):
        if answer.status != 200:
            break
        with readable(registry.host, f"a list of what hangs on {digest}"):
            page = await _parsed(read_index, answer.body)
        before = len(found)
        found |= {one.digest: one for one in page}
        link = _NEXT.search(answer.headers.get("Link", ""))
        if link is None or len(found) > MOST_REFERRERS:
            return [*found.values()]
        if len(found) == before:
            raise MalformedAnswer(
                f"the registry {registry.host} lists what hangs on {digest} round and round"
            )
        answer = await registry.further("GET", repository, link[1], accept, good=good, most=MOST_INDEX)
    if found:
        raise MalformedAnswer(
            f"the registry {registry.host} does not come to an end with what hangs on {digest}"
        )
    return []


async def _by_tag(registry: Registry, repository: str, digest: str) -> tuple[Descriptor, ...]:
    answer = await registry.ask(
        "GET", repository, f"manifests/{fallback_tag(digest)}", {"Accept": OCI_INDEX}, most=MOST_INDEX
    )
    if answer.status == 404:
        return ()
    # GitLab answers with the image itself: what that consists of does not hang on it.
    if answer.headers.get("Docker-Content-Digest", "") == digest:
        return ()
    with readable(registry.host, f"the index {fallback_tag(digest)}"):
        return await _parsed(read_index, answer.body)


async def _old_signatures(registry: Registry, repository: str, digest: str) -> tuple[Attachment, ...]:
    tag = f"{fallback_tag(digest)}.sig"
    answer = await registry.ask(
        "GET", repository, f"manifests/{tag}", {"Accept": OCI_MANIFEST}, most=MOST_INDEX
    )
    if answer.status == 404:
        return ()
    with readable(registry.host, f"the manifest {tag}"):
        layers = [one for one in await _parsed(read_layers, answer.body) if one.media_type == SIMPLE_SIGNING]
    reading = _Reading(registry, repository, digest)
    read = await all_of(*(reading.signature(layer) for layer in layers[:MOST_REFERRERS]))
    return reading.bounded([*read], len(layers))
