"""A build's answer, message by message: BuildKit's or the classic builder's (POST /build)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tui.engine.buildkit.classic import Classic
from tui.engine.buildkit.failures import explain
from tui.engine.buildkit.trace import Trace
from tui.engine.error_mapping import UNREADABLE, readable
from tui.engine.errors import MalformedAnswer
from tui.model.build import BuiltImage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tui.engine.errors import BuildFailed
    from tui.model.build import BuildEvent


class BuildMessages:
    """Decodes the messages of one build.

    dockerfile   the text of the file and what it is called: failures show the lines
    clock        seconds since the epoch; the classic builder names no times
    """

    def __init__(
        self, dockerfile: str = "", name: str = "Dockerfile", *, clock: Callable[[], float] = time.time
    ) -> None:
        self._dockerfile = dockerfile
        self._name = name
        self._trace = Trace()
        self._classic = Classic(clock)

    def feed(self, message: Mapping[str, Any]) -> Iterator[BuildEvent]:
        """What a message says. Raises BuildFailed, after the last events, and MalformedAnswer."""
        try:
            events = self._events(message)
        except UNREADABLE as error:
            raise MalformedAnswer("the engine's answer to a build is not as the Engine API says") from error
        yield from events
        if message.get("error") or message.get("errorDetail"):
            with readable("a build"):
                detail = message.get("errorDetail") or {}
                said = str(detail.get("message") or message.get("error"))
                code = int(detail.get("code") or 0)
            yield from self._trace.close()
            yield from self._classic.fail(said)
            raise self.failure(said, code)

    def failure(self, said: str, code: int = 0) -> BuildFailed:
        """The error for what the engine said, in its stream or as the reason of a refusal.

        code   the exit status of the failing command, where it is named apart
        """
        if step := self._trace.failed(said):
            output = self._trace.lines.last(step.id)
        elif step := self._classic.step:
            output = self._classic.lines.last(step.id)
        else:
            output = ()
        return explain(
            said, code=code, step=step, output=output, dockerfile=self._dockerfile, name=self._name
        )

    def _events(self, message: Mapping[str, Any]) -> list[BuildEvent]:
        match message.get("id"):
            case "moby.buildkit.trace":
                return self._trace.feed(message["aux"])
            case "moby.image.id":
                return [BuiltImage(str(message["aux"]["ID"]))]
        return self._classic.feed(message)
