"""Keys that sign and verify.

With `secretbox` what imports `cryptography`; nobody imports these before a key is used.

ECDSA on P-256 and P-384, and Ed25519; signatures by RSA are verified, none are made.
"""

from __future__ import annotations

import contextlib
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from tui.trust.errors import KeyUnusable

if TYPE_CHECKING:
    from collections.abc import Sequence

Public = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey
Private = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

CURVES: dict[str, Sequence[hashes.HashAlgorithm]] = {
    "secp256r1": (hashes.SHA256(),),
    # cosign 2 and 3 hash by SHA-256 whatever the curve; others by as many bits as it has.
    "secp384r1": (hashes.SHA256(), hashes.SHA384()),
}
"""What a message may be hashed by; the first is what is signed by."""

SHORTEST_RSA = 2048
LONGEST_RSA = 8192
"""Bits: a longer one takes long to verify by."""

KINDS = "keys are ECDSA (P-256, P-384) or Ed25519; RSA (2048 to 8192 bits) to verify"
_BROKEN = (ValueError, TypeError, UnsupportedAlgorithm)


class PublicKey:
    """Verifies. fingerprint: SHA-256 of its DER form, by which a bundle hints at it."""

    def __init__(self, key: Public) -> None:
        self._key = key
        der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.fingerprint = sha256(der).digest()

    @property
    def pem(self) -> str:
        encoded = self._key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return encoded.decode()

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether it made this signature of this message."""
        key = self._key
        with contextlib.suppress(InvalidSignature):
            if isinstance(key, ed25519.Ed25519PublicKey):
                key.verify(signature, message)
                return True
            if isinstance(key, rsa.RSAPublicKey):
                key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
                return True
        if isinstance(key, ec.EllipticCurvePublicKey):
            for kind in CURVES[key.curve.name]:
                with contextlib.suppress(InvalidSignature):
                    key.verify(signature, message, ec.ECDSA(kind))
                    return True
        return False


def public_key(pem: bytes, source: object) -> PublicKey:
    """Raises KeyUnusable, which names the source."""
    if b"PRIVATE KEY" in pem:
        raise KeyUnusable(
            f"{source} holds a private key, and a public one is wanted", "name the .pub file beside it"
        )
    if b"-----BEGIN CERTIFICATE" in pem:
        raise KeyUnusable(
            f"{source} holds a certificate, and a public key is wanted",
            "openssl x509 -in CERTIFICATE -pubkey -noout",
        )
    try:
        key = serialization.load_pem_public_key(pem)
    except _BROKEN:
        raise KeyUnusable(f"{source} holds no public key", KINDS) from None
    match key:
        case ec.EllipticCurvePublicKey() if key.curve.name in CURVES:
            return PublicKey(key)
        case ed25519.Ed25519PublicKey():
            return PublicKey(key)
        case rsa.RSAPublicKey() if SHORTEST_RSA <= key.key_size <= LONGEST_RSA:
            return PublicKey(key)
        case _:
            raise KeyUnusable(f"{source} holds a public key of a kind that is not used here", KINDS)


class PrivateKey:
    """Signs."""

    def __init__(self, key: Private) -> None:
        self._key = key
        self.public = PublicKey(key.public_key())

    def sign(self, message: bytes) -> bytes:
        """A signature that cosign verifies: of ECDSA in DER."""
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.sign(message)
        return self._key.sign(message, ec.ECDSA(CURVES[self._key.curve.name][0]))

    def pem(self) -> bytes:
        """As a file holds it, unencrypted: PKCS8."""
        return self._bytes(serialization.Encoding.PEM)

    def der(self) -> bytes:
        """The same as DER, to be encrypted."""
        return self._bytes(serialization.Encoding.DER)

    def _bytes(self, encoding: serialization.Encoding) -> bytes:
        return self._key.private_bytes(
            encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def new_private_key() -> PrivateKey:
    """On P-256, as cosign makes them."""
    return PrivateKey(ec.generate_private_key(ec.SECP256R1()))


def pem_private_key(pem: bytes, passphrase: bytes | None, source: object) -> PrivateKey:
    """Raises KeyUnusable: a passphrase that is missing or wrong cannot be told from a damaged key."""
    try:
        key = serialization.load_pem_private_key(pem, passphrase)
    except _BROKEN:
        raise KeyUnusable(f"{source} holds no private key that can be read", KINDS) from None
    return _usable(key, source)


def der_private_key(der: bytes, source: object) -> PrivateKey:
    """Of what was decrypted. Raises KeyUnusable."""
    try:
        key = serialization.load_der_private_key(der, None)
    except _BROKEN:
        raise KeyUnusable(f"{source} holds no private key", KINDS) from None
    return _usable(key, source)


def _usable(key: object, source: object) -> PrivateKey:
    match key:
        case ec.EllipticCurvePrivateKey() if key.curve.name in CURVES:
            return PrivateKey(key)
        case ed25519.Ed25519PrivateKey():
            return PrivateKey(key)
        case rsa.RSAPrivateKey():
            raise KeyUnusable(f"{source} holds an RSA key, and none signs by these", KINDS)
        case _:
            raise KeyUnusable(f"{source} holds a private key of a kind that is not used here", KINDS)
