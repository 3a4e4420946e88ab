"""The demo's own registry (OCI distribution-spec 1.1): in memory, in the engine's process, on loopback."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from aiohttp import web

from tui.demo.manifests import MANIFEST, digest_of, packed, unpacked

if TYPE_CHECKING:
    from tui.demo.objects import Image

INDEX = "application/vnd.oci.image.index.v1+json"

_NAME = r"/v2/(?P<name>.+?)"
_DIGEST = re.compile("sha256:[0-9a-f]{64}")


class Manifest(NamedTuple):
    """The bytes of a manifest, and their media type."""

    body: bytes
    kind: str = MANIFEST


class Shelf:
    """What a registry holds: by (repository, digest), and tags by (repository, tag)."""

    def __init__(self) -> None:
        self.blobs: dict[tuple[str, str], bytes] = {}
        self.manifests: dict[tuple[str, str], Manifest] = {}
        self.tags: dict[tuple[str, str], str] = {}

    def push(self, repository: str, tag: str, image: Image) -> str:
        """Take an image; the digest of its manifest."""
        held = packed(image)
        for blob in held.blobs:
            self.blobs[repository, digest_of(blob)] = blob
        return self.put(repository, tag, Manifest(held.manifest))

    def put(self, repository: str, tag: str, manifest: Manifest) -> str:
        """Take a manifest, under a tag where one is given; its digest."""
        digest = digest_of(manifest.body)
        self.manifests[repository, digest] = manifest
        if tag:
            self.tags[repository, tag] = digest
        return digest

    def digest(self, repository: str, reference: str) -> str:
        """Of a tag, or of a digest itself; "" where there is no such manifest."""
        digest = reference if _DIGEST.fullmatch(reference) else self.tags.get((repository, reference), "")
        return digest if (repository, digest) in self.manifests else ""

    def has_layer(self, repository: str, body: bytes) -> bool:
        return (repository, digest_of(body)) in self.blobs

    def pull(self, repository: str, digest: str) -> Image:
        """The image of a manifest. Raises KeyError where a part is missing, ValueError for none of ours."""
        table = json.loads(self.manifests[repository, digest].body)
        wanted = [table["config"]["digest"], *(one["digest"] for one in table["layers"])]
        return unpacked(tuple(self.blobs[repository, one] for one in wanted))


def error(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"errors": [{"code": code, "message": message}]}, status=status)


class RegistryPages:
    """Answers requests by what a shelf holds."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._uploads: dict[str, bytes] = {}
        self._pages = (
            (re.compile(rf"{_NAME}/blobs/uploads/(?P<id>[^/]*)"), self._upload),
            (re.compile(rf"{_NAME}/blobs/(?P<digest>[^/]+)"), self._blob),
            (re.compile(rf"{_NAME}/manifests/(?P<reference>[^/]+)"), self._manifest),
            (re.compile(rf"{_NAME}/referrers/(?P<digest>[^/]+)"), self._referrers),
            (re.compile(rf"{_NAME}/tags/list"), self._tags),
        )

    async def respond(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        if request.path.rstrip("/") == "/v2":
            return web.json_response({})
        for pattern, page in self._pages:
            if found := pattern.fullmatch(request.path):
                return page(request, body, **found.groupdict())
        return error(404, "NAME_UNKNOWN", "there is no such page")

    def _upload(self, request: web.BaseRequest, body: bytes, name: str, id: str) -> web.Response:
        if request.method == "POST":
            id = uuid4().hex
            self._uploads[id] = b""
        if id not in self._uploads:
            return error(404, "BLOB_UPLOAD_UNKNOWN", "there is no such upload")
        self._uploads[id] += body
        digest = request.query.get("digest", "")
        if not digest:
            return web.Response(status=202, headers={"Location": f"/v2/{name}/blobs/uploads/{id}"})
        whole = self._uploads.pop(id)
        if digest_of(whole) != digest:
            return error(400, "DIGEST_INVALID", "the bytes have another digest")
        self.shelf.blobs[name, digest] = whole
        headers = {"Location": f"/v2/{name}/blobs/{digest}", "Docker-Content-Digest": digest}
        return web.Response(status=201, headers=headers)

    def _blob(self, request: web.BaseRequest, _body: bytes, name: str, digest: str) -> web.Response:
        held = self.shelf.blobs.get((name, digest))
        if held is None:
            return error(404, "BLOB_UNKNOWN", "there is no such blob")
        return _sent(request, held, digest, "application/octet-stream")

    def _manifest(self, request: web.BaseRequest, body: bytes, name: str, reference: str) -> web.Response:
        if request.method == "PUT":
            return self._put(request, body, name, reference)
        digest = self.shelf.digest(name, reference)
        if not digest:
            return error(404, "MANIFEST_UNKNOWN", "there is no such manifest")
        held = self.shelf.manifests[name, digest]
        if request.method == "DELETE":
            self.shelf.tags = {
                key: one for key, one in self.shelf.tags.items() if (key[0], one) != (name, digest)
            }
            del self.shelf.manifests[name, digest]
            return web.Response(status=202)
        return _sent(request, held.body, digest, held.kind)

    def _put(self, request: web.BaseRequest, body: bytes, name: str, reference: str) -> web.Response:
        try:
            table: Any = json.loads(body)
        except ValueError:
            return error(400, "MANIFEST_INVALID", "it is no JSON")
        named = [one for one in (table.get("config"), *table.get("layers", ())) if one]
        if missing := [one["digest"] for one in named if (name, one["digest"]) not in self.shelf.blobs]:
            return error(400, "MANIFEST_BLOB_UNKNOWN", missing[0])
        digest = digest_of(body)
        by_digest = _DIGEST.fullmatch(reference) is not None
        if by_digest and reference != digest:
            return error(400, "DIGEST_INVALID", "the bytes have another digest")
        manifest = Manifest(body, request.headers.get("Content-Type", MANIFEST))
        self.shelf.put(name, "" if by_digest else reference, manifest)
        headers = {"Docker-Content-Digest": digest, "Location": f"/v2/{name}/manifests/{digest}"}
        if subject := table.get("subject"):
            headers["OCI-Subject"] = subject["digest"]
        return web.Response(status=201, headers=headers)

    def _referrers(self, _request: web.BaseRequest, _body: bytes, name: str, digest: str) -> web.Response:
        listed = []
        for (where, own), held in self.shelf.manifests.items():
            table = json.loads(held.body)
            if where == name and (table.get("subject") or {}).get("digest") == digest:
                kind = table.get("artifactType") or table["config"]["mediaType"]
                listed.append(
                    {
                        "mediaType": held.kind,
                        "digest": own,
                        "size": len(held.body),
                        "artifactType": kind,
                        "annotations": table.get("annotations") or {},
                    }
                )
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": listed}
        return web.Response(body=json.dumps(index).encode(), content_type=INDEX)

    def _tags(self, _request: web.BaseRequest, _body: bytes, name: str) -> web.Response:
        tags = sorted(tag for own, tag in self.shelf.tags if own == name)
        if not tags:
            return error(404, "NAME_UNKNOWN", "there is no such repository")
        return web.json_response({"name": name, "tags": tags})


def _sent(request: web.BaseRequest, body: bytes, digest: str, kind: str) -> web.Response:
    headers = {"Docker-Content-Digest": digest, "Content-Length": str(len(body)), "Content-Type": kind}
    return web.Response(body=body if request.method == "GET" else None, headers=headers)
