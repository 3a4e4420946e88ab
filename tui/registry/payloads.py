"""From the JSON of registries to values.

https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md and
https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md. Functions that read what is not as those
say raise one of UNREADABLE (see `readable`).
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.codec import Unfit
from tui.model.platform import Listed, taken
from tui.model.secrets import mask_text
from tui.model.strict_json import read_object, read_struct
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
    listed          of an index: all that it lists
    layers_size     bytes of all layers, compressed; 0 for an index
    """

    digest: str
    media_type: str
    size: int
    config_digest: str = ""
    listed: tuple[Listed, ...] = ()
    annotations: Mapping[str, str] = _NO_ANNOTATIONS
    layers_size: int = 0

    @property
    def is_index(self) -> bool:
        return self.media_type in INDEXES

    @property
    def platforms(self) -> tuple[str, ...]:
        """Of an index: "linux/amd64", "linux/arm64/v8" ..., without what builders attest."""
        return tuple(
            "/".join(filter(None, (one.os or "unknown", one.architecture, one.variant)))
            for one in self._images
        )

    @property
    def manifests(self) -> tuple[str, ...]:
        """Of an index: the digests for these platforms, in the same order."""
        return tuple(one.digest for one in self._images)

    @property
    def _images(self) -> tuple[Listed, ...]:
        return tuple(one for one in self.listed if not one.is_attestation)

    def taken(self, platform: str) -> str:
        """The digest of the manifest that an engine takes: its own, or of an index what is beyond doubt.

        "" where nobody knows.
        """
        return taken(self.listed, platform) if self.is_index else self.digest


@contextmanager
def readable(host: str, what: str) -> Iterator[None]:
    """Inside, a failure to read the registry's answer becomes MalformedAnswer."""
    try:
        yield
    except Unfit as error:
        raise MalformedAnswer(f"the registry {host} sent {what} that cannot be read: {error}") from error
    except UNREADABLE as error:
        raise MalformedAnswer(f"the registry {host} sent {what} that cannot be read") from error


_NAMES = (
    "schemaVersion", "mediaType", "artifactType", "config", "layers", "fsLayers", "manifests", "subject",
    "annotations", "digest", "size", "urls", "data", "platform",
)  # fmt: skip
_PLATFORM_NAMES = ("architecture", "os", "os.version", "os.features", "variant", "features")


def manifest(body: bytes, digest: str, media_type: str) -> Manifest:
    """GET /v2/{name}/manifests/{reference}; `media_type` is the answer's, for a body that names none.

    Strictly: what an engine could read as something else, nobody can judge for it.
    """
    item = read_struct(read_object(body, len(body)), _NAMES)
    kind = item.get("mediaType") or media_type
    if kind not in MEDIA_TYPES:
        raise ValueError(kind)
    annotations = {str(key): str(value) for key, value in (item.get("annotations") or {}).items()}
    if kind in INDEXES:
        if any(item.get(name) for name in ("config", "layers", "fsLayers")):
            raise Unfit("it is an index and an image at once")
        listed = tuple(map(_listed, item.get("manifests") or ()))
        return Manifest(digest, kind, len(body), listed=listed, annotations=annotations)
    if item.get("manifests") or item.get("fsLayers"):
        raise Unfit("it is an index and an image at once")
    layers = [read_struct(layer, _NAMES) for layer in item["layers"]]
    return Manifest(
        digest,
        kind,
        len(body),
        str(read_struct(item["config"], _NAMES)["digest"]),
        annotations=annotations,
        layers_size=sum(int(layer["size"]) for layer in layers),
    )


def _listed(item: Json) -> Listed:
    entry = read_struct(item, _NAMES)
    platform = read_struct(entry.get("platform") or {}, _PLATFORM_NAMES)
    system, architecture, variant = (platform.get(name) or "" for name in ("os", "architecture", "variant"))
    if not all(isinstance(part, str) for part in (system, architecture, variant)):
        raise Unfit("it names a platform that is no text")
    return Listed(
        digest=str(entry["digest"]),
        os=system,
        architecture=architecture,
        variant=variant,
        picky=bool(platform.get("os.version") or platform.get("os.features")),
    )


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
