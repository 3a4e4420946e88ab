"""The keys whose signatures count, loaded: whoever verifies begins here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.model.signing import KeySource, VerifyKey

if TYPE_CHECKING:
    from collections.abc import Collection

    from tui.model.trust import ListedIdentity, Trust


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


async def check_identities(listed: Collection[ListedIdentity], root: str) -> None:
    """Whether any could be verified, by the library and by what is trusted. Raises KeyUnusable."""
    from tui.trust.keyless import check

    if listed:
        await _readable(root)
        await asyncio.to_thread(check, root)


async def _readable(root: str) -> None:
    from tui.trust.sources import key_text

    if root:
        await key_text(KeySource(file=root), private=False, what="trusted root")


async def _identities(trust: Trust) -> tuple[VerifyKey, ...]:
    if trust.identities:
        await _readable(trust.trusted_root)
    return tuple(
        VerifyKey(one.name, "", one.until, one.identity(trust.trusted_root)) for one in trust.identities
    )
