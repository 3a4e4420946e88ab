"""What can go wrong between Holdfast and an engine.

EngineError                      anything below
├── EndpointUnusable             the endpoint is named wrongly, or is of a kind that is not spoken
│   ├── NoSuchContext            Docker has no context of the name
│   ├── NotAllowed               only a file names it that may have come with a repository
│   ├── NoEngine                 something else than an engine answers there
│   ├── EngineTooOld             it speaks no version of the API that Holdfast knows
│   └── EngineTooNew             it no longer speaks any version that Holdfast knows
├── EngineUnreachable            no answer was had
│   ├── SocketMissing            there is no such socket
│   ├── PermissionRefused        the socket is there, and not for this account
│   ├── ConnectionFailed         nothing listens, or the network is in the way
│   ├── TlsMismatch              one side speaks TLS, or a version of it, where the other does not
│   ├── EngineUntrusted          its certificate is none that is trusted here: `why`
│   ├── ClientUntrusted          it wants another certificate of this client, or one at all
│   ├── SshFailed                ssh does not reach its host: `login`, `passing`
│   │   └── PortsForbidden       its host does not let ssh forward ports
│   ├── EngineSilent             it did not answer in time
│   ├── EngineStopping           it closed the connection instead of answering
│   └── EngineFailing            it answers, and cannot even say its version
├── RequestRefused               it answered, and said no: `status`, `reason`
│   ├── NotFound                 404
│   ├── Conflict                 409
│   └── ServerFault              500 and above
│       └── LayersDamaged        the files of an image's layers are not those that it unpacked
├── StreamBroken                 a stream ended in the middle
│   └── TransferBroken           a push or pull lost its connection: trying again may help
├── TransferFailed               a push or pull that the engine could not do: `reason`
│   ├── TransferLoginRefused     the registry wants a login, or does not allow this one
│   ├── TransferUnreachable      the engine does not reach the registry
│   │   └── TransferTlsMismatch  one speaks TLS where the other does not, or no certificate that is trusted
│   ├── RepositoryUnknown        there is no such repository, tag or image
│   ├── RateLimited              the registry wants fewer requests
│   └── NoSpace                  a disk is full, or a quota used up
├── BuildFailed                  a build that the engine could not do
│   └── BaseUnreachable          because it does not reach the registry of a base image
├── AnswerTooLarge               it answered more than is read
└── MalformedAnswer              it answered what cannot be read

`tui.engine.error_mapping` turns the errors of the libraries below into these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.errors import HoldfastError

if TYPE_CHECKING:
    from tui.certificates import Distrust


class EngineError(HoldfastError):
    """Anything that goes wrong with an engine."""


class EndpointUnusable(EngineError):
    """The endpoint is named wrongly, or is of a kind that is not spoken."""

    exit_status = 2


class NoSuchContext(EndpointUnusable):
    """Docker has no context of the name."""


class NotAllowed(EndpointUnusable):
    """Only a file that may have come with a repository names it, and is not allowed to."""


class NoEngine(EndpointUnusable):
    """Something answers at the endpoint, and it is no Docker Engine."""


class EngineTooOld(EndpointUnusable):
    """The engine's newest API version is older than Holdfast's oldest."""


class EngineTooNew(EndpointUnusable):
    """The engine's oldest API version is newer than Holdfast's newest."""


class EngineUnreachable(EngineError):
    """No answer was had; trying again later may help."""

    exit_status = 3


class SocketMissing(EngineUnreachable):
    """There is no socket at the endpoint's path."""


class PermissionRefused(EngineUnreachable):
    """The socket is there, and this account may not use it."""


class ConnectionFailed(EngineUnreachable):
    """Nothing listens there, or the network is in the way."""


class TlsMismatch(EngineUnreachable):
    """One side speaks TLS, or a version of it, where the other does not."""


class EngineUntrusted(EngineUnreachable):
    """The engine's certificate is none that is trusted here.

    why   in what it is not
    """

    def __init__(self, message: str, hint: str = "", *, why: Distrust) -> None:
        super().__init__(message, hint)
        self.why = why


class ClientUntrusted(EngineUnreachable):
    """The engine wants another certificate of this client, or one at all.

    alert   what it said, in small letters
    """

    def __init__(self, message: str, hint: str = "", *, alert: str = "") -> None:
        super().__init__(message, hint)
        self.alert = alert


class SshFailed(EngineUnreachable):
    """ssh does not reach the engine's host.

    login     the command that a person can run once in a terminal, where that helps; () where it does not
    passing   whether it may work by itself a moment later
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        detail: tuple[str, ...] = (),
        *,
        login: tuple[str, ...] = (),
        passing: bool = False,
    ) -> None:
        super().__init__(message, hint, detail)
        self.login = login
        self.passing = passing


class PortsForbidden(SshFailed):
    """The host is reached by ssh, and does not let it forward ports."""


class EngineSilent(EngineUnreachable):
    """The engine did not answer in time."""


class EngineStopping(EngineUnreachable):
    """The engine closed the connection instead of answering, as it does while it stops."""


class EngineFailing(EngineUnreachable):
    """The engine answers, and fails to say its version: it has just started, or is in trouble."""


class RequestRefused(EngineError):
    """The engine answered with an error.

    status   the HTTP status
    reason   the engine's own words: one line of plain text, credentials masked
    """

    def __init__(self, status: int, reason: str, hint: str = "") -> None:
        super().__init__(f"the engine refused: {reason}" if reason else f"the engine answered {status}", hint)
        self.status = status
        self.reason = reason


class NotFound(RequestRefused):
    """404: there is no such object, or no longer."""


class Conflict(RequestRefused):
    """409: the object's state does not allow it, or its name is taken."""


class ServerFault(RequestRefused):
    """500 and above: the engine tried and failed."""


class LayersDamaged(ServerFault):
    """The files of an image's layers on the engine's disk are not those that it unpacked."""


class StreamBroken(EngineError):
    """A stream ended in the middle; what was read until then is right."""


class TransferBroken(StreamBroken):
    """A push or pull lost its connection to the registry; what has arrived there need not be sent again."""


class TransferFailed(EngineError):
    """A push or pull that the engine could not do.

    reason   the engine's own words: one line of plain text, credentials masked
    """

    def __init__(self, message: str, hint: str = "", *, reason: str = "") -> None:
        super().__init__(message, hint, (reason,) if reason else ())
        self.reason = reason


class TransferLoginRefused(TransferFailed):
    """The registry wants a login, or does not allow this one what was asked for."""


class TransferUnreachable(TransferFailed):
    """The engine does not reach the registry."""

    exit_status = 3


class TransferTlsMismatch(TransferUnreachable):
    """One side speaks TLS where the other does not, or shows no certificate that is trusted."""


class RepositoryUnknown(TransferFailed):
    """There is no such repository, tag or image."""


class RateLimited(TransferFailed):
    """The registry wants fewer requests from this address or login."""


class NoSpace(TransferFailed):
    """A disk is full, or a quota used up."""


class BuildFailed(EngineError):
    """A build that the engine could not do.

    step   the ID of the step that broke it, "" where it is none
    line   of the Dockerfile, from 1; 0 where none is known
    """

    def __init__(
        self, message: str, hint: str = "", detail: tuple[str, ...] = (), *, step: str = "", line: int = 0
    ) -> None:
        super().__init__(message, hint, detail)
        self.step = step
        self.line = line


class BaseUnreachable(BuildFailed):
    """The engine does not reach the registry of an image that the build begins from."""

    exit_status = 3


class AnswerTooLarge(EngineError):
    """The engine's answer is larger than anything that is read."""


class MalformedAnswer(EngineError):
    """The engine's answer is not what the Engine API says it should be."""


FULL = (
    "the disk of the engine's host is full: see there what takes it with docker system df, and free it with "
    "docker image prune or docker builder prune"
)


def refusal(status: int, reason: str) -> RequestRefused:
    """The error for an HTTP status of 400 or above."""
    if status == 404:
        return NotFound(status, reason)
    if status == 409:
        return Conflict(status, reason)
    if status >= 500:
        return ServerFault(status, reason, FULL if "no space left on device" in reason.lower() else "")
    return RequestRefused(status, reason)
