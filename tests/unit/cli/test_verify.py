"""`holdfast verify APP VERSION`: the chain in the registry, judged; each missing thing has its remedy."""

from __future__ import annotations

import asyncio
import json
import shlex
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.memory_registry import MemoryRegistry, hollow_image
from tests.support.scripted_registry import OCI_MANIFEST, error
from tests.unit.operations.test_trusted import PATH, Place
from tui.cli import drift, verify
from tui.cli.arguments import parsed, parser
from tui.cli.asked import Asked
from tui.cli.drift import Looked
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.evidence.files import add_claim
from tui.model.attachment import NOTATION
from tui.model.drift import Drift
from tui.model.engine import EngineInfo
from tui.model.evidence import Claim
from tui.model.image import Image
from tui.model.release import Entry, Outcome, Release
from tui.operations.looking.endpoint_choice import Named
from tui.registry.client import Registry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


class Host:
    """A machine that lists the key "ci", has no engine, and asks for a version in a registry."""

    def __init__(self, place: Place, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.place = place
        self._folder = folder
        self._capsys = capsys
        self.url = f"unix://{folder}/no.sock"
        self.trust = f'[trust]\nverify_keys = [{{ name = "ci", file = "{folder}/ci.pub" }}]\n'
        self.require = '"signature", "test"'
        self.build = ""

    async def run(self, version: str = "v1", *, json: bool = False) -> int:
        config = self._folder / "asked.toml"
        trust = f"{self.trust}require = [{self.require}]\n" if self.trust else ""
        config.write_text(f'[apps.web]\nimage = "{self.place.app.image}"\n{self.build}\n{trust}')
        asked = Asked("web", Named(self.url), str(config))
        return await asyncio.to_thread(verify.run, asked, version, json=json, deep=False)

    def told(self) -> tuple[str, str]:
        return self._capsys.readouterr()

    async def document(self, version: str = "v1") -> tuple[int, dict[str, Any]]:
        status = await self.run(version, json=True)
        return status, json.loads(self.told()[0])


@pytest.fixture
async def host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Host]:
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "DOCKER_CONFIG"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    async with MemoryRegistry() as memory, Registry(memory.address, insecure=True) as registry:
        yield Host(Place(memory, registry, tmp_path), tmp_path, capsys)


async def test_what_is_signed_and_tested_is_shown_link_by_link_without_an_engine(host: Host) -> None:
    await host.place.say("ci")
    assert await host.run() == 0
    out, err = host.told()
    assert "has everything that is required" in out
    assert "✓ signature  ok, key ci" in out
    assert "✓ test       ok, key ci" in out
    assert "$ cosign verify" in out
    assert err == ""
    assert all(
        len(line) <= 80 or host.place.digest in line or str(host._folder) in line for line in out.splitlines()
    )


async def test_one_document_has_digest_verdicts_and_chain(host: Host) -> None:
    await host.place.say("ci")
    status, found = await host.document()
    assert (status, found["ok"], found["digest"]) == (0, True, host.place.digest)
    assert {one["kind"]: one["answer"] for one in found["verdicts"]} == {"signature": "ok", "test": "ok"}
    chain = {link["kind"]: link for link in found["chain"]}
    assert chain["signature"]["key"] == "ci"
    words = shlex.split(chain["test"]["check"])
    assert words[:2] == ["cosign", "verify-attestation"]
    assert words[-1] == f"{host.place.app.image}@{host.place.digest}"
    assert "--allow-insecure-registry" in words  # a registry on the loopback
    by_digest, same = await host.document(host.place.digest)
    assert (by_digest, same["digest"]) == (0, host.place.digest)


@pytest.mark.parametrize(
    ("by", "says"),
    [("", "no test, no signature"), ("stranger", "test by another key, signature by another key")],
)
async def test_what_is_missing_is_named_with_its_remedy(host: Host, by: str, says: str) -> None:
    if by:
        await host.place.say(by)
    assert await host.run() == 4
    out, err = host.told()
    assert f"not allowed: {says}" in out
    assert "– signature  missing: has no signature" in out
    assert "web v1 has no signature" in err
    assert "web v1 has no test result" in err


async def test_a_signature_of_another_version_is_none_of_this_one(host: Host) -> None:
    await host.place.say("ci", version="v2")
    assert await host.run() == 4
    assert "another version" in host.told()[1]


async def test_what_cannot_be_read_is_not_missing(host: Host) -> None:
    await host.place.say("ci")
    there = ("/v2/", f"/v2/{PATH}/manifests/v1", f"/v2/{PATH}/manifests/{host.place.digest}")
    host.place.memory.lie = lambda asked: None if asked.path in there else error(500, "UNKNOWN", "broken")
    status, found = await host.document()
    assert status == 3
    assert found["ok"] is False
    assert {one["answer"] for one in found["verdicts"]} == {"unreachable"}
    assert any("broken" in note for note in found["notes"])
    states = {link["kind"]: link["state"] for link in found["chain"]}
    assert states["signature"] == states["test"] == "unverified"


async def test_a_registry_that_does_not_answer_is_3(host: Host) -> None:
    host.place.memory.lie = lambda _: error(503, "UNAVAILABLE", "closed")
    assert await host.run() == 3


async def test_what_only_a_level_of_audit_misses_is_told_and_allowed(host: Host) -> None:
    host.trust += 'level = "audit"\n'
    host.require = '"signature"'
    await host.place.say("ci", kinds=("test",))
    assert await host.run() == 0
    out, err = host.told()
    assert "allowed, though no signature" in out
    assert err == ""


async def test_without_trust_the_chain_is_shown_and_nothing_is_believed(host: Host) -> None:
    host.trust = ""
    await host.place.say("ci")
    await asyncio.to_thread(add_claim, "web", host.place.digest, Claim("test", True, 9.0, "alice"))
    assert await host.run() == 0
    out, _ = host.told()
    assert "✓ test       ok, by alice" in out
    assert "◌ signature  has no signature by a listed key" in out


async def test_a_signature_of_notations_is_named(host: Host) -> None:
    await host.place.say("ci")
    memory, digest = host.place.memory, host.place.digest
    subject = {"mediaType": OCI_MANIFEST, "digest": digest, "size": len(memory.manifests[PATH, digest][0])}
    config = {"mediaType": NOTATION, "digest": memory.put_blob(PATH, b"{}"), "size": 2}
    memory.put_manifest(
        PATH,
        {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config, "layers": [], "subject": subject},
    )
    assert await host.run() == 0
    assert f"notation verify {host.place.app.image}@{digest}" in host.told()[0].replace("\n", "")


@pytest.mark.parametrize(
    ("version", "status"),
    [("v9", 2), ("no tag", 2), ("sha256:" + "0" * 64, 2), ("0" * 12, 2), ("sha256:0", 2), ("r3", 3)],
)
async def test_what_cannot_be_looked_up(host: Host, version: str, status: int) -> None:
    assert await host.run(version) == status
    assert host.told()[1].startswith("holdfast: ")


@pytest.mark.parametrize("prefix", ["sha256:", ""])
async def test_a_short_digest_is_found_among_the_tags_of_the_registry(host: Host, prefix: str) -> None:
    await host.place.say("ci")
    digits = host.place.digest.removeprefix("sha256:")
    for count in (12, 64):
        status, found = await host.document(prefix + digits[:count])
        assert (status, found["digest"]) == (0, host.place.digest)


async def test_what_is_a_tag_is_no_short_digest(host: Host) -> None:
    digits = host.place.digest.removeprefix("sha256:")[:12]
    item, blobs = hollow_image(b"another")
    for blob in blobs:
        host.place.memory.put_blob(PATH, blob)
    other = host.place.memory.put_manifest(PATH, item, digits)
    _, found = await host.document(digits)
    assert found["digest"] == other
    _, found = await host.document(f"sha256:{digits}")
    assert found["digest"] == host.place.digest


async def test_where_no_digest_begins_so_the_whole_one_is_asked_for(host: Host) -> None:
    assert await host.run("0" * 12) == 2
    said = host.told()[1]
    assert "000000000000 is no tag of" in said
    assert "with all 64 digits" in said


@pytest.mark.parametrize("built", [True, False])
async def test_who_does_not_build_is_not_told_to_push(host: Host, built: bool) -> None:
    host.build = '[apps.web.build]\ncontext = "."\n' if built else ""
    assert await host.run("v9") == 2
    assert ("holdfast push" in host.told()[1]) is built


async def test_another_app_is_not_guessed(host: Host) -> None:
    await host.run()
    host.told()
    asked = Asked("wep", config=str(host._folder / "asked.toml"))
    assert await asyncio.to_thread(verify.run, asked, "v1", json=False, deep=False) == 2
    assert "did you mean web?" in host.told()[1]


ALIKE = ("sha256:" + "7" * 64, "sha256:" + "7" * 11 + "8" * 53)
"""Digests that begin alike."""


class FakeEngine:
    """An engine with these releases, of which the newest is live."""

    app_image = ""

    version = SimpleNamespace(os="linux", arch="amd64")

    async def __aenter__(self) -> FakeEngine:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def info(self, **_: object) -> EngineInfo:
        return EngineInfo("", "", 0.0)

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint("unix:///run/e.sock", "--host")

    @property
    def images(self) -> FakeEngine:
        return self

    async def list(self) -> list[Image]:
        """Two images of the app."""
        return [
            Image(f"sha256:{number}" + "e" * 63, (), (f"{self.app_image}@{digest}",), 1.0, 1)
            for number, digest in enumerate(ALIKE)
        ]


@pytest.fixture
def released(host: Host, monkeypatch: pytest.MonkeyPatch) -> Host:
    """r7 is the image of the registry, and live; r6 is of no registry."""
    app, digest = host.place.app, host.place.digest
    made = Release("web", 7, "v1", f"{app.image}@{digest}", digest, "i", by="bob", host="box", at=1.0)
    entries = {
        6: Entry(made._replace(number=6, digest="", reference="i"), Outcome(6, True, 1.0)),
        7: Entry(made, Outcome(7, True, 1.0)),
    }

    async def connect(_: object) -> FakeEngine:
        return FakeEngine()

    async def releases(*_: object) -> tuple[dict[int, Entry], int]:
        return entries, 7

    monkeypatch.setattr(FakeEngine, "app_image", app.image)
    monkeypatch.setattr(Engine, "connect", connect)
    monkeypatch.setattr(verify, "_releases", releases)
    monkeypatch.setattr(drift, "look", lambda *_, **__: [Looked("web", host.url, Drift("web", (), (), 1.0))])
    return host


async def test_a_release_is_named_by_its_number(released: Host) -> None:
    await released.place.say("ci")
    status, found = await released.document("r7")
    assert (status, found["version"], found["digest"]) == (0, "r7 v1", released.place.digest)
    deploy = found["chain"][-1]
    assert (deploy["state"], deploy["by"], deploy["where"]) == ("ok", "bob", "box")
    assert await released.run("r6") == 2
    assert "local" in released.told()[1]
    assert await released.run("r9") == 2


async def test_a_version_is_joined_with_its_release(released: Host) -> None:
    await released.place.say("ci")
    status, found = await released.document("v1")
    assert status == 0
    assert found["chain"][-1]["detail"] == "r7"


async def test_a_short_digest_is_found_among_images_by_their_id_too(released: Host) -> None:
    for short in (ALIKE[0][:19], "0" + "e" * 11):
        _, found = await released.document(short)
        assert found["digest"] == ALIKE[0]
    assert await released.run("sha256:" + "7" * 11) == 2
    said = released.told()[1]
    assert "several images of web" in said
    assert all(digest in said for digest in ALIKE)


async def test_what_is_live_is_judged_where_trust_is_configured(released: Host) -> None:
    assert await released.run("") == 4
    out, err = released.told()
    assert f"web r7 v1 on {released.url}" in out
    assert "web r7 v1 has no signature" in err
    await released.place.say("ci")
    status, found = await released.document("")
    assert status == 0
    [app] = found["apps"]
    assert app["drift"] is False
    assert app["trust"]["ok"] is True
    released.trust = ""
    assert await released.run("") == 0
    assert "chain" not in released.told()[0]


def test_arguments() -> None:
    given = parsed(parser(), ["verify", "web", "v1.4.0", "--json"])
    assert (given.app, given.wanted, given.json, given.deep) == ("web", "v1.4.0", True, False)
    assert parsed(parser(), ["verify"]).wanted == ""
