"""What `holdfast doctor` says of `[trust]`: whether every key can be had, and any signature can count."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.cli.doctor_checks import OK, PROBLEM, WARNING, Finding, failed
from tui.model.evidence import ClaimKind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.cli.trust_keys import KeyState
    from tui.settings.schema import Settings


async def keys_of_trust(settings: Settings) -> AsyncIterator[Finding]:
    """Every key that is configured, then what is required that none can vouch for any more."""
    trust = settings.policy.trust
    if trust is None:
        return
    from tui.cli.trust_keys import key_states, same_keys

    now = time.time()
    states = await key_states(trust)
    for state in states:
        yield _finding(state, now)
    for sentence in same_keys(states):
        yield Finding("trust", WARNING, sentence, "list it under one name")
    counting = [
        state.name for state in states if not state.signs and state.error is None and not state.ended(now)
    ]
    for one in trust.require:
        unsigned = trust.accept_unsigned and one.kind != ClaimKind.SIGNATURE
        if not unsigned and not any(name in (one.keys or counting) for name in counting):
            yield Finding(
                "trust", PROBLEM, f"a {one.kind} is required, and no key is left that vouches for one",
                "list the public key of whoever makes it in [trust] verify_keys",
            )  # fmt: skip


def _finding(state: KeyState, now: float) -> Finding:
    from tui.cli.trust_keys import SHOWN
    from tui.cli.trust_show import day

    kind = "identity" if state.identifies else "sign" if state.signs else "key"
    name = f"{kind} {state.name or 'key'}"
    if state.error is not None:
        return failed(name, state.error)
    said = f"{state.source}, sha256:{state.fingerprint[:SHOWN]}…" if state.fingerprint else f"{state.source}"
    if state.ended(now):
        return Finding(
            name, WARNING, f"{said}, ended on {day(state.until)}",
            "it verifies only what was recorded here before; list its successor beside it",
        )  # fmt: skip
    return Finding(name, OK, f"{said}, until {day(state.until)}" if state.until else said)
