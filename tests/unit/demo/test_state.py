"""What each change does to a container, and which events it causes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tui.demo.refused import Refused
from tui.demo.state import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.objects import Container

BODY: dict[str, Any] = {"Image": "shop:1", "Labels": {"a": "b"}}


def actions(state: State, kind: str = "container") -> list[str]:
    return [happening.action for happening in state.journal.past if happening.kind == kind]


@pytest.fixture
def container(state: State) -> Container:
    return state.create("web", BODY)


def test_a_container_takes_command_and_labels_of_its_image(state: State) -> None:
    state.library.find("shop:1").config["Labels"] = {"from": "image"}
    made = state.create("web", BODY)
    assert made.command == ["serve"]
    assert made.labels == {"from": "image", "a": "b"}


def test_two_engines_of_one_seed_give_the_same_ids(clock: Callable[[], int]) -> None:
    assert State(clock, "x").new_id() == State(clock, "x").new_id() != State(clock, "y").new_id()


def test_a_name_is_given_once(state: State, container: Container) -> None:
    with pytest.raises(Refused) as refused:
        state.create("web", BODY)
    assert refused.value.status == 409
    assert container.id in refused.value.message


@pytest.mark.parametrize("name", ["a", "-web", "a b", "[x]", "ü2"])
def test_malformed_names_are_refused(state: State, name: str) -> None:
    with pytest.raises(Refused) as refused:
        state.create(name, BODY)
    assert refused.value.status == 400


def test_a_whole_life_in_events(state: State, container: Container) -> None:
    state.start(container)
    state.pause(container)
    state.unpause(container)
    state.give_name(container, "shop")
    state.kill(container, 15)
    state.died(container, 0)
    state.stopped(container)
    state.remove(container)
    assert actions(state) == [
        *("create", "start", "pause", "unpause", "rename"),
        *("kill", "die", "stop", "destroy"),
    ]
    assert actions(state, "network") == ["connect", "disconnect"]
    assert state.containers == {}
    assert state.names == {}


def test_events_bear_labels_name_and_image(state: State, container: Container) -> None:
    state.start(container)
    state.died(container, 137)
    die = state.journal.past[-2]
    assert die.action == "die"
    assert die.attributes == {"a": "b", "image": "shop:1", "name": "web", "exitCode": "137"}


def test_rename_says_both_names(state: State, container: Container) -> None:
    state.rename(container, "/shop")
    assert state.journal.past[-1].attributes["name"] == "shop"
    assert state.journal.past[-1].attributes["oldName"] == "/web"
    assert state.find("shop") is container


@pytest.mark.parametrize(
    ("change", "before", "status"),
    [
        (State.start, "running", 304),
        (State.start, "paused", 409),
        (State.pause, "paused", 409),
        (State.pause, "exited", 409),
        (State.pause, "restarting", 409),
        (State.unpause, "running", 500),
        (State.remove, "running", 409),
        (State.remove, "paused", 409),
        (State.remove, "restarting", 409),
    ],
)
def test_wrong_states_are_refused_and_change_nothing(
    state: State, container: Container, change: Callable[[State, Container], None], before: str, status: int
) -> None:
    container.state = before
    told = len(state.journal.past)
    with pytest.raises(Refused) as refused:
        change(state, container)
    assert refused.value.status == status
    assert container.state == before
    assert len(state.journal.past) == told


def test_force_kills_first(state: State, container: Container) -> None:
    state.start(container)
    state.remove(container, force=True)
    assert actions(state)[-3:] == ["kill", "die", "destroy"]


def test_signals_need_a_process(state: State, container: Container) -> None:
    with pytest.raises(Refused) as refused:
        state.kill(container, 9)
    assert refused.value.status == 409


def test_health_is_told_only_when_it_changes(state: State) -> None:
    made = state.create("web", {**BODY, "Healthcheck": {"Test": ["CMD-SHELL", "true"]}})
    state.start(made)
    state.set_health(made, "healthy")
    state.set_health(made, "healthy")
    state.set_health(made, "unhealthy", "refused", 1)
    assert actions(state)[-2:] == ["health_status: healthy", "health_status: unhealthy"]
    assert made.health is not None
    assert made.health.streak == 1
    assert made.health.log[-1]["Output"] == "refused"


def test_a_beginning_of_an_id_must_be_unambiguous(state: State) -> None:
    for key in ("aa1", "aa2"):
        state.add(key, f"name-{key}", "shop:1", "", {}, {})
    assert state.find("aa1").id == "aa1"
    with pytest.raises(Refused) as refused:
        state.find("aa")
    assert refused.value.status == 400
    with pytest.raises(Refused) as refused:
        state.find("")
    assert refused.value.status == 404


def test_volumes_are_made_mounted_and_kept(state: State) -> None:
    made = state.create("db", {**BODY, "HostConfig": {"Binds": ["data:/var/lib/data", "/etc:/host:ro"]}})
    state.start(made)
    state.died(made, 0)
    state.remove(made)
    assert actions(state, "volume") == ["create", "mount", "unmount"]
    assert list(state.places.volumes) == ["data"]


def test_prune_leaves_what_lives(state: State, container: Container) -> None:
    living = state.create("living", BODY)
    state.start(living)
    assert state.prune() == [container]
    assert list(state.names) == ["living"]


def test_the_journal_forgets_the_oldest(state: State, container: Container) -> None:
    for number in range(300):
        state.noticed(container, f"top {number}")
    assert len(state.journal.past) == 256
    assert state.journal.past[-1].action == "top 299"
