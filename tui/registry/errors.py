"""What can go wrong between Holdfast and a registry.

RegistryError                  anything below
├── RegistryUnreachable        no answer was had
│   ├── RegistrySilent         it is there, and does not answer in time
│   ├── TlsMismatch            plain HTTP where TLS was expected, or the reverse
│   └── CertificateUntrusted   TLS with a certificate that nobody here vouches for
├── LoginRefused               it wants a login, or does not allow this one what was asked for
├── RegistryRefused            it answered, and said no: `status`, `code`, `reason`
├── WrongDigest                what it sent is not what its digest says
└── MalformedAnswer            it answered what cannot be read
"""

from __future__ import annotations

from tui.errors import HoldfastError
from tui.model.reference import login_command


class RegistryError(HoldfastError):
    """Anything that goes wrong with a registry."""


class RegistryUnreachable(RegistryError):
    """No answer was had; trying again later may help."""

    exit_status = 3


class RegistrySilent(RegistryUnreachable):
    """The registry is there, and does not answer in time."""


class TlsMismatch(RegistryUnreachable):
    """The registry speaks plain HTTP where TLS was expected, or the reverse."""


class CertificateUntrusted(RegistryUnreachable):
    """The registry's certificate is not for it, has expired, or nobody here vouches for it."""


class LoginRefused(RegistryError):
    """The registry wants a login, or does not allow this one what was asked for."""

    def __init__(self, host: str, username: str = "", reason: str = "") -> None:
        who = f'the login of "{username}"' if username else "to answer without a login"
        super().__init__(
            f"the registry {host} refuses {who}", login_command(host), (reason,) if reason else ()
        )
        self.host = host


class RegistryRefused(RegistryError):
    """The registry answered with an error.

    status   the HTTP status
    code     of the specification, e.g. "NAME_INVALID"; "" where it gave none
    reason   its own words: one line of plain text, credentials masked
    """

    def __init__(self, host: str, status: int, code: str = "", reason: str = "", hint: str = "") -> None:
        words = reason or code or f"status {status}"
        super().__init__(f"the registry {host} refused: {words}", hint)
        self.status = status
        self.code = code
        self.reason = reason


class WrongDigest(RegistryError):
    """What the registry sent is not what its digest says."""


class MalformedAnswer(RegistryError):
    """The registry's answer is not what the specification says it should be."""
