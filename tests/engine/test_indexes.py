"""An index of a signed image and another one: what is judged is what the engine takes, or nothing runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.engine.test_deploy import Shop, serving, shop
from tests.engine.test_moved_versions import other_bytes
from tests.engine.test_registry import upload
from tui.registry.payloads import DOCKER_LIST, DOCKER_MANIFEST
from tui.trust.keys import make_pair

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.support.engine_calls import EngineCalls
    from tests.support.registry import Registry
    from tui.model.platform import Listed


@pytest.fixture
def kind() -> str:
    """Only a real engine knows indexes."""
    return "real"


__all__ = ["shop"]

TRUST = """\
[policy]
require_tests = false
[trust]
sign_key = "env:RELEASE_KEY"
verify_keys = [{{ name = "ci", file = "{public}" }}]
require = ["signature"]
"""
OURS = {"os": "linux", "architecture": "amd64"}


class Indexes:
    """Of a version that is signed, and of another image that nobody signed; the engine has neither."""

    def __init__(self, shop: Shop, registry: Registry) -> None:
        self._registry = registry
        self._path = shop.project.image.partition("/")[2]
        self.good, self.bad = (registry.digest(self._path, tag) for tag in ("v0.1.0", "bad"))
        assert "" not in (self.good, self.bad)
        assert self.good != self.bad

    def entry(self, digest: str, platform: dict[str, str], **more: Any) -> dict[str, Any]:
        size = len(self._registry.ask(f"/v2/{self._path}/manifests/{digest}").body)
        return {"mediaType": DOCKER_MANIFEST, "size": size, "digest": digest, "platform": platform, **more}

    def put(self, *entries: dict[str, Any], **more: Any) -> str:
        """The version names it from now on; its digest."""
        index = {"schemaVersion": 2, "mediaType": DOCKER_LIST, "manifests": [*entries], **more}
        return upload(self._registry, self._path, "v0.1.0", json.dumps(index).encode(), DOCKER_LIST)


@pytest.fixture
async def indexes(
    shop: Shop, api: EngineCalls, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Indexes:
    key = tmp_path / "ci.key"
    make_pair(key, "ci")
    monkeypatch.setenv("RELEASE_KEY", key.read_text())
    config = shop.project.folder / "holdfast.toml"
    config.write_text(TRUST.format(public=tmp_path / "ci.pub") + config.read_text())
    await shop.release("v0.1.0", "good")
    image = await other_bytes(shop)
    api.tag(image, f"{shop.project.image}:bad")
    api.push(f"{shop.project.image}:bad")
    api.sweep()
    # Another account, which knows nothing of its own.
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another"))
    return Indexes(shop, registry)


@pytest.mark.parametrize("architecture", ["x86_64", "x86-64", "AMD64", "amd64"])
async def test_the_signature_of_what_is_not_taken_lets_nothing_in(
    shop: Shop, api: EngineCalls, indexes: Indexes, architecture: str
) -> None:
    bad = indexes.entry(indexes.bad, {"os": "linux", "architecture": architecture})
    indexes.put(bad, indexes.entry(indexes.good, OURS))
    problem = await shop.fail("deploy", version="v0.1.0")
    assert (problem.code, problem.message) == (4, "web v0.1.0 has no signature")
    assert serving(api) == {}


async def test_an_index_that_is_read_differently_is_refused_before_the_engine_reads_it(
    shop: Shop, api: EngineCalls, indexes: Indexes
) -> None:
    good, bad = indexes.entry(indexes.good, OURS), indexes.entry(indexes.bad, OURS)
    indexes.put(good, Manifests=[bad])
    problem = await shop.fail("deploy", version="v0.1.0")
    assert "a name in another case" in problem.message
    indexes.put(good | {"Digest": indexes.bad})
    assert "a name in another case" in (await shop.fail("deploy", version="v0.1.0")).message
    indexes.put(good, indexes.entry(indexes.bad, OURS | {"os": "Linux"}))
    assert "spells a platform as no builder does" in (await shop.fail("deploy", version="v0.1.0")).message
    assert serving(api) == {}


async def test_what_was_pulled_is_compared_before_it_is_started(
    shop: Shop, api: EngineCalls, indexes: Indexes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever else an engine may take by rules that are not known here: they are put out of force."""

    def naive(listed: Iterable[Listed], _: str) -> str:
        return next(one.digest for one in listed if one.architecture == "amd64")

    monkeypatch.setattr("tui.registry.payloads.taken", naive)
    bad = indexes.entry(indexes.bad, {"os": "linux", "architecture": "x86_64"})
    indexes.put(bad, indexes.entry(indexes.good, OURS))
    problem = await shop.fail("deploy", version="v0.1.0")
    assert problem.code == 4
    assert "and not the one that was judged" in problem.message
    assert shop.states()["pull"] == "done"
    assert serving(api) == {}

    again = await shop.fail("deploy", version="v0.1.0")
    assert (again.code, again.message) == (4, problem.message), "now that it is here, at once"

    ended = await shop.work("deploy", version="v0.1.0", digest=indexes.good)
    assert ended.result.release == "r1", "nothing was recorded, and the lease was given back"
    assert "good" in shop.page()


async def test_a_builders_index_around_a_signed_image_is_deployed(
    shop: Shop, api: EngineCalls, indexes: Indexes
) -> None:
    arm = indexes.entry(indexes.bad, {"os": "linux", "architecture": "arm64", "variant": "v8"})
    attests = indexes.entry(indexes.bad, {"os": "unknown", "architecture": "unknown"})
    digest = indexes.put(arm, indexes.entry(indexes.good, OURS), attests)
    ended = await shop.work("deploy", version="v0.1.0")
    assert ended.result.digest == digest
    assert "good" in shop.page()
    assert serving(api) == {"web": "running"}
