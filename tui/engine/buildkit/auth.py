"""Logins to registries, asked for by the engine when it pulls a base image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.buildkit.proto.session_pb2 import CredentialsRequest, CredentialsResponse
from tui.model.registry_name import DOCKER_HUB

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.model.credentials import Credentials

HUB_REGISTRY = "registry-1.docker.io"
"""What the engine calls Docker Hub here."""


class Auth:
    """Answers moby.filesync.v1.Auth/Credentials from `credentials`, called with a registry's name."""

    def __init__(self, credentials: Callable[[str], Awaitable[Credentials | None]]) -> None:
        self._credentials = credentials

    async def answer(self, request: CredentialsRequest) -> CredentialsResponse:
        """An empty answer says that there is no login. Raises what `credentials` does."""
        found = await self._credentials(DOCKER_HUB if request.Host == HUB_REGISTRY else request.Host)
        if found is None:
            return CredentialsResponse()
        if found.identity_token:  # the engine takes a secret without a user's name for one
            return CredentialsResponse(Secret=found.identity_token)
        return CredentialsResponse(Username=found.username, Secret=found.password)
