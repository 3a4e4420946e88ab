"""What a push through a real engine signs, cosign 3 and cosign 2 verify; a second push adds nothing."""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.attested_image import PATH, know, put_image, put_index
from tests.support.memory_registry import MemoryRegistry
from tests.support.peers import Peers
from tests.support.verbs import work
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.evidence.files import add_claim, add_facts
from tui.model.app import AppSpec
from tui.model.evidence import Claim, ClaimKind
from tui.model.operation import CACHED, DONE
from tui.model.policy import Policy
from tui.model.signing import KeySource
from tui.model.trust import Trust
from tui.model.verdict import Wanted
from tui.operations.looking.verification import verify
from tui.operations.verbs import sign
from tui.operations.verbs.push import plan
from tui.registry.client import Registry
from tui.trust.keys import make_pair

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.engine_calls import EngineCalls
    from tests.support.registry import Registry as Server

TREE = Path(__file__).parents[2]
OFFLINE = ("--insecure-ignore-tlog=true", "--allow-insecure-registry")
KINDS = (ClaimKind.SIGNATURE, ClaimKind.TEST, ClaimKind.PROVENANCE)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@pytest.fixture
async def engine(engine_host: str, api: EngineCalls, home: Path) -> AsyncIterator[Engine]:
    api.import_busybox()
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        yield engine


async def known(engine: Engine, registry: Server) -> AppSpec:
    """An app with a version that is built and tested."""
    repository = f"{registry.address}/signed-test/web-{uuid.uuid4().hex[:8]}"
    app = AppSpec("web", repository, "holdfast.toml")
    await engine.images.tag("holdfast-test/busybox:1", repository, "v1")
    image = await engine.images.inspect_id(f"{repository}:v1")
    add_claim("web", image, Claim(ClaimKind.TEST, passed=True, at=1_700_000_000.5, by="alice", op="test-op"))
    add_facts("web", image, built=1_700_000_000.0, commit="c" * 40, source="git@example.com:team/web.git")
    return app


async def test_cosign_verifies_what_a_push_signs(engine: Engine, registry: Server, home: Path) -> None:
    app, peers = await known(engine, registry), Peers(home)
    key = make_pair(home / "release.key", "release")
    make_pair(home / "other.key", "other")
    policy = Policy(trust=Trust(sign_key=KeySource(file=str(home / "release.key"))))
    done = await work(plan(engine, app, policy, "v1", op="push-op"))
    assert done.states["attest"] == DONE
    digest = done.ended.result.digest
    for reference in (f"{app.image}@{digest}", f"{app.image}:v1"):
        for tool in ("cosign3", "cosign2"):
            told = await peers.does(
                tool, "verify", "--key=release.pub", "-a", "version=v1", "-a", "app=web", *OFFLINE, reference
            )
            assert digest in told
            other = await peers.run(tool, "verify", "--key=other.pub", *OFFLINE, reference)
            assert other.status != 0
    for kind in ("https://in-toto.io/attestation/test-result/v0.1", "https://slsa.dev/provenance/v1"):
        words = ("verify-attestation", "--key=release.pub", f"--type={kind}", *OFFLINE)
        assert "payload" in await peers.does("cosign3", *words, f"{app.image}@{digest}")
    wanted = [Wanted(kind) for kind in KINDS]
    async with Registry(registry.address, insecure=True) as there:
        found = await verify(there, app.image, [digest], wanted, [key], 1.8e9, everything=True)
        assert found.ok, found.verdicts
        again = await work(plan(engine, app, policy, "v1", op="second-op"))
        assert (again.states["push v1"], again.states["attest"]) == (CACHED, CACHED)
        after = await verify(there, app.image, [digest], wanted, [key], 1.8e9, everything=True)
    assert after.attested == found.attested


async def test_what_nobody_signed_is_attached_all_the_same(
    engine: Engine, registry: Server, home: Path
) -> None:
    app = await known(engine, registry)
    done = await work(plan(engine, app, Policy(), "v1"))
    wanted = [Wanted(kind, unsigned=True) for kind in KINDS[1:]]
    async with Registry(registry.address, insecure=True) as there:
        digest = done.ended.result.digest
        found = await verify(there, app.image, [digest], wanted, [], 1.8e9, everything=True)
    assert found.ok, found.verdicts
    again = await work(plan(engine, app, Policy(), "v1"))
    assert again.states["attest"] == CACHED


async def test_cosign_takes_an_index_with_the_image_of_its_platform(home: Path) -> None:
    peers = Peers(home)
    make_pair(home / "release.key", "release")
    policy = Policy(require_tests=False, trust=Trust(sign_key=KeySource(file=str(home / "release.key"))))
    async with MemoryRegistry() as memory, Registry(memory.address, insecure=True) as there:
        app = AppSpec("web", f"{memory.address}/{PATH}", "holdfast.toml")
        digest, _ = put_index(memory, "v1", "amd64")
        know(digest)
        await work(sign.plan(there, app, policy, "sign-op", "v1"))
        for tool in ("cosign3", "cosign2"):
            words = ("verify", "--key=release.pub", "-a", "version=v1", *OFFLINE)
            assert digest in await peers.does(tool, *words, f"{app.image}@{digest}")
        kind = "--type=https://in-toto.io/attestation/test-result/v0.1"
        words = ("verify-attestation", "--key=release.pub", kind, *OFFLINE)
        assert "payload" in await peers.does("cosign3", *words, f"{app.image}@{digest}")


CONFIG = """\
[apps.web]
image = "{image}"
[policy]
require_tests = false
[trust]
sign_key = "release.key"
verify_keys = [{{ name = "release", file = "release.pub" }}]
require = [{{ kind = "signature", keys = ["release"] }}]
[trust.sign_keys]
production = "production.key"
"""


async def test_signed_and_promoted_on_the_command_line_where_no_engine_is(home: Path) -> None:
    peers = Peers(home)
    for name in ("release", "production"):
        make_pair(home / f"{name}.key", name)
    async with MemoryRegistry() as memory:
        image = f"{memory.address}/{PATH}"
        digest = put_image(memory)
        (home / "holdfast.toml").write_text(CONFIG.format(image=image))

        async def does(*words: str) -> tuple[int, str]:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tui", "--host", "unix:///none.sock", *words,
                cwd=home, env={**os.environ, "PYTHONPATH": str(TREE)}, stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            )  # fmt: skip
            told, _ = await process.communicate()
            return process.returncode or 0, told.decode()

        early = await does("promote", "web", "v1", "--key", "production")
        assert early[0] == 4, early
        assert "has no signature" in early[1]
        assert (await does("sign", "web", "v1", "--key", "staging"))[0] == 2
        signed = await does("sign", "web", "v1")
        assert signed[0] == 0, signed
        promoted = await does("promote", "web", "v1", "--key", "production")
        assert promoted[0] == 0, promoted
        for tool in ("cosign3", "cosign2"):
            for name in ("release", "production"):
                words = ("verify", f"--key={name}.pub", *OFFLINE, f"{image}@{digest}")
                assert digest in await peers.does(tool, *words)
