"""What is to hang on an image, put into its registry.

Each as a manifest whose `subject` is the image's, put by its digest. A registry with the referrers API says
so by the header OCI-Subject; where it does not, the index under the fallback tag is written here. cosign 2's
signatures stand under a tag of their own in any registry. Nothing keeps two writers of one tag from
overwriting each other (distribution-spec 1.1, "Referrers tag schema"), and If-Match is not heeded: so it is
read back until ours is in it.
"""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from tui.model.attachment import SIGNATURE_ANNOTATION, SIMPLE_SIGNING
from tui.model.strict_json import read_object
from tui.registry.artifacts import (
    EMPTY,
    EMPTY_TYPE,
    MOST_INDEX,
    compact,
    descriptor_json,
    digest_of,
    read_index,
    read_layers,
)
from tui.registry.blobs import push_blob
from tui.registry.errors import MalformedAnswer, RegistryError, RegistryUnreachable, WrongDigest
from tui.registry.payloads import OCI_INDEX, OCI_MANIFEST, readable
from tui.registry.referrers import fallback_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine, Iterable, Sequence

    from tui.model.attachment import Attachment
    from tui.registry.client import Registry
    from tui.registry.payloads import Json, Manifest

T = TypeVar("T")

TRIES = 6
"""How often a tag is read, to see whether ours is in what it names."""
PAUSE = 0.2
"""Seconds before it is written again, and more each time: at random, as the other waits too."""
SECONDS = 120.0
"""Time limit for all of it."""
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LONG_AGO = "0001-01-01T00:00:00Z"
"""Go's zero time, as cosign writes it."""


async def attach(
    registry: Registry, repository: str, subject: Manifest, attachments: Sequence[Attachment]
) -> tuple[str, ...]:
    """Attach them to the manifest or index; the digests under which they hang on it, in their order.

    Raises RegistryError. What was put before hangs on it then, whole: to attach again does no harm.
    """
    try:
        async with asyncio.timeout(SECONDS):
            return await _attach(registry, repository, subject, attachments)
    except TimeoutError:
        raise RegistryUnreachable(
            f"the registry {registry.host} took longer than {SECONDS:g} s to attach to {subject.digest}"
        ) from None


async def _attach(
    registry: Registry, repository: str, subject: Manifest, attachments: Sequence[Attachment]
) -> tuple[str, ...]:
    attaching = _Attaching(registry, repository, subject)
    bundles = [one for one in attachments if one.media_type != SIMPLE_SIGNING]
    simple = [one for one in attachments if one.media_type == SIMPLE_SIGNING]
    await attaching.blobs([*([EMPTY] if bundles else []), *(one.blob for one in attachments)])
    manifests = [attaching.manifest(one) for one in bundles]
    unlisted = [
        one for one, listed in zip(manifests, await attaching.put(manifests), strict=True) if not listed
    ]
    if unlisted:
        await attaching.list_them(unlisted)
    if simple:
        await attaching.add_signatures(simple)
    return tuple(digest_of(one.body) for one in manifests) + tuple(digest_of(one.blob) for one in simple)


class _Made(NamedTuple):
    """A manifest to be put."""

    body: bytes
    type: str
    attachment: Attachment


class _Grown(NamedTuple):
    """A tag that is added to. type: of what it names; empty: what it names at first."""

    name: str
    type: str
    empty: Json


class _Attaching:
    """To one manifest."""

    def __init__(self, registry: Registry, repository: str, subject: Manifest) -> None:
        self._registry = registry
        self._repository = repository
        self._subject = subject

    async def blobs(self, bodies: Collection[bytes]) -> None:
        await _together(push_blob(self._registry, self._repository, body) for body in dict.fromkeys(bodies))

    def manifest(self, attachment: Attachment) -> _Made:
        subject = self._subject
        kind = attachment.media_type
        item = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "artifactType": kind,
            "config": descriptor_json(EMPTY, EMPTY_TYPE),
            "layers": [descriptor_json(attachment.blob, kind, inline=True)],
            "subject": {"mediaType": subject.media_type, "digest": subject.digest, "size": subject.size},
            "annotations": dict(attachment.annotations),
        }
        return _Made(compact(item), kind, attachment)

    async def put(self, manifests: Sequence[_Made]) -> list[bool]:
        """Put each by its digest; whether the registry lists it by itself."""
        said = await _together(self._put(one.body, digest_of(one.body)) for one in manifests)
        return [one == self._subject.digest for one in said]

    async def _put(self, body: bytes, reference: str, kind: str = OCI_MANIFEST) -> str:
        """What the registry says that it hangs on, "" where it says nothing."""
        answer = await self._registry.ask(
            "PUT", self._repository, f"manifests/{reference}", {"Content-Type": kind}, body=body, good={201}
        )
        told = answer.headers.get("Docker-Content-Digest", "")
        if told and told != digest_of(body):
            raise WrongDigest(
                f"wrong digest: the registry {self._registry.host} took a manifest for another",
                "a proxy or the registry is damaged",
                (f"it says {told}", f"it was sent {digest_of(body)}"),
            )
        return answer.headers.get("OCI-Subject", "")

    async def list_them(self, manifests: Sequence[_Made]) -> None:
        """Have them in the index under the fallback tag."""

        def add(index: Json) -> None:
            there = {one["digest"] for one in index["manifests"]}
            inline = len(compact(index)) < MOST_INDEX // 2
            for one in manifests:
                if digest_of(one.body) not in there:
                    annotations = one.attachment.annotations
                    entry = descriptor_json(one.body, OCI_MANIFEST, annotations, inline=inline)
                    index["manifests"].append(entry | {"artifactType": one.type})

        empty: Json = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}
        ours = {digest_of(one.body) for one in manifests}
        await self._until_in(
            _Grown(fallback_tag(self._subject.digest), OCI_INDEX, empty),
            add,
            lambda body: ours <= {one.digest for one in read_index(body)},
        )

    async def add_signatures(self, simple: Sequence[Attachment]) -> None:
        """Have them under cosign 2's tag."""
        layers = [descriptor_json(one.blob, SIMPLE_SIGNING, one.annotations, inline=True) for one in simple]

        def add(manifest: Json) -> None:
            there = {_signature(one) for one in manifest["layers"]}
            manifest["layers"] += [one for one in layers if _signature(one) not in there]
            manifest["config"] = descriptor_json(_config(manifest["layers"]), CONFIG_TYPE)

        empty: Json = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": {}, "layers": []}
        ours = {_signature(one) for one in layers}
        await self._until_in(
            _Grown(f"{fallback_tag(self._subject.digest)}.sig", OCI_MANIFEST, empty),
            add,
            lambda body: (
                ours
                <= {(one.digest, one.annotations.get(SIGNATURE_ANNOTATION, "")) for one in read_layers(body)}
            ),
        )

    async def _until_in(
        self, tag: _Grown, add: Callable[[Json], None], is_in: Callable[[bytes], bool]
    ) -> None:
        """Read what a tag names, add ours and write it, until it is there when it is read back."""
        for tried in range(TRIES):
            if tried > 1:
                await asyncio.sleep(random.uniform(0.5, 1.5) * PAUSE * 2 ** (tried - 2))
            with readable(self._registry.host, f"the manifest {tag.name}"):
                body = await self._named(tag.name, tag.type) or compact(tag.empty)
                if is_in(body):
                    return
                item = read_object(body, len(body))
                add(item)
            written = compact(item)
            if len(written) > MOST_INDEX:
                raise MalformedAnswer(
                    f"the tag {tag.name} in {self._repository} names so much that nothing can be added",
                    "remove what is not needed from it",
                )
            if tag.type == OCI_MANIFEST:
                await push_blob(self._registry, self._repository, _config(item["layers"]))
            await self._put(written, tag.name, tag.type)
        raise RegistryError(
            f"what was put under the tag {tag.name} in {self._repository} was overwritten time and again",
            "if somebody else attaches to the same image, try again when they are done",
        )

    async def _named(self, name: str, kind: str) -> bytes | None:
        answer = await self._registry.ask("GET", self._repository, f"manifests/{name}", {"Accept": kind})
        return None if answer.status == 404 else answer.body


def _signature(layer: Json) -> tuple[str, str]:
    """What tells a signature from others: what is signed, and how."""
    annotations = layer.get("annotations") or {}
    return layer["digest"], annotations.get(SIGNATURE_ANNOTATION, "")


def _config(layers: Sequence[Json]) -> bytes:
    """A configuration for layers that are no image's: cosign writes one too."""
    return compact(
        {
            "architecture": "",
            "created": LONG_AGO,
            "history": [{"created": LONG_AGO} for _ in layers],
            "os": "",
            "rootfs": {"type": "layers", "diff_ids": [one["digest"] for one in layers]},
            "config": {},
        }
    )


async def _together(work: Iterable[Coroutine[None, None, T]]) -> list[T]:
    """All of it side by side. Raises the first error; the rest is cancelled then."""
    failed: list[BaseException] = []
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
    except* RegistryError as errors:
        failed += errors.exceptions
    if failed:  # not from within: early Pythons 3.11 make a group of what is raised there
        raise failed[0]
    return [task.result() for task in tasks]
