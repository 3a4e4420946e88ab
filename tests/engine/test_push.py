"""Pushing and pulling through a real engine, to and from real registries."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from tui.engine.addresses import without_tls
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.errors import RepositoryUnknown, TransferLoginRefused, TransferUnreachable
from tui.engine.transfers import LayerProgress, Pulled, Pushed
from tui.model.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.engine_calls import EngineCalls
    from tests.support.registry import Registry, RegistryCalls
    from tui.engine.transfers import TransferEvent

IMAGE = "holdfast-test/busybox:1"


@pytest.fixture
async def engine(engine_host: str, api: EngineCalls) -> AsyncIterator[Engine]:
    api.import_busybox()
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        yield engine


@pytest.fixture
async def both_engine(both_host: str, both_api: EngineCalls) -> AsyncIterator[Engine]:
    """The simulated engine, and a real one."""
    both_api.import_busybox()
    async with await Engine.connect(Endpoint(both_host, "the test")) as engine:
        yield engine


@pytest.fixture
def name() -> str:
    """A repository that no other test pushes to."""
    return f"push-test/web-{uuid.uuid4().hex[:8]}"


async def push(engine: Engine, repository: str, login: Credentials | None = None) -> list[TransferEvent]:
    await engine.images.tag(IMAGE, repository, "v1")
    async with engine.images.push(repository, "v1", login) as events:
        return [event async for event in events]


async def pull(engine: Engine, reference: str) -> list[TransferEvent]:
    async with engine.images.pull(reference) as events:
        return [event async for event in events]


async def test_a_push_its_digest_and_the_same_again(
    both_engine: Engine, both_registry: RegistryCalls, name: str
) -> None:
    engine, registry = both_engine, both_registry
    repository = f"{registry.address}/{name}"
    events = await push(engine, repository)
    [layer] = {event.layer for event in events if isinstance(event, LayerProgress)}
    states = [event.state for event in events if isinstance(event, LayerProgress)]
    assert states[0] == "preparing"
    last = events[-2]
    assert isinstance(last, LayerProgress)
    assert (last.layer, last.current) == (layer, last.total)
    assert last.state in ("pushed", "mounted", "exists")
    pushed = events[-1]
    assert isinstance(pushed, Pushed)
    assert (pushed.tag, pushed.digest) == ("v1", registry.digest(name, "v1"))
    again = await push(engine, repository)
    assert [event.state for event in again if isinstance(event, LayerProgress)][-1] == "exists"
    assert again[-1] == events[-1]
    digest = await engine.images.distribution_digest(f"{repository}:v1")
    assert digest == registry.digest(name, "v1")
    assert await engine.images.distribution_digest(f"{repository}:v2") == ""
    image = await engine.images.config(f"{repository}:v1")
    assert f"{repository}@{digest}" in image.digests
    assert image.id == await engine.images.inspect_id(IMAGE)
    assert (image.os, image.env) == ("linux", ("PATH=/bin",))


async def test_a_push_with_a_login(engine: Engine, registry_with_login: Registry, name: str) -> None:
    repository = f"{registry_with_login.address}/{name}"
    assert registry_with_login.login is not None
    login = Credentials(*registry_with_login.login)
    assert isinstance((await push(engine, repository, login))[-1], Pushed)
    assert await engine.images.distribution_digest(f"{repository}:v1", login)


@pytest.mark.parametrize("login", [None, Credentials("releaser", "wrong")])
async def test_a_refused_login_names_the_registry_and_the_remedy(
    engine: Engine, registry_with_login: Registry, name: str, login: Credentials | None
) -> None:
    host = registry_with_login.address
    with pytest.raises(TransferLoginRefused, match=host) as caught:
        await push(engine, f"{host}/{name}", login)
    assert caught.value.hint == f"docker login {host}"
    with pytest.raises(TransferLoginRefused, match=host):
        await engine.images.distribution_digest(f"{host}/{name}:v1", login)
    with pytest.raises(TransferLoginRefused, match=host):
        await pull(engine, f"{host}/{name}:v1")


async def test_a_registry_out_of_reach(engine: Engine, name: str) -> None:
    with pytest.raises(TransferUnreachable, match=r"does not reach the registry 127\.0\.0\.1:1") as caught:
        await push(engine, f"127.0.0.1:1/{name}")
    assert caught.value.exit_status == 3
    with pytest.raises(TransferUnreachable):
        await pull(engine, f"127.0.0.1:1/{name}:v1")


async def test_what_is_not_there_cannot_be_moved(
    both_engine: Engine, both_registry: RegistryCalls, name: str
) -> None:
    engine, registry = both_engine, both_registry
    repository = f"{registry.address}/{name}"
    with pytest.raises(RepositoryUnknown, match=f"there is no {repository}:v9"):
        async with engine.images.push(repository, "v9") as events:
            async for _ in events:
                pass
    with pytest.raises(RepositoryUnknown, match=f"there is no {repository}:v9"):
        await pull(engine, f"{repository}:v9")


async def test_a_pull_by_tag_and_by_digest(
    both_engine: Engine, both_registry: RegistryCalls, name: str
) -> None:
    engine, registry = both_engine, both_registry
    repository = f"{registry.address}/{name}"
    pushed = (await push(engine, repository))[-1]
    assert isinstance(pushed, Pushed)
    assert await pull(engine, f"{repository}:v1") == [Pulled(pushed.digest, newer=False)]
    await engine.images.remove(f"{repository}:v1")
    assert (await pull(engine, f"{repository}@{pushed.digest}"))[-1] == Pulled(pushed.digest, newer=True)
    assert await engine.images.inspect_id(f"{repository}@{pushed.digest}")


async def test_which_registries_the_engine_speaks_plain_http_to(engine: Engine, registry: Registry) -> None:
    info = await engine.info()
    assert await without_tls(registry.address, info)
    assert not await without_tls("docker.io", info)
    assert not await without_tls("nowhere.invalid", info)
