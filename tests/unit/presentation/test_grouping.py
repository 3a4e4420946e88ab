"""Containers of a project stand together under their heading, whatever comes and goes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tui.model.container import Container
from tui.model.labels import APP, COMPOSE_PROJECT, RELEASE
from tui.model.sample import Sample
from tui.presentation import containers as rows
from tui.presentation.grouping import GROUP, Grouping, group_line, group_of, group_words
from tui.presentation.lines import plain
from tui.presentation.ordering import Ordering
from tui.presentation.table import place
from tui.presentation.text import width


def container(name: str, project: str = "", state: str = "running", **labels: str) -> Container:
    found = {COMPOSE_PROJECT: project} if project else {}
    return Container(name, name, "image", "sha256:a", "", 1.0, state, labels={**found, **labels})


class Rows:
    """A list kept by single changes, as a pane keeps it."""

    def __init__(self) -> None:
        self.known: dict[str, Container] = {}
        self.grouping = Grouping(
            lambda key: rows.sort_key("state", {})(self.known[key]),
            lambda key: "",
            lambda key: "",
            lambda key: group_of(self.known[key]),
        )
        self.ordering = Ordering(self.grouping.sort_key, lambda key: True)

    def apply(self, put: list[Container], removed: list[str] = []) -> None:  # noqa: B006
        removed = [key for key in removed if self.known.pop(key, None)]
        self.known.update((one.name, one) for one in put)
        placed, gone = self.grouping.take([one.name for one in put], removed)
        for key in gone:
            self.ordering.remove(key)
        self.ordering.put_many(placed)

    def names(self) -> list[str]:
        return [key.replace(GROUP, ">") for key in self.ordering.keys()]


def test_two_of_a_project_stand_under_a_heading_and_one_by_itself() -> None:
    found = Rows()
    found.apply([container("b", "shop"), container("z")])
    assert found.names() == ["b", "z"]
    found.apply([container("x", "shop")])
    assert found.names() == [">shop", "b", "x", "z"]
    found.apply([], ["b"])
    assert found.names() == ["x", "z"]


def test_a_group_stands_where_the_first_of_its_rows_would() -> None:
    found = Rows()
    found.apply([container("a"), container("b", "shop"), container("c", "shop")])
    assert found.names() == ["a", ">shop", "b", "c"]
    found.apply([container("c", "shop")._replace(health="unhealthy")])
    assert found.names() == [">shop", "c", "b", "a"]


def test_a_release_stands_with_its_app() -> None:
    live = container("web", "shop", **{APP: "web", RELEASE: "2"})
    kept = container("web.r1", "shop", "exited", **{APP: "web", RELEASE: "1"})
    assert group_of(live) == group_of(kept) == ""
    assert group_of(container("other", "shop", **{APP: "web"})) == "shop"


CHANGES = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),
        st.sampled_from(["", "shop", "mail"]),
        st.sampled_from(["running", "exited", "restarting", "gone"]),
    ),
    max_size=25,
)


@given(CHANGES)
@settings(max_examples=200)
def test_single_changes_lead_to_what_a_new_beginning_would(changes: list[tuple[str, str, str]]) -> None:
    found = Rows()
    for name, project, state in changes:
        if state == "gone":
            found.apply([], [name])
        else:
            found.apply([container(name, project, state)])
    anew = Rows()
    anew.apply([*found.known.values()])
    assert found.names() == anew.names()


@given(st.text(max_size=30), st.integers(20, 200))
def test_a_heading_is_as_wide_as_the_list(name: str, cells: int) -> None:
    members = [container("a", name), container("b", name, "exited")]
    placed = place(rows.COLUMNS, cells)
    words = group_words(name, members, unfolded=True)
    assert width(plain(group_line(placed, cells, words, rows.sums(members, {}), cursor="cursor"))) == cells


def test_a_heading_says_how_they_are_and_sums_up_only_what_is_known_of_all() -> None:
    members = [
        container("a", "shop")._replace(health="unhealthy"),
        container("b", "shop"),
        container("c", "shop", "exited"),
    ]
    assert group_words("shop", members, unfolded=False) == ("▸ shop", "2 of 3 running, 1 unhealthy")
    sample = Sample(10.0, 10**6, 0, 0, 0, 0, 0, 1)
    assert rows.sums(members, {"a": sample})["cpu"][0] == ""
    both = rows.sums(members, {"a": sample, "b": sample})
    assert (both["cpu"][0], both["memory"][0]) == ("20.0%", "2.0MB")
