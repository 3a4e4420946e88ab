"""What a registry holds of an app: asked from here, or through the engine where only that reaches it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, NamedTuple, Self

from tui.engine.addresses import away, is_beyond, is_elsewhere, without_tls
from tui.engine.bounds import RECENT
from tui.engine.credentials import credentials_for
from tui.engine.errors import EngineError, EngineSilent, PortsForbidden, ServerFault, TransferFailed
from tui.engine.transports import ports_of
from tui.errors import HoldfastError
from tui.model.reference import path_in_registry
from tui.model.registry_name import registry_host
from tui.model.remote import listed_tags
from tui.operations.looking.withheld import refuse_parts
from tui.registry.client import MANIFEST_SECONDS, Registry
from tui.registry.errors import RegistrySilent, RegistryUnreachable
from tui.settings.reach import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

    from tui.engine.client import Engine
    from tui.engine.endpoint import Endpoint
    from tui.model.app import AppSpec
    from tui.model.credentials import Credentials
    from tui.model.image import ImageConfig
    from tui.model.remote import ListedTags
    from tui.registry.payloads import Manifest


PORTS_FORBIDDEN = (
    'allow "AllowTcpForwarding yes" in the sshd_config of the engine\'s host, or name a registry in `image` '
    "that both this machine and the engine reach"
)
"""The remedy where ssh may not forward the port of a registry."""


class NoSuchVersion(HoldfastError):
    """There is no such version of the app, or nothing that could be one was named."""

    exit_status = 2


def not_there_remedy(app: AppSpec, version: str = "VERSION") -> str:
    """What to do where a registry does not have a version: only who builds it can push it."""
    if app.build is None:
        return f"holdfast deploy {app.name} lists the versions that there are"
    return f"holdfast push {app.name} {version}"


class RegistryTag(NamedTuple):
    """What a tag names in the registry: "" where there is no such tag.

    same   whether these are the bytes of the image that was asked about
    """

    digest: str
    same: bool = False


class Remote:
    """The app's repository in its registry. Open it as a context: `async with Remote(...) as remote`.

    engine     as it speaks to registries they are spoken to; None where none is asked (`registry_alone`)
    insecure   whether it may be spoken to without TLS that is verified, None for what the engine says
    endpoint   of the engine that is meant where none is asked, None for none
    """

    def __init__(
        self,
        engine: Engine | None,
        app: AppSpec,
        *,
        insecure: bool | None = None,
        endpoint: Endpoint | None = None,
    ) -> None:
        self._engine = engine
        self._endpoint = engine.endpoint if engine is not None else endpoint
        self._app = app
        self._said = insecure
        self.host = registry_host(app.image)
        self._path = path_in_registry(app.image)
        self.credentials: Credentials | None = None
        self._insecure = False
        self._registry: Registry | None = None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Raises Withheld where the app's file may not name the registry."""
        refuse_parts(self._app, (REGISTRY,))
        self.credentials = await credentials_for(self.host)
        if self._said is not None:
            self._insecure = self._said
        elif self._engine is not None:
            self._insecure = await without_tls(self.host, await self._engine.info(within=RECENT))
        async with AsyncExitStack() as stack:
            through = None
            if self._endpoint is not None and is_beyond(self.host, self._endpoint):
                through = self._by(await stack.enter_async_context(ports_of(self._endpoint)))
            self._registry = await stack.enter_async_context(
                Registry(
                    self.host,
                    self.credentials,
                    insecure=self._insecure,
                    away=away(self.host, self._endpoint),
                    through=through,
                )
            )
            self._stack = stack.pop_all()
        return self

    def _by(self, ports: Callable[[str, int], Awaitable[str]]) -> Callable[[str, int], Awaitable[str]]:
        """As `ports`; what keeps the engine's host from being reached keeps its registry, too."""

        async def port(host: str, number: int) -> str:
            try:
                return await ports(host, number)
            except EngineError as error:
                forbidden = isinstance(error, PortsForbidden)
                raise RegistryUnreachable(
                    f"the registry {self.host} is on the loopback of the engine's own host, and not reached: "
                    f"{error.message}",
                    PORTS_FORBIDDEN if forbidden else error.hint,
                ) from error

        return port

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def insecure(self) -> bool:
        """Whether it is spoken to without TLS, or by a certificate that nobody verifies."""
        return self._insecure

    @property
    def elsewhere(self) -> bool:
        """Whether it is on the loopback of another host than this: other programs here do not reach it."""
        return is_elsewhere(self.host, self._endpoint)

    @property
    def registry(self) -> Registry:
        assert self._registry is not None, "used outside of its context"
        return self._registry

    async def listed(self) -> ListedTags:
        """Every tag, and what is evidence of images instead. Raises RegistryError."""
        return listed_tags(await self.registry.tags(self._path))

    async def tags(self) -> list[str]:
        """Every tag of an image. Raises RegistryError."""
        return [*(await self.listed()).tags]

    async def manifest(self, digest: str) -> Manifest | None:
        """The manifest of a digest, None where there is none or it is out of reach. Raises RegistryError."""
        try:
            return await self.registry.manifest(self._path, digest)
        except RegistryUnreachable:
            return None

    async def config(self, digest: str) -> str:
        """The digest of the configuration that a manifest names, "" for an index. Raises RegistryError."""
        manifest = await self.registry.manifest(self._path, digest)
        return manifest.config_digest if manifest is not None else ""

    async def digest(self, tag: str) -> str:
        """The digest of a tag, or of a digest itself, "" where there is none.

        Raises RegistryError or EngineError.
        """
        try:
            return await self.registry.digest(self._path, tag)
        except RegistrySilent:
            raise  # the engine would wait for it just as long
        except RegistryUnreachable as unreachable:
            if self._engine is None:
                raise
            # From the engine's host the name may mean another place, and that is where it pushes to.
            reference = f"{self._app.image}{'@' if tag.startswith('sha256:') else ':'}{tag}"
            try:
                async with asyncio.timeout(MANIFEST_SECONDS):
                    return await self._engine.images.distribution_digest(reference, self.credentials)
            except (TransferFailed, EngineSilent, ServerFault, TimeoutError):
                raise unreachable from None

    async def held(self, tag: str, image: ImageConfig) -> RegistryTag:
        """What a tag holds, compared with an image. Raises RegistryError or EngineError."""
        digest = await self.digest(tag)
        if not digest:
            return RegistryTag("")
        if digest == image.id or digest in self._app.digests_of(image.digests):
            return RegistryTag(digest, same=True)
        try:
            manifest = await self._of_platform(await self.registry.manifest(self._path, digest), image)
        except RegistryUnreachable:
            return RegistryTag(digest)
        return RegistryTag(digest, same=manifest is not None and manifest.config_digest == image.id)

    async def _of_platform(self, manifest: Manifest | None, image: ImageConfig) -> Manifest | None:
        """What an index has for the image's platform, else the manifest itself. Raises RegistryError."""
        if manifest is None or not manifest.is_index:
            return manifest
        found = manifest.taken(f"{image.os}/{image.architecture}")
        return await self.registry.manifest(self._path, found) if found else None
