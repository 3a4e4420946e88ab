"""BuildKit's progress, as three engines sent it, and made by hand where an engine is rarely caught at it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.engine.recorded import recorded
from tui.engine.buildkit.messages import BuildMessages
from tui.engine.buildkit.proto.control_pb2 import (
    ProgressGroup,
    StatusResponse,
    Vertex,
    VertexLog,
    VertexStatus,
)
from tui.engine.buildkit.trace import Trace
from tui.engine.errors import BuildFailed, MalformedAnswer
from tui.model.build import BaseImage, BuildBytes, BuildOutput, BuildStep, BuildWarning, BuiltImage

if TYPE_CHECKING:
    from tui.model.build import BuildEvent

BUILDKITS = ["20.10-buildkit", "26.1-buildkit", "28.5-buildkit", "28.5-containerd"]
NAME = "[build 2/3] RUN make"


def play(source: str, case: str) -> list[BuildEvent]:
    build = recorded(source)[case]
    messages = BuildMessages(build.dockerfile)
    events: list[BuildEvent] = []
    try:
        for message in build.messages:
            events.extend(messages.feed(message))  # what came before a failure counts too
    except BuildFailed:
        pass
    return events


def last_steps(events: list[BuildEvent]) -> dict[str, BuildStep]:
    """The last word on each step, by title."""
    by_id = {event.id: event for event in events if isinstance(event, BuildStep)}
    return {step.title: step for step in by_id.values()}


def output(events: list[BuildEvent], title: str, stream: int = 1) -> str:
    step = last_steps(events)[title].id
    return "\n".join(
        event.text
        for event in events
        if isinstance(event, BuildOutput) and (event.step, event.stream) == (step, stream)
    )


def sent(**parts: Any) -> str:
    return base64.b64encode(StatusResponse(**parts).SerializeToString()).decode()


def vertex(started: float | None = None, completed: float | None = None, **more: Any) -> Vertex:
    made = Vertex(**{"digest": "sha256:a", "name": NAME, **more})
    if started is not None:
        made.started.FromNanoseconds(int(started * 1e9))
    if completed is not None:
        made.completed.FromNanoseconds(int(completed * 1e9))
    return made


def log(text: bytes, stream: int = 1) -> VertexLog:
    return VertexLog(vertex="sha256:a", stream=stream, msg=text)


class TestRecorded:
    @pytest.mark.parametrize("source", BUILDKITS)
    def test_stages_steps_and_output(self, source: str) -> None:
        events = play(source, "stages")
        steps = last_steps(events)
        assert {step.stage for step in steps.values()} == {"", "build", "stage-1"}
        assert steps["[internal] load metadata for 10.77.0.1:5401/base:1"].stage == ""
        assert steps["exporting to image"].stage == ""
        run = next(step for step in steps.values() if step.title.startswith("[build 4/4] RUN echo one"))
        assert (run.stage, run.state) == ("build", "done")
        assert run.seconds is not None
        assert 0.3 < run.seconds < 2  # it sleeps for 0.3 s
        assert output(events, run.title) == "one\nhalf done\np 3\nno newline"
        assert output(events, run.title, 2) == "two"
        ended = max(
            i for i, event in enumerate(events) if isinstance(event, BuildStep) and event.id == run.id
        )
        said = max(
            i for i, event in enumerate(events) if isinstance(event, BuildOutput) and event.step == run.id
        )
        assert said < ended

    @pytest.mark.parametrize("source", BUILDKITS[:3])
    def test_cached_steps(self, source: str) -> None:
        steps = last_steps(play(source, "stages-cached"))
        cached = {title.split("]")[0] for title, step in steps.items() if step.state == "cached"}
        assert {"[build 2/4", "[build 3/4", "[build 4/4", "[stage-1 2/3", "[stage-1 3/3"} <= cached

    @pytest.mark.parametrize("source", BUILDKITS[:3])
    def test_base_images_with_their_digests(self, source: str) -> None:
        bases = [event for event in play(source, "stages") if isinstance(event, BaseImage)]
        digest = "sha256:d21a8515ec659af145c5f61913effb7ff07ff804fd460f487913c8da7b2375d0"
        assert bases == [BaseImage("10.77.0.1:5401/base:1", digest)]

    @pytest.mark.parametrize("source", BUILDKITS[:3])
    def test_an_image_that_only_the_engine_has_gets_no_digest(self, source: str) -> None:
        assert not [event for event in play(source, "run-exit-2") if isinstance(event, BaseImage)]

    @pytest.mark.parametrize("source", BUILDKITS[1:])
    def test_the_image_comes_last(self, source: str) -> None:
        events = play(source, "stages")
        assert isinstance(events[-1], BuiltImage)
        assert len(events[-1].id) == len("sha256:") + 64
        assert sum(isinstance(event, BuiltImage) for event in events) == 1

    def test_bytes_of_layers(self) -> None:
        found = {
            event.item: event for event in play("28.5-buildkit", "stages") if isinstance(event, BuildBytes)
        }
        layer = found["sha256:af1b7667118477bfdb2abb1c8248238adbf1fceaa0d08de2175ef4cbaefacd6d"]
        assert (layer.current, layer.total) == (895, 895)
        assert all(event.total or event.current for event in found.values())

    def test_warnings_name_line_rule_and_page(self) -> None:
        events = play("28.5-buildkit", "warnings")
        warnings = [event for event in events if isinstance(event, BuildWarning)]
        assert {warning.line for warning in warnings} == {1, 2, 3, 4, 6}
        (legacy,) = [warning for warning in warnings if warning.line == 3]
        assert legacy.message == (
            'LegacyKeyValueFormat: "ENV key=value" should be used instead of legacy "ENV key value" format'
        )
        assert legacy.url == "https://docs.docker.com/go/dockerfile/rule/legacy-key-value-format/"
        assert legacy.detail == "Legacy key/value format with whitespace separator should not be used"

    @pytest.mark.parametrize("source", BUILDKITS[:3])
    def test_a_failed_step_and_those_never_begun(self, source: str) -> None:
        steps = last_steps(play(source, "run-exit-2"))
        (failed,) = [step for step in steps.values() if step.state == "failed"]
        assert failed.title.startswith("[2/3] RUN echo compiling")
        assert failed.error.endswith("exit code: 2")
        assert failed.seconds is not None
        assert steps["[3/3] COPY a.txt /"] == steps["[3/3] COPY a.txt /"]._replace(
            state="waiting", started=None
        )

    def test_the_only_stage_has_a_name_too(self) -> None:
        steps = last_steps(play("20.10-buildkit", "run-exit-2"))
        assert steps["[3/3] COPY a.txt /"].stage == "stage-0"

    def test_a_group_is_one_step(self) -> None:
        steps = last_steps(play("28.5-containerd", "copy-link"))
        assert not [title for title in steps if "LINK" in title]
        copied = steps["[2/4] COPY --link a.txt /d/"]
        assert copied.state == "done"
        # its two intervals lie 20 s apart, during which nothing of it ran
        assert copied.seconds == pytest.approx(0.056 + 0.163, abs=0.005)

    @pytest.mark.parametrize("source", BUILDKITS)
    def test_every_stream_decodes(self, source: str) -> None:
        for case in recorded(source):
            steps = last_steps(play(source, case))
            assert all(step.seconds is None or step.seconds >= 0 for step in steps.values())
            assert all(step.started or step.state == "waiting" for step in steps.values())


class TestSteps:
    def test_the_same_again_is_told_once(self) -> None:
        trace = Trace()
        assert len(trace.feed(sent(vertexes=[vertex(1.0)]))) == 1
        assert trace.feed(sent(vertexes=[vertex(1.0)])) == []

    def test_a_step_begun_anew_is_the_sum_of_its_intervals(self) -> None:
        trace = Trace()
        trace.feed(sent(vertexes=[vertex(10.0, 11.0)]))
        (again,) = trace.feed(sent(vertexes=[vertex(15.0)]))
        assert again == BuildStep("sha256:a", NAME, "build", "running", 10.0)
        (done,) = trace.feed(sent(vertexes=[vertex(15.0, 17.5)]))
        assert done == BuildStep("sha256:a", NAME, "build", "done", 10.0, 3.5)

    def test_overlapping_intervals_count_once(self) -> None:
        (done,) = Trace().feed(sent(vertexes=[vertex(10.0, 14.0), vertex(12.0, 15.0), vertex(13.0, 13.5)]))
        assert isinstance(done, BuildStep)
        assert done.seconds == 5.0

    def test_new_times_replace(self) -> None:
        trace = Trace()
        trace.feed(sent(vertexes=[vertex(10.0, 11.0)]))
        (done,) = trace.feed(sent(vertexes=[vertex(10.0, 12.0)]))
        assert isinstance(done, BuildStep)
        assert done.seconds == 2.0

    def test_planned_once_more_changes_nothing(self) -> None:
        trace = Trace()
        trace.feed(sent(vertexes=[vertex(10.0, 11.0, cached=True)]))
        assert trace.feed(sent(vertexes=[vertex()])) == []

    def test_steps_come_in_the_order_of_their_start(self) -> None:
        events = Trace().feed(
            sent(
                vertexes=[
                    vertex(digest="sha256:c"),
                    vertex(3.0, digest="sha256:b"),
                    vertex(2.0, digest="sha256:a"),
                ]
            )
        )
        assert [event.id for event in events if isinstance(event, BuildStep)] == [
            "sha256:a",
            "sha256:b",
            "sha256:c",
        ]

    @pytest.mark.parametrize(
        ("title", "stage"),
        [
            ("[build  2/12] RUN make", "build"),
            ("[stage-0 2/4] RUN make", "stage-0"),
            ("[2/4] RUN make", "stage-0"),
            ("[linux/arm64 build 2/4] RUN make", "build"),
            ("[linux/amd64->arm64 build 2/4] RUN make", "build"),
            ("[linux/arm64 2/4] RUN make", "stage-0"),
            ("[internal] load build context", ""),
            ("[auth] library/node:pull token for registry-1.docker.io", ""),
            ("exporting to image", ""),
            ("copy /context /", ""),
            ("resolve image config for docker-image://docker.io/docker/dockerfile:1", ""),
        ],
    )
    def test_stages(self, title: str, stage: str) -> None:
        (step,) = Trace().feed(sent(vertexes=[vertex(1.0, name=title)]))
        assert isinstance(step, BuildStep)
        assert step.stage == stage

    def test_an_image_of_a_pinned_base(self) -> None:
        digest = "sha256:" + "5" * 64
        title = f"[linux/amd64 build 1/2] FROM docker.io/library/node:14@{digest}"
        events = Trace().feed(sent(vertexes=[vertex(name=title)]))
        assert BaseImage("docker.io/library/node:14", digest) in events

    def test_a_command_that_speaks_of_an_image_names_none(self) -> None:
        title = f"[2/2] RUN echo ] FROM docker.io/library/node:14@sha256:{'5' * 64}"
        events = Trace().feed(sent(vertexes=[vertex(1.0, name=title)]))
        assert not [event for event in events if isinstance(event, BaseImage)]

    def test_a_group_has_failed_when_one_of_it_has(self) -> None:
        group = ProgressGroup(id="g", name=NAME)
        trace = Trace()
        trace.feed(sent(vertexes=[vertex(1.0, 2.0, progressGroup=group)]))
        one = vertex(3.0, 4.0, digest="sha256:b", name="LINK", error="it broke", progressGroup=group)
        assert trace.feed(sent(vertexes=[one])) == [
            BuildStep("g", NAME, "build", "failed", 1.0, 2.0, "it broke")
        ]
        status = VertexStatus(ID="x", vertex="sha256:b", current=1, total=2)
        assert trace.feed(sent(statuses=[status])) == [BuildBytes("g", "x", 1, 2)]


class TestOutput:
    def test_lines_are_joined_over_messages(self) -> None:
        trace = Trace()
        trace.feed(sent(vertexes=[vertex(1.0)]))
        assert trace.feed(sent(logs=[log(b"one\ntw")])) == [BuildOutput("sha256:a", 1, "one")]
        assert trace.feed(sent(logs=[log(b"o")])) == []
        assert trace.feed(sent(logs=[log(b"\n\nthree\n")])) == [BuildOutput("sha256:a", 1, "two\n\nthree")]

    def test_streams_do_not_mix(self) -> None:
        trace = Trace()
        events = trace.feed(sent(logs=[log(b"ha"), log(b"bad\n", 2), log(b"lf\n")]))
        assert events == [BuildOutput("sha256:a", 2, "bad"), BuildOutput("sha256:a", 1, "half")]

    def test_a_character_cut_in_two(self) -> None:
        trace = Trace()
        whole = "Größe\n".encode()
        trace.feed(sent(logs=[log(whole[:3])]))
        assert trace.feed(sent(logs=[log(whole[3:])])) == [BuildOutput("sha256:a", 1, "Größe")]

    def test_what_is_no_text_is_marked(self) -> None:
        assert Trace().feed(sent(logs=[log(b"\xff\n")])) == [BuildOutput("sha256:a", 1, "\ufffd")]

    def test_a_line_drawn_over_itself_is_its_last_state(self) -> None:
        trace = Trace()
        trace.feed(sent(vertexes=[vertex(1.0)]))
        for percent in range(0, 100, 10):
            assert trace.feed(sent(logs=[log(b"\r%d %%" % percent)])) == []
        assert trace.feed(sent(logs=[log(b"\r100 %\r\nnext\r\n")])) == [
            BuildOutput("sha256:a", 1, "100 %\nnext")
        ]

    def test_the_rest_comes_before_the_end_of_the_step(self) -> None:
        trace = Trace()
        trace.feed(sent(vertexes=[vertex(1.0)], logs=[log(b"no newline")]))
        first, second = trace.feed(sent(vertexes=[vertex(1.0, 2.0)]))
        assert first == BuildOutput("sha256:a", 1, "no newline")
        assert isinstance(second, BuildStep)
        assert second.state == "done"

    def test_output_after_the_end_is_not_kept_back(self) -> None:
        trace = Trace()
        trace.feed(sent(vertexes=[vertex(1.0, 2.0)]))
        assert trace.feed(sent(logs=[log(b"late")])) == [BuildOutput("sha256:a", 1, "late")]

    def test_a_line_without_end_is_not_kept_for_ever(self) -> None:
        trace = Trace()
        events = [event for _ in range(300) for event in trace.feed(sent(logs=[log(b"." * 1000)]))]
        assert sum(len(event.text) for event in events if isinstance(event, BuildOutput)) > 200_000

    @given(st.lists(st.binary(max_size=40), max_size=20), st.integers(1, 2))
    def test_nothing_is_lost_and_nothing_is_added(self, pieces: list[bytes], stream: int) -> None:
        pieces = [piece.replace(b"\r", b"") for piece in pieces]
        trace = Trace()
        told = [event for piece in pieces for event in trace.feed(sent(logs=[log(piece, stream)]))]
        told += trace.close()
        texts = [event.text for event in told if isinstance(event, BuildOutput)]
        assert "\n".join(texts) == b"".join(pieces).decode("utf-8", "replace").removesuffix("\n")


class TestBroken:
    def test_a_step_that_is_no_text_ends_no_build(self) -> None:
        """As where a Dockerfile is written in Latin-1: Docker's own messages may hold such text."""
        named = base64.b64decode(sent(vertexes=[vertex(1.0, name="RUN cafX")])).replace(b"cafX", b"caf\xe9")
        trace = Trace()
        told = [*trace.feed(base64.b64encode(named).decode()), *trace.feed(base64.b64encode(named).decode())]
        assert [type(event) for event in told] == [BuildWarning]
        assert trace.feed(sent(vertexes=[vertex(2.0)]))

    @pytest.mark.parametrize("aux", ["no base64!", "/w==", base64.b64encode(b"\x0a\xff").decode()])
    def test_what_cannot_be_read(self, aux: str) -> None:
        with pytest.raises(MalformedAnswer):
            Trace().feed(aux)

    @given(st.binary(max_size=200))
    def test_any_bytes(self, raw: bytes) -> None:
        try:
            Trace().feed(base64.b64encode(raw).decode())
        except MalformedAnswer as error:
            assert "progress" in error.message
