"""aiohttp, imported without waiting for certificates that nobody uses.

While it is imported, aiohttp fills two TLS contexts with the certificate authorities of the system: 40 ms of
the start of every command. Here nothing is asked through them: an engine is behind a socket, and a registry
gets a context with its own authorities. So they stay empty, and trust nobody.
"""

from __future__ import annotations

import ssl


def _nothing(self: ssl.SSLContext) -> None:
    """Fill no context."""


_fill = ssl.SSLContext.set_default_verify_paths
ssl.SSLContext.set_default_verify_paths = _nothing  # type: ignore[method-assign]
try:
    import aiohttp
    from aiohttp import http_exceptions
finally:
    ssl.SSLContext.set_default_verify_paths = _fill  # type: ignore[method-assign]

__all__ = ["aiohttp", "http_exceptions"]
