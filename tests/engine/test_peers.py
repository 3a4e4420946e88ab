"""What is signed here, cosign verifies; what cosign, oras and notation attach is read here for what it is."""

from __future__ import annotations

import shlex
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.memory_registry import MemoryRegistry, hollow_image
from tests.support.peers import Peers
from tests.support.scripted_registry import digest_of
from tui.model.attachment import NOTATION
from tui.model.checks import TYPES, claim_check, signature_check
from tui.model.evidence import Claim, ClaimKind
from tui.model.predicates import (
    TESTED,
    Judgement,
    Provenance,
    Scanning,
    Signing,
    Trial,
    Vulnerability,
    statement_of,
)
from tui.model.signing import KeySource, VerifyKey
from tui.model.statement import Subject
from tui.model.verdict import Answer, Wanted
from tui.operations.looking.verification import Verified, verify
from tui.registry.artifacts import compact
from tui.registry.attaching import attach
from tui.registry.blobs import push_blob
from tui.registry.client import Registry
from tui.registry.payloads import OCI_MANIFEST
from tui.trust.bundles import attachments
from tui.trust.keys import Signer, load_signer, load_verify_key, make_pair

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from tests.support.registry import Registry as Server
    from tui.model.attachment import Attachment
    from tui.model.statement import Statement
    from tui.registry.payloads import Manifest

NOW = time.time()
OFFLINE = ("--insecure-ignore-tlog=true", "--allow-insecure-registry")
SIGN_OFFLINE = ("--tlog-upload=false", "--yes", "--allow-insecure-registry")
SIGN_OFFLINE_3 = ("--use-signing-config=false", *SIGN_OFFLINE)


class Place:
    """A repository of a registry that is there for one test, and an image in it."""

    def __init__(self, registry: Registry, path: str) -> None:
        self.registry = registry
        self.path = path
        self.name = f"{registry.host}/{path}"

    async def image(self, layer: bytes = b"a layer") -> Manifest:
        item, blobs = hollow_image(layer)
        for blob in blobs:
            await push_blob(self.registry, self.path, blob)
        body = compact(item)
        await self.registry.ask(
            "PUT", self.path, "manifests/v1", {"Content-Type": OCI_MANIFEST}, body=body, good={201}
        )
        manifest = await self.registry.manifest(self.path, digest_of(body))
        assert manifest is not None
        return manifest

    def at(self, image: Manifest) -> str:
        return f"{self.name}@{image.digest}"

    async def hang(self, image: Manifest, made: Sequence[Attachment]) -> None:
        await attach(self.registry, self.path, image, made)

    async def verify(self, image: Manifest, kinds: Sequence[str], *keys: VerifyKey) -> Verified:
        wanted = [Wanted(kind) for kind in kinds]
        return await verify(self.registry, self.path, [image.digest], wanted, keys, NOW, everything=True)


@pytest.fixture
def peers(tmp_path: Path) -> Peers:
    return Peers(tmp_path)


@pytest.fixture(params=["fallback tag", "referrers API"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    path = f"trust/{tmp_path.name.replace('_', '-')}"
    if request.param == "fallback tag":
        server: Server = request.getfixturevalue("registry")
        async with Registry(server.address, insecure=True) as registry:
            yield Place(registry, path)
    else:
        async with MemoryRegistry() as memory, Registry(memory.address, insecure=True) as registry:
            yield Place(registry, path)


async def a_signer(folder: Path, name: str = "release") -> Signer:
    make_pair(folder / f"{name}.key", name)
    return await load_signer(name, KeySource(file=str(folder / f"{name}.key")))


def said(place: Place, image: Manifest, kind: str = ClaimKind.SIGNATURE, passed: bool = True) -> Statement:
    """One claim of each kind."""
    claim = Claim(kind, passed, NOW - 60, by="ci", op="op", detail="well")
    subject = Subject(place.name, image.digest)
    match kind:
        case ClaimKind.SIGNATURE:
            return statement_of(claim, subject, Signing("v1", "web"))
        case ClaimKind.TEST:
            return statement_of(claim, subject, Trial("sha256:" + "b" * 64, ("gate",)))
        case ClaimKind.SCAN:
            found = (Vulnerability("CVE-1", "LOW", "lib", "1", "2"),)
            scanner = "pkg:github/aquasecurity/trivy"
            scan = Scanning(scanner, "0.76.0", NOW - 99, NOW - 61, vulnerabilities=found)
            return statement_of(claim, subject, scan)
        case ClaimKind.PROVENANCE:
            return statement_of(claim, subject, Provenance("c" * 40, "git+https://example.com/web"))
    return statement_of(claim, subject, Judgement(place.at(image)))


async def test_cosign_3_verifies_what_is_signed_here(place: Place, peers: Peers, tmp_path: Path) -> None:
    signer, image = await a_signer(tmp_path), await place.image()
    await place.hang(image, await attachments([said(place, image)], signer))
    told = await peers.does(
        "cosign3", "verify", "--key=release.pub", "-a", "version=v1", *OFFLINE, place.at(image)
    )
    assert image.digest in told
    wrong = await peers.run(
        "cosign3", "verify", "--key=release.pub", "-a", "version=v2", *OFFLINE, place.at(image)
    )
    assert wrong.status != 0
    make_pair(tmp_path / "other.key")
    other = await peers.run("cosign3", "verify", "--key=other.pub", *OFFLINE, place.at(image))
    assert other.status != 0


async def test_cosign_2_verifies_what_is_signed_here(place: Place, peers: Peers, tmp_path: Path) -> None:
    signer, image = await a_signer(tmp_path), await place.image()
    await place.hang(image, await attachments([said(place, image)], signer))
    told = await peers.does(
        "cosign2", "verify", "--key=release.pub", "-a", "version=v1", *OFFLINE, place.at(image)
    )
    assert image.digest in told
    make_pair(tmp_path / "other.key")
    other = await peers.run("cosign2", "verify", "--key=other.pub", *OFFLINE, place.at(image))
    assert other.status != 0


async def test_the_commands_that_a_chain_names_are_cosign_s(
    place: Place, peers: Peers, tmp_path: Path
) -> None:
    signer, image = await a_signer(tmp_path), await place.image()
    statements = [said(place, image, kind) for kind in (ClaimKind.SIGNATURE, *TYPES)]
    await place.hang(image, await attachments(statements, signer))
    signature = shlex.split(signature_check(place.name, image.digest, "release.pub", plain=True))
    for tool in ("cosign3", "cosign2"):
        assert image.digest in await peers.does(tool, *signature[1:])
    for kind in TYPES:
        words = shlex.split(claim_check(kind, place.name, image.digest, "release.pub", plain=True))
        assert "payload" in await peers.does("cosign3", *words[1:])


@pytest.mark.parametrize("kind", [ClaimKind.TEST, ClaimKind.SCAN, ClaimKind.PROVENANCE, ClaimKind.VERDICT])
async def test_cosign_3_verifies_every_claim(place: Place, peers: Peers, tmp_path: Path, kind: str) -> None:
    signer, image = await a_signer(tmp_path), await place.image()
    statement = said(place, image, kind)
    await place.hang(image, await attachments([statement], signer))
    told = await peers.does(
        "cosign3",
        "verify-attestation",
        "--key=release.pub",
        f"--type={statement.predicate_type}",
        *OFFLINE,
        place.at(image),
    )
    assert "payload" in told
    assert (await place.verify(image, [kind], signer.verify_key)).ok


async def test_cosign_3_signs_and_it_is_read_here(place: Place, peers: Peers, tmp_path: Path) -> None:
    image = await place.image()
    await peers.does("cosign3", "generate-key-pair")
    await peers.does("cosign3", "sign", "--key=cosign.key", *SIGN_OFFLINE_3, place.at(image))
    key = await load_verify_key("theirs", KeySource(file=str(tmp_path / "cosign.pub")))
    verified = await place.verify(image, [ClaimKind.SIGNATURE], key)
    assert verified.ok, verified
    assert verified.verdicts[0].key == "theirs"
    signer = await a_signer(tmp_path)
    wrong = await place.verify(image, [ClaimKind.SIGNATURE], signer.verify_key)
    assert [verdict.answer for verdict in wrong.verdicts] == [Answer.WRONG_KEY]
    other = await place.image(b"another")
    absent = await place.verify(other, [ClaimKind.SIGNATURE], key)
    assert [verdict.answer for verdict in absent.verdicts] == [Answer.ABSENT]


async def test_cosign_2_signs_and_it_is_read_here(place: Place, peers: Peers, tmp_path: Path) -> None:
    image = await place.image()
    await peers.does("cosign2", "generate-key-pair")
    await peers.does("cosign2", "sign", "--key=cosign.key", *SIGN_OFFLINE, place.at(image))
    key = await load_verify_key("theirs", KeySource(file=str(tmp_path / "cosign.pub")))
    assert (await place.verify(image, [ClaimKind.SIGNATURE], key)).ok
    signer = await a_signer(tmp_path)
    wrong = await place.verify(image, [ClaimKind.SIGNATURE], signer.verify_key)
    assert [verdict.answer for verdict in wrong.verdicts] == [Answer.WRONG_KEY]


@pytest.mark.parametrize("kind", ["RSA", "P-384"])
async def test_other_kinds_of_keys_sign_there(place: Place, peers: Peers, tmp_path: Path, kind: str) -> None:
    made = ["RSA"] if kind == "RSA" else ["EC", "-pkeyopt", f"ec_paramgen_curve:{kind}"]
    words = ["openssl", "genpkey", "-algorithm", *made, "-out", tmp_path / "k.pem"]
    subprocess.run(words, check=True, capture_output=True)
    await peers.does("cosign3", "import-key-pair", "--key=k.pem", "--output-key-prefix=k")
    key = await load_verify_key("theirs", KeySource(file=str(tmp_path / "k.pub")))
    for tool, offline in (("cosign3", SIGN_OFFLINE_3), ("cosign2", SIGN_OFFLINE)):
        image = await place.image(tool.encode())
        await peers.does(tool, "sign", "--key=k.key", *offline, place.at(image))
        assert (await place.verify(image, [ClaimKind.SIGNATURE], key)).ok, tool


async def test_ours_stands_beside_theirs(place: Place, peers: Peers, tmp_path: Path) -> None:
    image = await place.image()
    signer = await a_signer(tmp_path)
    await peers.does("cosign3", "generate-key-pair")
    await peers.does("cosign2", "sign", "--key=cosign.key", *SIGN_OFFLINE, place.at(image))
    await place.hang(image, await attachments([said(place, image)], signer))
    await peers.does("cosign3", "sign", "--key=cosign.key", *SIGN_OFFLINE_3, place.at(image))
    theirs = await load_verify_key("theirs", KeySource(file=str(tmp_path / "cosign.pub")))
    for key in (theirs, signer.verify_key):
        assert (await place.verify(image, [ClaimKind.SIGNATURE], key)).ok
    for tool in ("cosign3", "cosign2"):
        for public in ("cosign.pub", "release.pub"):
            await peers.does(tool, "verify", f"--key={public}", *OFFLINE, place.at(image))


@pytest.mark.parametrize("passphrase", ["", "a secret"])
async def test_a_key_of_cosigns_signs_here(
    place: Place, peers: Peers, tmp_path: Path, passphrase: str
) -> None:
    image, environ = await place.image(), {"COSIGN_PASSWORD": passphrase}
    await peers.does("cosign3", "generate-key-pair", environ=environ)
    signer = await load_signer("theirs", KeySource(file=str(tmp_path / "cosign.key")), environ=environ)
    assert signer.verify_key.pem == (tmp_path / "cosign.pub").read_text()
    await place.hang(image, await attachments([said(place, image)], signer))
    for tool in ("cosign3", "cosign2"):
        await peers.does(tool, "verify", "--key=cosign.pub", *OFFLINE, place.at(image))


@pytest.mark.parametrize("tool", ["cosign3", "cosign2"])
async def test_a_key_of_ours_signs_there(place: Place, peers: Peers, tmp_path: Path, tool: str) -> None:
    image = await place.image()
    key = make_pair(tmp_path / "ours.key", "ours", "a secret")
    words = SIGN_OFFLINE_3 if tool == "cosign3" else SIGN_OFFLINE
    environ = {"COSIGN_PASSWORD": "a secret"}
    await peers.does(tool, "sign", "--key=ours.key", *words, place.at(image), environ=environ)
    assert (await place.verify(image, [ClaimKind.SIGNATURE], key)).ok


async def test_a_failure_signed_elsewhere_is_a_signature_there_and_no_pass_here(
    place: Place, peers: Peers, tmp_path: Path
) -> None:
    image = await place.image()
    await peers.does("cosign3", "generate-key-pair")
    (tmp_path / "failed.json").write_text('{"result": "FAILED", "configuration": []}')
    await peers.does(
        "cosign3",
        "attest",
        "--key=cosign.key",
        f"--type={TESTED}",
        "--predicate=failed.json",
        *SIGN_OFFLINE_3,
        place.at(image),
    )
    await peers.does(
        "cosign3", "verify-attestation", "--key=cosign.pub", f"--type={TESTED}", *OFFLINE, place.at(image)
    )
    key = await load_verify_key("theirs", KeySource(file=str(tmp_path / "cosign.pub")))
    verified = await place.verify(image, [ClaimKind.TEST, ClaimKind.SIGNATURE], key)
    assert [verdict.answer for verdict in verified.verdicts] == [Answer.FAILED, Answer.ABSENT]


async def test_a_bundle_of_another_image_is_told(place: Place, peers: Peers, tmp_path: Path) -> None:
    signer, image, other = await a_signer(tmp_path), await place.image(), await place.image(b"another")
    await place.hang(image, (await attachments([said(place, other)], signer))[:1])
    verified = await place.verify(image, [ClaimKind.SIGNATURE], signer.verify_key)
    assert [verdict.answer for verdict in verified.verdicts] == [Answer.OTHER_IMAGE]
    there = await peers.run("cosign3", "verify", "--key=release.pub", *OFFLINE, place.at(image))
    assert there.status != 0


async def test_what_oras_attaches_is_no_claim(place: Place, peers: Peers, tmp_path: Path) -> None:
    signer, image = await a_signer(tmp_path), await place.image()
    (tmp_path / "bill").write_text("{}")
    await peers.does(
        "oras", "attach", "--plain-http", "--artifact-type=application/spdx+json", place.at(image), "bill"
    )
    await place.hang(image, await attachments([said(place, image)], signer))
    found = await place.verify(image, [ClaimKind.SIGNATURE], signer.verify_key)
    assert found.ok
    assert "application/spdx+json" in [one.predicate_type for one in found.attested]
    listed = await peers.does("oras", "discover", "--plain-http", place.at(image))
    assert "application/spdx+json" in listed
    assert "sigstore.bundle" in listed
    await peers.does("cosign3", "verify", "--key=release.pub", *OFFLINE, place.at(image))


async def test_a_signature_of_notations_is_told_and_does_not_count(
    place: Place, peers: Peers, tmp_path: Path
) -> None:
    signer, image = await a_signer(tmp_path), await place.image()
    await peers.does("notation", "cert", "generate-test", "--default", "tests.example")
    await peers.does("notation", "sign", "--insecure-registry", place.at(image))
    found = await place.verify(image, [ClaimKind.SIGNATURE], signer.verify_key)
    assert [verdict.answer for verdict in found.verdicts] == [Answer.ABSENT]
    assert [one.predicate_type for one in found.attested] == [NOTATION]
    await place.hang(image, await attachments([said(place, image)], signer))
    listed = await peers.does("notation", "list", "--insecure-registry", place.at(image))
    assert "application/vnd.cncf.notary.signature" in listed
    assert (await place.verify(image, [ClaimKind.SIGNATURE], signer.verify_key)).ok


async def test_unsigned_claims_hinder_no_signature(place: Place, peers: Peers, tmp_path: Path) -> None:
    signer, image = await a_signer(tmp_path), await place.image()
    await place.hang(image, await attachments([said(place, image, ClaimKind.TEST, passed=False)], None))
    await place.hang(image, await attachments([said(place, image)], signer))
    for tool in ("cosign3", "cosign2"):
        await peers.does(tool, "verify", "--key=release.pub", *OFFLINE, place.at(image))
    found = await place.verify(image, [ClaimKind.SIGNATURE, ClaimKind.TEST], signer.verify_key)
    assert [verdict.answer for verdict in found.verdicts] == [Answer.OK, Answer.ABSENT]


@pytest.mark.parametrize("curve", ["P-384", "Ed25519"])
async def test_other_kinds_of_keys(place: Place, peers: Peers, tmp_path: Path, curve: str) -> None:
    made = (
        ["-algorithm", "ed25519"]
        if curve == "Ed25519"
        else ["-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}"]
    )
    subprocess.run(["openssl", "genpkey", *made, "-out", tmp_path / "k.pem"], check=True, capture_output=True)
    subprocess.run(
        ["openssl", "pkey", "-in", tmp_path / "k.pem", "-pubout", "-out", tmp_path / "k.pub"], check=True
    )
    (tmp_path / "k.pem").chmod(0o600)
    signer = await load_signer("k", KeySource(file=str(tmp_path / "k.pem")))
    image = await place.image()
    await place.hang(image, await attachments([said(place, image)], signer))
    await peers.does("cosign3", "verify", "--key=k.pub", *OFFLINE, place.at(image))
    await peers.does("cosign2", "verify", "--key=k.pub", *OFFLINE, place.at(image))
    assert (await place.verify(image, [ClaimKind.SIGNATURE], signer.verify_key)).ok
