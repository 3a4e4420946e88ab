"""Blobs of a registry: small ones, fetched whole and checked, and put there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yarl import URL

from tui.registry.artifacts import digest_of
from tui.registry.errors import MalformedAnswer, WrongDigest

if TYPE_CHECKING:
    from tui.registry.artifacts import Descriptor
    from tui.registry.client import Registry

MOST_WORDS = 4096
"""Bytes of an answer that is no blob: why not."""

MOST_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""Registries send on to their storage."""


async def fetch_blob(registry: Registry, repository: str, wanted: Descriptor, most: int) -> bytes:
    """Its bytes, at most so many. Raises RegistryError: also for one that is not there, as it was named."""
    name = f"the blob {wanted.digest} in {repository}"
    if wanted.size > most:
        raise MalformedAnswer(
            f"{name} is said to have {wanted.size} bytes, more than {most >> 10} KiB, and is not fetched"
        )
    if wanted.data:
        return wanted.data
    good, most = REDIRECTS | {200, 404}, max(wanted.size, MOST_WORDS)
    answer = await registry.ask("GET", repository, f"blobs/{wanted.digest}", good=good, most=most)
    for _ in range(MOST_REDIRECTS):
        if answer.status not in REDIRECTS:
            break
        if not (location := answer.headers.get("Location", "")):
            raise MalformedAnswer(f"the registry {registry.host} sends on for {name}, and does not say where")
        answer = await registry.further("GET", repository, location, good=good, most=most)
    if answer.status in REDIRECTS:
        raise MalformedAnswer(f"the registry {registry.host} sends round and round for {name}")
    if answer.status == 404:
        raise MalformedAnswer(f"the registry {registry.host} names {name}, and does not have it")
    return checked(registry, answer.body, wanted.digest, name)


def checked(registry: Registry, body: bytes, digest: str, name: str) -> bytes:
    """The same bytes, if they are what the digest says. Raises WrongDigest."""
    if digest_of(body) != digest:
        raise WrongDigest(
            f"wrong digest: the registry {registry.host} sent other bytes for {name} than it says",
            "a proxy or the registry's storage is damaged; do not use what it sends",
            (f"it says {digest}", f"it sent {digest_of(body)}"),
        )
    return body


async def push_blob(registry: Registry, repository: str, body: bytes) -> None:
    """Put it there, in one part. Raises RegistryError."""
    digest = digest_of(body)
    begun = await registry.ask("POST", repository, "blobs/uploads/", body=b"", good={201, 202})
    if begun.status == 201:
        return
    location = begun.headers.get("Location", "")
    if not location:
        raise MalformedAnswer(f"the registry {registry.host} takes an upload, and does not say where")
    # As it stands: a registry may sign its own address, and encode it otherwise than others.
    before = URL(location, encoded=True)
    place = f"{location}{'&' if before.query_string else '?'}digest={digest}"
    kind = {"Content-Type": "application/octet-stream"}
    await registry.further("PUT", repository, place, kind, body=body, good={201, 204})
