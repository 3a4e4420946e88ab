from __future__ import annotations

import pytest

from tui.model.container import Container
from tui.model.event import Event
from tui.sync.refresh import NOTHING, effect, merge

WEB = Container(
    "a" * 64, "web", "app:1", "sha256:b", "", 50.0, "running", health="healthy", since=60.0, exact=True
)


def event(action: str, kind: str = "container", **attributes: str) -> Event:
    return Event(kind, action, WEB.id, attributes, 100.0)


def test_die_is_applied_at_once_with_its_exit_code_and_read_again() -> None:
    change = effect(event("die", exitCode="137"), WEB)
    assert change.put is not None
    assert (change.put.state, change.put.exit_code, change.put.since) == ("exited", 137, 100.0)
    assert change.read == WEB.id


def test_one_that_is_stopped_while_it_waits_to_be_restarted_is_read_again() -> None:
    assert effect(event("stop"), WEB._replace(state="restarting")).read == WEB.id


def test_start_makes_health_start_anew() -> None:
    change = effect(event("start"), WEB._replace(state="exited"))
    assert change.put is not None
    assert (change.put.state, change.put.health, change.put.exact) == ("running", "starting", True)


def test_create_of_an_unknown_container_is_shown_from_the_event_alone() -> None:
    change = effect(event("create", name="web", image="app:1", team="blue"), None)
    assert change.put is not None
    assert (change.put.name, change.put.image, change.put.state) == ("web", "app:1", "created")
    assert change.put.labels == {"team": "blue"}


def test_rename_and_health() -> None:
    renamed = effect(event("rename", name="web2", oldName="/web"), WEB).put
    assert renamed is not None and renamed.name == "web2"
    sick = effect(event("health_status: unhealthy"), WEB).put
    assert sick is not None and sick.health == "unhealthy"


@pytest.mark.parametrize("action", ["destroy", "remove"])
def test_destroy_removes_also_in_podmans_word(action: str) -> None:
    assert effect(event(action), WEB).remove == WEB.id


@pytest.mark.parametrize(
    "action", ["exec_create: sh", "exec_start: sh", "exec_die", "top", "attach", "resize"]
)
def test_noise_is_dropped(action: str) -> None:
    assert effect(event(action), WEB) == NOTHING


def test_images_are_read_again_after_a_tag_but_not_after_a_push() -> None:
    assert effect(event("tag", kind="image"), None).images
    assert not effect(event("push", kind="image"), None).images


def test_an_exact_time_outlives_a_rounded_list() -> None:
    listed = WEB._replace(since=3600.0, exact=False)  # "Up About an hour", 1 h 59 min after 60.0
    assert merge(WEB, listed, 7200.0).since == 60.0


def test_a_restart_that_was_missed_shows() -> None:
    listed = WEB._replace(since=7195.0, exact=False)  # "Up 5 seconds"
    assert merge(WEB, listed, 7200.0).since == 7195.0
