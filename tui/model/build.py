"""What a build tells while it runs: the same for BuildKit's trace and the classic builder's text."""

from __future__ import annotations

from typing import NamedTuple


class BuildStep(NamedTuple):
    """A step as it is now; the same ID comes again and again, the last one counts.

    id        unique within the build
    title     e.g. "[2/4] RUN make"
    stage     of the Dockerfile, "" for what belongs to none (contexts, metadata, exporting)
    state     "waiting", "running", "done", "cached" or "failed"
    started   seconds since the epoch, None while it waits
    seconds   how long it took, None while it runs
    error     why it failed
    """

    id: str
    title: str
    stage: str = ""
    state: str = "waiting"
    started: float | None = None
    seconds: float | None = None
    error: str = ""


class BuildOutput(NamedTuple):
    """Whole lines of a step, without the last newline. stream: 1 standard output, 2 standard error."""

    step: str
    stream: int
    text: str


class BuildBytes(NamedTuple):
    """How far a step has come with one thing (a layer, the context); bytes. `total` is 0 where unknown."""

    step: str
    item: str
    current: int
    total: int


class BuildWarning(NamedTuple):
    """A warning about the Dockerfile; `line` counts from 1, 0 where none is known."""

    message: str
    detail: str = ""
    line: int = 0
    url: str = ""


class BaseImage(NamedTuple):
    """A base image as the engine resolved it: "docker.io/library/node:14-alpine", "sha256:..."."""

    name: str
    digest: str


class BuiltImage(NamedTuple):
    """The result: the image's ID, "sha256:..."."""

    id: str


BuildEvent = BuildStep | BuildOutput | BuildBytes | BuildWarning | BaseImage | BuiltImage
