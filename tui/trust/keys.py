"""Keys by name: loaded from where the configuration says, or made."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from tui.model.signing import VerifyKey
from tui.trust.errors import KeyUnusable
from tui.trust.sources import key_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tui.model.signing import KeySource
    from tui.trust.algorithms import PrivateKey

PASSPHRASE = "COSIGN_PASSWORD"
"""The variable that a passphrase comes from where no other is named, as for cosign."""


class Signer:
    """Signs by one key.

    name          by which its public key is listed, for people
    fingerprint   SHA-256 of the public key
    """

    def __init__(self, name: str, key: PrivateKey) -> None:
        self.name = name
        self.fingerprint = key.public.fingerprint
        self._key = key

    @property
    def verify_key(self) -> VerifyKey:
        """What verifies what it signs."""
        return VerifyKey(self.name, self._key.public.pem)

    def sign(self, message: bytes) -> bytes:
        """A signature of any message; blocks, for less than a millisecond."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"Signer({self.name!r})"


async def load_signer(
    name: str, source: KeySource, passphrase: str = PASSPHRASE, environ: Mapping[str, str] = os.environ
) -> Signer:
    """The private key from a source; `passphrase` names the variable that has its own. Raises KeyUnusable."""
    pem = await key_text(source, environ, private=True)
    return Signer(name, await asyncio.to_thread(_private, pem, source, passphrase, environ))


async def load_verify_key(
    name: str, source: KeySource, until: float = 0.0, environ: Mapping[str, str] = os.environ
) -> VerifyKey:
    """The public key from a source. Raises KeyUnusable."""
    pem = await key_text(source, environ, private=False)
    return VerifyKey(name, await asyncio.to_thread(_public, pem, source), until)


def fingerprint(key: VerifyKey) -> str:
    """SHA-256 of a public key in hex, as `openssl pkey -pubin -outform DER | sha256sum` has it."""
    from tui.trust.algorithms import public_key

    return public_key(key.pem.encode(), key.name).fingerprint.hex()


def _public(pem: bytes, source: object) -> str:
    from tui.trust.algorithms import public_key

    return public_key(pem, source).pem


def _private(pem: bytes, source: object, variable: str, environ: Mapping[str, str]) -> PrivateKey:
    from tui.trust.algorithms import der_private_key, pem_private_key
    from tui.trust.cosign_key import is_cosign_key, open_cosign_key

    if b"PRIVATE KEY" not in pem:
        public = b"PUBLIC KEY" in pem
        raise KeyUnusable(
            f"{source} holds {'a public' if public else 'no private'} key, and a private one is wanted",
            "name the file that it was made with, or make a key pair",
        )
    if b"ENCRYPTED" not in pem:
        return pem_private_key(pem, None, source)
    if variable not in environ:
        raise KeyUnusable(
            f"{source} has a passphrase, and the variable {variable} is not set", f"set {variable}"
        )
    passphrase = environ[variable].encode(errors="surrogateescape")
    if is_cosign_key(pem):
        return der_private_key(open_cosign_key(pem, passphrase, f"{source}"), source)
    try:
        return pem_private_key(pem, passphrase, source)
    except KeyUnusable as error:
        # It decrypts to garbage by a wrong one: the two cannot be told apart.
        raise KeyUnusable(
            f"{source} does not open by the passphrase in {variable}, or is damaged", error.hint
        ) from None


def make_pair(path: Path, name: str = "", passphrase: str | None = None) -> VerifyKey:
    """Make a private key at `path` and its public key beside it, at the same name with ".pub" for its end.

    With a passphrase it is as `cosign generate-key-pair` writes it, without one in PKCS8, for this account's
    eyes alone. What is there is never overwritten. Blocks. Raises KeyUnusable; then neither was made.
    """
    from tui.trust.algorithms import new_private_key
    from tui.trust.cosign_key import sealed_cosign_key

    public_path = path.with_suffix(".pub")
    if public_path == path:
        raise KeyUnusable(
            f"{path} is to hold a private key, and ends as public ones do", "call it something.key"
        )
    key = new_private_key()
    sealed_by = None if passphrase is None else passphrase.encode(errors="surrogateescape")
    private = key.pem() if sealed_by is None else sealed_cosign_key(key.der(), sealed_by)
    _write_new(path, private, 0o600)
    try:
        _write_new(public_path, key.public.pem.encode(), 0o644)
    except BaseException:
        path.unlink()
        raise
    return VerifyKey(name, key.public.pem)


def _write_new(path: Path, content: bytes, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    except FileExistsError:
        raise KeyUnusable(
            f"{path} is there already, and a key is never overwritten", "name another file, or use that key"
        ) from None
    except OSError as error:
        remedy = f"mkdir {path.parent}" if isinstance(error, FileNotFoundError) else "name another file"
        raise KeyUnusable(f"{path} cannot be written: {error.strerror}", remedy) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink()
        raise KeyUnusable(f"{path} cannot be written: {error.strerror}", "name another file") from None
