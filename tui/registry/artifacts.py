"""From the JSON of what hangs on images to values, and back.

https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md, descriptor.md and image-index.md. All of
it may be a stranger's: functions that read raise one of UNREADABLE for what is not as those say.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.statement import DIGEST
from tui.model.strict_json import read_object
from tui.registry.payloads import OCI_INDEX, OCI_MANIFEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.registry.payloads import Json

EMPTY = b"{}"
EMPTY_TYPE = "application/vnd.oci.empty.v1+json"

MOST_INLINE = 16 << 10
"""Bytes of what a descriptor holds a copy of: who reads it needs one request less."""

MOST_INDEX = 1 << 20
"""Bytes of a fallback index; from half of it on nothing is put into it as a copy any more."""

MOST_MANIFEST = 256 << 10
"""Bytes of a manifest with a copy of its layer in it, and far more."""

_NONE: Mapping[str, str] = {}


class Descriptor(NamedTuple):
    """What names a blob or a manifest. data: its bytes where they stand beside the name, checked, or b""."""

    digest: str
    size: int
    media_type: str
    annotations: Mapping[str, str] = _NONE
    data: bytes = b""


class Artifact(NamedTuple):
    """A manifest that hangs on another.

    type      the artifact's, or where it has none its configuration's
    subject   the digest of what it hangs on, "" for nothing
    """

    type: str
    subject: str
    layers: tuple[Descriptor, ...]
    annotations: Mapping[str, str] = _NONE


def digest_of(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def compact(item: Any) -> bytes:
    return json.dumps(item, separators=(",", ":")).encode()


def read_index(body: bytes) -> tuple[Descriptor, ...]:
    """The manifests of an index."""
    item = read_object(body, len(body))
    if item.get("mediaType", OCI_INDEX) != OCI_INDEX or not isinstance(item.get("manifests") or [], list):
        raise ValueError
    return tuple(_descriptor(one) for one in item.get("manifests") or ())


def read_artifact(body: bytes) -> Artifact:
    """A manifest; of one without a subject, which is no such thing, only that."""
    item = read_object(body, len(body))
    subject = item.get("subject")
    if not isinstance(subject, dict):
        return Artifact("", "", ())
    config = item.get("config")
    kind = item.get("artifactType") or (config.get("mediaType") if isinstance(config, dict) else "")
    layers = item.get("layers") or []
    if not isinstance(kind, str) or not isinstance(layers, list):
        raise ValueError
    return Artifact(
        kind,
        str(subject.get("digest")),
        tuple(map(_descriptor, layers)),
        _annotations(item.get("annotations")),
    )


def read_layers(body: bytes) -> tuple[Descriptor, ...]:
    """The layers of a manifest that hangs on nothing: `.sig`."""
    item = read_object(body, len(body))
    layers = item.get("layers") or []
    if item.get("mediaType", OCI_MANIFEST) != OCI_MANIFEST or not isinstance(layers, list):
        raise ValueError
    return tuple(map(_descriptor, layers))


def _descriptor(item: Any) -> Descriptor:
    digest, size, kind = item["digest"], item["size"], item.get("mediaType") or ""
    if not isinstance(digest, str) or not DIGEST.fullmatch(digest) or not isinstance(kind, str):
        raise ValueError
    if type(size) is not int or size < 0:
        raise ValueError
    return Descriptor(
        digest=digest,
        size=size,
        media_type=kind,
        annotations=_annotations(item.get("annotations")),
        data=_data(item, digest),
    )


def _data(item: Json, digest: str) -> bytes:
    """The copy in a descriptor; one that is no copy is left alone, and what it is of is asked for."""
    text = item.get("data")
    if not isinstance(text, str):
        return b""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return b""
    return data if digest_of(data) == digest else b""


def _annotations(item: Any) -> Mapping[str, str]:
    if not isinstance(item, dict):
        return _NONE
    return {name: text for name, text in item.items() if isinstance(text, str)}


def descriptor_json(
    body: bytes, kind: str, annotations: Mapping[str, str] = _NONE, *, inline: bool = False
) -> Json:
    """What names these bytes, with a copy of them where they are few."""
    made: Json = {"mediaType": kind, "digest": digest_of(body), "size": len(body)}
    if annotations:
        made["annotations"] = dict(annotations)
    if inline and len(body) <= MOST_INLINE:
        made["data"] = base64.b64encode(body).decode()
    return made
