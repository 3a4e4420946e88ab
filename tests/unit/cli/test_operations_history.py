"""`holdfast history`, on journals that were written as operations write them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

from tests.unit.cli.story import IMAGE, OP, beginning, failed, success
from tui.cli import operations_history
from tui.cli.verbs import last_seconds
from tui.engine.ref import AppKey
from tui.journal.folder import operations_folder
from tui.journal.writer import Journal


@pytest.fixture
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield operations_folder()
    monkeypatch.delenv("TZ")
    time.tzset()


def write(events, op=OP, app="web", verb="build"):
    journal = Journal.create(operations_folder(), op)
    for event in [events[0]._replace(op=op, app=app, verb=verb), *events[1:]]:
        journal.write(event)
    return journal


@pytest.fixture
def written(state):
    """A failed build, a good one, one of another app, one that was interrupted, and one that runs."""
    write([*beginning(1e9), *failed(1e9 + 3)], "20010909-014640-build-web-000001").close()
    write([*beginning(1.1e9), *success(1.1e9 + 3)], "20041109-113320-build-web-000002").close()
    write([*beginning(1.2e9), *success(1.2e9 + 3)], "20080110-212000-build-api-web-000003", "api-web").close()
    write(beginning(1.3e9), "20090313-072640-push-web-000004", verb="push").close()
    running = write(beginning(1.4e9), "20140513-165320-test-web-000005", verb="test")
    yield
    running.close()


def test_newest_first_with_outcomes(written, capfd):
    assert operations_history.run("", 20, "", json=False) == 0

    head, *rows = capfd.readouterr().out.splitlines()
    assert head.split() == ["op", "when", "verb", "app", "made", "by", "took", "outcome"]
    assert [row.split()[0] for row in rows] == ["000005", "000004", "000003", "000002", "000001"]
    assert rows[0].endswith("running")
    assert rows[1].endswith("interrupted")
    assert rows[3].split() == [
        "000002", "2004-11-09", "11:33:20", "build", "web", "build-abababababab", "alice", "3.1s", "done",
    ]  # fmt: skip
    assert rows[4].endswith("failed (1): RUN make failed with 2")


def test_of_one_app_and_not_of_one_whose_name_ends_so(written, capfd):
    assert operations_history.run("web", 2, "", json=True) == 0
    assert [one["op"][-6:] for one in json.loads(capfd.readouterr().out)] == ["000005", "000004"]
    assert operations_history.run("web", 20, "", json=True) == 0
    found = json.loads(capfd.readouterr().out)
    assert [one["op"][-6:] for one in found] == ["000005", "000004", "000002", "000001"]
    assert [one["state"] for one in found] == ["running", "interrupted", "done", "failed"]
    assert found[2]["image"] == IMAGE
    assert found[3]["error"]["message"] == "RUN make failed with 2"


def test_two_within_one_second(state, capfd):
    for number, verb in enumerate(("tag", "push", "build")):
        events = [*beginning(1e9 + number / 10), *success(1e9 + 0.5)]
        write(events, f"20010909-014640-{verb}-web-00000{number}", verb=verb).close()

    assert operations_history.run("web", 2, "", json=True) == 0
    assert [one["verb"] for one in json.loads(capfd.readouterr().out)] == ["build", "push"]
    assert operations_history.run("", 20, "last", json=True) == 0
    assert json.loads(capfd.readouterr().out.splitlines()[0])["verb"] == "build"


def test_nothing_yet(state, capfd):
    assert operations_history.run("", 20, "", json=False) == 0
    assert capfd.readouterr().out == "nothing was done yet\n"
    assert operations_history.run("", 20, "", json=True) == 0
    assert json.loads(capfd.readouterr().out) == []


def test_one_operation_with_its_output(written, capfd):
    assert operations_history.run("", 20, "000001", json=False) == 0

    lines = capfd.readouterr().out.splitlines()
    assert lines[0] == "Build web"
    assert "  when       2001-09-09 01:46:40" in lines
    at = lines.index("failed     2.0s    [3/3] RUN make")
    assert lines[at + 1 : at + 3] == ["  | compiling one", "  | compiling two^[[2J"]
    assert lines[-4:] == [
        "failed: RUN make failed with 2", "   3 | RUN make", "     | ^^^^", "  mend the Dockerfile",
    ]  # fmt: skip


def test_an_interrupted_one_says_so(written, capfd):
    assert operations_history.run("", 20, "000004", json=False) == 0

    out = capfd.readouterr().out
    assert "interrupted: its process is gone" in out
    assert "cut off" in out
    assert "not run" in out


def test_the_last_one_as_events(written, capfd):
    assert operations_history.run("", 20, "last", json=True) == 0

    events = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert events[0]["op"].endswith("000005")
    assert len(events) == len(beginning(0.0))


def test_an_unknown_operation(written, capfd):
    assert operations_history.run("", 20, "abc", json=False) == 2
    assert 'there is no operation "abc"' in capfd.readouterr().err


def test_the_last_time_is_that_of_the_last_good_one(written):
    assert last_seconds("build", AppKey.of("unix:///s", "web")) == 3.1
    assert last_seconds("test", AppKey.of("unix:///s", "web")) is None
    assert last_seconds("build", AppKey.of("unix:///another.sock", "web")) is None


def test_a_reader_that_wants_no_more(written):
    """As `holdfast history --operations | head -1`."""
    shell = f"{sys.executable} -m tui history --operations | head -1; exit ${{PIPESTATUS[0]}}"
    tree = os.path.abspath(f"{__file__}/../../../..")
    done = subprocess.run(["bash", "-c", shell], cwd=tree, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("op ")
