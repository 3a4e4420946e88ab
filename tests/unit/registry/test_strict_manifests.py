"""A manifest that engines could read as another one is not read at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tui.model.platform import Listed
from tui.registry.errors import MalformedAnswer
from tui.registry.payloads import (
    DOCKER_LIST,
    DOCKER_MANIFEST,
    OCI_INDEX,
    OCI_MANIFEST,
    Manifest,
    manifest,
    readable,
)

GOOD, BAD = ("sha256:" + one * 64 for one in "ab")
ENTRY = {
    "mediaType": OCI_MANIFEST,
    "digest": GOOD,
    "size": 9,
    "platform": {"os": "linux", "architecture": "amd64"},
}
IMAGE: dict[str, Any] = {
    "schemaVersion": 2,
    "mediaType": OCI_MANIFEST,
    "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": GOOD, "size": 9},
    "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": BAD, "size": 7}],
}


def read(item: Any, kind: str = OCI_INDEX) -> Manifest:
    body = item if isinstance(item, str) else json.dumps(item)
    with readable("reg", "a manifest"):
        return manifest(body.encode(), GOOD, kind)


def index(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [*entries], **more}


@pytest.mark.parametrize(
    "item",
    [
        index(ENTRY, Manifests=[ENTRY | {"digest": BAD}]),
        index(ENTRY) | {"manife\u017fts": [ENTRY | {"digest": BAD}]},
        index(ENTRY | {"Digest": BAD}),
        index({"DIGEST": BAD, **ENTRY}),
        index(ENTRY | {"Platform": {"os": "linux", "architecture": "arm64"}}),
        index(ENTRY | {"platform": {"OS": "linux", "os": "windows", "architecture": "amd64"}}),
        index(ENTRY | {"platform": {"os": "linux", "Architecture": "amd64"}}),
        index(ENTRY | {"platform": {"os": "linux", "architecture": ["amd64"]}}),
        index(ENTRY | {"platform": ["linux"]}),
        index(ENTRY, mediatype=OCI_MANIFEST),
        index(ENTRY, other=1, Other=2),
        index(ENTRY, config=IMAGE["config"], layers=IMAGE["layers"]),
        IMAGE | {"manifests": [ENTRY]},
        IMAGE | {"Config": IMAGE["config"] | {"digest": BAD}},
        IMAGE | {"config": IMAGE["config"] | {"Digest": BAD}},
        IMAGE | {"layers": [IMAGE["layers"][0] | {"Digest": GOOD}]},
        json.dumps(index(ENTRY))[:-1] + ', "manifests": []}',
        json.dumps(index(ENTRY)).replace('"size": 9', '"size": 9, "digest": "x"'),
    ],
)
def test_what_is_read_differently_elsewhere_is_refused_in_a_sentence(item: Any) -> None:
    with pytest.raises(MalformedAnswer, match=r"^the registry reg sent a manifest that cannot be read: it "):
        read(item)


def test_what_a_builder_writes_is_read() -> None:
    attests = {
        "mediaType": OCI_MANIFEST,
        "digest": BAD,
        "size": 566,
        "annotations": {
            "vnd.docker.reference.digest": GOOD,
            "vnd.docker.reference.type": "attestation-manifest",
            "Vnd.Docker.Reference.Type": "annotations are a map: their names have a case",
        },
        "platform": {"architecture": "unknown", "os": "unknown"},
    }
    found = read(index(ENTRY, attests, annotations={"a": "1", "A": "2"}))
    assert found.listed == (Listed(GOOD, "linux", "amd64"), Listed(BAD, "unknown", "unknown"))
    assert (found.platforms, found.manifests) == (("linux/amd64",), (GOOD,))
    assert found.taken("linux/amd64") == GOOD
    assert found.taken("linux/arm64") == ""


def test_what_others_write_is_read() -> None:
    windows = {"architecture": "amd64", "os": "windows", "os.version": "10.0.17763.1", "features": ["sse4"]}
    listed = index(ENTRY, ENTRY | {"platform": windows}) | {"mediaType": DOCKER_LIST}
    assert read(listed, DOCKER_LIST).listed[1].picky
    layer = {"mediaType": "x", "size": 3, "digest": BAD, "urls": ["https://example.com/x"], "data": "e30="}
    docker = IMAGE | {"mediaType": DOCKER_MANIFEST, "layers": [layer]}
    assert read(docker, DOCKER_MANIFEST).layers_size == 3
    subject = {"mediaType": OCI_MANIFEST, "digest": BAD, "size": 3}
    artifact = IMAGE | {"artifactType": "text/x", "subject": subject}
    assert read(artifact, OCI_MANIFEST).taken("linux/amd64") == GOOD
    assert read({"schemaVersion": 2, "manifests": None}).listed == ()
    assert read(index({"mediaType": OCI_MANIFEST, "digest": GOOD, "size": 9})).listed == (Listed(GOOD),)
