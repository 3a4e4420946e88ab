"""A registry in memory that keeps what it is given, with the referrers API or without, and lies on demand."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from aiohttp import web

from tests.support.scripted_registry import OCI_INDEX, OCI_MANIFEST, digest_of, error

if TYPE_CHECKING:
    from collections.abc import Callable

    Lie = Callable[[web.Request], web.Response | None]

_NAME = r"/v2/(?P<name>.+?)"
_DIGEST = re.compile("sha256:[0-9a-f]{64}")


class MemoryRegistry:
    """Speaks OCI distribution-spec 1.1 over plain HTTP; `async with` starts and stops it.

    api        whether it has the referrers API; without, it answers 404 as docker-registry 2 does
    lie        asked before each answer: what it returns is said instead
    requests   "GET /v2/..." in order
    serve      answers; replaced by what answers otherwise
    """

    def __init__(self, *, api: bool = True) -> None:
        self.api = api
        self.lie: Lie = lambda _: None
        self.requests: list[str] = []
        self.blobs: dict[tuple[str, str], bytes] = {}
        self.manifests: dict[tuple[str, str], tuple[bytes, str]] = {}
        self.tags: dict[tuple[str, str], str] = {}
        self._uploads: dict[str, bytes] = {}
        self._runner = web.ServerRunner(web.Server(lambda request: self.serve(request)))

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.address = f"127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self._runner.cleanup()

    def put_manifest(self, name: str, item: Any, tag: str = "", kind: str = OCI_MANIFEST) -> str:
        """Hold a manifest without any request; its digest."""
        body = item if isinstance(item, bytes) else json.dumps(item).encode()
        digest = digest_of(body)
        self.manifests[name, digest] = body, kind
        if tag:
            self.tags[name, tag] = digest
        return digest

    def put_blob(self, name: str, body: bytes) -> str:
        self.blobs[name, digest_of(body)] = body
        return digest_of(body)

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        assert isinstance(request, web.BaseRequest)
        self.requests.append(f"{request.method} {request.path_qs}")
        body = await request.read()
        said = self.lie(request)  # type: ignore[arg-type]
        if said is not None:
            return web.Response(body=said.body, status=said.status, headers=said.headers)
        if request.path == "/v2/":
            return web.Response()
        for pattern, answer in (
            (rf"{_NAME}/blobs/uploads/(?P<id>[^/]*)", self._upload),
            (rf"{_NAME}/blobs/(?P<digest>[^/]+)", self._blob),
            (rf"{_NAME}/manifests/(?P<reference>[^/]+)", self._manifest),
            (rf"{_NAME}/referrers/(?P<digest>[^/]+)", self._referrers),
            (rf"{_NAME}/tags/list", self._tags),
        ):
            if found := re.fullmatch(pattern, request.path):
                return answer(request, body, **found.groupdict())
        return error(404, "NAME_UNKNOWN", "no such page")

    def _upload(self, request: web.BaseRequest, body: bytes, name: str, id: str) -> web.Response:
        if request.method == "POST":
            id = str(uuid4())
            self._uploads[id] = b""
            return web.Response(
                status=202, headers={"Location": f"/v2/{name}/blobs/uploads/{id}?state=a%3Db"}
            )
        if id not in self._uploads or request.query.get("state") != "a=b":
            return error(404, "BLOB_UPLOAD_UNKNOWN", "no such upload")
        self._uploads[id] += body
        where = {"Location": f"/v2/{name}/blobs/uploads/{id}?state=a%3Db"}
        if request.method == "PATCH":
            return web.Response(status=202, headers=where)
        digest = request.query["digest"]
        if digest_of(self._uploads[id]) != digest:
            return error(400, "DIGEST_INVALID", "other bytes")
        self.blobs[name, digest] = self._uploads.pop(id)
        return web.Response(status=201, headers={"Location": f"/v2/{name}/blobs/{digest}"})

    def _blob(self, request: web.BaseRequest, _body: bytes, name: str, digest: str) -> web.Response:
        if (name, digest) not in self.blobs:
            return error(404, "BLOB_UNKNOWN", "no such blob")
        body = self.blobs[name, digest]
        headers = {"Docker-Content-Digest": digest, "Content-Length": str(len(body))}
        return web.Response(body=body if request.method == "GET" else None, headers=headers)

    def _manifest(self, request: web.BaseRequest, body: bytes, name: str, reference: str) -> web.Response:
        if request.method == "PUT":
            return self._put(request, body, name, reference)
        digest = reference if _DIGEST.fullmatch(reference) else self.tags.get((name, reference), "")
        if (name, digest) not in self.manifests:
            return error(404, "MANIFEST_UNKNOWN", "no such manifest")
        body, kind = self.manifests[name, digest]
        headers = {"Docker-Content-Digest": digest, "Content-Length": str(len(body)), "Content-Type": kind}
        return web.Response(body=body if request.method == "GET" else None, headers=headers)

    def _put(self, request: web.BaseRequest, body: bytes, name: str, reference: str) -> web.Response:
        item = json.loads(body)
        for one in (item.get("config"), *item.get("layers", ())):
            if one and (name, one["digest"]) not in self.blobs:
                return error(400, "MANIFEST_BLOB_UNKNOWN", one["digest"])
        digest = self.put_manifest(name, body, kind=request.headers["Content-Type"])
        if not _DIGEST.fullmatch(reference):
            self.tags[name, reference] = digest
        elif reference != digest:
            return error(400, "DIGEST_INVALID", "other bytes")
        headers = {"Docker-Content-Digest": digest, "Location": f"/v2/{name}/manifests/{digest}"}
        if self.api and item.get("subject"):
            headers["OCI-Subject"] = item["subject"]["digest"]
        return web.Response(status=201, headers=headers)

    def _referrers(self, _request: web.BaseRequest, _body: bytes, name: str, digest: str) -> web.Response:
        if not self.api:
            return web.Response(status=404, text="404 page not found")
        listed = []
        for (where, own), (body, kind) in self.manifests.items():
            item = json.loads(body)
            if where == name and (item.get("subject") or {}).get("digest") == digest:
                listed.append(
                    {
                        "mediaType": kind,
                        "digest": own,
                        "size": len(body),
                        "artifactType": item.get("artifactType") or item["config"]["mediaType"],
                        "annotations": item.get("annotations") or {},
                    }
                )
        index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": listed}
        return web.Response(body=json.dumps(index).encode(), content_type=OCI_INDEX)

    def _tags(self, _request: web.BaseRequest, _body: bytes, name: str) -> web.Response:
        return web.json_response({"name": name, "tags": sorted(tag for own, tag in self.tags if own == name)})


def hollow_image(layer: bytes = b"a layer") -> tuple[dict[str, Any], list[bytes]]:
    """An image that no engine would run, and its blobs."""
    config = json.dumps(
        {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}
    )
    blobs = [config.encode(), layer]
    kinds = ("application/vnd.oci.image.config.v1+json", "application/vnd.oci.image.layer.v1.tar")
    named = [
        {"mediaType": kind, "digest": digest_of(blob), "size": len(blob)}
        for kind, blob in zip(kinds, blobs, strict=True)
    ]
    manifest = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": named[0], "layers": named[1:]}
    return manifest, blobs
