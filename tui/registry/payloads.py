"""From the JSON of registries to values.

https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md and
https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md. Functions that read what is not as those
say raise one of UNREADABLE (see `readable`).
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.secrets import mask_text
from tui.registry.errors import MalformedAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json = dict[str, Any]

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"

MEDIA_TYPES = (OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST)
INDEXES = frozenset({OCI_INDEX, DOCKER_LIST})

REASON_LENGTH = 2000

LONGEST_TAG = 128
"""Characters, by the specification: what is longer would fill all memory, page by page."""

LONGEST_TOKEN = 256 * 2**10
"""Characters: what goes into the header of every request."""

UNREADABLE = (
    KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError,
)  # fmt: skip
"""What reading raises that is not as the specifications say."""

_NO_ANNOTATIONS: Mapping[str, str] = {}


class Manifest(NamedTuple):
    """A manifest, or an index of manifests for several platforms.

    digest          of its bytes
    media_type      one of MEDIA_TYPES
    size            bytes of the manifest itself
    config_digest   of its configuration, in Docker's classic store the image's ID; "" for an index
    platforms       of an index: "linux/amd64", "linux/arm64/v8" ...
    manifests       of an index: the digests for these platforms, in the same order
    layers_size     bytes of all layers, compressed; 0 for an index
    """

    digest: str
    media_type: str
    size: int
    config_digest: str = ""
    platforms: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
    annotations: Mapping[str, str] = _NO_ANNOTATIONS
    layers_size: int = 0


@contextmanager
def readable(host: str, what: str) -> Iterator[None]:
    """Inside, a failure to read the registry's answer becomes MalformedAnswer."""
    try:
        yield
    except UNREADABLE as error:
        raise MalformedAnswer(f"the registry {host} sent {what} that cannot be read") from error


def manifest(body: bytes, digest: str, media_type: str) -> Manifest:
    """GET /v2/{name}/manifests/{reference}; `media_type` is the answer's, for a body that names none."""
    item = json.loads(body)
    kind = item.get("mediaType") or media_type
    if kind not in MEDIA_TYPES:
        raise ValueError(kind)
    annotations = {str(key): str(value) for key, value in (item.get("annotations") or {}).items()}
    if kind in INDEXES:
        entries = [(_platform(entry), str(entry["digest"])) for entry in item.get("manifests") or ()]
        # Builders keep attestations as images for the platform "unknown/unknown".
        real = [entry for entry in entries if not entry[0].startswith("unknown/")]
        return Manifest(
            digest,
            kind,
            len(body),
            platforms=tuple(platform for platform, _ in real),
            manifests=tuple(digest for _, digest in real),
            annotations=annotations,
        )
    return Manifest(
        digest,
        kind,
        len(body),
        str(item["config"]["digest"]),
        annotations=annotations,
        layers_size=sum(int(layer["size"]) for layer in item["layers"]),
    )


def _platform(entry: Json) -> str:
    platform = entry.get("platform") or {}
    parts = (platform.get("os") or "unknown", platform.get("architecture"), platform.get("variant"))
    return "/".join(str(part) for part in parts if part)


def tags(body: bytes) -> list[str]:
    """GET /v2/{name}/tags/list."""
    found = json.loads(body).get("tags") or []
    if not isinstance(found, list) or not all(map(_is_tag, found)):
        raise TypeError
    return found


def _is_tag(tag: object) -> bool:
    return isinstance(tag, str) and len(tag) <= LONGEST_TAG


class Token(NamedTuple):
    """A bearer token, and for how many seconds it is good."""

    text: str
    seconds: float


def token(body: bytes) -> Token:
    """The answer of a token service (distribution, spec/auth/token.md); good for a minute by default."""
    item = json.loads(body)
    text = item.get("token") or item["access_token"]
    if not isinstance(text, str) or not text.isprintable() or len(text) > LONGEST_TOKEN:
        raise TypeError
    return Token(text, float(item.get("expires_in") or 60))


class Reason(NamedTuple):
    """Why a registry refused: the code of the specification and its words, each "" where there is none."""

    code: str
    text: str


def reason(body: bytes) -> Reason:
    """The body of an error answer, whatever it is."""
    try:
        first = json.loads(body)["errors"][0]
        code, words = str(first.get("code") or ""), str(first.get("message") or "")
        detail = first.get("detail")
        if isinstance(detail, str) and detail not in words:
            words = f"{words}: {detail}" if words else detail
    except UNREADABLE:
        code, words = "", body.decode("utf-8", "replace")
        if words.lstrip().startswith("<"):  # a proxy's page says nothing in one line
            words = ""
    return Reason(_plain(code), _plain(words))


def _plain(text: str) -> str:
    plain = "".join(character if character.isprintable() else " " for character in text)
    return mask_text(" ".join(plain.split()))[:REASON_LENGTH]
