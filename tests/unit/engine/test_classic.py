"""The classic builder's text, as two engines and Podman sent it."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.engine.recorded import recorded
from tui.engine.buildkit.classic import Classic
from tui.engine.buildkit.messages import BuildMessages
from tui.engine.errors import BuildFailed
from tui.model.build import BaseImage, BuildBytes, BuildOutput, BuildStep, BuildWarning, BuiltImage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.model.build import BuildEvent

CLASSICS = ["20.10-classic", "28.5-classic"]
BASE = "10.77.0.1:5401/base:1"
DIGEST = "sha256:d21a8515ec659af145c5f61913effb7ff07ff804fd460f487913c8da7b2375d0"


def play(messages: Iterable[dict[str, Any]]) -> list[BuildEvent]:
    """A clock that goes on one second whenever it is asked."""
    ticks = count(100)
    decoder = BuildMessages(clock=lambda: float(next(ticks)))
    events: list[BuildEvent] = []
    try:
        for message in messages:
            events.extend(decoder.feed(message))
    except BuildFailed:
        pass
    return events


def last_steps(events: list[BuildEvent]) -> list[BuildStep]:
    return list({event.id: event for event in events if isinstance(event, BuildStep)}.values())


def said(*texts: str) -> list[dict[str, Any]]:
    return [{"stream": text} for text in texts]


def output(events: list[BuildEvent], step: str, stream: int = 1) -> str:
    return "\n".join(
        event.text
        for event in events
        if isinstance(event, BuildOutput) and (event.step, event.stream) == (step, stream)
    )


BEGUN = said("Step 1/2 : FROM node:14", "\n", " ---> 0123456789ab\n", "Step 2/2 : RUN make", "\n")
RUNNING = [*BEGUN, *said(" ---> Running in aaaaaaaaaaaa\n")]


@pytest.mark.parametrize("source", CLASSICS)
class TestRecorded:
    def test_steps_of_two_stages(self, source: str) -> None:
        events = play(recorded(source)["stages"].messages)
        steps = last_steps(events)
        assert [step.title.partition("]")[0] for step in steps] == [f"[{number}/8" for number in range(1, 9)]
        assert steps[0].title == f"[1/8] FROM {BASE} AS build"
        assert [step.stage for step in steps] == ["build"] * 4 + ["stage-1"] * 4
        assert {step.state for step in steps} == {"done"}
        assert all(step.seconds == 1.0 for step in steps)

    def test_output_by_stream(self, source: str) -> None:
        events = play(recorded(source)["stages"].messages)
        assert output(events, "4") == "one\nhalf done\np 3\nno newline"
        assert output(events, "4", 2) == "two"

    def test_the_image_and_its_base(self, source: str) -> None:
        build = recorded(source)["stages"]
        events = play(build.messages)
        ids = [message["aux"]["ID"] for message in build.messages if "aux" in message]
        assert [event for event in events if isinstance(event, BuiltImage)] == [BuiltImage(ids[-1])]
        assert BaseImage(BASE, DIGEST) in events

    def test_cached_steps(self, source: str) -> None:
        states = [step.state for step in last_steps(play(recorded(source)["stages-cached"].messages))]
        assert states == ["done", "cached", "cached", "cached", "done", "cached", "cached", "cached"]

    def test_a_failed_step(self, source: str) -> None:
        events = play(recorded(source)["run-exit-2"].messages)
        failed = last_steps(events)[-1]
        assert (failed.id, failed.state, failed.seconds) == ("2", "failed", 1.0)
        assert failed.error.endswith("returned a non-zero code: 2")
        assert (output(events, "2"), output(events, "2", 2)) == ("compiling", "main.c:1: error")

    def test_the_builders_own_lines_are_no_output(self, source: str) -> None:
        for case, build in recorded(source).items():
            for event in play(build.messages):
                if isinstance(event, BuildOutput):
                    assert not event.text.startswith((" ---> ", "Step ", "Removing ", "Successfully ")), case

    def test_its_warning(self, source: str) -> None:
        events = play(recorded(source)["unused-arg"].messages)
        warning = BuildWarning("One or more build-args [FOO] were not consumed")
        assert [event for event in events if isinstance(event, BuildWarning)] == [warning]


class TestPodman:
    def test_stages_and_the_image(self) -> None:
        events = play(recorded("podman-5.4")["copies"].messages)
        steps = last_steps(events)
        assert [step.title for step in steps] == [
            f"[one 1/2] FROM {BASE} AS one",
            "[one 2/2] COPY a.txt /",
            f"[stage-1 1/3] FROM {BASE}",
            "[stage-1 2/3] COPY --from=one a.txt /b",
            '[stage-1 3/3] CMD ["sh"]',
        ]
        assert [step.state for step in steps] == ["done", "cached", "done", "done", "done"]
        assert len({step.id for step in steps}) == 5
        image = BuiltImage("sha256:1d767894edfd1491ad05dc2b1326f5598c225147036edfa5ec81dd963bd61fdb")
        assert [event for event in events if isinstance(event, BuiltImage)] == [image]
        assert not [event for event in events if isinstance(event, BuildOutput)]

    def test_an_image_named_by_its_id_alone(self) -> None:
        events = play(said("STEP 1/1: FROM busybox\n", "COMMIT\n", "--> 1d767894edfd\n", "a" * 64 + "\n"))
        assert events[-1] == BuiltImage("sha256:" + "a" * 64)

    def test_empty_lines_of_a_command_are_kept(self) -> None:
        events = play(said("STEP 1/2: FROM busybox\n", "STEP 2/2: RUN x\n", "one\n", "\n", "two\n"))
        assert output(events, "2") == "one\n\ntwo"


class TestOutput:
    def test_a_program_that_talks_like_the_builder_is_not_believed(self) -> None:
        events = play(
            [
                *RUNNING,
                *said("Step 3/2 : RUN evil", "Successfully built 0123456789ab\n", " ---> Using cache\n"),
                *said("Removing intermediate container bbbbbbbbbbbb\n", "[Warning] never mind\n", "\n"),
                *said("Removing intermediate container aaaaaaaaaaaa\n", " ---> cccccccccccc\n"),
            ]
        )
        assert len(last_steps(events)) == 2
        assert not [event for event in events if isinstance(event, BuiltImage | BuildWarning)]
        assert "Successfully built 0123456789ab" in output(events, "2")

    @given(st.lists(st.text(alphabet="ab\n", max_size=8), max_size=12))
    def test_nothing_is_lost(self, pieces: list[str]) -> None:
        end = said("Removing intermediate container aaaaaaaaaaaa\n", " ---> cccccccccccc\n")
        events = play([*RUNNING, *said(*pieces), *end, *said("Successfully built cccccccccccc\n")])
        texts = [event.text for event in events if isinstance(event, BuildOutput)]
        assert "\n".join(texts) == "".join(pieces).removesuffix("\n")

    def test_a_step_that_never_printed_a_newline(self) -> None:
        events = play(
            [*RUNNING, *said("half"), {"error": "it broke", "errorDetail": {"message": "it broke"}}]
        )
        assert events[-2] == BuildOutput("2", 1, "half")
        assert isinstance(events[-1], BuildStep)
        assert events[-1].error == "it broke"


class TestPulling:
    def test_bytes_of_layers(self) -> None:
        layer = {"id": "abc", "status": "Downloading", "progressDetail": {"current": 10, "total": 30}}
        done = {"id": "abc", "status": "Download complete", "progressDetail": {}}
        other = {"id": "abc", "status": "Extracting", "progressDetail": {"current": 5, "total": 30}}
        events = play([*said("Step 1/1 : FROM node:14", "\n"), layer, done, other])
        assert events[1:] == [BuildBytes("1", "abc", 10, 30), BuildBytes("1", "abc", 30, 30)]

    def test_a_base_whose_name_has_variables(self) -> None:
        pulled = [
            {"status": "Pulling from library/node", "id": "14"},
            {"status": f"Digest: {DIGEST}"},
            {"status": "Status: Downloaded newer image for node:14"},
        ]
        events = play([*said("Step 2/2 : FROM node:${TAG}", "\n")])
        assert events == []  # a first step has the number 1
        events = play([*said("Step 1/2 : ARG TAG=14", "\n", "Step 2/2 : FROM node:${TAG}", "\n"), *pulled])
        assert events[-1] == BaseImage("docker.io/library/node:14", DIGEST)


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "stream": st.text(max_size=20) | st.sampled_from([one["stream"] for one in RUNNING]),
                "status": st.text(max_size=20) | st.sampled_from(["Downloading", "Download complete"]),
                "id": st.text(max_size=5),
                "progressDetail": st.none() | st.fixed_dictionaries({"current": st.integers(0)}),
                "aux": st.none() | st.fixed_dictionaries({"ID": st.text(max_size=5)}),
            },
        ),
        max_size=20,
    )
)
def test_any_messages(messages: list[dict[str, Any]]) -> None:
    decoder = Classic(lambda: 1.0)
    steps = [event for message in messages for event in decoder.feed(message) if isinstance(event, BuildStep)]
    assert all(step.state in ("running", "done", "cached") for step in steps)
