"""Certificates of a connection by TLS that expire soon: the engine's, and this client's own."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.engine.endpoint import is_tcp
from tui.engine.tls import where_named
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.certificates import Certificate
    from tui.engine.endpoint import Endpoint

SOON = 14 * 86_400.0
"""Seconds before its end from which on a certificate is warned of."""


async def expiring(endpoint: Endpoint, clock: Callable[[], float] = time.time) -> list[str]:
    """A sentence with its remedy for each that expires soon, none where TLS is not spoken.

    What cannot be looked at is not warned of: an engine that answers has been verified all the same.
    """
    if not is_tcp(endpoint.url) or endpoint.encrypted_by is None:
        return []
    from tui.engine.tls_errors import own_certificate, shown_certificate  # seldom needed, and not for nothing

    shown, own = await all_of(shown_certificate(endpoint), asyncio.to_thread(own_certificate, endpoint))
    now = clock()
    found = []
    if shown is not None and shown.ends - now < SOON:
        found.append(f"the certificate of the engine {_when(shown, now)}: have a new one put there")
    return [*found, *_own(own, endpoint, now)]


def own_expiring(endpoint: Endpoint, clock: Callable[[], float] = time.time) -> list[str]:
    """The same of this client's own certificate alone: nobody is asked. Blocks."""
    if not is_tcp(endpoint.url) or endpoint.encrypted_by is None:
        return []
    from tui.engine.tls_errors import own_certificate

    return _own(own_certificate(endpoint), endpoint, clock())


def _own(own: Certificate | None, endpoint: Endpoint, now: float) -> list[str]:
    if own is None or own.ends - now >= SOON:
        return []
    return [f"this client's certificate {_when(own, now)}: name a new one ({where_named(endpoint)})"]


def _when(one: Certificate, now: float) -> str:
    day = time.strftime("%Y-%m-%d", time.gmtime(one.ends))
    left = one.ends - now
    if left < 0:
        return f"has expired on {day}"
    days = int(left // 86_400)
    return f"expires in {days} day{'s' if days != 1 else ''} ({day})" if days else f"expires today ({day})"
