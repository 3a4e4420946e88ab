from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.engine.conftest import ScriptedEngine, answered, streamed
from tui.engine.addresses import within, without_tls
from tui.engine.errors import (
    EngineError,
    MalformedAnswer,
    NoSpace,
    NotFound,
    RateLimited,
    RepositoryUnknown,
    ServerFault,
    StreamBroken,
    TransferBroken,
    TransferFailed,
    TransferLoginRefused,
    TransferTlsMismatch,
    TransferUnreachable,
)
from tui.engine.transfers import LAYERS, LayerProgress, Pulled, Pushed, Transfer, failure
from tui.model.credentials import Credentials
from tui.model.secrets import mask_text

if TYPE_CHECKING:
    from tui.engine.client import Engine

REPOSITORY = "registry.example.com:5000/team/web"
REFERENCE = f"{REPOSITORY}:v1"
PUSH = f"/images/{REPOSITORY}/push"
LAYER = "9db33c185c41"
DIGEST = "sha256:" + "ab" * 32


def lines(*messages: object) -> bytes:
    return b"".join(json.dumps(message).encode() + b"\r\n" for message in messages)


def step(status: str, **detail: int) -> dict[str, object]:
    return {"status": status, "progressDetail": detail, "id": LAYER}


def refused(text: str) -> dict[str, object]:
    return {"errorDetail": {"message": text}, "error": text}


PUSHED = lines(
    {"status": f"The push refers to repository [{REPOSITORY}]"},
    step("Preparing"),
    step("Waiting"),
    step("Pushing", current=512, total=1000),
    step("Pushing", current=2048, total=1000),
    step("Pushed"),
    {"status": f"v1: digest: {DIGEST} size: 527"},
    {"progressDetail": {}, "aux": {"Tag": "v1", "Digest": DIGEST, "Size": 527}},
)


async def pushed(engine: Engine, login: Credentials | None = None) -> list[Any]:
    async with engine.images.push(REPOSITORY, "v1", login) as events:
        return [event async for event in events]


async def test_a_push_layer_by_layer_to_its_digest(engine: Engine, scripted: ScriptedEngine) -> None:
    scripted.scripts[PUSH] = streamed(PUSHED[:100], PUSHED[100:], then_wait=False)
    assert await pushed(engine, Credentials("me", "word")) == [
        LayerProgress(LAYER, "preparing"),
        LayerProgress(LAYER, "waiting"),
        LayerProgress(LAYER, "pushing", 512, 1000),
        LayerProgress(LAYER, "pushing", 2048, 2048),
        LayerProgress(LAYER, "pushed", 2048, 2048),
        Pushed("v1", DIGEST, 527),
    ]
    assert scripted.requests[-1] == f"POST /v1.51{PUSH}?tag=v1"
    # {"serveraddress": "registry.example.com:5000", "username": "me", "password": "word"}
    assert "X-Registry-Auth: eyJzZXJ2ZXJhZGRyZXNzIjog" in scripted.heads[-1]


async def test_without_a_login_the_header_says_so(engine: Engine, scripted: ScriptedEngine) -> None:
    scripted.scripts[PUSH] = streamed(PUSHED, then_wait=False)
    await pushed(engine)
    assert "X-Registry-Auth: e30=\r\n" in scripted.heads[-1]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Layer already exists", "exists"),
        ("Mounted from team/base", "mounted"),
        ("Retrying in 5 seconds", "retrying"),
        ("Skipped foreign layer", "skipped"),
        ("Downloading", "downloading"),
        ("Verifying Checksum", "verifying"),
        ("Download complete", "downloaded"),
        ("Extracting", "extracting"),
        ("Pull complete", "pulled"),
        ("Already exists", "exists"),
        ("Pulling fs layer", "waiting"),
    ],
)
def test_the_words_for_a_layers_state(status: str, state: str) -> None:
    assert Transfer(REFERENCE).feed(step(status)) == LayerProgress(LAYER, state)


def test_words_of_a_later_engine_are_passed_over() -> None:
    assert Transfer(REFERENCE).feed(step("Contemplating")) is None
    assert Transfer(REFERENCE).feed({}) is None


def test_no_more_layers_are_remembered_than_an_image_can_have() -> None:
    transfer = Transfer(REFERENCE)
    for number in range(LAYERS + 1):
        transfer.feed({"id": f"l{number}", "status": "Pushing", "progressDetail": {"current": 1, "total": 5}})
    assert transfer.feed({"id": "l1", "status": "Pushed"}) == LayerProgress("l1", "pushed", 5, 5)
    assert transfer.feed({"id": f"l{LAYERS}", "status": "Pushed"}) == LayerProgress(f"l{LAYERS}", "pushed")


async def test_a_pull(engine: Engine, scripted: ScriptedEngine) -> None:
    said = lines(
        {"status": "Pulling from team/web", "id": "v1"},
        step("Downloading", current=10, total=20),
        step("Pull complete"),
        {"status": f"Digest: {DIGEST}"},
        {"status": f"Status: Downloaded newer image for {REFERENCE}"},
    )
    scripted.scripts["/images/create"] = streamed(said, then_wait=False)
    async with engine.images.pull(REFERENCE, platform="linux/arm64") as events:
        assert [event async for event in events] == [
            LayerProgress(LAYER, "downloading", 10, 20),
            LayerProgress(LAYER, "pulled", 20, 20),
            Pulled(DIGEST, newer=True),
        ]
    assert scripted.requests[-1].endswith("&tag=v1&platform=linux%2Farm64")


async def test_a_pull_by_digest_of_what_is_there(engine: Engine, scripted: ScriptedEngine) -> None:
    said = lines(
        {"status": f"Digest: {DIGEST}"}, {"status": f"Status: Image is up to date for {REPOSITORY}@{DIGEST}"}
    )
    scripted.scripts["/images/create"] = streamed(said, then_wait=False)
    async with engine.images.pull(f"{REPOSITORY}@{DIGEST}") as events:
        assert [event async for event in events] == [Pulled(DIGEST, newer=False)]
    assert scripted.requests[-1].endswith("&tag=sha256%3A" + "ab" * 32)


# What engines 20.10 to 28.5, and the registries behind them, really say.
FAILURES = [
    ("no basic auth credentials", TransferLoginRefused, "docker login registry.example.com:5000"),
    ("unauthorized: authentication required", TransferLoginRefused, "docker login"),
    ("denied: requested access to the resource is denied", TransferLoginRefused, "docker login"),
    (
        "pull access denied for team/web, repository does not exist or may require 'docker login'",
        TransferLoginRefused,
        "docker login",
    ),
    (
        'Get "https://registry.example.com:5000/v2/": dial tcp 10.0.0.1:5000: connect: connection refused',
        TransferUnreachable,
        "running",
    ),
    (
        'Get "https://registry.example.com:5000/v2/": dial tcp: lookup registry.example.com on 10.0.0.53:53: '
        "no such host",
        TransferUnreachable,
        "name right",
    ),
    (
        'Get "https://registry.example.com:5000/v2/": net/http: request canceled while waiting '
        "for connection (Client.Timeout exceeded while awaiting headers)",
        TransferUnreachable,
        "running",
    ),
    (
        'Get "https://registry.example.com:5000/v2/": http: server gave HTTP response to HTTPS client',
        TransferTlsMismatch,
        '"insecure-registries": ["registry.example.com:5000"]',
    ),
    ("Client sent an HTTP request to an HTTPS server", TransferTlsMismatch, "insecure-registries"),
    (
        'Get "https://registry.example.com:5000/v2/": x509: certificate signed by unknown authority',
        TransferTlsMismatch,
        "/etc/docker/certs.d/registry.example.com:5000/ca.crt",
    ),
    ("An image does not exist locally with the tag: " + REPOSITORY, RepositoryUnknown, ""),
    ("name unknown: repository name not known to registry", RepositoryUnknown, ""),
    (f"manifest for {REFERENCE} not found: manifest unknown: manifest unknown", RepositoryUnknown, ""),
    ("write /var/lib/docker/tmp/GetImageBlob1: no space left on device", NoSpace, "free space"),
    (
        "denied: adding 1.0 GiB of storage resource, which will exceed the configured upper limit of 9 GiB",
        NoSpace,
        "quota",
    ),
    (
        "toomanyrequests: You have reached your pull rate limit. You may increase the limit",
        RateLimited,
        "wait",
    ),
    (
        "failed to authorize: failed to fetch oauth token: 401 Unauthorized",
        TransferLoginRefused,
        "docker login",
    ),
    (
        "unexpected status from PUT request to https://registry.example.com:5000/v2/x: 502 Bad Gateway",
        TransferBroken,
        "",
    ),
    ("unexpected EOF", TransferBroken, ""),
    (
        'Patch "https://registry.example.com:5000/v2/team/web/blobs/uploads/1": write tcp 10.0.0.2:1'
        "->10.0.0.1:5000: write: connection reset by peer",
        TransferBroken,
        "",
    ),
    ("received unexpected HTTP status: 503 Service Unavailable", TransferBroken, ""),
    ("open /var/lib/docker/image/x: permission denied", TransferFailed, ""),
    ("something entirely new", TransferFailed, ""),
]


@pytest.mark.parametrize(("said", "kind", "remedy"), FAILURES, ids=[said[:40] for said, _, _ in FAILURES])
async def test_an_error_inside_the_stream_is_a_failure_with_its_remedy(
    engine: Engine, scripted: ScriptedEngine, said: str, kind: type[EngineError], remedy: str
) -> None:
    scripted.scripts[PUSH] = streamed(lines(step("Preparing"), refused(said)), then_wait=False)
    with pytest.raises(kind) as caught:
        await pushed(engine)
    assert type(caught.value) is kind
    assert remedy in caught.value.hint
    assert any(mask_text(said) in line for line in (caught.value.message, *caught.value.detail))
    assert caught.value.exit_status == (3 if issubclass(kind, TransferUnreachable) else 1)


@pytest.mark.parametrize(("said", "kind", "_remedy"), FAILURES, ids=[said[:40] for said, _, _ in FAILURES])
async def test_the_same_before_the_stream(
    engine: Engine, scripted: ScriptedEngine, said: str, kind: type[EngineError], _remedy: str
) -> None:
    scripted.scripts["/images/create"] = answered({"message": said}, "500 Internal Server Error")
    with pytest.raises(ServerFault if kind is TransferFailed else kind):
        async with engine.images.pull(REFERENCE):
            pass


@pytest.mark.parametrize("name", ["team/quota", "denied/web", "docker.io/library/certificate", "x/eof"])
def test_a_repository_may_be_called_what_an_error_is(name: str) -> None:
    for words in (
        f'Get "https://registry.example.com/v2/{name}/manifests/v1": received unexpected HTTP status: 502',
        f"{name}:v1: connection reset by peer",
    ):
        assert type(failure(words, f"{name}:v1")) is TransferBroken


def test_what_the_engine_says_is_one_line_without_secrets() -> None:
    error = failure("bad\x1b[31m\ntoken=hunter2hunter2 thing", REFERENCE)
    assert "hunter2" not in str(error)
    assert error.message.isprintable()


async def test_a_stream_that_breaks_off_is_told_from_one_that_ends(
    engine: Engine, scripted: ScriptedEngine
) -> None:
    scripted.scripts[PUSH] = streamed(PUSHED[:120], then_wait=False)
    with pytest.raises(StreamBroken):
        await pushed(engine)


@pytest.mark.parametrize(
    "message",
    [
        {"id": LAYER, "status": "Pushing", "progressDetail": {"current": "many"}},
        {"id": LAYER, "status": 5},
        {"aux": {"Digest": DIGEST, "Size": "x"}},
        {"errorDetail": 5},
    ],
)
async def test_a_malformed_message_is_said_to_be_one(
    engine: Engine, scripted: ScriptedEngine, message: object
) -> None:
    scripted.scripts[PUSH] = streamed(lines(message), then_wait=False)
    with pytest.raises(MalformedAnswer):
        await pushed(engine)


@given(
    st.dictionaries(
        st.sampled_from(("status", "id", "progressDetail", "aux", "error", "errorDetail", "stream")),
        st.none()
        | st.text(max_size=9)
        | st.dictionaries(st.sampled_from(("current", "total", "message")), st.integers(0, 9)),
    )
)
def test_messages_mean_something_or_nothing_and_never_crash(message: dict[str, Any]) -> None:
    try:
        event = Transfer(REFERENCE).feed(message)
    except (EngineError, KeyError, TypeError, ValueError, AttributeError):
        return
    assert event is None or isinstance(event, LayerProgress | Pulled | Pushed)


async def test_leaving_the_block_ends_the_push(engine: Engine, scripted: ScriptedEngine) -> None:
    scripted.scripts[PUSH] = streamed(lines(step("Preparing")))
    async with engine.images.push(REPOSITORY, "v1") as events:
        async for event in events:
            assert event == LayerProgress(LAYER, "preparing")
            break
    await asyncio.wait_for(scripted.closed[PUSH].wait(), 5)


async def test_the_digest_in_the_registry_asked_by_the_engine(
    engine: Engine, scripted: ScriptedEngine
) -> None:
    path = f"/distribution/{REFERENCE}/json"
    scripted.scripts[path] = answered({"Descriptor": {"digest": DIGEST, "size": 5, "mediaType": "x"}})
    assert await engine.images.distribution_digest(REFERENCE, Credentials("me", "word")) == DIGEST
    assert "X-Registry-Auth: eyJ" in scripted.heads[-1]
    scripted.scripts[path] = answered({"message": "manifest unknown: manifest unknown"}, "404 Not Found")
    assert await engine.images.distribution_digest(REFERENCE) == ""
    said = f'Head "https://{REPOSITORY}/manifests/v1": no basic auth credentials'
    scripted.scripts[path] = answered({"message": said}, "500 Internal Server Error")
    with pytest.raises(TransferLoginRefused, match="refuses team/web"):
        await engine.images.distribution_digest(REFERENCE)


INSPECTED = {
    "Id": "sha256:" + "11" * 32,
    "RepoTags": [REFERENCE, "<none>:<none>"],
    "RepoDigests": None,
    "Created": "2026-11-24T11:46:46.5Z",
    "Size": 1984132,
    "Os": "linux",
    "Architecture": "arm64",
    "Variant": "v8",
    "Config": {
        "User": "1000",
        "Labels": {"a": "b"},
        "Volumes": {"/b": {}, "/a": {}},
        "ExposedPorts": {"80/tcp": {}},
        "Entrypoint": ["/run"],
        "Cmd": ["serve"],
        "Env": ["PATH=/bin"],
        "StopSignal": "SIGQUIT",
        "Healthcheck": {"Test": ["CMD", "true"]},
    },
}


async def test_what_an_image_says_about_itself(engine: Engine, scripted: ScriptedEngine) -> None:
    scripted.scripts["/images/web/json"] = answered(INSPECTED)
    image = await engine.images.config("web")
    assert (image.id, image.tags, image.digests) == (INSPECTED["Id"], (REFERENCE,), ())
    assert (image.platform, image.created, image.size) == ("linux/arm64/v8", 1795520806.5, 1984132)
    assert (image.volumes, image.ports, image.user) == (("/a", "/b"), ("80/tcp",), "1000")
    assert (image.entrypoint, image.cmd, image.env) == (("/run",), ("serve",), ("PATH=/bin",))
    assert (image.labels, image.stop_signal, image.has_healthcheck) == ({"a": "b"}, "SIGQUIT", True)
    assert await engine.images.inspect_id("web") == INSPECTED["Id"]
    assert await engine.images.inspect_id("nope") == ""
    with pytest.raises(NotFound):
        await engine.images.config("nope")


@pytest.mark.parametrize(
    ("config", "healthcheck"),
    [
        (None, False),
        ({}, False),
        ({"Healthcheck": None}, False),
        ({"Healthcheck": {"Test": ["NONE"]}}, False),
    ],
)
async def test_an_image_that_says_little(
    engine: Engine, scripted: ScriptedEngine, config: object, healthcheck: bool
) -> None:
    scripted.scripts["/images/web/json"] = answered({"Id": "sha256:1", "Size": 0, "Config": config})
    image = await engine.images.config("web")
    assert (image.cmd, image.labels, image.created, image.has_healthcheck) == ((), {}, 0.0, healthcheck)


@pytest.mark.parametrize(
    ("host", "insecure"),
    [
        ("docker.io", False),
        ("plain.example.com:5000", True),
        ("10.77.0.1:5000", True),
        ("10.78.0.1:5000", False),
        ("127.0.0.1:5000", True),
        ("[::1]:5000", True),
        ("localhost", True),
        ("nowhere.invalid", False),
        ("[", False),
    ],
)
async def test_which_registries_need_no_tls(
    engine: Engine, scripted: ScriptedEngine, host: str, insecure: bool
) -> None:
    settings = {
        "InsecureRegistryCIDRs": ["127.0.0.0/8", "10.77.0.0/24"],
        "IndexConfigs": {"docker.io": {"Secure": True}, "plain.example.com:5000": {"Secure": False}},
    }
    about = {"ID": "AB:CD", "SystemTime": "2026-11-24T12:00:00Z", "RegistryConfig": settings}
    scripted.scripts["/info"] = answered(about)
    assert await without_tls(host, await engine.info()) is insecure


async def test_a_network_of_a_kind_that_is_not_known_is_passed_over() -> None:
    assert await within("10.0.0.1", ["new:kind/5", "10.0.0.0/8"])
