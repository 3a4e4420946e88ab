"""What can go wrong between Holdfast and an engine.

EngineError                   anything below
├── EndpointUnusable          the endpoint is named wrongly, or is of a kind that is not spoken
├── EngineUnreachable         no answer was had
│   ├── SocketMissing         there is no such socket
│   ├── PermissionRefused     the socket is there, and not for this account
│   ├── ConnectionFailed      nothing listens, or the network is in the way
│   ├── EngineSilent          it did not answer in time
│   └── EngineStopping        it closed the connection instead of answering
├── EngineTooOld              it speaks no version of the API that Holdfast knows
├── EngineTooNew              it no longer speaks any version that Holdfast knows
├── RequestRefused            it answered, and said no: `status`, `reason`
│   ├── NotFound              404
│   ├── Conflict              409
│   └── ServerFault           500 and above
├── StreamBroken              a stream ended in the middle
└── MalformedAnswer           it answered what cannot be read

`tui.engine.faults` turns the errors of the libraries below into these.
"""

from __future__ import annotations

from tui.errors import HoldfastError


class EngineError(HoldfastError):
    """Anything that goes wrong with an engine."""


class EndpointUnusable(EngineError):
    """The endpoint is named wrongly, or is of a kind that is not spoken."""


class EngineUnreachable(EngineError):
    """No answer was had; trying again later may help."""


class SocketMissing(EngineUnreachable):
    """There is no socket at the endpoint's path."""


class PermissionRefused(EngineUnreachable):
    """The socket is there, and this account may not use it."""


class ConnectionFailed(EngineUnreachable):
    """Nothing listens there, or the network is in the way."""


class EngineSilent(EngineUnreachable):
    """The engine did not answer in time."""


class EngineStopping(EngineUnreachable):
    """The engine closed the connection instead of answering, as it does while it stops."""


class EngineTooOld(EngineError):
    """The engine's newest API version is older than Holdfast's oldest."""


class EngineTooNew(EngineError):
    """The engine's oldest API version is newer than Holdfast's newest."""


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


class StreamBroken(EngineError):
    """A stream ended in the middle; what was read until then is right."""


class MalformedAnswer(EngineError):
    """The engine's answer is not what the Engine API says it should be."""


def refusal(status: int, reason: str) -> RequestRefused:
    """The error for an HTTP status of 400 or above."""
    if status == 404:
        return NotFound(status, reason)
    if status == 409:
        return Conflict(status, reason)
    if status >= 500:
        return ServerFault(status, reason)
    return RequestRefused(status, reason)
