"""A registry that says what a test tells it to, over plain HTTP or TLS."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    import ssl

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"

Answer = web.Response | Callable[[web.Request], web.Response]


def digest_of(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def error(status: int, code: str, message: str, **headers: str) -> web.Response:
    body = {"errors": [{"code": code, "message": message}]}
    return web.json_response(body, status=status, headers=headers)


class ScriptedRegistry:
    """Answers by path; /v2/ answers 200, everything else 404. Also serves as token service and storage.

    address    "127.0.0.1:port"
    requests   in order
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, Answer] = {"/v2/": web.Response()}
        self.requests: list[web.Request] = []
        self.bodies: list[str] = []
        self._tls = tls
        self._runner = web.ServerRunner(web.Server(self._serve))

    async def start(self) -> None:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._tls)
        await site.start()
        self.address = f"127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        assert isinstance(request, web.BaseRequest)
        self.requests.append(request)  # type: ignore[arg-type]
        self.bodies.append(await request.text())
        answer = self.answers.get(request.path, error(404, "NAME_UNKNOWN", "repository name not known"))
        made = answer(request) if callable(answer) else answer  # type: ignore[arg-type]
        return web.Response(body=made.body, status=made.status, headers=made.headers)

    def manifest(self, path: str, reference: str, item: Any, kind: str, **headers: str) -> str:
        """Hold a manifest under a reference and under its digest, which is returned."""
        body = item if isinstance(item, bytes) else json.dumps(item).encode()
        digest = digest_of(body)
        answer = web.Response(
            body=body, content_type=kind, headers={"Docker-Content-Digest": digest, **headers}
        )
        for name in (reference, digest):
            self.answers[f"/v2/{path}/manifests/{name}"] = answer
        return digest

    def blob(self, path: str, item: Any) -> str:
        """Hold a blob; its digest."""
        body = json.dumps(item).encode()
        digest = digest_of(body)
        self.answers[f"/v2/{path}/blobs/{digest}"] = web.Response(body=body)
        return digest

    def asked(self) -> list[str]:
        """The paths asked for, with their queries."""
        return [request.path_qs for request in self.requests]

    def logins(self) -> list[str]:
        """The header Authorization of each request."""
        return [request.headers.get("Authorization", "") for request in self.requests]
