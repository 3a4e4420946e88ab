"""The keys whose signatures count, loaded: whoever verifies begins here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.model.signing import VerifyKey
    from tui.model.trust import Trust


async def verify_keys(trust: Trust) -> tuple[VerifyKey, ...]:
    """Every one of `verify_keys`, in their order, loaded side by side. Raises KeyUnusable, the first that is.

    Of one that cannot be had the others say nothing: without it, what it signed would count as a stranger's.
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
    return tuple(one.result() for one in loading)
