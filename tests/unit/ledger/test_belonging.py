"""Which containers are an app's releases, by the ledger and not by what they say themselves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.ledger.made import release
from tui.ledger.belonging import owned, unrecorded
from tui.ledger.labels import entry_of
from tui.ledger.records import spec_hash
from tui.model.app import RunSpec
from tui.model.container import Container
from tui.model.release import FROM_LABELS, Entry, Integrity, Outcome, Soundness

BORN = 100.0
ROOTS = spec_hash(RunSpec(user="root"), release().ready)


def container(id: str = "c1", number: int = 1, name: str = "", **changes: Any) -> Container:
    """One that Holdfast made of `release(number)`."""
    of = release(number)
    labels = {
        "io.holdfast.app": "web",
        "io.holdfast.release": str(number),
        "io.holdfast.digest": of.digest,
        "io.holdfast.spec": spec_hash(of.run, of.ready),
    }
    made = Container(id, name or f"web.r{number}", of.reference, of.image, "", 200.0, "exited", labels=labels)
    return made._replace(**changes)


def entry(number: int = 1, id: str = "", **changes: Any) -> Entry:
    return Entry(release(number, **changes), Outcome(number, True, 1.0, container=id))


def debug(id: str = "debug", name: str = "web-debug", **changes: Any) -> Container:
    """What is run from an image that `docker commit` made of r1's container: its labels are r1's."""
    return container(id, name=name, image="debug:1", image_id="sha256:other", **changes)


@pytest.mark.parametrize("recorded", ["", "c1"])
def test_a_copy_of_the_labels_makes_no_release(recorded: str) -> None:
    for copy in (debug(), debug(name="web"), debug(name="web.r1")):
        found = owned("web", {1: entry(id=recorded)}, [copy, container()])
        assert found.containers == {1: "c1"}
        assert found.strangers == (copy,)


def test_the_recorded_id_counts_before_everything() -> None:
    """Renamed by hand it is still what was recorded; another of its name and labels is not."""
    renamed, other = container("c1", name="old-web"), container("c2", name="web")
    found = owned("web", {1: entry(id="c1")}, [other, renamed])
    assert found.containers == {1: "c1"}
    assert found.strangers == (other,)


def test_one_that_was_made_anew_by_hand_is_it_where_everything_agrees() -> None:
    again = container("c2", name="web")
    assert owned("web", {1: entry(id="c1")}, [again]).containers == {1: "c2"}


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "web.r2"},
        {"image": "reg/web:v1", "image_id": "sha256:other"},
        {"labels": container().labels | {"io.holdfast.digest": "sha256:other"}},
        {"labels": container().labels | {"io.holdfast.spec": ROOTS}},
        {"labels": container().labels | {"io.holdfast.release": "7"}},
    ],
)
def test_bytes_configuration_and_name_have_to_agree(changes: dict[str, Any]) -> None:
    odd = container()._replace(**changes)
    found = owned("web", {1: entry()}, [odd])
    assert found.containers == {}
    assert found.strangers == (odd,)


@pytest.mark.parametrize("state", [Soundness.CHAIN_BROKEN, Soundness.DAMAGED])
def test_a_record_that_is_not_to_be_trusted_hides_no_container(state: Soundness) -> None:
    forged = entry(digest="sha256:forged", reference="reg/web@sha256:forged")
    forged = forged._replace(integrity=Integrity(state, "changed"))
    assert owned("web", {1: forged}, [container()]).containers == {1: "c1"}
    assert owned("web", {1: forged}, [debug(name="web.r1")]).containers == {}


def test_what_was_adopted_is_known_by_its_id_alone() -> None:
    adopted = Entry(release(1, adopted=True, container="a1"), Outcome(1, True, 1.0))
    assert owned("web", {1: adopted}, [debug()]).containers == {1: "a1"}


def numbers(recorded: set[int], *claiming: Container, since: float | None = BORN) -> list[int]:
    return [one.release.number for one in unrecorded("web", recorded, claiming, since)]


def test_numbers_never_come_from_a_label() -> None:
    assert numbers({1, 2}, container(number=99_999_999)) == []
    assert numbers({1, 2}, container(number=99_999_999, name="web", state="running")) == []


def test_a_lost_ledger_is_told_by_containers_that_are_older_than_the_present_one() -> None:
    old = container(number=7, created=50.0)
    assert numbers({1, 2}, old) == [7]
    assert numbers(set(), old, since=None) == [7]
    assert numbers({9}, container(number=7)) == [7]  # a gap between records is a lost one
    assert numbers({1, 2}, debug(number=7, created=50.0)) == []


def test_an_app_without_any_record_is_told_by_its_containers() -> None:
    """The folder of the app alone was lost, with no copy: the anchor is older than its containers."""
    assert numbers(set(), container(number=6), container(number=7, name="web")) == [6, 7]
    for copy in (debug(number=7), debug(number=7, name="web"), container(number=7, name="web-2")):
        assert numbers(set(), copy) == []
    assert numbers({1}, container(number=7)) == []


def test_of_two_that_say_the_same_the_older_one_is_it() -> None:
    first, later = container("c1", 7), container("c2", 7, "web", created=300.0)
    for claiming in ([first, later], [later, first]):
        found = unrecorded("web", set(), claiming, BORN)
        assert [one.release.container for one in found] == ["c1"]


def test_the_number_of_a_record_that_cannot_be_read_makes_no_gap() -> None:
    assert unrecorded("web", {1, 999}, [container(number=7)], BORN, {999}) == []


def test_the_next_one_that_was_created_and_never_started_was_begun() -> None:
    """Its record is written at the same moment: whoever made it was ended before."""
    assert numbers({1, 2}, container(number=3, state="created")) == [3]
    assert numbers({1, 2}, container(number=3, state="running")) == []
    assert numbers({1, 2}, container(number=4, state="created")) == []


def test_one_that_only_its_labels_tell_of_is_found_again_by_its_id() -> None:
    told = entry_of(container(number=7))
    assert told is not None
    assert told.integrity == FROM_LABELS
    assert owned("web", {7: told}, [container(number=7)]).containers == {7: "c1"}
