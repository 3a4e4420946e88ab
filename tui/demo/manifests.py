"""Images as a registry holds them: configuration, layers and manifest, with the digests of real bytes.

A layer's bytes say what made it, how large it is on the engine and which files it brings: so an image that is
pulled is the one that was pushed, and hundreds of megabytes that nobody looks at are never made.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
from typing import TYPE_CHECKING, NamedTuple

from tui.demo.objects import JSON, HistoryEntry, Image
from tui.demo.words import from_stamp, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"

COMPACT = (",", ":")


class Packed(NamedTuple):
    """An image's manifest, and the blobs that it names: the configuration first."""

    manifest: bytes
    blobs: tuple[bytes, ...]

    @property
    def digest(self) -> str:
        return digest_of(self.manifest)


def digest_of(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def layer(entry: HistoryEntry) -> bytes:
    """The bytes of what a step of a build added."""
    files = {path: base64.b64encode(held).decode() for path, held in sorted(entry.files.items())}
    return _json({"created_by": entry.created_by, "size": entry.size, "files": files})


def layers(history: Iterable[HistoryEntry]) -> list[bytes]:
    """Of the steps that added anything, the oldest first."""
    return [layer(entry) for entry in history if entry.size]


def configuration(created: int, history: list[HistoryEntry], config: JSON) -> bytes:
    """The bytes whose digest is the image's ID. `created` in seconds since the epoch."""
    steps = [
        {
            "created": stamp(entry.created * 10**9),
            "created_by": entry.created_by,
            "comment": entry.comment,
            **({} if entry.size else {"empty_layer": True}),
        }
        for entry in history
    ]
    return _json(
        {
            "architecture": "amd64",
            "os": "linux",
            "created": stamp(created * 10**9),
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": [digest_of(one) for one in layers(history)]},
            "history": steps,
        }
    )


def image_of(created: int, history: list[HistoryEntry], config: JSON) -> Image:
    """An image without a name, identified as an engine does it."""
    return Image(digest_of(configuration(created, history, config)), created, history, config)


def saved(image: Image) -> bytes:
    """As `docker save` gives it: a tar with the configuration, the layers, and manifest.json."""
    config, *parts = (configuration(image.created, image.history, image.config), *layers(image.history))
    files = {f"{image.id[7:]}.json": config}
    files |= {f"{digest_of(part)[7:]}/layer.tar": part for part in parts}
    named = [f"{digest_of(part)[7:]}/layer.tar" for part in parts]
    listed = {"Config": f"{image.id[7:]}.json", "RepoTags": list(image.tags), "Layers": named}
    files["manifest.json"] = json.dumps([listed]).encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def packed(image: Image) -> Packed:
    """As it is pushed."""
    blobs = (configuration(image.created, image.history, image.config), *layers(image.history))
    kinds = (CONFIG, *(LAYER for _ in blobs[1:]))
    named = [
        {"mediaType": kind, "digest": digest_of(blob), "size": len(blob)}
        for kind, blob in zip(kinds, blobs, strict=True)
    ]
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": named[0], "layers": named[1:]}
    return Packed(_json(manifest), blobs)


def unpacked(blobs: tuple[bytes, ...]) -> Image:
    """The image of a configuration and the layers after it."""
    table = json.loads(blobs[0])
    added = [json.loads(blob) for blob in blobs[1:]]
    history = []
    for step in table["history"]:
        entry = HistoryEntry(_seconds(step["created"]), step["created_by"], 0, step["comment"])
        if not step.get("empty_layer"):
            made = added.pop(0)
            entry.size = made["size"]
            entry.files = {path: base64.b64decode(held) for path, held in made["files"].items()}
        history.append(entry)
    return image_of(_seconds(table["created"]), history, table["config"])


def _seconds(text: str) -> int:
    return int(from_stamp(text))


def _json(value: JSON) -> bytes:
    return json.dumps(value, separators=COMPACT).encode()
