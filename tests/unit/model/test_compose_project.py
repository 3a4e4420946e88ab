"""Containers of a project are started and stopped in the order that their labels say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.model.compose_project import waves
from tui.model.container import Container
from tui.model.labels import COMPOSE_DEPENDS, COMPOSE_PROJECT, COMPOSE_SERVICE


def container(service: str, needs: str = "", project: str = "shop", number: int = 1) -> Container:
    labels = {COMPOSE_PROJECT: project, COMPOSE_SERVICE: service, COMPOSE_DEPENDS: needs}
    name = f"{project}-{service}-{number}"
    return Container(name, name, "image", "sha256:a", "", 1.0, "running", labels=labels)


def names(found: list[list[Container]]) -> list[list[str]]:
    return [[one.name.removeprefix("shop-") for one in wave] for wave in found]


SHOP = [
    container("web", "api:service_healthy:true"),
    container("api", "db:service_healthy:true,cache:service_started:false"),
    container("db"),
    container("cache"),
]


def test_what_others_need_goes_first_and_last_where_it_is_stopped() -> None:
    order = [["db-1", "cache-1"], ["api-1"], ["web-1"]]
    assert names(waves(SHOP)) == order
    assert names(waves(SHOP, dependents_first=True)) == order[::-1]


def test_only_what_is_among_them_is_waited_for_and_of_other_projects_nothing() -> None:
    assert names(waves(SHOP[:1])) == [["web-1"]]
    stranger = container("db", project="mail")
    assert len(waves([SHOP[1], stranger])) == 1


def test_all_containers_of_a_service_go_before_those_that_need_it() -> None:
    found = waves([container("api", "db:service_started:true"), container("db"), container("db", number=2)])
    assert names(found) == [["db-1", "db-2"], ["api-1"]]


def test_a_circle_goes_last_together() -> None:
    circle = [container("a", "b:x:true"), container("b", "a:x:true"), container("c"), container("d", "d:x:y")]
    assert names(waves(circle)) == [["c-1", "d-1"], ["a-1", "b-1"]]


LABEL = st.one_of(st.text(max_size=20), st.sampled_from(["a", "b:x:true", "a,c", ",,", ":", "a:b:c,b"]))


@given(st.lists(st.tuples(st.sampled_from("abcd"), LABEL, st.sampled_from(["shop", "mail", ""])), max_size=8))
def test_each_is_in_exactly_one_wave(parts: list[tuple[str, str, str]]) -> None:
    found = [container(service, needs, project, n) for n, (service, needs, project) in enumerate(parts)]
    waved = [one for wave in waves(found) for one in wave]
    assert sorted(one.id for one in waved) == sorted(one.id for one in found)
    assert all(waves(found))
