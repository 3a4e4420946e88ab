"""Secrets of a build: read before it begins, handed out when a step mounts one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.buildkit.grpc import NOT_FOUND, CallFailed
from tui.engine.buildkit.proto.session_pb2 import GetSecretRequest, GetSecretResponse
from tui.errors import HoldfastError
from tui.files import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.model.app import BuildSecret

MOST_BYTES = 500 * 1024
"""BuildKit's own limit for one secret."""


class SecretMissing(HoldfastError):
    """A secret of a build cannot be had."""

    exit_status = 2


def read_secrets(secrets: Iterable[BuildSecret], environ: Mapping[str, str]) -> dict[str, bytes]:
    """The values by ID; blocks. Raises SecretMissing, which names ID and file or variable, never a value."""
    return {secret.id: _read(secret, environ) for secret in secrets}


def _read(secret: BuildSecret, environ: Mapping[str, str]) -> bytes:
    place = f"build.secrets.{secret.id}"
    if secret.env:
        if secret.env not in environ:
            raise SecretMissing(
                f"{place}: the environment variable {secret.env} is not set", f"export {secret.env}=..."
            )
        value = environ[secret.env].encode("utf-8", "surrogateescape")
    else:
        try:
            value = read_file(secret.file, MOST_BYTES)
        except FileNotFoundError:
            raise SecretMissing(
                f"{place}: there is no file {secret.file}", "write it, or name the right file"
            ) from None
        except OSError as error:
            raise SecretMissing(f"{place}: {secret.file} cannot be read: {error.strerror}") from error
    if len(value) > MOST_BYTES:
        raise SecretMissing(
            f"{place}: {secret.env or secret.file} holds more than {MOST_BYTES // 1024} KiB, BuildKit's limit"
        )
    return value


class Secrets:
    """Answers moby.buildkit.secrets.v1.Secrets/GetSecret from values by ID."""

    def __init__(self, values: Mapping[str, bytes]) -> None:
        self._values = values

    async def answer(self, request: GetSecretRequest) -> GetSecretResponse:
        """Raises CallFailed for an ID that is not there: a step may say that it can do without."""
        if request.ID not in self._values:
            raise CallFailed(NOT_FOUND, f"secret {request.ID}: not found")
        return GetSecretResponse(data=self._values[request.ID])
