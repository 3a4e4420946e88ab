"""BuildKit's progress: messages `moby.buildkit.trace`, each a StatusResponse of its control API in base64.

A step ("vertex") comes again whenever something about it changes, and may be begun anew after it was done: as
in buildx, its time is then the sum of its intervals, overlapping ones counted once. Steps of one progress
group are shown as one, as there too.
"""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from google.protobuf.message import DecodeError

from tui.engine.buildkit.lines import Lines
from tui.engine.buildkit.proto.control_pb2 import StatusResponse
from tui.engine.errors import MalformedAnswer
from tui.model.build import BaseImage, BuildBytes, BuildOutput, BuildStep, BuildWarning

if TYPE_CHECKING:
    from google.protobuf.timestamp_pb2 import Timestamp

    from tui.model.build import BuildEvent

CANCELLED = "context canceled"
"""What the error of a step ends with that was broken off because another failed, or by request."""

ONLY_STAGE = "stage-0"
"""The stage of steps that bear none in their title: the file has only this one."""

NO_TEXT = "a step whose instruction or file name is not UTF-8 is not shown"

_STAGE = re.compile(r"\[(?:[a-z0-9]+/[^\] ]+ +)?(?:([^\] /]+) +)?\d+/\d+\] ")
_BASE = re.compile(r"(?:\[[^\]]*\] )?FROM (\S+)@(sha256:[0-9a-f]{64})\Z")
_AT_LINE = re.compile(r" \(line \d+\)\Z")


class Trace:
    """Decodes the messages of one build."""

    def __init__(self) -> None:
        self._steps: dict[str, _Step] = {}
        self._told: set[BaseImage | BuildWarning] = set()
        self.lines = Lines()

    def feed(self, aux: str) -> list[BuildEvent]:
        """What a message says; its steps in the order of their start. Raises MalformedAnswer."""
        try:
            status = StatusResponse.FromString(binascii.a2b_base64(aux))
        except (ValueError, DecodeError) as error:
            if "UTF-8" in str(error):  # the library takes no such text, and Docker does
                events: list[BuildEvent] = []
                self._tell(BuildWarning(NO_TEXT), events)
                return events
            raise MalformedAnswer(
                f"the engine sent a build's progress that cannot be read: {error}"
            ) from error
        changed: dict[str, _Step] = {}
        for vertex in status.vertexes:
            step = self._step(vertex)
            step.update(vertex)
            changed[step.id] = step
        events = []
        ended: list[_Step] = []
        for step in sorted(changed.values(), key=_start) if len(changed) > 1 else changed.values():
            if step.ended:
                ended.append(step)
            elif event := step.news():
                events.append(event)
                self._find_base(event.title, events)
        events += [
            BuildBytes(self._id(item.vertex), item.ID, item.current, item.total)
            for item in status.statuses
            if item.current or item.total
        ]
        for log in status.logs:
            id = self._id(log.vertex)
            text = self.lines.add(id, log.stream, log.msg)
            if text is not None:
                events.append(BuildOutput(id, log.stream, text))
            known = self._steps.get(log.vertex)
            if known is not None and known.ended and known.id not in changed:
                ended.append(known)
        for warning in status.warnings:
            self._tell(_warning(warning), events)
        for step in ended:
            events += self.lines.flush(step.id)
            if event := step.news():
                events.append(event)
                self._find_base(event.title, events)
        return events

    def failed(self, said: str) -> BuildStep | None:
        """The step that broke the build: whose error is in what the engine said, else the first failed."""
        failed = [step for step in self._steps.values() if step.error]
        own = [step for step in failed if not step.error.endswith(CANCELLED)]
        named = [step for step in own if step.error in said]
        found = named or own
        return min(found, key=_start).event() if found else None

    def close(self) -> list[BuildOutput]:
        """Output that no newline has ended."""
        return self.lines.flush()

    def _id(self, digest: str) -> str:
        step = self._steps.get(digest)
        return step.id if step is not None else digest

    def _step(self, vertex: Any) -> _Step:
        digest = vertex.digest
        step = self._steps.get(digest)
        if step is None:
            if vertex.HasField("progressGroup") and vertex.progressGroup.id:
                group = vertex.progressGroup
                step = self._steps.get(group.id) or _Step(group.id, group.name)
                self._steps[group.id] = step
            else:
                step = _Step(digest, vertex.name)
            self._steps[digest] = step
        return step

    def _find_base(self, title: str, events: list[BuildEvent]) -> None:
        if found := _BASE.match(title):
            self._tell(BaseImage(found[1], found[2]), events)

    def _tell(self, event: BaseImage | BuildWarning, events: list[BuildEvent]) -> None:
        if event not in self._told:
            self._told.add(event)
            events.append(event)


class _Member(NamedTuple):
    """A vertex as it was last told: the only one of its step, or one of a group's."""

    cached: bool
    error: str


class _Step:
    """A step over time. `ended` says that nothing of it runs, `error` why it failed."""

    def __init__(self, id: str, title: str) -> None:
        self.id = id
        self.title = title
        self.ended = False
        self.error = ""
        found = _STAGE.match(title)
        self._stage = (found[1] or ONLY_STAGE) if found else ""
        self._intervals: dict[tuple[str, float], float | None] = {}
        self._members: dict[str, _Member] = {}
        self._told: BuildStep | None = None

    def update(self, vertex: Any) -> None:
        if vertex.HasField("started"):
            stop = _seconds(vertex.completed) if vertex.HasField("completed") else None
            self._intervals[vertex.digest, _seconds(vertex.started)] = stop
        elif vertex.digest in self._members:
            return  # told once more as it was planned, which says nothing new
        self._members[vertex.digest] = _Member(vertex.cached, vertex.error)
        if self.error or vertex.error:
            self.error = next((member.error for member in self._members.values() if member.error), "")
        self.ended = bool(self._intervals) and None not in self._intervals.values()

    @property
    def started(self) -> float | None:
        return min(start for _, start in self._intervals) if self._intervals else None

    def event(self) -> BuildStep:
        state = "waiting"
        if self._intervals:
            state = "running"
        if self.ended:
            cached = all(member.cached for member in self._members.values())
            state = "failed" if self.error else "cached" if cached else "done"
        seconds = self._seconds() if self.ended else None
        return BuildStep(
            id=self.id,
            title=self.title,
            stage=self._stage,
            state=state,
            started=self.started,
            seconds=seconds,
            error=self.error,
        )

    def news(self) -> BuildStep | None:
        """The step as it is now, None where that was told already."""
        event = self.event()
        if event == self._told:
            return None
        self._told = event
        return event

    def _seconds(self) -> float:
        """How long it took, intervals that overlap counted once."""
        if len(self._intervals) == 1:
            (((_, start), stop),) = self._intervals.items()
            return max(0.0, (stop or start) - start)
        total = 0.0
        until = 0.0
        for start, stop in sorted((start, stop or start) for (_, start), stop in self._intervals.items()):
            total += max(0.0, stop - max(start, until))
            until = max(until, stop)
        return total


def _seconds(stamp: Timestamp) -> float:
    return float(stamp.seconds + stamp.nanos / 1e9)


def _start(step: _Step) -> float:
    started = step.started
    return float("inf") if started is None else started


def _warning(warning: Any) -> BuildWarning:
    message = warning.short.decode("utf-8", "replace")
    line = warning.ranges[0].start.line if warning.ranges else 0
    if line:
        message = _AT_LINE.sub("", message)
    detail = "\n".join(text.decode("utf-8", "replace") for text in warning.detail)
    return BuildWarning(message, detail, line, warning.url)
