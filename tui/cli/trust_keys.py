"""Every key that is configured, tried: whether it can be had, and what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.errors import HoldfastError
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.signing import KeySource
    from tui.model.trust import ListedIdentity, ListedKey, Trust


SHOWN = 16
"""Digits of a fingerprint: enough to tell two keys apart by eye; `holdfast trust` has all."""


class KeyState(NamedTuple):
    """A key of `[trust]`, or an identity.

    part          where it stands there: "sign_key", "sign_keys.production", "verify_keys.ci", "identities.me"
    name          its own, "" for `sign_key`
    source        where a key comes from, or whom an identity names
    fingerprint   SHA-256 of its public half in hex, "" where it cannot be had
    until         when it ended, seconds since the epoch, 0.0 for never
    error         why it cannot be had
    """

    part: str
    name: str
    source: KeySource | str
    fingerprint: str = ""
    until: float = 0.0
    error: HoldfastError | None = None

    @property
    def signs(self) -> bool:
        return not self.part.startswith(("verify_keys.", "identities."))

    @property
    def identifies(self) -> bool:
        """Whether it is an identity."""
        return self.part.startswith("identities.")

    def ended(self, now: float) -> bool:
        return bool(self.until) and now >= self.until


async def key_states(trust: Trust) -> list[KeyState]:
    """All of them, side by side; whatever is wrong with one is said of it."""
    named = {f"sign_keys.{name}": (name, source) for name, source in trust.sign_keys.items()}
    if trust.sign_key is not None:
        named = {"sign_key": ("", trust.sign_key), **named}
    signing = [(KeyState(part, name, source), source) for part, (name, source) in named.items()]
    return [
        *await all_of(
            *(_signing(state, source, trust.passphrase) for state, source in signing),
            *map(_listed, trust.verify_keys),
        ),
        *await _identities(trust.identities, trust.trusted_root),
    ]


def same_keys(states: Sequence[KeyState]) -> list[str]:
    """A sentence on each key that is listed under several names: the end of one ends none of the others."""
    named: dict[str, list[str]] = {}
    for state in states:
        if state.fingerprint and not state.signs:
            named.setdefault(state.fingerprint, []).append(state.name)
    return [
        f"{', '.join(names)} in verify_keys are one key (sha256:{fingerprint[:SHOWN]}…): what one of them is "
        "believed, the others are too, and the end of one ends none of the others"
        for fingerprint, names in named.items()
        if len(names) > 1
    ]


async def _identities(listed: Sequence[ListedIdentity], root: str) -> list[KeyState]:
    from tui.operations.looking.trusted_keys import check_identities

    error = None
    try:
        await check_identities(listed, root)
    except HoldfastError as found:
        error = found
    return [
        KeyState(f"identities.{one.name}", one.name, one.of, until=one.until, error=error) for one in listed
    ]


async def _signing(state: KeyState, source: KeySource, passphrase: str) -> KeyState:
    from tui.trust.keys import load_signer

    try:
        signer = await load_signer(state.name, source, passphrase)
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
