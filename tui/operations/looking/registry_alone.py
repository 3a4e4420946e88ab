"""An app's repository in its registry without an engine: whoever signs or verifies need not have one."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from tui.engine.addresses import LOOPBACK, within, without_tls
from tui.engine.errors import EngineError
from tui.errors import HoldfastError
from tui.model.registry_name import registry_host
from tui.operations.looking.app_repository import Remote
from tui.operations.looking.withheld import refuse_parts
from tui.registry.errors import CertificateUntrusted, TlsMismatch
from tui.settings.reach import REGISTRY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.engine.endpoint import Endpoint
    from tui.model.app import AppSpec


class NoRegistry(HoldfastError):
    """The app's images are in no registry."""

    exit_status = 2


@asynccontextmanager
async def alone(app: AppSpec, endpoint: Endpoint | None = None) -> AsyncIterator[Remote]:
    """The repository of an app, open within the block.

    The engine is asked only where the registry has no TLS that is trusted here: whether it may be spoken to
    all the same is said in the engine's configuration. Where none is named, registries on the loopback may.
    Raises HoldfastError.
    """
    if not app.has_registry:
        raise NoRegistry(
            f'{app.origin}: [apps.{app.name}] image = "{app.image}" names no registry',
            f'set image = "registry.example.com/{app.image}"',
        )
    refuse_parts(app, (REGISTRY,))
    insecure = await within(registry_host(app.image), LOOPBACK)
    async with AsyncExitStack() as stack:
        remote = await stack.enter_async_context(Remote(None, app, insecure=insecure, endpoint=endpoint))
        try:
            await remote.registry.reach()
        except (TlsMismatch, CertificateUntrusted):
            if insecure or endpoint is None or not await _engine_does_without(remote.host, endpoint):
                raise
            remote = await stack.enter_async_context(Remote(None, app, insecure=True, endpoint=endpoint))
        yield remote


async def _engine_does_without(host: str, endpoint: Endpoint) -> bool:
    """Whether the engine is configured to speak to it without TLS that is trusted; no engine is not."""
    from tui.engine.client import Engine

    try:
        async with await Engine.connect(endpoint) as engine:
            return await without_tls(host, await engine.info())
    except EngineError:
        return False
