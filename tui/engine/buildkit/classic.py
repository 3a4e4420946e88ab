"""The classic builder's progress, which is text for people, and Podman's, which resembles it.

The builder's own lines come one to a message, between the output of what it runs. They count only where they
can stand (the next step's number, the end of the container that runs), so that a program which prints
" ---> Using cache" is not believed.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from tui.engine.buildkit.lines import Lines
from tui.model.build import BaseImage, BuildBytes, BuildOutput, BuildStep, BuildWarning, BuiltImage
from tui.model.dockerfile import full_name, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.model.build import BuildEvent

_STEP = re.compile(r"(?:\[(\d+)/\d+\] )?(?:Step (\d+)/(\d+) :|STEP (\d+)/(\d+):) (.*)\Z", re.DOTALL)
_RUNNING = re.compile(r" ---> (?:\[Warning\] [^\n]*\n ---> )?Running in ([0-9a-f]{12})\Z")
_REMOVED = re.compile(r"(?: ---> Removed|Removing) intermediate container ([0-9a-f]{12})\Z")
_CACHED = re.compile(r"(?: ---> |--> )Using cache(?: [0-9a-f]{12,64})?\Z")
_MADE = re.compile(r"(?: ---> |--> )[0-9a-f]{0,64}\Z")
_DONE = re.compile(r"Successfully built ([0-9a-f]{6,64})\Z")
_ID = re.compile(r"[0-9a-f]{64}\Z")
_TAGGED = re.compile(r"Successfully tagged |(?:\[\d+/\d+\] )?COMMIT\b")
_WARNING = re.compile(r"(?: ---> )?\[Warning\] (.+)\Z")
_DIGEST = re.compile(r"Digest: (sha256:[0-9a-f]{64})\Z")
_PULLED = re.compile(r"Status: (?:Downloaded newer image|Image is up to date) for (\S+)\Z")
_RED, _PLAIN = "\x1b[91m", "\x1b[0m"


class Classic:
    """Decodes the messages of one build by the classic builder. `clock` gives seconds since the epoch."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._number = 0
        self._step: BuildStep | None = None
        self._instruction = ""
        self._container = ""
        self._stage = ""
        self._stages = 0
        self._image = ""
        self._result = ""
        self._digest = ""
        self._is_podman = False
        self._totals: dict[str, int] = {}
        self.lines = Lines()

    @property
    def step(self) -> BuildStep | None:
        """The step that runs, or that ran last."""
        return self._step

    @property
    def base(self) -> str:
        """The image that the running step begins from, "" where it does not."""
        words = parse(self._instruction).bases() if self._instruction else []
        return words[0].name if words else ""

    def feed(self, message: Mapping[str, Any]) -> list[BuildEvent]:
        """What a message says. KeyError and the like where it is malformed."""
        if isinstance(stream := message.get("stream"), str):
            return self._said(stream)
        if aux := message.get("aux"):
            self._image = str(aux.get("ID") or self._image)
        elif status := message.get("status"):
            return self._pulled(str(status), message)
        return []

    def fail(self, error: str) -> list[BuildEvent]:
        """The running step has failed."""
        if self._step is None:
            return []
        return self._end("failed", error)

    def close(self) -> list[BuildOutput]:
        """Output that no newline has ended."""
        return self.lines.flush()

    def _said(self, stream: str) -> list[BuildEvent]:
        line = stream.removesuffix("\n")
        if self._step is None or not self._container or self._ends_container(line):
            own = self._own(line)
            if own is not None:
                return own
        if self._step is None:
            return []
        step = self._step.id
        number = 1
        if stream.startswith(_RED):
            number, stream = 2, stream.removeprefix(_RED).removesuffix(_PLAIN)
        text = self.lines.add(step, number, stream.encode("utf-8", "replace"))
        return [] if text is None else [BuildOutput(step, number, text)]

    def _ends_container(self, line: str) -> bool:
        if removed := _REMOVED.match(line):
            return removed[1] == self._container
        return line.startswith(" ---> ") and _MADE.match(line) is not None

    def _own(self, line: str) -> list[BuildEvent] | None:
        """What the builder itself says, None where it is not the builder that speaks."""
        if (found := _STEP.match(line)) and self._is_next(found):
            return self._begin(found)
        if running := _RUNNING.match(line):
            self._container = running[1]
            return []
        if _REMOVED.match(line) or _MADE.match(line):
            self._container = ""
            return []
        if _CACHED.match(line):
            return self._change("cached")
        if found := _DONE.match(line):
            return [*self._end("done"), *self._built(self._image or f"sha256:{found[1]}")]
        if _ID.match(line):
            return [*self._end("done"), *self._built(f"sha256:{line}")]
        if found := _WARNING.match(line):
            return [BuildWarning(found[1])]
        return [] if _TAGGED.match(line) or (not line and not self._is_podman) else None

    def _built(self, image: str) -> list[BuildEvent]:
        """Podman says it twice."""
        if image == self._result:
            return []
        self._result = image
        return [BuiltImage(image)]

    def _is_next(self, found: re.Match[str]) -> bool:
        number = int(found[2] or found[4])
        return number == self._number + 1 or (number == 1 and found[1] is not None)

    def _begin(self, found: re.Match[str]) -> list[BuildEvent]:
        events = self._end("done")
        self._number = int(found[2] or found[4])
        count, self._instruction = found[3] or found[5], found[6]
        self._is_podman = found[4] is not None
        self._container = ""
        if stage := next((one.stage for one in parse(self._instruction).stages), ""):
            self._stage = f"stage-{self._stages}" if stage == "stage-0" else stage
            self._stages += 1
        prefix = f"{self._stage} " if found[1] else ""
        id = f"{found[1]}.{self._number}" if found[1] else str(self._number)
        title = f"[{prefix}{self._number}/{count}] {self._instruction}"
        self._step = BuildStep(id=id, title=title, stage=self._stage, state="running", started=self._clock())
        return [*events, self._step]

    def _change(self, state: str) -> list[BuildEvent]:
        if self._step is not None:
            self._step = self._step._replace(state=state)
        return []

    def _end(self, state: str, error: str = "") -> list[BuildEvent]:
        step = self._step
        if step is None or step.seconds is not None or step.started is None:
            return []
        if step.state == "cached" and not error:
            state = "cached"
        seconds = max(0.0, self._clock() - step.started)
        self._step = step._replace(state=state, seconds=seconds, error=error)
        return [*self.lines.flush(step.id), self._step]

    def _pulled(self, status: str, message: Mapping[str, Any]) -> list[BuildEvent]:
        """What the engine says while it pulls a base image."""
        if self._step is None:
            return []
        layer = message.get("id")
        if found := _DIGEST.match(status):
            self._digest = found[1]
            return []
        if not layer:
            self.lines.add(self._step.id, 1, status.encode("utf-8", "replace") + b"\n")
            output = BuildOutput(self._step.id, 1, status)
            if (found := _PULLED.match(status)) and self._digest:
                return [output, BaseImage(full_name(found[1]), self._digest)]
            return [output]
        layer = str(layer)
        detail = message.get("progressDetail") or {}
        if status == "Downloading":
            total = self._totals[layer] = int(detail.get("total") or 0)
            return [BuildBytes(self._step.id, layer, int(detail.get("current") or 0), total)]
        if status == "Download complete" and (total := self._totals.get(layer, 0)):
            return [BuildBytes(self._step.id, layer, total, total)]
        return []
