"""An image of an app in a registry in memory, and what this account knows of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.memory_registry import hollow_image
from tests.support.scripted_registry import OCI_INDEX, OCI_MANIFEST
from tui.evidence.files import add_claim, add_facts
from tui.model.evidence import Claim, ClaimKind
from tui.registry.client import Registry
from tui.registry.referrers import attachments, old_signatures
from tui.trust.reading import attested

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.support.memory_registry import MemoryRegistry
    from tui.model.signing import Attested, VerifyKey

PATH = "team/web"
AT = 1_700_000_000.25


def put_image(memory: MemoryRegistry, tag: str = "v1", layer: bytes = b"a layer") -> str:
    """An image under a tag; its digest."""
    item, blobs = hollow_image(layer)
    for blob in blobs:
        memory.put_blob(PATH, blob)
    return memory.put_manifest(PATH, item, tag)


def put_index(memory: MemoryRegistry, tag: str = "v1", *architectures: str) -> tuple[str, list[str]]:
    """An index of images for linux; its digest, and theirs."""
    named, digests = [], []
    for one in architectures or ("amd64",):
        item, blobs = hollow_image(one.encode())
        for blob in blobs:
            memory.put_blob(PATH, blob)
        digests.append(memory.put_manifest(PATH, item))
        named.append({
            "mediaType": OCI_MANIFEST,
            "digest": digests[-1],
            "size": len(json.dumps(item)),
            "platform": {"os": "linux", "architecture": one},
        })  # fmt: skip
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": named}
    return memory.put_manifest(PATH, index, tag, OCI_INDEX), digests


def know(image: str, kind: str = ClaimKind.TEST, *, passed: bool = True, app: str = "web") -> None:
    """This account has a claim of an image."""
    add_claim(app, image, Claim(kind, passed, AT, by="alice", op=f"{kind}-op"))


def built(image: str, app: str = "web") -> None:
    source = "https://example.com/web.git"
    add_facts(app, image, built=AT - 60, seconds=5.0, commit="c" * 40, source=source)


async def hanging(memory: MemoryRegistry, digest: str, keys: Collection[VerifyKey] = ()) -> list[Attested]:
    """All that hangs on a digest, cosign 2's signatures last."""
    async with Registry(memory.address, insecure=True) as registry:
        found = [
            *await attachments(registry, PATH, digest),
            *await old_signatures(registry, PATH, digest),
        ]
    return [*await attested(found, keys)]


def kinds(found: Collection[Attested]) -> list[str]:
    return sorted(one.claim.kind for one in found)
