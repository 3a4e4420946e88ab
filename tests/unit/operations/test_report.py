"""What a report tells: in order, gathered in a flood, without secrets."""

from __future__ import annotations

import asyncio

import pytest

from tui.journal.writer import JournalFailed
from tui.model.operation import Logged, Progressed, StepChanged, Warned
from tui.operations.running.report import GATHER, PROGRESS_SECONDS, Report


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def told():
    return []


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def report(told, clock):
    return Report(told.append, clock)


async def test_a_step_runs_and_is_done_with_its_seconds(report, told, clock):
    async with report.step("build"):
        clock.now += 2.5

    assert [(event.step, event.state, event.seconds) for event in told] == [
        ("build", "running", None),
        ("build", "done", 2.5),
    ]


async def test_a_step_that_raises_has_failed(report, told):
    with pytest.raises(KeyError):
        async with report.step("build"):
            raise KeyError

    assert told[-1].state == "failed"


async def test_the_first_line_comes_at_once_and_a_flood_is_gathered(report, told):
    report.log("build", "first")
    assert [event.text for event in told] == ["first"]

    for number in range(1000):
        report.log("build", f"line {number}")
    await asyncio.sleep(GATHER * 2)

    assert len(told) < 20
    lines = "\n".join(event.text for event in told).split("\n")
    assert lines == ["first", *(f"line {number}" for number in range(1000))]


async def test_output_comes_before_what_follows_it(report, told):
    report.log("build", "one")
    report.log("build", "two")
    report.log("build", "three", 2)
    report.state("build", "done")

    assert [event.text if isinstance(event, Logged) else event.state for event in told] == [
        "one", "two", "three", "done",
    ]  # fmt: skip


async def test_progress_is_told_a_few_times_a_second_and_at_the_end(report, told, clock):
    for current in range(101):
        report.progress("push", current, 100)
        clock.now += PROGRESS_SECONDS / 20
    report.state("push", "done")

    amounts = [event.current for event in told if isinstance(event, Progressed)]
    assert amounts[-1] == 100
    assert len(amounts) < 10


async def test_hidden_texts_never_get_through(report, told):
    report.hide(["hunter22", "", "a"])

    report.log("build", "the password is hunter22, a password")
    report.warn("hunter22 again")
    report.state("x", "running", title="RUN echo hunter22")

    assert "hunter22" not in repr(told)
    assert told[0].text == "the password is ***, a password"
    assert isinstance(told[1], Warned)
    assert isinstance(told[2], StepChanged)


async def test_credentials_in_urls_never_get_through(report, told):
    report.log("build", "cloning https://bot:s3cr3t-token@example.com/x.git")

    assert "s3cr3t-token" not in told[0].text


async def test_words_about_a_secret_stay_and_its_lines_do_not(report, told):
    report.hide(["first-line\nsecond-line\n"])
    report.warn("POSTGRES_PASSWORD: the values stand in the file")
    report.log("run", "here is second-line")
    report.log("run", "token: second-line")

    assert [event.message for event in told if isinstance(event, Warned)] == [
        "POSTGRES_PASSWORD: the values stand in the file"
    ]
    report.flush()
    said = "\n".join(event.text for event in told if isinstance(event, Logged))
    assert "second-line" not in said
    assert "here is ***" in said


async def test_what_a_part_hides_is_hidden_in_the_whole(report):
    report.within("ship-build").hide(["hunter2hunter2"])

    assert report.clean_sentence("it failed: hunter2hunter2") == "it failed: ***"


class Full:
    """A journal on a disk that is full from now on, which yet shows what it is told."""

    def __init__(self):
        self.shown = []

    def __call__(self, event):
        self.shown.append(event)
        raise JournalFailed("the journal cannot be written: No space left on device")


def test_a_full_journal_stops_what_is_not_settled(clock):
    with pytest.raises(JournalFailed):
        Report(Full(), clock).state("gate", "running")


def test_a_full_journal_is_told_once_where_it_is_settled_and_stops_nothing(clock):
    full = Full()
    report = Report(full, clock)
    report.within("ship-deploy").settle()
    for state in ("running", "done"):
        report.state("remove", state)
    assert [event.state for event in full.shown if isinstance(event, StepChanged)] == ["running", "done"]
    [warning] = [event.message for event in full.shown if isinstance(event, Warned)]
    assert "No space left" in warning
