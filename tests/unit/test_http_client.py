"""aiohttp as it is imported here: its own TLS contexts trust nobody, those of others are as they were."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import ssl
from tui.http_client import aiohttp
from aiohttp import connector
assert connector._SSL_CONTEXT_VERIFIED.cert_store_stats()["x509_ca"] == 0
assert connector._SSL_CONTEXT_VERIFIED.verify_mode == ssl.CERT_REQUIRED
context = ssl.create_default_context(cafile=None)
print(ssl.SSLContext.set_default_verify_paths.__qualname__, context.verify_mode == ssl.CERT_REQUIRED)
"""


def test_only_the_contexts_of_aiohttp_stay_empty() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.split() == ["_SSLContext.set_default_verify_paths", "True"]
