"""Images: names, removal and its refusals, history, import, push."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.engine.contract.conftest import tar
from tests.engine.contract.wire import IMAGE, Wire

SLEEP = ["sleep", "1000"]


def make(wire: Wire, *names: str, content: bytes = b"x") -> str:
    """An image of one file, by these names; returns its ID."""
    repository, _, tag = names[0].rpartition(":")
    reply = wire.call("POST", f"/images/create?fromSrc=-&repo={repository}&tag={tag}", tar(x=content))
    assert reply.status == 200, reply
    for name in names[1:]:
        repository, _, tag = name.rpartition(":")
        assert wire.call("POST", f"/images/{names[0]}/tag?repo={repository}&tag={tag}").status == 201
    return str(wire.get(f"/images/{names[0]}/json")["Id"])


def listed(wire: Wire, image: str) -> Any:
    (entry,) = [entry for entry in wire.get("/images/json") if entry["Id"] == image]
    return entry


def test_an_import_says_the_id(wire: Wire) -> None:
    reply = wire.call("POST", "/images/create?fromSrc=-&repo=contract/import&tag=1", tar(x=b"import"))
    assert reply.status == 200
    image = json.loads(reply.body.splitlines()[-1])["status"]
    assert image == wire.get("/images/contract/import:1/json")["Id"]


def test_one_image_has_many_names(wire: Wire) -> None:
    image = make(wire, "contract/many:1", "contract/many:2", "contract/other:1")
    assert listed(wire, image)["RepoTags"] == ["contract/many:1", "contract/many:2", "contract/other:1"]
    inspected = wire.get(f"/images/{image}/json")
    assert sorted(inspected["RepoTags"]) == listed(wire, image)["RepoTags"]


@pytest.mark.parametrize("reference", ["contract/found:1", "id", "short"])
def test_an_image_is_found_by_name_and_id(wire: Wire, reference: str) -> None:
    image = make(wire, "contract/found:1")
    asked = {"id": image, "short": image[7:19]}.get(reference, reference)
    assert wire.get(f"/images/{asked}/json")["Id"] == image


def test_a_name_without_a_tag_means_latest(wire: Wire) -> None:
    image = make(wire, "contract/plain:latest")
    assert wire.get("/images/contract/plain/json")["Id"] == image


def test_a_name_moves_to_another_image(wire: Wire) -> None:
    old = make(wire, "contract/moves:1", "contract/stays:1")
    new = make(wire, "contract/new:1", content=b"new")
    container, _ = wire.create(SLEEP, Image="contract/moves:1")
    assert wire.listed(container)["Image"] == "contract/moves:1"
    assert wire.call("POST", "/images/contract/new:1/tag?repo=contract/moves&tag=1").status == 201
    assert listed(wire, old)["RepoTags"] == ["contract/stays:1"]
    assert listed(wire, new)["RepoTags"] == ["contract/moves:1", "contract/new:1"]
    assert wire.listed(container)["Image"] == old
    assert wire.inspect(container)["Config"]["Image"] == "contract/moves:1"


@pytest.mark.parametrize(
    ("query", "word"), [("repo=contract/UPPER&tag=1", "lowercase"), ("repo=contract/x&tag=a%20b", "tag")]
)
def test_malformed_names_are_refused(wire: Wire, query: str, word: str) -> None:
    reply = wire.call("POST", f"/images/{IMAGE}/tag?{query}")
    assert reply.status in (400, 500)
    assert word in reply.message


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "json"), ("GET", "history"), ("POST", "tag?repo=contract/x"), ("DELETE", "")]
)
def test_what_does_not_exist_is_not_found(wire: Wire, method: str, path: str) -> None:
    reply = wire.call(method, f"/images/contract/nothing/{path}".rstrip("/"))
    assert reply.status == 404
    assert reply.message.endswith("No such image: contract/nothing:latest")


class TestRemoval:
    def test_one_of_two_names_only_untags(self, wire: Wire) -> None:
        image = make(wire, "contract/two:1", "contract/two:2")
        assert wire.call("DELETE", "/images/contract/two:1").json == [{"Untagged": "contract/two:1"}]
        assert listed(wire, image)["RepoTags"] == ["contract/two:2"]

    def test_the_last_name_deletes(self, wire: Wire) -> None:
        image = make(wire, "contract/last:1")
        gone = wire.call("DELETE", "/images/contract/last:1").json
        assert gone[:2] == [{"Untagged": "contract/last:1"}, {"Deleted": image}]
        assert wire.call("GET", f"/images/{image}/json").status == 404

    def test_the_last_name_of_a_used_image_is_a_conflict(self, wire: Wire) -> None:
        image = make(wire, "contract/used:1")
        container, _ = wire.create(SLEEP, Image="contract/used:1")
        reply = wire.call("DELETE", "/images/contract/used:1")
        assert reply.status == 409
        assert container[:12] in reply.message
        assert image[7:19] in reply.message
        assert "must force" in reply.message

    def test_force_takes_it_from_a_stopped_container(self, wire: Wire) -> None:
        image = make(wire, "contract/forced:1")
        container, _ = wire.create(SLEEP, Image="contract/forced:1")
        assert wire.call("DELETE", "/images/contract/forced:1?force=1").status == 200
        assert wire.call("GET", f"/images/{image}/json").status == 404
        assert wire.listed(container)["Image"] == image

    def test_one_of_two_names_of_a_used_image_may_go(self, wire: Wire) -> None:
        make(wire, "contract/busy:1", "contract/busy:2")
        wire.create(SLEEP, Image="contract/busy:1")
        assert wire.call("DELETE", "/images/contract/busy:2").json == [{"Untagged": "contract/busy:2"}]

    def test_by_id_while_a_container_has_it(self, wire: Wire) -> None:
        image = make(wire, "contract/byid:1")
        wire.create(SLEEP, Image="contract/byid:1")
        reply = wire.call("DELETE", f"/images/{image}")
        assert reply.status == 409
        assert "must be forced" in reply.message
        assert "stopped container" in reply.message

    def test_by_id_with_names_in_several_repositories(self, wire: Wire) -> None:
        image = make(wire, "contract/here:1", "contract/there:1")
        reply = wire.call("DELETE", f"/images/{image}")
        assert reply.status == 409
        assert "referenced in multiple repositories" in reply.message
        gone = wire.call("DELETE", f"/images/{image}?force=1").json
        assert gone[:2] == [{"Untagged": "contract/here:1"}, {"Untagged": "contract/there:1"}]

    def test_by_id_while_it_runs_cannot_be_forced(self, wire: Wire) -> None:
        image = wire.get(f"/images/{IMAGE}/json")["Id"]
        wire.run(SLEEP)
        reply = wire.call("DELETE", f"/images/{image}?force=1")
        assert reply.status == 409
        assert "cannot be forced" in reply.message
        assert "running container" in reply.message


def test_prune_takes_what_no_name_holds(wire: Wire) -> None:
    dangling = make(wire, "contract/dangling:1", content=b"old")
    kept = make(wire, "contract/dangling:1", content=b"new")
    assert listed(wire, dangling)["RepoTags"] in (None, [], ["<none>:<none>"])
    assert dangling in [entry["Id"] for entry in wire.get("/images/json", dangling=["true"])]
    reply = wire.call("POST", "/images/prune?filters=%7B%22dangling%22%3A%5B%22true%22%5D%7D")
    assert reply.status == 200
    assert {"Deleted": dangling} in reply.json["ImagesDeleted"]
    assert listed(wire, kept)["RepoTags"] == ["contract/dangling:1"]


def test_lists_are_filtered_by_reference(wire: Wire) -> None:
    image = make(wire, "contract/filtered:1")
    assert [entry["Id"] for entry in wire.get("/images/json", reference=["contract/filtered"])] == [image]
    assert [entry["Id"] for entry in wire.get("/images/json", reference=["contract/filt*:1"])] == [image]


def test_history_is_newest_first(wire: Wire) -> None:
    image = make(wire, "contract/history:1")
    history = wire.get("/images/contract/history:1/history")
    assert history[0]["Id"] == image
    assert history[0]["Tags"] == ["contract/history:1"]
    assert history[0]["Comment"] == "Imported from -"
    assert all(entry["Size"] >= 0 and entry["Created"] > 0 for entry in history)


def test_push_of_nothing_fails_inside_the_stream(wire: Wire) -> None:
    reply = wire.call("POST", "/images/contract/nothing/push?tag=1", headers={"X-Registry-Auth": "e30="})
    assert reply.status == 200
    messages = [json.loads(line) for line in reply.body.splitlines()]
    assert messages[0]["status"].startswith("The push refers to repository [")
    assert messages[-1]["error"] == "An image does not exist locally with the tag: contract/nothing"
    assert messages[-1]["errorDetail"]["message"] == messages[-1]["error"]
