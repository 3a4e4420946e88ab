"""The registry client against two real registries, one of which asks for a login."""

from __future__ import annotations

import hashlib
import http.client
import json
from typing import TYPE_CHECKING, Any

import pytest

from tui.model.attachment import BUNDLE, Attachment
from tui.model.credentials import Credentials
from tui.registry.attaching import attach
from tui.registry.client import Registry
from tui.registry.errors import LoginRefused, TlsMismatch
from tui.registry.payloads import DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST
from tui.registry.referrers import attachments

if TYPE_CHECKING:
    from tests.support.engine_calls import EngineCalls
    from tests.support.private_engine import PrivateEngine
    from tests.support.registry import Registry as Server

IMAGE = "holdfast-test/busybox:1"


@pytest.fixture
def pushed(private_engine: PrivateEngine, api: EngineCalls, registry: Server) -> dict[str, Any]:
    """What the engine said of registry-test/web:v1, pushed to the open registry."""
    return push(api, registry, "registry-test/web:v1")


def push(api: EngineCalls, registry: Server, name: str) -> dict[str, Any]:
    api.import_busybox()
    reference = f"{registry.address}/{name}"
    api.tag(IMAGE, reference)
    aux: dict[str, Any] = api.push(reference, registry.login)[-1]["aux"]
    return aux


def upload(registry: Server, path: str, reference: str, body: bytes, kind: str) -> str:
    """Put a manifest into an open registry, by the distribution specification alone; its digest."""
    connection = http.client.HTTPConnection(registry.address, timeout=15)
    connection.request("PUT", f"/v2/{path}/manifests/{reference}", body, {"Content-Type": kind})
    answer = connection.getresponse()
    assert answer.status == 201, answer.read()
    connection.close()
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


async def test_what_was_pushed_is_read_back(
    api: EngineCalls, registry: Server, pushed: dict[str, Any]
) -> None:
    repository = f"{registry.address}/registry-test/web"
    async with Registry(registry.address, insecure=True) as client:
        assert await client.tags(repository) == ["v1"]
        assert await client.digest(repository, "v1") == pushed["Digest"]
        assert await client.digest("registry-test/web", "v2") == ""
        assert await client.tags("registry-test/nothing") == []
        manifest = await client.manifest(repository, "v1")
        assert manifest is not None
        assert (manifest.digest, manifest.size) == (pushed["Digest"], pushed["Size"])
        assert manifest.media_type == DOCKER_MANIFEST
        assert manifest.config_digest == api.get(f"/images/{IMAGE}/json")["Id"]
        assert 500_000 < manifest.layers_size < 5_000_000
        assert await client.manifest(repository, manifest.digest) == manifest
        assert await client.manifest(repository, "sha256:" + "0" * 64) is None


async def test_an_oci_manifest_and_an_index(registry: Server, pushed: dict[str, Any]) -> None:
    path = "registry-test/web"
    original = registry.ask(f"/v2/{path}/manifests/v1").json
    single = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": original["config"] | {"mediaType": "application/vnd.oci.image.config.v1+json"},
        "layers": [
            layer | {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip"}
            for layer in original["layers"]
        ],
        "annotations": {"org.opencontainers.image.revision": "abc"},
    }
    one = upload(registry, path, "oci", json.dumps(single).encode(), OCI_MANIFEST)
    platforms = [
        {"architecture": "amd64", "os": "linux"},
        {"architecture": "arm64", "os": "linux", "variant": "v8"},
    ]
    size = len(json.dumps(single).encode())
    index = {
        "schemaVersion": 2,
        "mediaType": OCI_INDEX,
        "manifests": [
            {"mediaType": OCI_MANIFEST, "digest": one, "size": size, "platform": platform}
            for platform in platforms
        ],
    }
    whole = upload(registry, path, "index", json.dumps(index).encode(), OCI_INDEX)
    async with Registry(registry.address, insecure=True) as client:
        manifest = await client.manifest(path, "oci")
        assert manifest is not None
        assert (manifest.digest, manifest.media_type) == (one, OCI_MANIFEST)
        assert manifest.annotations == {"org.opencontainers.image.revision": "abc"}
        found = await client.manifest(path, "index")
        assert found is not None
        assert (found.digest, found.config_digest, found.manifests) == (whole, "", (one, one))
        assert found.platforms == ("linux/amd64", "linux/arm64/v8")
        assert await client.digest(path, "index") == whole


async def test_more_tags_than_a_page_has(
    registry: Server, pushed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    body = registry.ask("/v2/registry-test/web/manifests/v1").body
    names = [f"many-{number:02}" for number in range(12)]
    for name in names:
        upload(registry, "registry-test/web", name, body, DOCKER_MANIFEST)
    monkeypatch.setattr("tui.registry.client.PAGE", 5)
    async with Registry(registry.address, insecure=True) as client:
        assert set(names) < set(await client.tags("registry-test/web"))


async def test_a_registry_that_asks_for_a_login(
    private_engine: PrivateEngine, api: EngineCalls, registry_with_login: Server
) -> None:
    server = registry_with_login
    pushed = push(api, server, "registry-test/web:v1")
    repository = f"{server.address}/registry-test/web"
    assert server.login is not None
    async with Registry(server.address, Credentials(*server.login), insecure=True) as client:
        assert await client.tags(repository) == ["v1"]
        manifest = await client.manifest(repository, "v1")
        assert manifest is not None
        assert manifest.digest == pushed["Digest"]
    for login in (None, Credentials(server.login[0], "wrong")):
        async with Registry(server.address, login, insecure=True) as client:
            with pytest.raises(LoginRefused, match=server.address) as caught:
                await client.digest(repository, "v1")
        assert caught.value.hint == f"docker login {server.address}"


async def test_what_hangs_on_an_image_of_a_registry_that_asks_for_a_login(
    private_engine: PrivateEngine, api: EngineCalls, registry_with_login: Server
) -> None:
    server = registry_with_login
    digest = push(api, server, "registry-test/signed:v1")["Digest"]
    assert server.login is not None
    path, made = "registry-test/signed", Attachment(BUNDLE, b'{"a": 1}')
    async with Registry(server.address, Credentials(*server.login), insecure=True) as client:
        manifest = await client.manifest(path, "v1")
        assert manifest is not None
        await attach(client, path, manifest, [made])
        assert [one.blob for one in await attachments(client, path, digest)] == [made.blob]
    async with Registry(server.address, insecure=True) as client:
        with pytest.raises(LoginRefused):
            await attach(client, path, manifest, [made])
        [refused] = await attachments(client, path, digest)
        assert "without a login" in refused.fault


async def test_a_registry_without_tls_where_tls_was_expected(registry: Server) -> None:
    async with Registry(registry.address) as client:
        with pytest.raises(TlsMismatch, match="plain HTTP") as caught:
            await client.tags("registry-test/web")
    assert "insecure-registries" in caught.value.hint
