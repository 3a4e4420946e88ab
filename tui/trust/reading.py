"""What hangs on an image, read: who signed it, and what it says."""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.attachment import BUNDLE, NOTATION, SIGNATURE_ANNOTATION, SIMPLE_SIGNING, UNSIGNED, Attachment
from tui.model.codec import Unfit
from tui.model.digest import short_id
from tui.model.evidence import Claim, ClaimKind
from tui.model.predicates import claim_of, told_by
from tui.model.signing import Attested
from tui.model.statement import DIGEST, LONGEST_TEXT, PAYLOAD_TYPE, read_statement, to_sign
from tui.model.strict_json import read_object
from tui.trust.bundles import SIMPLE_TYPES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tui.model.signing import VerifyKey
    from tui.trust.algorithms import PublicKey
    from tui.trust.keyless import Keyless

SHA256 = 32
"""Bytes of a fingerprint."""

MOST_SIGNATURES = 10
"""In one bundle: each is tried by every key."""

NOTHING = Claim("", passed=False, at=0.0)


async def attested(attachments: Iterable[Attachment], keys: Collection[VerifyKey]) -> tuple[Attested, ...]:
    """What each of them says. What cannot be read becomes a fault. Raises KeyUnusable for a listed key."""
    return await asyncio.to_thread(read_attached, tuple(attachments), keys)


def read_attached(attachments: Iterable[Attachment], keys: Collection[VerifyKey]) -> tuple[Attested, ...]:
    """The same; blocks, for about a millisecond each."""
    keyring = _Keyring(keys)
    return tuple(_read(one, keyring) for one in attachments)


class _Keyring:
    """The listed keys and identities. They are loaded when the first signature is looked at."""

    def __init__(self, keys: Collection[VerifyKey]) -> None:
        self._listed = [key for key in keys if key.identity is None]
        self._identities = [key for key in keys if key.identity is not None]
        self._loaded: list[tuple[str, PublicKey]] | None = None
        self._keyless: Keyless | None = None

    def signed_by(self, signatures: Iterable[bytes], message: bytes, hint: str = "") -> str:
        """The name of the key that made one of the signatures, "" where none of them did."""
        if self._loaded is None:
            from tui.trust.algorithms import public_key

            self._loaded = [
                (key.name, public_key(key.pem.encode(), f'the key "{key.name}"')) for key in self._listed
            ]
        # A hint is a stranger's: it says which key to try first, no more.
        tried = sorted(self._loaded, key=lambda pair: _encoded(pair[1].fingerprint) != hint)
        for signature in signatures:
            for name, key in tried:
                if key.verifies(signature, message):
                    return name
        return ""

    def certified_by(self, bundle: bytes, envelope: _Envelope) -> str:
        """The name of the identity that signed a bundle, by its certificate; "" where none did."""
        if not self._identities or not envelope.certified:
            return ""
        if self._keyless is None:
            from tui.trust.keyless import Keyless

            self._keyless = Keyless(self._identities)
        return self._keyless.signed_by(bundle, envelope.payload_type, envelope.payload)


class _Envelope(NamedTuple):
    """A DSSE envelope, which key is hinted at, and whether a certificate is there in its place."""

    payload: bytes
    payload_type: str
    signatures: tuple[bytes, ...]
    hint: str
    certified: bool


def _read(found: Attachment, keyring: _Keyring) -> Attested:
    if found.fault:
        return Attested(NOTHING, predicate_type=found.media_type, source=found.digest, fault=found.fault)
    try:
        match found.media_type:
            case _ if found.media_type == BUNDLE:
                return _bundle(found, keyring)
            case _ if found.media_type == SIMPLE_SIGNING:
                return _simple(found, keyring)
            case _ if found.media_type == UNSIGNED:
                return _said(found.blob, found.digest, key="", signed=False)
        signed = found.media_type == NOTATION
        return Attested(NOTHING, predicate_type=found.media_type, signed=signed, source=found.digest)
    except Unfit as error:
        what = f"what hangs on {short_id(found.subject)} cannot be read ({short_id(found.digest)}): {error}"
        return Attested(NOTHING, predicate_type=found.media_type, source=found.digest, fault=what)


def _bundle(found: Attachment, keyring: _Keyring) -> Attested:
    bundle = read_object(found.blob)
    if "messageSignature" in bundle:  # of a file: it says nothing of an image
        return Attested(NOTHING, predicate_type=BUNDLE, signed=True, source=found.digest)
    envelope = _envelope(bundle)
    if envelope.payload_type != PAYLOAD_TYPE:
        return Attested(NOTHING, predicate_type=envelope.payload_type, signed=True, source=found.digest)
    message = to_sign(envelope.payload_type, envelope.payload)
    key = keyring.signed_by(envelope.signatures, message, envelope.hint)
    key = key or keyring.certified_by(found.blob, envelope)
    said = _said(envelope.payload, found.digest, key=key, signed=bool(envelope.signatures))
    return said if key else said._replace(told={**said.told, **_hinted(envelope.hint)})


def _hinted(hint: str) -> dict[str, str]:
    """Which key a stranger's bundle says that it is by, as `holdfast trust` shows fingerprints."""
    try:
        fingerprint = base64.b64decode(hint, validate=True)
    except (binascii.Error, ValueError):
        return {}
    return {"key": f"sha256:{short_id(fingerprint.hex())}"} if len(fingerprint) == SHA256 else {}


def _envelope(bundle: Mapping[str, Any]) -> _Envelope:
    envelope = bundle.get("dsseEnvelope")
    if not isinstance(envelope, dict):
        raise Unfit("it has no DSSE envelope")
    kind, signatures = envelope.get("payloadType"), envelope.get("signatures")
    if not isinstance(kind, str) or not isinstance(signatures, list):
        raise Unfit("its envelope is none")
    if len(signatures) > MOST_SIGNATURES:
        raise Unfit(f"it has more than {MOST_SIGNATURES} signatures")
    material = bundle.get("verificationMaterial")
    material = material if isinstance(material, dict) else {}
    public = material.get("publicKey")
    hint = public.get("hint") if isinstance(public, dict) else None
    return _Envelope(
        payload=_decoded(envelope.get("payload")),
        payload_type=kind,
        signatures=tuple(_decoded(one.get("sig") if isinstance(one, dict) else None) for one in signatures),
        hint=hint if isinstance(hint, str) else "",
        certified="certificate" in material,
    )


def _said(payload: bytes, source: str, *, key: str, signed: bool) -> Attested:
    statement = read_statement(payload)
    return Attested(
        claim=claim_of(statement),
        predicate_type=statement.predicate_type,
        digests=statement.digests,
        key=key,
        signed=signed,
        source=source,
        told=told_by(statement),
    )


def _simple(found: Attachment, keyring: _Keyring) -> Attested:
    key = keyring.signed_by([_decoded(found.annotations.get(SIGNATURE_ANNOTATION))], found.blob)
    payload = read_object(found.blob)
    critical, optional = payload.get("critical"), payload.get("optional")
    image = critical.get("image") if isinstance(critical, dict) else None
    digest = image.get("docker-manifest-digest") if isinstance(image, dict) else None
    if not isinstance(critical, dict) or critical.get("type") not in SIMPLE_TYPES:
        raise Unfit("it is no signature of an image")
    if not isinstance(digest, str) or not DIGEST.fullmatch(digest):
        raise Unfit("it names no image")
    return Attested(
        claim=Claim(ClaimKind.SIGNATURE, passed=True, at=0.0),
        predicate_type=SIMPLE_SIGNING,
        digests=(digest,),
        key=key,
        signed=True,
        source=found.digest,
        told=_told(optional if isinstance(optional, dict) else {}),
    )


def _told(optional: Mapping[str, Any]) -> dict[str, str]:
    """What a signature of cosign 2's says besides: our words for it, as in a statement."""
    texts = {name: optional.get(name) for name in ("version", "app")}
    return {name: text for name, text in texts.items() if isinstance(text, str) and len(text) <= LONGEST_TEXT}


def _decoded(text: object) -> bytes:
    if not isinstance(text, str):
        raise Unfit("it lacks what is signed, or a signature")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unfit("what should be base64 is not") from None


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
