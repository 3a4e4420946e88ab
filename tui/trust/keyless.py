"""Signatures without a key: a certificate names who signed, and a public log tells when.

The one module that imports `sigstore`, which verifies them, offline: where an identity is listed, when the
first bundle with a certificate is looked at. All of it blocks.
"""

from __future__ import annotations

import logging
import re
import warnings
from importlib import import_module
from typing import TYPE_CHECKING

from tui.trust.errors import KeyUnusable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography.x509 import Certificate
    from sigstore.verify import Verifier
    from sigstore.verify.policy import VerificationPolicy

    from tui.model.signing import Identity, VerifyKey


class Keyless:
    """The listed identities. Raises KeyUnusable where the library or what is trusted cannot be had."""

    def __init__(self, keys: Iterable[VerifyKey]) -> None:
        _import()
        by_root: dict[str, list[tuple[str, Identity]]] = {}
        for key in keys:
            if key.identity is not None:
                by_root.setdefault(key.identity.root, []).append((key.name, key.identity))
        self._verifiers = [(root, _verifier(root), listed) for root, listed in by_root.items()]

    def signed_by(self, bundle: bytes, payload_type: str, payload: bytes) -> str:
        """The name of the identity that signed this payload; "" where none did.

        bundle   the whole of it, JSON
        """
        for root, verifier, listed in self._verifiers:
            if name := _signed_by(root, verifier, listed, bundle, (payload_type, payload)):
                return name
        return ""


def check(root: str) -> None:
    """Whether identities can be verified by what is trusted. Raises KeyUnusable."""
    _import()
    _verifier(root)


def _import() -> None:
    """Load the library, and see to it that nothing that it has to say reaches a screen."""
    logger = logging.getLogger("sigstore")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    try:
        for name in ("sigstore.models", "sigstore.verify"):
            import_module(name)
    except ImportError as error:
        raise KeyUnusable(
            "an identity is listed whose signatures count, and the library that verifies them cannot be had: "
            f"{error}",
            "pip install 'holdfast[keyless]'",
        ) from None
    # Of strangers' certificates; for good, as a thread cannot do it for its own time.
    from cryptography.utils import CryptographyDeprecationWarning

    warnings.filterwarnings("ignore", category=CryptographyDeprecationWarning)


def _verifier(root: str) -> Verifier:
    from sigstore.errors import Error
    from sigstore.models import TrustedRoot
    from sigstore.verify import Verifier

    try:
        if not root:
            return Verifier.production(offline=True)
        return Verifier(trusted_root=TrustedRoot.from_file(root))
    except (OSError, ValueError, Error) as error:
        raise _untrusted(root, error) from None


def _untrusted(root: str, error: Exception) -> KeyUnusable:
    if isinstance(error, OSError):
        what = (
            f"the trusted root {root or 'of the public instance'} cannot be read: {error.strerror or error}"
        )
        return KeyUnusable(what, "let this account read it, or name another as trusted_root")
    return KeyUnusable(
        f"what is trusted for identities cannot be used ({root or 'of the public instance'})",
        "name a trusted root in JSON, as cosign trusted-root create writes it",
    )


def _signed_by(
    root: str,
    verifier: Verifier,
    listed: list[tuple[str, Identity]],
    bundle: bytes,
    said: tuple[str, bytes],
) -> str:
    from sigstore.errors import MetadataError
    from sigstore.models import Bundle

    passed = _Listed(listed)
    try:
        verified = verifier.verify_dsse(Bundle.from_json(bundle), passed)
    except MetadataError as error:  # of what is trusted, not of the bundle
        raise _untrusted(root, error) from None
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001  # what a stranger's bytes provoke, a panic of compiled code too, is no signature
        return ""
    return passed.name if verified == said else ""


class _Listed:
    """A policy of the library's that whoever is listed passes. name: as whom the last one did."""

    def __init__(self, listed: list[tuple[str, Identity]]) -> None:
        # Of two that are meant, the one that is said in full.
        ordered = sorted(listed, key=lambda one: "*" in one[1].subject)
        self._policies = [(name, _policy(identity)) for name, identity in ordered]
        self.name = ""

    def verify(self, cert: Certificate) -> None:
        from sigstore.errors import VerificationError

        self.name = ""
        for name, policy in self._policies:
            try:
                policy.verify(cert)
            except VerificationError:
                continue
            self.name = name
            return
        raise VerificationError("it is by nobody who is listed")


def _policy(identity: Identity) -> VerificationPolicy:
    from sigstore.verify.policy import AllOf, OIDCIssuerV2
    from sigstore.verify.policy import Identity as Exactly

    whom = _Pattern(identity.pattern) if "*" in identity.subject else Exactly(identity=identity.subject)
    return AllOf([OIDCIssuerV2(identity.issuer), whom])


class _Pattern:
    """A policy of the library's: the subject is like a pattern."""

    def __init__(self, pattern: str) -> None:
        self._like = re.compile(pattern)

    def verify(self, cert: Certificate) -> None:
        from cryptography.x509 import RFC822Name, SubjectAlternativeName, UniformResourceIdentifier
        from sigstore.errors import VerificationError

        names = cert.extensions.get_extension_for_class(SubjectAlternativeName).value
        for kind in (UniformResourceIdentifier, RFC822Name):
            if any(self._like.fullmatch(name) for name in names.get_values_for_type(kind)):
                return
        raise VerificationError("its subject is another")
