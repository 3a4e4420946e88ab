from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from tests.support.scripted_registry import (
    DOCKER_MANIFEST,
    OCI_INDEX,
    OCI_MANIFEST,
    ScriptedRegistry,
    digest_of,
    error,
)
from tui.registry import client, payloads, wire
from tui.registry.client import Registry
from tui.registry.errors import (
    LoginRefused,
    MalformedAnswer,
    RegistryError,
    RegistryRefused,
    RegistryUnreachable,
    WrongDigest,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

WEB = "team/web"
TAGS = f"/v2/{WEB}/tags/list"

CONFIG = {"architecture": "amd64", "os": "linux", "created": "2026-11-24T11:46:46.123456789Z"}


@pytest.fixture
async def registry(scripted: ScriptedRegistry) -> AsyncIterator[Registry]:
    async with Registry(scripted.address, insecure=True) as registry:
        yield registry


def image(config: str = "sha256:" + "0" * 64, **more: Any) -> dict[str, Any]:
    layers = [{"digest": "sha256:" + "1" * 64, "size": 100}, {"digest": "sha256:" + "2" * 64, "size": 23}]
    return {"schemaVersion": 2, "config": {"digest": config, "size": 5}, "layers": layers, **more}


# -- manifests


async def test_a_manifest_of_schema_2(scripted: ScriptedRegistry, registry: Registry) -> None:
    config = scripted.blob(WEB, CONFIG)
    digest = scripted.manifest(WEB, "v1", image(config, mediaType=DOCKER_MANIFEST), DOCKER_MANIFEST)
    found = await registry.manifest(f"{scripted.address}/{WEB}", "v1")
    assert found is not None
    assert (found.digest, found.config_digest, found.layers_size) == (digest, config, 123)
    assert (found.media_type, found.platforms) == (DOCKER_MANIFEST, ())
    assert await registry.manifest(WEB, digest) == found
    accepted = scripted.requests[-1].headers["Accept"].split(", ")
    assert sorted(accepted) == sorted(payloads.MEDIA_TYPES)


async def test_an_oci_index_names_its_platforms(scripted: ScriptedRegistry, registry: Registry) -> None:
    config = scripted.blob(WEB, CONFIG)
    one = scripted.manifest(WEB, "x", image(config), OCI_MANIFEST)
    index = {
        "schemaVersion": 2,
        "mediaType": OCI_INDEX,
        "annotations": {"org.example": "yes"},
        "manifests": [
            {"digest": one, "size": 9, "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}},
            {"digest": one, "size": 9, "platform": {"os": "linux", "architecture": "amd64"}},
            {"digest": one, "size": 9, "platform": {"os": "unknown", "architecture": "unknown"}},
        ],
    }
    scripted.manifest(WEB, "v1", index, OCI_INDEX)
    found = await registry.manifest(WEB, "v1")
    assert found is not None
    assert found.platforms == ("linux/arm64/v8", "linux/amd64")
    assert found.manifests == (one, one)
    assert (found.config_digest, found.annotations) == ("", {"org.example": "yes"})


async def test_what_is_not_there_is_none(scripted: ScriptedRegistry, registry: Registry) -> None:
    assert await registry.manifest(WEB, "v1") is None
    assert await registry.digest(WEB, "v1") == ""
    assert await registry.tags(WEB) == []


async def test_a_digest_is_had_without_the_manifest(scripted: ScriptedRegistry, registry: Registry) -> None:
    digest = scripted.manifest(WEB, "v1", image(), OCI_MANIFEST)
    assert await registry.digest(WEB, "v1") == digest
    assert [request.method for request in scripted.requests if request.path != "/v2/"] == ["HEAD"]


async def test_a_registry_that_names_no_digest_has_it_computed(
    scripted: ScriptedRegistry, registry: Registry
) -> None:
    body = json.dumps(image()).encode()
    scripted.answers[f"/v2/{WEB}/manifests/v1"] = web.Response(body=body, content_type=OCI_MANIFEST)
    assert await registry.digest(WEB, "v1") == digest_of(body)


async def test_a_digest_of_sha_512(scripted: ScriptedRegistry, registry: Registry) -> None:
    body = json.dumps(image()).encode()
    digest = f"sha512:{hashlib.sha512(body).hexdigest()}"
    scripted.manifest(WEB, "v1", body, OCI_MANIFEST, **{"Docker-Content-Digest": digest})
    found = await registry.manifest(WEB, "v1")
    assert found is not None
    assert found.digest == digest


async def test_other_bytes_than_the_digest_says_are_a_wrong_digest(
    scripted: ScriptedRegistry, registry: Registry
) -> None:
    told = digest_of(b"other")
    real = scripted.manifest(WEB, "v1", image(), OCI_MANIFEST, **{"Docker-Content-Digest": told})
    with pytest.raises(WrongDigest, match="wrong digest") as caught:
        await registry.manifest(WEB, "v1")
    assert caught.value.detail == (f"it says {told}", f"it sent {real}")
    assert caught.value.hint


async def test_other_bytes_than_were_asked_for_are_a_wrong_digest(
    scripted: ScriptedRegistry, registry: Registry
) -> None:
    wanted = digest_of(b"wanted")
    scripted.manifest(WEB, wanted, image(), OCI_MANIFEST)
    with pytest.raises(WrongDigest, match="wrong digest"):
        await registry.manifest(WEB, wanted)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", OCI_MANIFEST),
        (b"[]", OCI_MANIFEST),
        (b"{}", OCI_MANIFEST),
        (b"<html>", "text/html"),
        (b'{"mediaType": 5}', OCI_MANIFEST),
        (b'{"manifests": 5}', OCI_INDEX),
        (b'{"config": {}, "layers": []}', OCI_MANIFEST),
        (b'{"schemaVersion": 1}', "application/vnd.docker.distribution.manifest.v1+prettyjws"),
        (b"[" * 100_000, OCI_MANIFEST),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_what_is_no_manifest_is_said_to_be_none(
    scripted: ScriptedRegistry, registry: Registry, body: bytes, kind: str
) -> None:
    scripted.manifest(WEB, "v1", body, kind)
    with pytest.raises(MalformedAnswer, match="a manifest of team/web:v1"):
        await registry.manifest(WEB, "v1")


async def test_an_answer_without_end_is_not_read(scripted: ScriptedRegistry, registry: Registry) -> None:
    scripted.manifest(WEB, "v1", b" " * (wire.BODY_BYTES + 1), OCI_MANIFEST)
    with pytest.raises(MalformedAnswer, match="more than 4 MiB"):
        await registry.manifest(WEB, "v1")


# -- tags


def paged(names: list[str], size: int, link: Callable[[str], str] | None = None) -> Any:
    """Answers a list of tags page by page, with a link to the next where `link` writes one."""

    def answer(request: web.Request) -> web.Response:
        last = request.query.get("last", "")
        at = names.index(last) + 1 if last else 0
        page = names[at : at + size]
        headers = {}
        if link is not None and at + size < len(names):
            headers["Link"] = link(page[-1])
        return web.json_response({"name": WEB, "tags": page}, headers=headers)

    return answer


@pytest.mark.parametrize("absolute", [False, True])
async def test_tags_come_page_by_page(scripted: ScriptedRegistry, registry: Registry, absolute: bool) -> None:
    names = [f"v1.0.{number}" for number in range(25)]
    # behind a proxy that ends TLS registries write the wrong scheme
    before = f"https://{scripted.address}" if absolute else ""
    scripted.answers[TAGS] = paged(names, 10, lambda last: f'<{before}{TAGS}?n=10&last={last}>; rel="next"')
    assert await registry.tags(WEB) == names
    assert scripted.asked() == [
        "/v2/",
        f"{TAGS}?n=1000",
        f"{TAGS}?n=10&last=v1.0.9",
        f"{TAGS}?n=10&last=v1.0.19",
    ]


async def test_a_registry_that_cuts_without_a_link_is_asked_for_the_rest(
    scripted: ScriptedRegistry, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PAGE", 10)
    names = [f"v1.0.{number}" for number in range(25)]
    scripted.answers[TAGS] = paged(names, 10)
    assert await registry.tags(WEB) == names


async def test_a_list_that_goes_in_a_circle_ends(scripted: ScriptedRegistry, registry: Registry) -> None:
    scripted.answers[TAGS] = web.json_response(
        {"tags": ["v1", "v2"]}, headers={"Link": f'<{TAGS}?last=v2>; rel="next"'}
    )
    assert await asyncio.wait_for(registry.tags(WEB), 10) == ["v1", "v2"]


async def test_no_more_tags_are_taken_than_anybody_has(
    scripted: ScriptedRegistry, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MOST_TAGS", 15)
    names = [f"v{number}" for number in range(100)]
    scripted.answers[TAGS] = paged(names, 10, lambda last: f'<{TAGS}?last={last}>; rel="next"')
    assert await registry.tags(WEB) == names[:15]


@pytest.mark.parametrize(
    "link", ["https://evil.example.com/v2/team/web/tags/list", "/v2/other/tags/list", "//["]
)
async def test_further_tags_are_asked_for_nowhere_else(
    scripted: ScriptedRegistry, registry: Registry, link: str
) -> None:
    scripted.answers[TAGS] = web.json_response({"tags": ["v1"]}, headers={"Link": f'<{link}>; rel="next"'})
    with pytest.raises(MalformedAnswer, match="further tags"):
        await registry.tags(WEB)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"tags": 5}', b"<html>"])
async def test_what_is_no_list_of_tags(scripted: ScriptedRegistry, registry: Registry, body: bytes) -> None:
    scripted.answers[TAGS] = web.Response(body=body)
    with pytest.raises(MalformedAnswer, match="a list of tags"):
        await registry.tags(WEB)


async def test_a_repository_without_tags(scripted: ScriptedRegistry, registry: Registry) -> None:
    scripted.answers[TAGS] = web.json_response({"name": WEB, "tags": None})
    assert await registry.tags(WEB) == []


# -- refusals


@pytest.mark.parametrize(
    ("answer", "says", "status"),
    [
        (error(400, "NAME_INVALID", "invalid name"), "refused: invalid name", 400),
        (error(429, "TOOMANYREQUESTS", "slow down"), "refused: slow down", 429),
        (web.Response(status=502, text="<html>Bad gateway"), "refused: status 502", 502),
        (web.Response(status=500, text="bad\x1b[2J\ntoken=hunter2hunter2"), "refused: bad", 500),
        (web.Response(status=500, body=b'{"errors": [5]}'), "errors", 500),
    ],
)
async def test_a_refusal_is_told_in_the_registrys_words(
    scripted: ScriptedRegistry, registry: Registry, answer: web.Response, says: str, status: int
) -> None:
    scripted.answers[TAGS] = answer
    with pytest.raises(RegistryRefused, match=says) as caught:
        await registry.tags(WEB)
    assert caught.value.status == status
    assert "hunter2" not in str(caught.value)
    assert caught.value.message.isprintable()


async def test_access_denied_names_the_registry_and_how_to_log_in(
    scripted: ScriptedRegistry, registry: Registry
) -> None:
    scripted.answers[TAGS] = error(403, "DENIED", "requested access to the resource is denied")
    with pytest.raises(LoginRefused, match=scripted.address) as caught:
        await registry.tags(WEB)
    assert caught.value.hint == f"docker login {scripted.address}"
    assert caught.value.detail == ("requested access to the resource is denied",)


# -- redirects


async def test_a_manifest_is_not_fetched_from_elsewhere(
    scripted: ScriptedRegistry, elsewhere: ScriptedRegistry, registry: Registry
) -> None:
    elsewhere.manifest(WEB, "v1", image(), OCI_MANIFEST)
    place = f"http://{elsewhere.address}/v2/{WEB}/manifests/v1"
    scripted.answers[f"/v2/{WEB}/manifests/v1"] = web.Response(status=307, headers={"Location": place})
    with pytest.raises(MalformedAnswer, match="sends elsewhere"):
        await registry.manifest(WEB, "v1")
    assert elsewhere.requests == []


# -- names


async def test_docker_hub_has_another_address_and_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    async def send(_self: object, _method: str, url: Any, *_rest: object) -> wire.Answer:
        sent.append(str(url))
        raise RegistryUnreachable("not really asked")

    monkeypatch.setattr(wire.Wire, "send", send)
    async with Registry("docker.io") as registry:
        with pytest.raises(RegistryUnreachable):
            await registry.tags("web")
        assert registry._path("web") == "library/web"
        assert registry._path("docker.io/team/web") == "team/web"
    assert sent == ["https://registry-1.docker.io/v2/"]


async def test_a_path_on_another_registry_than_docker_hub_has_no_library(
    scripted: ScriptedRegistry, registry: Registry
) -> None:
    await registry.tags("web")
    await registry.tags(f"{scripted.address}/web")
    assert scripted.asked() == ["/v2/", "/v2/web/tags/list?n=1000", "/v2/web/tags/list?n=1000"]


@pytest.mark.parametrize("host", ["", "re gistry", "a" * 70 + ".example.com", "[", "x:notaport", "\u2603"])
async def test_what_is_no_address_of_a_registry(host: str) -> None:
    async with Registry(host) as registry:
        with pytest.raises(RegistryError):
            await registry.tags(WEB)


@given(st.binary(max_size=60) | st.text(max_size=30).map(str.encode))
def test_any_error_body_gives_one_line(body: bytes) -> None:
    code, words = payloads.reason(body)
    assert (code + words).isprintable()
    assert len(words) <= payloads.REASON_LENGTH
