"""Every key that is configured, tried: whether it can be had, and what it is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from tui.errors import HoldfastError

if TYPE_CHECKING:
    from tui.model.signing import KeySource
    from tui.model.trust import ListedKey, Trust


class KeyState(NamedTuple):
    """A key of `[trust]`.

    part          where it stands there: "sign_key", "sign_keys.production", "verify_keys.ci"
    name          its own, "" for `sign_key`
    fingerprint   SHA-256 of its public half in hex, "" where it cannot be had
    until         when it ended, seconds since the epoch, 0.0 for never
    error         why it cannot be had
    """

    part: str
    name: str
    source: KeySource
    fingerprint: str = ""
    until: float = 0.0
    error: HoldfastError | None = None

    @property
    def signs(self) -> bool:
        return not self.part.startswith("verify_keys")

    def ended(self, now: float) -> bool:
        return bool(self.until) and now >= self.until


async def key_states(trust: Trust) -> list[KeyState]:
    """All of them, side by side; whatever is wrong with one is said of it."""
    signing = [KeyState("sign_key", "", trust.sign_key)] if trust.sign_key is not None else []
    signing += [KeyState(f"sign_keys.{name}", name, source) for name, source in trust.sign_keys.items()]
    return await asyncio.gather(
        *(_signing(state, trust.passphrase) for state in signing), *map(_listed, trust.verify_keys)
    )


async def _signing(state: KeyState, passphrase: str) -> KeyState:
    from tui.trust.keys import load_signer

    try:
        signer = await load_signer(state.name, state.source, passphrase)
    except HoldfastError as error:
        return state._replace(error=error)
    return state._replace(fingerprint=signer.fingerprint.hex())


async def _listed(key: ListedKey) -> KeyState:
    from tui.trust.keys import fingerprint, load_verify_key

    state = KeyState(f"verify_keys.{key.name}", key.name, key.source, until=key.until)
    try:
        found = await load_verify_key(key.name, key.source, key.until)
    except HoldfastError as error:
        return state._replace(error=error)
    return state._replace(fingerprint=fingerprint(found))
