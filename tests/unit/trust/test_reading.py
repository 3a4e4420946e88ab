"""Bundles and `.sig`: what is signed is read back; nothing of a stranger's is believed or breaks anything."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.model.attachment import BUNDLE, NOTATION, SIGNATURE_ANNOTATION, SIMPLE_SIGNING, UNSIGNED, Attachment
from tui.model.evidence import Claim, ClaimKind
from tui.model.predicates import TESTED, Signing, Trial, statement_of
from tui.model.signing import VerifyKey
from tui.model.statement import Statement, Subject, statement_bytes
from tui.model.verdict import Wanted, judged
from tui.trust.algorithms import new_private_key
from tui.trust.bundles import attachments
from tui.trust.errors import KeyUnusable, SigningRefused
from tui.trust.keys import Signer
from tui.trust.reading import MOST_SIGNATURES, attested, read_attached

if TYPE_CHECKING:
    from collections.abc import Callable

DIGEST = "sha256:" + "a" * 64
WEB = Subject("registry:5000/web", DIGEST)
RELEASE, STRANGER = (Signer(name, new_private_key()) for name in ("release", "stranger"))
KEYS = (VerifyKey("other", new_private_key().public.pem), RELEASE.verify_key)


def a_trial(passed: bool = True) -> Statement:
    claim = Claim(ClaimKind.TEST, passed, 7.0, by="ci", op="op", detail="well")
    return statement_of(claim, WEB, Trial("sha256:" + "b" * 64, ("gate",)))


def signature() -> Statement:
    return statement_of(Claim(ClaimKind.SIGNATURE, True, 7.0), WEB, Signing("v1", "web"))


def found(one: Attachment) -> Attachment:
    """As it comes back from a registry."""
    return one._replace(digest="sha256:" + "d" * 64, subject=DIGEST)


async def test_a_signed_claim_is_read_back() -> None:
    [made] = await attachments([a_trial()], RELEASE)
    assert made.annotations == {
        "dev.sigstore.bundle.content": "dsse-envelope",
        "dev.sigstore.bundle.predicateType": TESTED,
        "org.opencontainers.image.created": "1970-01-01T00:00:07.000Z",
    }
    [read] = await attested([found(made)], KEYS)
    assert read.claim == Claim(ClaimKind.TEST, True, 7.0, by="ci", op="op", detail="well")
    assert (read.key, read.signed, read.digests, read.fault) == ("release", True, (DIGEST,), "")
    [foreign] = await attested([found(made)], KEYS[:1])
    assert (foreign.key, foreign.signed, foreign.claim) == ("", True, read.claim)


async def test_a_signature_is_made_for_both_versions_of_cosign() -> None:
    made = await attachments([signature()], RELEASE)
    assert [one.media_type for one in made] == [BUNDLE, SIMPLE_SIGNING]
    read = await attested(map(found, made), KEYS)
    assert [(one.claim.kind, one.key, one.digests) for one in read] == [
        ("signature", "release", (DIGEST,))
    ] * 2
    assert [one.claim.at for one in read] == [7.0, 0.0]


async def test_without_a_key_claims_are_attached_as_they_are_and_a_signature_is_none() -> None:
    [made] = await attachments([signature(), a_trial(passed=False)], None)
    assert (made.media_type, made.blob) == (UNSIGNED, statement_bytes(a_trial(passed=False)))
    [read] = await attested([found(made)], KEYS)
    assert (read.key, read.signed, read.claim.passed) == ("", False, False)


async def test_a_failure_is_never_signed_and_nothing_beside_it_either() -> None:
    with pytest.raises(SigningRefused, match="not signed: test") as caught:
        await attachments([signature(), a_trial(passed=False)], RELEASE)
    assert caught.value.exit_status == 4


async def test_a_listed_key_that_is_none_is_told_by_its_name() -> None:
    [made] = await attachments([a_trial()], RELEASE)
    with pytest.raises(KeyUnusable, match='the key "broken" holds no public key'):
        await attested([found(made)], [VerifyKey("broken", "x")])


def test_a_fault_stays_one() -> None:
    [read] = read_attached([Attachment(BUNDLE, digest="d", fault="503")], KEYS)
    assert (read.fault, read.claim.kind) == ("503", "")


def bundle_of(signer: Signer = RELEASE, statement: Statement | None = None) -> dict[str, Any]:
    from tui.trust import bundles

    made: dict[str, Any] = json.loads(bundles._signed(statement or a_trial(), signer).blob)
    return made


def test_a_failure_that_another_tool_has_signed_is_a_failure() -> None:
    blob = json.dumps(bundle_of(statement=a_trial(passed=False))).encode()
    [read] = read_attached([found(Attachment(BUNDLE, blob))], KEYS)
    assert (read.key, read.claim.passed) == ("release", False)
    [verdict] = judged([Wanted(ClaimKind.TEST)], [read], [DIGEST], KEYS, 10.0)
    assert verdict.answer == "failed result"


def another_payload(bundle: dict[str, Any]) -> None:
    bundle["dsseEnvelope"]["payload"] = base64.b64encode(statement_bytes(signature())).decode()


def another_type(bundle: dict[str, Any]) -> None:
    bundle["dsseEnvelope"]["payloadType"] = "application/x"


def right_hint(bundle: dict[str, Any]) -> None:
    forged = bundle_of(STRANGER)
    forged["verificationMaterial"] = bundle["verificationMaterial"]
    bundle.clear()
    bundle.update(forged)


@pytest.mark.parametrize("forge", [another_payload, another_type, right_hint])
def test_what_was_not_signed_has_no_key(forge: Callable[[dict[str, Any]], None]) -> None:
    bundle = bundle_of()
    forge(bundle)
    [read] = read_attached([found(Attachment(BUNDLE, json.dumps(bundle).encode()))], KEYS)
    assert (read.key, read.signed) == ("", True)


def test_a_hint_is_not_needed() -> None:
    bundle = bundle_of()
    for material in ({}, {"publicKey": {"hint": "x"}}, {"certificate": {"rawBytes": "x"}}, None, []):
        bundle["verificationMaterial"] = material
        [read] = read_attached([found(Attachment(BUNDLE, json.dumps(bundle).encode()))], KEYS)
        assert read.key == "release"


def test_one_of_several_signatures_is_enough() -> None:
    bundle = bundle_of()
    ours = bundle["dsseEnvelope"]["signatures"]
    theirs = bundle_of(STRANGER)["dsseEnvelope"]["signatures"]
    bundle["dsseEnvelope"]["signatures"] = [*theirs, *ours]
    [read] = read_attached([found(Attachment(BUNDLE, json.dumps(bundle).encode()))], KEYS)
    assert read.key == "release"


def test_an_envelope_without_signatures_is_not_signed() -> None:
    bundle = bundle_of()
    bundle["dsseEnvelope"]["signatures"] = []
    [read] = read_attached([found(Attachment(BUNDLE, json.dumps(bundle).encode()))], KEYS)
    assert (read.key, read.signed, read.fault) == ("", False, "")


def changed(**envelope: Any) -> bytes:
    bundle = bundle_of()
    bundle["dsseEnvelope"] |= envelope
    return json.dumps(bundle).encode()


UNREADABLE = [
    (b"", "it is no JSON"),
    (b"{", "it is no JSON"),
    (b"{}", "it has no DSSE envelope"),
    (b'{"dsseEnvelope": []}', "no DSSE envelope"),
    (changed(signatures=None), "its envelope is none"),
    (changed(payloadType=1), "its envelope is none"),
    (changed(signatures=[{}]), "lacks what is signed, or a signature"),
    (changed(signatures=["x"]), "lacks what is signed"),
    (changed(signatures=[{"sig": "x"}]), "base64"),
    (changed(signatures=[{"sig": ""}] * (MOST_SIGNATURES + 1)), "more than 10 signatures"),
    (changed(payload=None), "lacks what is signed"),
    (changed(payload="e30="), "no in-toto Statement"),
    (b'{"a":' * 50_000, "no JSON"),
    (b'{"a": "' + b"x" * (1 << 20) + b'"}', "more than 1024 KiB"),
]


@pytest.mark.parametrize(("blob", "why"), UNREADABLE, ids=[str(number) for number in range(len(UNREADABLE))])
def test_a_bundle_that_cannot_be_read_is_a_fault_of_its_own(blob: bytes, why: str) -> None:
    good = found(Attachment(BUNDLE, json.dumps(bundle_of()).encode()))
    bad, read = read_attached([found(Attachment(BUNDLE, blob)), good], KEYS)
    assert why in bad.fault
    assert bad.fault.startswith("what hangs on aaaaaaaaaaaa cannot be read (dddddddddddd): ")
    assert (read.fault, read.key) == ("", "release")


def test_a_signature_of_a_file_says_nothing_of_an_image() -> None:
    [read] = read_attached([found(Attachment(BUNDLE, b'{"messageSignature": {}}'))], KEYS)
    assert (read.claim.kind, read.key, read.fault) == ("", "", "")


def test_what_is_only_known_to_be_there() -> None:
    notation, bill = read_attached([Attachment(NOTATION), Attachment("application/spdx+json")], KEYS)
    assert (notation.signed, notation.claim.kind, notation.fault) == (True, "", "")
    assert (bill.signed, bill.predicate_type, bill.fault) == (False, "application/spdx+json", "")


def simple(signer: Signer = RELEASE, **changes: Any) -> Attachment:
    critical = {
        "identity": {"docker-reference": "web"},
        "image": {"docker-manifest-digest": DIGEST},
        "type": "cosign container image signature",
    }
    blob = json.dumps({"critical": {**critical, **changes}, "optional": None}).encode()
    text = base64.b64encode(signer.sign(blob)).decode()
    return found(Attachment(SIMPLE_SIGNING, blob, {SIGNATURE_ANNOTATION: text}))


def test_the_format_of_cosign_2() -> None:
    read = read_attached(
        [simple(), simple(STRANGER), simple()._replace(blob=simple(STRANGER).blob + b" ")], KEYS
    )
    assert [(one.key, one.signed, one.digests) for one in read] == [
        ("release", True, (DIGEST,)),
        ("", True, (DIGEST,)),
        ("", True, (DIGEST,)),
    ]


BROKEN_SIG = [
    (simple(type="another"), "no signature of an image"),
    (simple(image={}), "names no image"),
    (simple(image={"docker-manifest-digest": "latest"}), "names no image"),
    (simple()._replace(annotations={}), "lacks what is signed"),
    (simple()._replace(blob=b"[]"), "no JSON object"),
]


@pytest.mark.parametrize(
    ("broken", "why"), BROKEN_SIG, ids=[str(number) for number in range(len(BROKEN_SIG))]
)
def test_a_sig_that_cannot_be_read(broken: Attachment, why: str) -> None:
    [read] = read_attached([broken], KEYS)
    assert why in read.fault
    assert read.key == ""


NAMES = ("dsseEnvelope", "payload", "payloadType", "signatures", "sig", "critical", "image", "type")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("e30="),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.sampled_from([BUNDLE, SIMPLE_SIGNING, UNSIGNED]),
    st.binary(max_size=100) | JSON.map(lambda value: json.dumps(value).encode()),
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_whatever_a_stranger_attaches_is_read_and_is_no_key(kind: str, blob: bytes) -> None:
    [read] = read_attached([found(Attachment(kind, blob, {SIGNATURE_ANNOTATION: "e30="}))], KEYS)
    assert read.key == ""


@given(st.integers(0, 5000), st.integers(0, 7))
def test_a_bundle_with_one_bit_changed_is_never_ours_and_otherwise(place: int, bit: int) -> None:
    blob = bytearray(json.dumps(bundle_of()).encode())
    blob[place % len(blob)] ^= 1 << bit  # its length differs: signatures are of random numbers
    [read] = read_attached([found(Attachment(BUNDLE, bytes(blob)))], KEYS)
    if read.key:  # what was changed is not signed: a hint, a name of a field that nobody reads
        assert read.claim == Claim(ClaimKind.TEST, True, 7.0, by="ci", op="op", detail="well")


async def test_five_claims_take_little_time() -> None:
    statements = [signature(), *[a_trial()] * 4]
    made = [found(one) for one in await attachments(statements, RELEASE)][:5]
    wanted = [Wanted(ClaimKind.SIGNATURE), Wanted(ClaimKind.TEST)]
    read_attached(made, KEYS)  # the library is loaded
    times = []
    for _ in range(5):
        began = time.process_time()
        verdicts = judged(wanted, read_attached(made, KEYS), [DIGEST], KEYS, 10.0)
        times.append(time.process_time() - began)
        assert all(verdict.ok for verdict in verdicts)
    assert min(times) < 0.030
