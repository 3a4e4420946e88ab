"""cosign.key: a private key under a passphrase, as cosign writes it.

PEM around JSON: scrypt makes a key of the passphrase, and secretbox encrypts PKCS8 by it, as in
https://github.com/theupdateframework/go-tuf/blob/v0.5.2/encrypted/encrypted.go.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import textwrap
from typing import Any

from tui.model.codec import Unfit
from tui.model.strict_json import read_object
from tui.trust import secretbox
from tui.trust.errors import KeyUnusable

LABEL = "ENCRYPTED SIGSTORE PRIVATE KEY"
LABELS = (LABEL, "ENCRYPTED COSIGN PRIVATE KEY")

COST = {"N": 65536, "r": 8, "p": 1}
"""Of scrypt, as cosign chooses it."""

MOST_MEMORY = 256 << 20
"""Bytes that scrypt may take: whoever wrote the file chose how many."""

_PEM = re.compile(rb"-----BEGIN ([A-Z ]+)-----\s*(.*?)\s*-----END \1-----", re.DOTALL)


def is_cosign_key(pem: bytes) -> bool:
    found = _PEM.search(pem)
    return found is not None and found[1].decode() in LABELS


def open_cosign_key(pem: bytes, passphrase: bytes, source: object) -> bytes:
    """The key as PKCS8 DER. Blocks, for a third of a second. Raises KeyUnusable."""
    try:
        found = _PEM.search(pem)
        box = read_object(_decoded(found[2]) if found else b"")
        kdf, cipher = box["kdf"], box["cipher"]
        if (kdf["name"], cipher["name"]) != ("scrypt", "nacl/secretbox"):
            raise ValueError
        salt, nonce = _decoded(kdf["salt"]), _decoded(cipher["nonce"])
        key = _derived(passphrase, salt, kdf["params"])
        return secretbox.unseal(_decoded(box["ciphertext"]), nonce, key)
    except secretbox.Forged:
        raise KeyUnusable(
            f"{source} does not open by this passphrase",
            "the passphrase comes from the variable COSIGN_PASSWORD, or the one that is named for it",
        ) from None
    except (Unfit, KeyError, TypeError, ValueError, OverflowError, AttributeError):
        raise KeyUnusable(f"{source} is damaged: it is no key as cosign writes them") from None


def sealed_cosign_key(der: bytes, passphrase: bytes) -> bytes:
    """The file of a PKCS8 DER key. Blocks, for a third of a second."""
    salt, nonce = os.urandom(32), os.urandom(secretbox.NONCE)
    box = {
        "kdf": {"name": "scrypt", "params": COST, "salt": _encoded(salt)},
        "cipher": {"name": "nacl/secretbox", "nonce": _encoded(nonce)},
        "ciphertext": _encoded(secretbox.seal(der, nonce, _derived(passphrase, salt, COST))),
    }
    lines = textwrap.wrap(_encoded(json.dumps(box, separators=(",", ":")).encode()), 64)
    return "\n".join([f"-----BEGIN {LABEL}-----", *lines, f"-----END {LABEL}-----", ""]).encode()


def _derived(passphrase: bytes, salt: bytes, cost: Any) -> bytes:
    n, r, p = (cost[name] for name in ("N", "r", "p"))
    if any(type(one) is not int or one < 1 for one in (n, r, p)) or 128 * r * (n + p + 2) > MOST_MEMORY:
        raise ValueError
    return hashlib.scrypt(
        passphrase, salt=salt, n=n, r=r, p=p, maxmem=MOST_MEMORY + 2**20, dklen=secretbox.KEY
    )


def _decoded(text: str | bytes) -> bytes:
    if isinstance(text, bytes):
        text = b"".join(text.split()).decode()
    return base64.b64decode(text, validate=True)


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
