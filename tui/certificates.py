"""What a TLS certificate says of itself: for people, where it was refused. Nothing here decides on trust.

`cryptography` is imported where one is read: most connections work.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cryptography.x509 import Name

NAMES = 20
"""The most names of one certificate that are kept."""

LONGEST = 200
"""Characters of a name."""


class Distrust(Enum):
    """Why a certificate is not trusted."""

    EXPIRED = "it has expired"
    EARLY = "it is not valid yet"
    AUTHORITY = "nobody who is trusted here has signed it"
    NAME = "it is for another name"
    OTHER = "it is not as it should be"


class Certificate(NamedTuple):
    """subject, issuer   their common names, else all of their names
    names                what it is for: host names and addresses
    begins, ends         when it is valid, in seconds since the epoch
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    begins: float
    ends: float


def read_certificate(raw: bytes) -> Certificate:
    """Of the first certificate in PEM text, or of DER bytes. Raises ValueError."""
    from cryptography import x509

    if b"-----BEGIN" in raw:
        one = x509.load_pem_x509_certificate(raw)
    else:
        one = x509.load_der_x509_certificate(raw)
    try:
        found = one.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        names: list[str] = []
    else:
        addresses = found.get_values_for_type(x509.IPAddress)
        names = [*found.get_values_for_type(x509.DNSName), *map(str, addresses)]
    return Certificate(
        subject=_called(one.subject),
        issuer=_called(one.issuer),
        names=tuple(name[:LONGEST] for name in names[:NAMES]),
        begins=one.not_valid_before_utc.timestamp(),
        ends=one.not_valid_after_utc.timestamp(),
    )


def _called(name: Name) -> str:
    from cryptography.x509.oid import NameOID

    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value if common else name.rfc4514_string())[:LONGEST]
