"""What hangs on an image, put into registries of both kinds and read back, whatever they say."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from tests.support.memory_registry import MemoryRegistry, hollow_image
from tests.support.scripted_registry import OCI_INDEX, OCI_MANIFEST, digest_of, error
from tui.model.attachment import BUNDLE, NOTATION, SIGNATURE_ANNOTATION, SIMPLE_SIGNING, UNSIGNED, Attachment
from tui.registry import attaching, referrers
from tui.registry.attaching import attach
from tui.registry.client import Registry
from tui.registry.errors import LoginRefused, MalformedAnswer, RegistryError, RegistryRefused, WrongDigest
from tui.registry.payloads import Manifest
from tui.registry.referrers import MOST_BLOB, MOST_REFERRERS, attachments, fallback_tag, old_signatures

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

PATH = "team/web"
KINDS = [pytest.param(True, id="referrers API"), pytest.param(False, id="fallback tag")]


def bundle(number: int, size: int = 2000) -> Attachment:
    blob = json.dumps({"number": number, "text": "x" * size}).encode()
    return Attachment(BUNDLE, blob, {"dev.sigstore.bundle.predicateType": f"https://example.com/{number}"})


def simple(number: int, signature: str = "") -> Attachment:
    return Attachment(
        SIMPLE_SIGNING, b'{"number": %d}' % number, {SIGNATURE_ANNOTATION: signature or f"s{number}"}
    )


class Place:
    """A registry in memory, the client, and an image."""

    def __init__(self, memory: MemoryRegistry, registry: Registry) -> None:
        self.memory = memory
        self.registry = registry
        self.image = self.hold(b"a layer")

    def hold(self, layer: bytes) -> Manifest:
        item, blobs = hollow_image(layer)
        for blob in blobs:
            self.memory.put_blob(PATH, blob)
        digest = self.memory.put_manifest(PATH, item)
        return Manifest(digest, OCI_MANIFEST, len(json.dumps(item)))

    async def put(self, *made: Attachment) -> tuple[str, ...]:
        return await attach(self.registry, PATH, self.image, made)

    async def read(self) -> tuple[Attachment, ...]:
        return await attachments(self.registry, PATH, self.image.digest)

    async def old(self) -> tuple[Attachment, ...]:
        return await old_signatures(self.registry, PATH, self.image.digest)

    async def requests(self) -> list[str]:
        """What reading takes."""
        await self.registry.digest(PATH, "v1")  # the registry is known, as when a tag was looked up
        del self.memory.requests[:]
        await self.read()
        return [*self.memory.requests]

    def lie(self, begins: str, answer: web.Response | Callable[[], web.Response]) -> None:
        """Say something else of what is asked for by a method and the beginning of a path."""

        def said(request: web.Request) -> web.Response | None:
            if not f"{request.method} {request.path}".startswith(begins):
                return None
            return answer() if callable(answer) else answer

        self.memory.lie = said

    def index(self) -> dict[str, Any]:
        digest = self.memory.tags[PATH, fallback_tag(self.image.digest)]
        found: dict[str, Any] = json.loads(self.memory.manifests[PATH, digest][0])
        return found

    def hang(self, item: dict[str, Any] | bytes, kind: str = OCI_MANIFEST) -> str:
        """A manifest of somebody else's; its digest."""
        return self.memory.put_manifest(PATH, item, kind=kind)


@pytest.fixture(params=KINDS)
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    async with (
        MemoryRegistry(api=request.param) as memory,
        Registry(memory.address, insecure=True) as registry,
    ):
        yield Place(memory, registry)


@pytest.fixture
async def with_api() -> AsyncIterator[Place]:
    async with MemoryRegistry() as memory, Registry(memory.address, insecure=True) as registry:
        yield Place(memory, registry)


@pytest.fixture
async def without_api() -> AsyncIterator[Place]:
    async with MemoryRegistry(api=False) as memory, Registry(memory.address, insecure=True) as registry:
        yield Place(memory, registry)


def read_back(place: Place, *made: Attachment) -> set[tuple[Any, ...]]:
    return {(one.media_type, one.blob, digest_of(one.blob), place.image.digest, "") for one in made}


def seen(found: tuple[Attachment, ...]) -> set[tuple[Any, ...]]:
    return {(one.media_type, one.blob, one.digest, one.subject, one.fault) for one in found}


async def test_what_is_attached_is_read_back(place: Place) -> None:
    made = [bundle(1), bundle(2, size=50_000), Attachment(UNSIGNED, b"{}", {"a": "b"})]
    digests = await place.put(*made)
    assert len({*digests}) == 3
    found = await place.read()
    assert seen(found) == read_back(place, *made)
    assert {tuple(one.annotations.items()) for one in found} == {
        tuple(one.annotations.items()) for one in made
    }
    manifest = await place.registry.manifest(PATH, digests[0])
    assert manifest is not None


async def test_nothing_hangs_on_an_image_that_is_new(place: Place) -> None:
    assert await place.read() == ()
    assert await place.old() == ()


async def test_more_is_added_to_what_is_there(place: Place) -> None:
    await place.put(bundle(1))
    await place.put(bundle(2), bundle(1))
    await place.put(bundle(2))
    assert seen(await place.read()) == read_back(place, bundle(1), bundle(2))


async def test_signatures_for_cosign_2(place: Place) -> None:
    await place.put(simple(1))
    await place.put(simple(1, "another"), simple(2), bundle(1))
    await place.put(simple(2))
    found = await place.old()
    assert [(one.blob, one.annotations[SIGNATURE_ANNOTATION]) for one in found] == [
        (simple(1).blob, "s1"),
        (simple(1).blob, "another"),
        (simple(2).blob, "s2"),
    ]
    assert seen(await place.read()) == read_back(place, bundle(1))


async def test_five_claims_take_six_requests_at_most(place: Place) -> None:
    await place.put(*(bundle(number) for number in range(5)))
    requests = await place.requests()
    assert len(requests) <= 6, requests
    assert not any("/blobs/" in request for request in requests)
    if not place.memory.api:
        assert len(requests) == 2, requests


async def test_what_is_large_takes_a_request_more(place: Place) -> None:
    await place.put(bundle(1, size=100_000))
    assert sum("/blobs/" in request for request in await place.requests()) == 1


async def test_a_copy_that_is_none_is_not_taken_for_it(place: Place) -> None:
    [digest] = await place.put(bundle(1))
    item = json.loads(place.memory.manifests[PATH, digest][0])
    item["layers"][0]["data"] = base64.b64encode(b"something else").decode()
    item["annotations"] = {"copy": "false"}
    forged = place.hang(item)
    if not place.memory.api:
        index = place.index()
        index["manifests"] = [{"mediaType": OCI_MANIFEST, "digest": forged, "size": 1, "data": "e30="}]
        place.memory.put_manifest(PATH, index, fallback_tag(place.image.digest), OCI_INDEX)
    assert seen(await place.read()) == read_back(place, bundle(1))


async def test_an_index_fills_up_without_copies(without_api: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attaching, "MOST_INDEX", 16_000)
    for number in range(4):
        await without_api.put(bundle(number, size=3000))
    entries = without_api.index()["manifests"]
    assert [bool(one.get("data")) for one in entries] == [True, True, False, False]
    assert seen(await without_api.read()) == read_back(without_api, *(bundle(n, size=3000) for n in range(4)))
    monkeypatch.setattr(attaching, "MOST_INDEX", 4_000)
    with pytest.raises(MalformedAnswer, match="nothing can be added"):
        await without_api.put(bundle(9))


async def test_what_another_client_wrote_into_the_index_stays(without_api: Place) -> None:
    await without_api.put(bundle(1))
    index = without_api.index()
    theirs = {"mediaType": OCI_MANIFEST, "digest": "sha256:" + "e" * 64, "size": 5, "x": {"y": [1]}}
    index["manifests"].append(theirs)
    index["annotations"] = {"a": "b"}
    without_api.memory.put_manifest(PATH, index, fallback_tag(without_api.image.digest), OCI_INDEX)
    await without_api.put(bundle(2))
    after = without_api.index()
    assert after["annotations"] == {"a": "b"}
    assert theirs in after["manifests"]
    assert len(after["manifests"]) == 3


async def test_entries_without_words_of_their_own_are_looked_at(without_api: Place) -> None:
    """As go-containerregistry writes them."""
    [digest] = await without_api.put(bundle(1))
    size = len(without_api.memory.manifests[PATH, digest][0])
    empty = "application/vnd.oci.empty.v1+json"
    entry = {"mediaType": OCI_MANIFEST, "digest": digest, "size": size, "artifactType": empty}
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [entry]}
    without_api.memory.put_manifest(PATH, index, fallback_tag(without_api.image.digest), OCI_INDEX)
    assert seen(await without_api.read()) == read_back(without_api, bundle(1))


async def test_what_hangs_on_another_image_is_none_of_ours(without_api: Place) -> None:
    other = without_api.hold(b"another")
    [foreign] = await attach(without_api.registry, PATH, other, [bundle(9)])
    await without_api.put(bundle(1))
    index = without_api.index()
    for digest in (foreign, other.digest):
        index["manifests"].append({"mediaType": OCI_MANIFEST, "digest": digest, "size": 5})
    without_api.memory.put_manifest(PATH, index, fallback_tag(without_api.image.digest), OCI_INDEX)
    assert seen(await without_api.read()) == read_back(without_api, bundle(1))


async def test_an_index_that_is_the_image_itself_is_not_looked_into(without_api: Place) -> None:
    """GitLab finds the image by its fallback tag."""
    platforms = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}
    digest = without_api.memory.put_manifest(PATH, platforms, kind=OCI_INDEX)
    without_api.memory.tags[PATH, fallback_tag(digest)] = digest
    assert await attachments(without_api.registry, PATH, digest) == ()


async def test_an_empty_answer_is_no_proof_that_there_is_an_api(without_api: Place) -> None:
    await without_api.put(bundle(1))
    empty = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}
    without_api.lie(f"GET /v2/{PATH}/referrers/", web.json_response(empty, content_type=OCI_INDEX))
    assert seen(await without_api.read()) == read_back(without_api, bundle(1))


@pytest.mark.parametrize(
    "answer", [error(405, "METHOD", "no"), error(400, "UNSUPPORTED", "no"), web.Response(status=404)]
)
async def test_ways_to_have_no_api(without_api: Place, answer: web.Response) -> None:
    await without_api.put(bundle(1))
    without_api.lie(f"GET /v2/{PATH}/referrers/", answer)
    assert seen(await without_api.read()) == read_back(without_api, bundle(1))


async def test_other_things_are_named_and_not_fetched(place: Place) -> None:
    subject = {"mediaType": OCI_MANIFEST, "digest": place.image.digest, "size": place.image.size}
    empty = {"mediaType": "application/vnd.oci.empty.v1+json", "digest": digest_of(b"{}"), "size": 2}
    layer = {"mediaType": "application/jose+json", "digest": "sha256:" + "f" * 64, "size": 5}
    base = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "layers": [layer], "subject": subject}
    notation = place.hang({**base, "config": {**empty, "mediaType": NOTATION}})
    bill = place.hang({**base, "config": empty, "artifactType": "application/spdx+json"})
    if not place.memory.api:
        entries = [{"mediaType": OCI_MANIFEST, "digest": one, "size": 5} for one in (notation, bill)]
        index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries}
        place.memory.put_manifest(PATH, index, fallback_tag(place.image.digest), OCI_INDEX)
    found = await place.read()
    assert {(one.media_type, one.fault) for one in found} == {(NOTATION, ""), ("application/spdx+json", "")}


def faults(found: tuple[Attachment, ...]) -> list[str]:
    return [one.fault for one in found if one.fault]


UNREACHABLE = [
    (
        error(401, "UNAUTHORIZED", "who are you?", **{"WWW-Authenticate": 'Basic realm="x"'}),
        "without a login",
    ),
    (error(403, "DENIED", "no"), "without a login"),
    (error(429, "TOOMANYREQUESTS", "slow down"), "slow down"),
    (error(500, "UNKNOWN", "oops"), "oops"),
    (web.Response(status=503), "status 503"),
    (web.Response(status=307, headers={"Location": "http://127.0.0.1:1/"}), "sends elsewhere"),
    (web.Response(body=b"not json", content_type=OCI_INDEX), "cannot be read"),
    (web.Response(body=b'{"manifests": [{}]}', content_type=OCI_INDEX), "cannot be read"),
    (web.Response(body=b'{"manifests": [3]}', content_type=OCI_INDEX), "cannot be read"),
    (web.Response(body=b'{"manifests": {"a": 1}}', content_type=OCI_INDEX), "cannot be read"),
    (web.Response(body=b'{"mediaType": "text/plain"}', content_type=OCI_INDEX), "cannot be read"),
    (web.Response(body=b"[" * 5_000_000), "more than 1 MiB"),
    (web.Response(body=b"[" * 1_000_000), "cannot be read"),
]


@pytest.mark.parametrize(("answer", "why"), UNREACHABLE, ids=range(len(UNREACHABLE)))
async def test_a_list_that_cannot_be_had_is_a_fault_and_not_absent(
    place: Place, answer: web.Response, why: str
) -> None:
    await place.put(bundle(1), simple(1))
    where = "referrers/" if place.memory.api else f"manifests/{fallback_tag(place.image.digest)}"
    place.lie(f"GET /v2/{PATH}/{where}", answer)
    found = await place.read()
    assert len(found) == 1
    assert why in found[0].fault
    where = f"manifests/{fallback_tag(place.image.digest)}.sig"
    place.lie(f"GET /v2/{PATH}/{where}", answer)
    if b"manifests" not in (answer.body or b"") or b"mediaType" in (answer.body or b""):  # type: ignore[operator]
        assert faults(await place.old())


ONE_BROKEN = [
    (web.Response(status=404), "does not have it"),
    (web.Response(status=500), "status 500"),
    (web.Response(body=b"{}"), "wrong digest"),
    (web.Response(body=b"x" * (MOST_BLOB + 5)), "sent more than"),
    (web.Response(status=302, headers={"Location": "x"}), "round and round"),
    (web.Response(status=302), "does not say where"),
    (web.Response(status=302, headers={"Location": "ftp://x/"}), "cannot be read"),
    (web.Response(status=302, headers={"Location": "http://127.0.0.1:1/x"}), "out of reach"),
]


@pytest.mark.parametrize(("answer", "why"), ONE_BROKEN, ids=range(len(ONE_BROKEN)))
async def test_one_blob_that_cannot_be_had_hides_no_other(
    place: Place, answer: web.Response, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = bundle(2, size=50_000)
    await place.put(bundle(1), large)

    def loops(request: web.Request) -> web.Response | None:
        there = request.path.endswith(digest_of(large.blob)) or request.path.endswith("/x")
        return answer if there else None

    place.memory.lie = loops
    found = await place.read()
    assert seen(tuple(one for one in found if not one.fault)) == read_back(place, bundle(1))
    [fault] = faults(found)
    assert why in fault


MANIFESTS = [
    (web.Response(status=404), "does not have it"),
    (web.Response(status=429), "status 429"),
    (web.Response(body=b"{}"), "wrong digest"),
    (web.Response(body=b"x" * (1 << 19)), "more than 256 KiB"),
]


@pytest.mark.parametrize(("answer", "why"), MANIFESTS, ids=range(len(MANIFESTS)))
async def test_one_manifest_that_cannot_be_had_hides_no_other(
    with_api: Place, answer: web.Response, why: str
) -> None:
    _, broken = await with_api.put(bundle(1), bundle(2))
    with_api.lie(f"GET /v2/{PATH}/manifests/{broken}", answer)
    found = await with_api.read()
    assert seen(tuple(one for one in found if not one.fault)) == read_back(with_api, bundle(1))
    [fault] = faults(found)
    assert why in fault


async def test_a_manifest_that_is_none_is_a_fault(with_api: Place) -> None:
    subject = {"digest": with_api.image.digest}
    for broken in ({"layers": [{}]}, {"layers": 3}, {"artifactType": 5, "layers": []}):
        with_api.hang({"subject": subject, "config": {"mediaType": "x"}, "artifactType": "y", **broken})
    assert len(faults(await with_api.read())) == 3


async def test_a_bundle_of_fifty_megabytes_is_not_fetched(with_api: Place) -> None:
    [digest] = await with_api.put(bundle(1))
    item = json.loads(with_api.memory.manifests[PATH, digest][0])
    del item["layers"][0]["data"]
    item["layers"][0]["size"] = 50 << 20
    with_api.memory.manifests.pop((PATH, digest))
    with_api.hang(item)
    requests = await with_api.requests()
    assert not any("/blobs/" in request for request in requests)
    [fault] = faults(await with_api.read())
    assert "52428800 bytes, more than 1024 KiB" in fault


async def test_a_bundle_that_is_larger_than_it_is_said_to_be(with_api: Place) -> None:
    large = bundle(1, size=50_000)
    await with_api.put(large)
    with_api.lie(f"GET /v2/{PATH}/blobs/", web.Response(body=b"x" * (50 << 20)))
    [fault] = faults(await with_api.read())
    assert "sent more than" in fault


async def test_an_answer_that_is_cut_off(with_api: Place) -> None:
    large = bundle(1, size=50_000)
    await with_api.put(large)
    with_api.lie(f"GET /v2/{PATH}/blobs/", web.Response(body=large.blob[:1000]))
    [fault] = faults(await with_api.read())
    assert "wrong digest" in fault


async def test_no_more_than_so_many_are_looked_at(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(referrers, "MOST_REFERRERS", 3)
    await place.put(*(bundle(number) for number in range(5)), *(simple(number) for number in range(5)))
    found = await place.read()
    assert len([one for one in found if not one.fault]) == 3
    assert "more hangs on" in faults(found)[0]
    assert "more hangs on" in faults(await place.old())[0]
    assert MOST_REFERRERS >= 50


async def test_no_more_than_so_many_bytes_are_fetched(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(referrers, "MOST_TOTAL", 100_000)
    await place.put(*(bundle(number, size=45_000) for number in range(3)))
    found = await place.read()
    assert len([one for one in found if not one.fault]) == 2
    assert len(faults(found)) == 1


def page(link: str, *digests: str) -> web.Response:
    entries = [{"mediaType": OCI_MANIFEST, "digest": digest, "size": 5} for digest in digests]
    body = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries}
    headers = {"Link": f'<{link}>; rel="next"'} if link else {}
    return web.json_response(body, content_type=OCI_INDEX, headers=headers)


async def test_a_list_of_several_pages(with_api: Place) -> None:
    one, two = await with_api.put(bundle(1), bundle(2))
    where = f"/v2/{PATH}/referrers/{with_api.image.digest}"

    def pages(request: web.Request) -> web.Response | None:
        if request.path != where:
            return None
        return page("", two) if request.query.get("after") else page(f"{where}?after=1", one)

    with_api.memory.lie = pages
    assert seen(await with_api.read()) == read_back(with_api, bundle(1), bundle(2))


async def test_a_list_that_goes_round_and_round(with_api: Place) -> None:
    [one] = await with_api.put(bundle(1))
    where = f"/v2/{PATH}/referrers/{with_api.image.digest}"
    with_api.lie(f"GET {where}", lambda: page(where, one))
    [fault] = faults(await with_api.read())
    assert "round and round" in fault


async def test_a_list_that_has_no_end(with_api: Place) -> None:
    where = f"/v2/{PATH}/referrers/{with_api.image.digest}"
    numbers = iter(range(10_000))
    with_api.lie(f"GET {where}", lambda: page(where, f"sha256:{next(numbers):064x}"))
    [fault] = faults(await with_api.read())
    assert "does not come to an end" in fault


async def test_a_registry_that_does_not_answer_in_time(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(referrers, "SECONDS", 0.2)

    async def never(*_: object, **__: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(Registry, "ask", never)
    [fault] = faults(await place.read())
    assert "did not come within 0.2 s" in fault
    assert faults(await place.old())


async def test_a_registry_that_is_gone() -> None:
    async with MemoryRegistry() as memory:
        address = memory.address
    async with Registry(address, insecure=True) as registry:
        [fault] = faults(await attachments(registry, PATH, "sha256:" + "a" * 64))
        assert "out of reach" in fault
        with pytest.raises(RegistryError, match="out of reach"):
            await attach(registry, PATH, Manifest("sha256:" + "a" * 64, OCI_MANIFEST, 5), [bundle(1)])


# -- writing


async def test_several_that_write_one_index(without_api: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The specification admits that one is lost; to attach it again mends that, and harms nothing."""
    monkeypatch.setattr(attaching, "PAUSE", 0.01)
    made = [bundle(number) for number in range(4)]
    await asyncio.gather(*(without_api.put(one) for one in made))
    found = seen(await without_api.read())
    assert found
    assert found <= read_back(without_api, *made)
    for one in made:
        await without_api.put(one)
    assert seen(await without_api.read()) == read_back(without_api, *made)


async def test_what_is_overwritten_once_is_written_again(
    without_api: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attaching, "PAUSE", 0.01)
    empty = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}
    tag = fallback_tag(without_api.image.digest)
    reads = []

    def overwritten(request: web.Request) -> web.Response | None:
        if request.method == "GET" and request.path.endswith(tag):
            reads.append(1)
            if len(reads) == 2:  # another has just overwritten ours
                without_api.memory.put_manifest(PATH, empty, tag, OCI_INDEX)
        return None

    without_api.memory.lie = overwritten
    await without_api.put(bundle(1))
    assert len(reads) == 3
    assert seen(await without_api.read()) == read_back(without_api, bundle(1))


async def test_what_is_overwritten_for_ever_is_told(
    without_api: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attaching, "PAUSE", 0.01)
    tag = fallback_tag(without_api.image.digest)
    without_api.lie(f"GET /v2/{PATH}/manifests/{tag}", web.Response(status=404))
    with pytest.raises(RegistryError, match="overwritten time and again"):
        await without_api.put(bundle(1))
    puts = [
        request for request in without_api.memory.requests if request == f"PUT /v2/{PATH}/manifests/{tag}"
    ]
    assert len(puts) == attaching.TRIES


async def test_a_tag_that_names_something_else_is_not_written(without_api: Place) -> None:
    tag = fallback_tag(without_api.image.digest)
    without_api.memory.tags[PATH, tag] = without_api.image.digest
    with pytest.raises(MalformedAnswer, match="cannot be read"):
        await without_api.put(bundle(1))
    assert without_api.memory.tags[PATH, tag] == without_api.image.digest


@pytest.mark.parametrize(
    ("begins", "answer", "kind"),
    [
        ("POST", error(401, "UNAUTHORIZED", "no", **{"WWW-Authenticate": 'Basic realm="x"'}), LoginRefused),
        ("POST", error(403, "DENIED", "read only"), LoginRefused),
        ("POST", web.Response(status=202), MalformedAnswer),
        ("POST", web.Response(status=200), RegistryRefused),
        ("PUT /v2/team/web/blobs", error(400, "DIGEST_INVALID", "other"), RegistryRefused),
        ("PUT /v2/team/web/manifests", error(413, "SIZE_INVALID", "too large"), RegistryRefused),
        ("PUT /v2/team/web/manifests", error(500, "UNKNOWN", "oops"), RegistryRefused),
        (
            "PUT /v2/team/web/manifests",
            web.Response(status=201, headers={"Docker-Content-Digest": "sha256:" + "0" * 64}),
            WrongDigest,
        ),
    ],
)
async def test_what_a_registry_does_not_take(
    place: Place, begins: str, answer: web.Response, kind: type[RegistryError]
) -> None:
    place.lie(begins, answer)
    with pytest.raises(kind):
        await place.put(bundle(1), bundle(2))
    place.memory.lie = lambda _: None
    assert await place.read() == ()


async def test_an_upload_that_goes_on_elsewhere_gets_no_login(with_api: Place) -> None:
    """Its storage takes what was signed for it; a password is the registry's alone."""
    from tui.model.credentials import Credentials

    seen_there: list[str] = []
    async with MemoryRegistry() as storage:

        def stored(request: web.Request) -> web.Response | None:
            seen_there.append(request.headers.get("Authorization", ""))
            return web.Response(status=201)

        storage.lie = stored

        def registry_says(request: web.Request) -> web.Response | None:
            if not request.headers.get("Authorization"):
                return error(401, "UNAUTHORIZED", "", **{"WWW-Authenticate": 'Basic realm="x"'})
            if request.method == "POST":
                where = f"http://{storage.address}/v2/x/blobs/uploads/1?signed=a%2Fb"
                return web.Response(status=202, headers={"Location": where})
            if request.method == "PUT":
                return web.Response(status=201, headers={"OCI-Subject": with_api.image.digest})
            return None

        with_api.memory.lie = registry_says
        async with Registry(with_api.registry.host, Credentials("me", "pass"), insecure=True) as registry:
            await attach(registry, PATH, with_api.image, [bundle(1)])
        assert seen_there == ["", ""]
        assert all("signed=a%2Fb&digest=sha256:" in request for request in storage.requests)


async def test_a_writer_asks_for_a_token_that_may_write(with_api: Place) -> None:
    scopes: list[str] = []

    def tokens(request: web.Request) -> web.Response | None:
        if request.path == "/token":
            scopes.append(request.query["scope"])
            return web.json_response({"token": request.query["scope"]})
        allowed = request.headers.get("Authorization", "")
        if not allowed or (request.method in ("PUT", "POST") and "push" not in allowed):
            realm = f'Bearer realm="http://{with_api.memory.address}/token",service="x"'
            return error(401, "UNAUTHORIZED", "", **{"WWW-Authenticate": realm})
        return None

    with_api.memory.lie = tokens
    await with_api.put(bundle(1))
    assert seen(await with_api.read()) == read_back(with_api, bundle(1))
    assert {*scopes} == {f"repository:{PATH}:pull,push", f"repository:{PATH}:pull"}
