"""A registry that says what a test tells it to, over plain HTTP or TLS."""

from __future__ import annotations

import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.scripted_registry import ScriptedRegistry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedRegistry]:
    registry = ScriptedRegistry()
    await registry.start()
    yield registry
    await registry.stop()


@pytest.fixture
async def elsewhere() -> AsyncIterator[ScriptedRegistry]:
    """A second server."""
    registry = ScriptedRegistry()
    await registry.start()
    yield registry
    await registry.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `ca.crt`, which vouches for itself and 127.0.0.1, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=holdfast-test", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", folder / "key", "-out", folder / "ca.crt",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return folder


@pytest.fixture
async def with_tls(certificate: Path) -> AsyncIterator[ScriptedRegistry]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate / "ca.crt", certificate / "key")
    registry = ScriptedRegistry(tls)
    await registry.start()
    yield registry
    await registry.stop()
