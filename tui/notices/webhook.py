"""Posting to a webhook: within a time limit, and once more where that may help."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import urllib.request

from yarl import URL

from tui.http_client import aiohttp

TRY_SECONDS = 4.0
"""Time limit for one try: the end of an operation waits for it."""

PAUSE_SECONDS = 1.0
"""Time between two tries."""

BUSY = 429
"""Too Many Requests: worth another try, as the server's own failures are."""


async def post(url: str, content: bytes, *, allow_plain: bool = False) -> str:
    """Post JSON; why it was not taken, "" where it was.

    That names the host alone: the path of a webhook is often its secret.

    allow_plain   whether it may go beyond this machine without TLS
    """
    try:
        place = URL(url)
    except ValueError:
        return "the webhook was not told how this ended: its address is none"
    host = place.host or ""
    if place.scheme != "https" and not allow_plain and not _is_here(host):
        return (
            f"{host} was not told how this ended: its address is not https, "
            "and [notify] has no allow_plain = true"
        )
    tls = await asyncio.to_thread(ssl.create_default_context)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=tls),
        timeout=aiohttp.ClientTimeout(total=TRY_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": "holdfast", "Content-Type": "application/json"},
    ) as session:
        why, again = await _try(session, place, content)
        if again:
            await asyncio.sleep(PAUSE_SECONDS)
            why, _ = await _try(session, place, content)
    return f"{host} was not told how this ended: {why}" if why else ""


async def _try(session: aiohttp.ClientSession, url: URL, content: bytes) -> tuple[str, bool]:
    """Why it was not taken, "" where it was; and whether another try may help."""
    try:
        async with session.post(url, data=content, allow_redirects=False, proxy=_proxy(url)) as answer:
            status = answer.status
    except TimeoutError:
        return f"no answer within {TRY_SECONDS:g} s", True
    except aiohttp.ClientSSLError:
        return "its certificate is not trusted", False
    except aiohttp.ClientConnectorError as error:
        return f"no connection: {error.os_error.strerror or 'it cannot be reached'}", True
    except (aiohttp.ClientError, OSError, ValueError):
        return "the connection broke", True
    if 200 <= status < 300:
        return "", False
    return f"it answered {status}", status >= 500 or status == BUSY


def stays_here(url: str) -> bool:
    """Whether an address is one of this machine."""
    return _is_here(URL(url).host or "")


def _is_here(host: str) -> bool:
    """Whether it is this machine, which nothing on the way can listen to."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _proxy(url: URL) -> str | None:
    """As the environment says."""
    if _is_here(url.host or "") or urllib.request.proxy_bypass(url.host or ""):
        return None
    return urllib.request.getproxies().get(url.scheme)
