"""A sigstore instance of the tests' own: certificates for identities, their log, the log of what was signed.

https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md, RFC 6962 (both logs), and
https://github.com/transparency-dev/formats/blob/main/log/README.md (the checkpoint).
"""

from __future__ import annotations

import base64
import json
import struct
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tui.model.attachment import BUNDLE, Attachment
from tui.model.evidence import Claim, ClaimKind
from tui.model.predicates import Signing, statement_of
from tui.model.signing import Identity, VerifyKey
from tui.model.statement import PAYLOAD_TYPE, Statement, Subject, statement_bytes, to_sign
from tui.trust.reading import read_attached

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.model.signing import Attested

ISSUER = "https://token.actions.githubusercontent.com"
SUBJECT = "https://github.com/team/web/.github/workflows/release.yml@refs/heads/main"

ISSUER_V2 = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.8")
TIMESTAMPS = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
START = datetime(2026, 1, 1, tzinfo=UTC)
"""When everything begins; a certificate is good for ten minutes from its own moment on."""
SIGNED = START + timedelta(days=100)


def text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


class Log:
    """A key that signs for a log."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.spki = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.id = sha256(self.spki).digest()

    def sign(self, message: bytes) -> bytes:
        return self.key.sign(message, ec.ECDSA(hashes.SHA256()))

    def as_trusted(self) -> dict[str, Any]:
        return {
            "baseUrl": "https://log.invalid",
            "hashAlgorithm": "SHA2_256",
            "publicKey": {
                "rawBytes": text(self.spki),
                "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                "validFor": {"start": START.isoformat()},
            },
            "logId": {"keyId": text(self.id)},
        }


class Instance:
    """One that gives certificates and keeps a log."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificates, self.log = Log(), Log()
        self.name = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "tests"),
                x509.NameAttribute(NameOID.COMMON_NAME, "authority"),
            ]
        )
        public = self.key.public_key()
        self.root = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(self.name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(START)
            .not_valid_after(START + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self.key, hashes.SHA256())
        )

    def trusted_root(self) -> str:
        """What a host trusts, as it stands in a file."""
        authority = {
            "subject": {"organization": "tests", "commonName": "authority"},
            "uri": "https://authority.invalid",
            "certChain": {"certificates": [{"rawBytes": text(_der(self.root))}]},
            "validFor": {"start": START.isoformat()},
        }
        return json.dumps(
            {
                "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
                "tlogs": [self.log.as_trusted()],
                "certificateAuthorities": [authority],
                "ctlogs": [self.certificates.as_trusted()],
                "timestampAuthorities": [],
            }
        )

    def certificate(
        self,
        key: ec.EllipticCurvePrivateKey,
        subject: str = SUBJECT,
        issuer: str = ISSUER,
        at: datetime = SIGNED,
        *,
        logged: bool = True,
    ) -> x509.Certificate:
        """Of an identity, with the promise of the log of certificates within it."""
        told = issuer.encode()
        assert len(told) < 128, "its length would take more than a byte"
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(at)
            .not_valid_after(at + timedelta(minutes=10))
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
            .add_extension(x509.SubjectAlternativeName([_address(subject)]), critical=True)
            .add_extension(
                x509.UnrecognizedExtension(ISSUER_V2, b"\x0c" + bytes([len(told)]) + told), critical=False
            )
        )
        if not logged:
            return builder.sign(self.key, hashes.SHA256())
        empty = builder.add_extension(_timestamps(b""), critical=False).sign(self.key, hashes.SHA256())
        promise = self._promise(empty.tbs_precertificate_bytes, at)
        return builder.add_extension(_timestamps(promise), critical=False).sign(self.key, hashes.SHA256())

    def _promise(self, certificate: bytes, at: datetime) -> bytes:
        """A signed certificate timestamp: RFC 6962, 3.2."""
        milliseconds = int(at.timestamp() * 1000)
        spki = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        entry = sha256(spki).digest() + len(certificate).to_bytes(3, "big") + certificate
        signature = self.certificates.sign(struct.pack("!BBQH", 0, 0, milliseconds, 1) + entry + b"\0\0")
        head = struct.pack("!B32sQH", 0, self.certificates.id, milliseconds, 0)
        return head + b"\x04\x03" + len(signature).to_bytes(2, "big") + signature

    def entry(self, body: bytes, at: datetime = SIGNED) -> dict[str, Any]:
        """Of the log: its only one, promised and proved to be in it."""
        hashed = sha256(b"\0" + body).digest()
        note = f"log.invalid\n1\n{text(hashed)}\n"
        mark = text(self.log.id[:4] + self.log.sign(note.encode()))
        moment = int(at.timestamp())
        promised = {
            "body": text(body),
            "integratedTime": moment,
            "logID": self.log.id.hex(),
            "logIndex": 0,
        }
        return {
            "logIndex": "0",
            "logId": {"keyId": text(self.log.id)},
            "kindVersion": {"kind": "dsse", "version": "0.0.1"},
            "integratedTime": str(moment),
            "inclusionPromise": {"signedEntryTimestamp": text(self.log.sign(compact(promised)))},
            "inclusionProof": {
                "logIndex": "0",
                "rootHash": text(hashed),
                "treeSize": "1",
                "hashes": [],
                "checkpoint": {"envelope": f"{note}\n\u2014 log.invalid {mark}\n"},
            },
            "canonicalizedBody": text(body),
        }

    def bundle(
        self, statement: Statement, certificate: Callable[..., x509.Certificate] | None = None, **of: Any
    ) -> dict[str, Any]:
        """A statement, signed by a key that is thrown away; of: what `certificate` takes."""
        key = ec.generate_private_key(ec.SECP256R1())
        given = (certificate or self.certificate)(key, **of)
        payload = statement_bytes(statement)
        signature = text(key.sign(to_sign(PAYLOAD_TYPE, payload), ec.ECDSA(hashes.SHA256())))
        envelope = {
            "payload": text(payload),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"sig": signature}],
        }
        pem = given.public_bytes(serialization.Encoding.PEM)
        body = {
            "apiVersion": "0.0.1",
            "kind": "dsse",
            "spec": {
                "envelopeHash": {"algorithm": "sha256", "value": sha256(compact(envelope)).hexdigest()},
                "payloadHash": {"algorithm": "sha256", "value": sha256(payload).hexdigest()},
                "signatures": [{"signature": signature, "verifier": text(pem)}],
            },
        }
        return {
            "mediaType": BUNDLE,
            "verificationMaterial": {
                "certificate": {"rawBytes": text(_der(given))},
                "tlogEntries": [self.entry(compact(body), of.get("at", SIGNED))],
            },
            "dsseEnvelope": envelope,
        }


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _address(subject: str) -> x509.GeneralName:
    return x509.UniformResourceIdentifier(subject) if "://" in subject else x509.RFC822Name(subject)


def _timestamps(one: bytes) -> x509.UnrecognizedExtension:
    """A list of one, within the octet string that the extension holds."""
    listed = len(one).to_bytes(2, "big") + one
    whole = len(listed).to_bytes(2, "big") + listed
    assert len(whole) < 256
    length = bytes([len(whole)]) if len(whole) < 128 else b"\x81" + bytes([len(whole)])
    return x509.UnrecognizedExtension(TIMESTAMPS, b"\x04" + length + whole)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


OURS = Instance()
"""The one that is trusted."""

DIGEST = "sha256:" + "a" * 64
WEB = Subject("registry:5000/web", DIGEST)


def signature(version: str = "v1") -> Statement:
    return statement_of(Claim(ClaimKind.SIGNATURE, True, 7.0), WEB, Signing(version, "web"))


def key(
    root: str, name: str = "ci", subject: str = SUBJECT, issuer: str = ISSUER, until: float = 0.0
) -> VerifyKey:
    """A listed identity."""
    return VerifyKey(name, "", until, Identity(issuer, subject, root))


def read(bundle: dict[str, Any], *keys: VerifyKey) -> Attested:
    """What a bundle says, which hangs on the image."""
    [found] = read_attached([attached(bundle, DIGEST)], keys)
    return found


def attached(bundle: dict[str, Any], subject: str) -> Attachment:
    """As it comes from a registry."""
    blob = json.dumps(bundle).encode()
    return Attachment(BUNDLE, blob, digest=f"sha256:{sha256(blob).hexdigest()}", subject=subject)
