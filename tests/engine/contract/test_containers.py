"""What changes of containers answer, and what lists and inspect say afterwards."""

from __future__ import annotations

import re

import pytest

from tests.engine.contract.wire import IMAGE, Wire

SLEEP = ["sleep", "1000"]


def test_a_new_container_is_listed_as_created(wire: Wire) -> None:
    container, name = wire.create(SLEEP)
    assert re.fullmatch("[0-9a-f]{64}", container)
    entry = wire.listed(container)
    assert entry["Names"] == [f"/{name}"]
    assert (entry["State"], entry["Status"], entry["Image"]) == ("created", "Created", IMAGE)
    assert entry["Command"] == "sleep 1000"
    assert wire.get("/containers/json", id=[container]) == []


@pytest.mark.parametrize("reference", ["id", "name", "short"])
def test_a_container_is_found_by_id_name_and_prefix(wire: Wire, reference: str) -> None:
    container, name = wire.create(SLEEP)
    asked = {"id": container, "name": name, "short": container[:12]}[reference]
    assert wire.get(f"/containers/{asked}/json")["Id"] == container


def test_a_name_is_given_once(wire: Wire) -> None:
    container, name = wire.create(SLEEP)
    reply = wire.call("POST", f"/containers/create?name={name}", {"Image": IMAGE, "Cmd": SLEEP})
    assert reply.status == 409
    assert reply.message == (
        f'Conflict. The container name "/{name}" is already in use by container "{container}". '
        "You have to remove (or rename) that container to be able to reuse that name."
    )


@pytest.mark.parametrize("name", ["a", "two%20words", "%5Bx%5D"])
def test_malformed_names_are_refused(wire: Wire, name: str) -> None:
    reply = wire.call("POST", f"/containers/create?name={name}", {"Image": IMAGE, "Cmd": SLEEP})
    assert reply.status == 400
    assert "only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed" in reply.message


def test_a_container_of_no_image_is_refused(wire: Wire) -> None:
    reply = wire.call("POST", "/containers/create", {"Image": "contract/nothing:1", "Cmd": SLEEP})
    assert (reply.status, reply.message) == (404, "No such image: contract/nothing:1")


def test_a_container_without_a_command_is_refused(wire: Wire) -> None:
    reply = wire.call("POST", "/containers/create", {"Image": IMAGE})
    assert reply.status == 400
    assert reply.message.lower() == "no command specified"


def test_start_says_what_runs(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    state = wire.inspect(container)["State"]
    assert (state["Status"], state["Running"], state["Paused"]) == ("running", True, False)
    assert state["Pid"] > 0
    entry = wire.listed(container)
    assert entry["State"] == "running"
    assert re.fullmatch(r"Up (Less than a second|\d+ seconds?)", entry["Status"])


def test_starting_twice_changes_nothing(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    assert wire.call("POST", f"/containers/{container}/start").status == 304


def test_stopping_twice_changes_nothing(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    assert wire.call("POST", f"/containers/{container}/stop?t=0").status == 204
    assert wire.call("POST", f"/containers/{container}/stop?t=0").status == 304


def test_a_deaf_process_is_killed_after_its_grace(wire: Wire) -> None:
    container, _ = wire.run(["sh", "-c", "echo ready; while true; do sleep 0.05; done"])
    wire.until(lambda: wire.call("GET", f"/containers/{container}/logs?stdout=1").body)  # it runs, not runc
    wire.call("POST", f"/containers/{container}/stop?t=1")
    state = wire.inspect(container)["State"]
    assert (state["Status"], state["ExitCode"], state["Running"]) == ("exited", 137, False)


def test_a_process_with_a_trap_ends_by_itself(wire: Wire) -> None:
    container, _ = wire.run(["sh", "-c", "trap 'exit 7' TERM; echo ready; while true; do sleep 0.05; done"])
    wire.until(lambda: wire.call("GET", f"/containers/{container}/logs?stdout=1").body)
    wire.call("POST", f"/containers/{container}/stop?t=5")
    assert wire.inspect(container)["State"]["ExitCode"] == 7


def test_an_exit_code_is_kept(wire: Wire) -> None:
    container, _ = wire.run(["sh", "-c", "exit 3"])
    wire.wait(container)
    assert wire.inspect(container)["State"]["ExitCode"] == 3
    assert re.fullmatch(
        r"Exited \(3\) (Less than a second|\d+ seconds?) ago", wire.listed(container)["Status"]
    )


def test_kill_needs_a_signal_that_exists(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    reply = wire.call("POST", f"/containers/{container}/kill?signal=NOTHING")
    assert reply.status == 400
    assert reply.message.lower().endswith("invalid signal: nothing")


@pytest.mark.parametrize("signal", ["KILL", "SIGKILL", "9", ""])
def test_kill_ends_at_once(wire: Wire, signal: str) -> None:
    container, _ = wire.run(SLEEP)
    assert wire.call("POST", f"/containers/{container}/kill?signal={signal}").status == 204
    wire.wait(container)
    assert wire.inspect(container)["State"]["ExitCode"] == 137


def test_kill_of_a_stopped_container_is_a_conflict(wire: Wire) -> None:
    container, name = wire.create(SLEEP)
    reply = wire.call("POST", f"/containers/{name}/kill")
    assert reply.status == 409
    assert reply.message.lower().startswith("cannot kill container: ")
    assert reply.message.lower().endswith(f"container {container} is not running")


def test_pause_and_unpause(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    assert wire.call("POST", f"/containers/{container}/pause").status == 204
    assert wire.inspect(container)["State"]["Paused"] is True
    entry = wire.listed(container)
    assert entry["State"] == "paused"
    assert entry["Status"].endswith("(Paused)")
    assert wire.call("POST", f"/containers/{container}/pause").status == 409
    assert wire.call("POST", f"/containers/{container}/start").status == 409
    assert wire.call("POST", f"/containers/{container}/unpause").status == 204
    assert wire.listed(container)["State"] == "running"


def test_pausing_what_does_not_run_is_a_conflict(wire: Wire) -> None:
    container, _ = wire.create(SLEEP)
    reply = wire.call("POST", f"/containers/{container}/pause")
    assert reply.status == 409
    assert reply.message.lower() == f"container {container} is not running"


def test_unpausing_what_is_not_paused_is_an_error(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    reply = wire.call("POST", f"/containers/{container}/unpause")
    assert reply.status in (409, 500)
    assert f"{container} is not paused" in reply.message


def test_restart_starts_what_is_stopped(wire: Wire) -> None:
    container, _ = wire.create(SLEEP)
    assert wire.call("POST", f"/containers/{container}/restart?t=0").status == 204
    assert wire.listed(container)["State"] == "running"


def test_rename(wire: Wire) -> None:
    container, name = wire.create(SLEEP)
    assert wire.call("POST", f"/containers/{container}/rename?name={name}-new").status == 204
    assert wire.inspect(container)["Name"] == f"/{name}-new"
    assert wire.listed(container)["Names"] == [f"/{name}-new"]
    assert wire.call("GET", f"/containers/{name}/json").status == 404


def test_rename_to_a_taken_name_is_a_conflict(wire: Wire) -> None:
    _, taken = wire.create(SLEEP)
    container, name = wire.create(SLEEP)
    reply = wire.call("POST", f"/containers/{container}/rename?name={taken}")
    assert reply.status == 409
    assert f'The container name "/{taken}" is already in use' in reply.message
    assert wire.inspect(container)["Name"] == f"/{name}"


@pytest.mark.parametrize("new", ["", "a%2Fb"])
def test_rename_to_nonsense_is_refused(wire: Wire, new: str) -> None:
    container, _ = wire.create(SLEEP)
    assert wire.call("POST", f"/containers/{container}/rename?name={new}").status == 400


def test_a_running_container_is_removed_only_by_force(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    reply = wire.call("DELETE", f"/containers/{container}")
    assert reply.status == 409
    assert "remove" in reply.message
    assert container in reply.message or "running" in reply.message
    assert wire.call("DELETE", f"/containers/{container}?force=1").status == 204
    assert wire.call("GET", f"/containers/{container}/json").status == 404


def test_a_paused_container_is_removed_only_by_force(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    wire.call("POST", f"/containers/{container}/pause")
    assert wire.call("DELETE", f"/containers/{container}").status == 409
    assert wire.call("DELETE", f"/containers/{container}?force=1").status == 204


def test_a_container_that_removes_itself_is_gone(wire: Wire) -> None:
    container, _ = wire.run(["sh", "-c", "sleep 0.2"], HostConfig={"AutoRemove": True})
    wire.until(lambda: wire.call("GET", f"/containers/{container}/json").status == 404)


def test_a_restart_policy_starts_again(wire: Wire) -> None:
    container, _ = wire.run(
        ["sh", "-c", "exit 1"], HostConfig={"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 2}}
    )
    wire.until(lambda: wire.inspect(container)["RestartCount"] == 2)
    wire.wait(container)
    assert wire.inspect(container)["State"]["ExitCode"] == 1


def test_prune_removes_what_does_not_run(wire: Wire) -> None:
    stopped, _ = wire.create(SLEEP, Labels={"contract": "1", "prune": "me"})
    running, _ = wire.run(SLEEP, Labels={"contract": "1", "prune": "me"})
    filters = "%7B%22label%22%3A%5B%22prune%3Dme%22%5D%7D"
    reply = wire.call("POST", f"/containers/prune?filters={filters}")
    assert reply.status == 200
    assert reply.json["ContainersDeleted"] == [stopped]
    assert isinstance(reply.json["SpaceReclaimed"], int)
    assert wire.listed(running)["State"] == "running"


NOTHING = "contract-nothing"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "json"),
        ("GET", "logs?stdout=1"),
        ("GET", "stats"),
        ("GET", "top"),
        ("GET", "changes"),
        ("POST", "start"),
        ("POST", "stop"),
        ("POST", "restart"),
        ("POST", "kill"),
        ("POST", "pause"),
        ("POST", "unpause"),
        ("POST", "rename?name=other"),
        ("POST", "resize?h=1&w=1"),
        ("DELETE", ""),
    ],
)
def test_what_does_not_exist_is_not_found(wire: Wire, method: str, path: str) -> None:
    reply = wire.call(method, f"/containers/{NOTHING}/{path}".rstrip("/"))
    assert reply.status == 404
    assert reply.message.endswith(f"No such container: {NOTHING}")


def test_top_shows_processes(wire: Wire) -> None:
    container, _ = wire.run(SLEEP)
    answer = wire.get(f"/containers/{container}/top")
    assert answer["Titles"][-1] == "CMD"
    assert [process[-1] for process in answer["Processes"]] == ["sleep 1000"]
    wire.call("POST", f"/containers/{container}/kill")
    wire.wait(container)
    assert wire.call("GET", f"/containers/{container}/top").status == 409


def test_nothing_changed_in_a_new_container(wire: Wire) -> None:
    container, _ = wire.create(SLEEP)
    assert wire.get(f"/containers/{container}/changes") in (None, [])


class TestLists:
    def test_the_newest_is_first_and_limit_cuts(self, wire: Wire) -> None:
        first, _ = wire.create(SLEEP)
        wire.until(lambda: wire.get("/containers/json?all=1&limit=1")[0]["Id"] == first)
        assert len(wire.get("/containers/json?limit=1")) == 1

    def test_by_status(self, wire: Wire) -> None:
        created, _ = wire.create(SLEEP)
        running, _ = wire.run(SLEEP)
        label = ["contract=1"]
        assert [c["Id"] for c in wire.get("/containers/json", label=label, status=["created"])] == [created]
        assert [c["Id"] for c in wire.get("/containers/json", label=label, status=["running"])] == [running]

    def test_by_part_of_a_name(self, wire: Wire) -> None:
        container, name = wire.create(SLEEP)
        assert [c["Id"] for c in wire.get("/containers/json?all=1", name=[name[3:]])] == [container]
        assert [c["Id"] for c in wire.get("/containers/json?all=1", name=[f"^/{name}$"])] == [container]

    def test_by_beginning_of_an_id(self, wire: Wire) -> None:
        container, _ = wire.create(SLEEP)
        assert [c["Id"] for c in wire.get("/containers/json?all=1", id=[container[:12]])] == [container]

    def test_all_labels_must_fit(self, wire: Wire) -> None:
        container, _ = wire.create(SLEEP, Labels={"contract": "1", "a": "b"})
        assert [c["Id"] for c in wire.get("/containers/json?all=1", label=["contract", "a=b"])] == [container]
        assert wire.get("/containers/json?all=1", label=["contract", "a=c"]) == []

    def test_by_image(self, wire: Wire) -> None:
        container, _ = wire.create(SLEEP)
        found = wire.get("/containers/json?all=1", ancestor=[IMAGE], label=["contract=1"])
        assert [entry["Id"] for entry in found] == [container]

    @pytest.mark.parametrize(
        ("filters", "status", "word"),
        [
            ("%7B%22nothing%22%3A%5B%22x%22%5D%7D", 400, "nothing"),
            ("%7B%22status%22%3A%5B%22x%22%5D%7D", 400, "status"),
        ],
    )
    def test_filters_that_do_not_exist_are_refused(
        self, wire: Wire, filters: str, status: int, word: str
    ) -> None:
        reply = wire.call("GET", f"/containers/json?filters={filters}")
        assert reply.status == status
        assert word in reply.message
