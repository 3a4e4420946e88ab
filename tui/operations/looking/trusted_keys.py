"""The keys whose signatures count, loaded: whoever verifies begins here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.model.signing import Identity, KeySource, VerifyKey

if TYPE_CHECKING:
    from tui.model.trust import Trust


async def verify_keys(trust: Trust) -> tuple[VerifyKey, ...]:
    """Every one of `verify_keys` and `identities`, in their order, loaded side by side.

    Raises KeyUnusable, the first that is. Of one that cannot be had the others say nothing: without it, what
    it signed would count as a stranger's.
    """
    from tui.trust.errors import KeyUnusable
    from tui.trust.keys import load_verify_key

    failed: list[BaseException] = []
    try:
        async with asyncio.TaskGroup() as group:
            loading = [
                group.create_task(load_verify_key(key.name, key.source, key.until))
                for key in trust.verify_keys
            ]
    except* KeyUnusable as errors:
        failed += errors.exceptions
    if failed:  # not from within: early Pythons 3.11 make a group of what is raised there
        raise failed[0]
    return (*(one.result() for one in loading), *await _identities(trust))


async def _identities(trust: Trust) -> tuple[VerifyKey, ...]:
    from tui.trust.sources import key_text

    if trust.identities and trust.trusted_root:
        await key_text(KeySource(file=trust.trusted_root), private=False, what="trusted root")
    return tuple(
        VerifyKey(one.name, "", one.until, Identity(one.issuer, one.subject, trust.trusted_root))
        for one in trust.identities
    )
