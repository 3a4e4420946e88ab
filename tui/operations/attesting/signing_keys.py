"""The key that signs: which one is meant, what it is called, loaded."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tui.errors import HoldfastError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.model.signing import KeySource
    from tui.model.trust import Trust
    from tui.trust.keys import Signer

CONFIGURE = 'set sign_key in [trust], as sign_key = "release.key"'


class WhichKey(HoldfastError):
    """No key of that name is configured, or none at all."""

    exit_status = 2


def key_name(source: KeySource) -> str:
    """What a key is called that is given no name: as its file, its variable or the command that prints it.

    >>> from tui.model.signing import KeySource
    >>> key_name(KeySource(file="/keys/release.key")), key_name(KeySource(command=("/bin/pass", "release")))
    ('release', 'pass')
    """
    if source.env:
        return source.env
    path = source.file or source.command[0]
    return Path(path).stem or path


def signing_keys(trust: Trust | None) -> dict[str, KeySource]:
    """Every key that can sign here, by name: that of `sign_key` first."""
    if trust is None:
        return {}
    first = {key_name(trust.sign_key): trust.sign_key} if trust.sign_key is not None else {}
    return {**first, **trust.sign_keys}


async def named_signer(
    trust: Trust | None, name: str = "", environ: Mapping[str, str] = os.environ
) -> Signer:
    """The key of a name, loaded; of "" the one that signs everything. Raises WhichKey or KeyUnusable."""
    keys = signing_keys(trust)
    if trust is None or not keys:
        raise WhichKey("no key is configured that could sign", CONFIGURE)
    if not name:
        if trust.sign_key is None:
            raise WhichKey("by which key?", f"--key NAME: there are {', '.join(keys)}")
        return await _loaded(trust, key_name(trust.sign_key), trust.sign_key, environ)
    if name not in keys:
        raise WhichKey(f'there is no key "{name}" in [trust]', f"there are {', '.join(keys)}")
    return await _loaded(trust, name, keys[name], environ)


async def push_signer(trust: Trust | None, environ: Mapping[str, str] = os.environ) -> Signer | None:
    """The key that signs what is pushed, loaded; None where nothing is signed. Raises KeyUnusable."""
    if trust is None or trust.sign_key is None:
        return None
    return await _loaded(trust, key_name(trust.sign_key), trust.sign_key, environ)


def signed_by(signer: Signer) -> tuple[str, str]:
    """The fact for a plan: which key it is, and its public part's SHA-256."""
    return "signed by", f"{signer.name} (sha256:{signer.fingerprint.hex()})"


async def _loaded(trust: Trust, name: str, source: KeySource, environ: Mapping[str, str]) -> Signer:
    from tui.trust.keys import load_signer  # whoever signs nothing imports nothing of keys

    return await load_signer(name, source, trust.passphrase, environ)
