from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.reference import (
    familiar,
    login_command,
    normalised,
    path_in_registry,
    repository_problem,
    valid_tag,
)
from tui.model.registry_name import registry_host


@pytest.mark.parametrize(
    ("repository", "host", "path", "short"),
    [
        ("web", "docker.io", "library/web", "web"),
        ("team/web", "docker.io", "team/web", "team/web"),
        ("docker.io/web", "docker.io", "library/web", "web"),
        ("index.docker.io/library/web", "docker.io", "library/web", "web"),
        ("docker.io/library/a/b", "docker.io", "library/a/b", "library/a/b"),
        ("localhost/web", "localhost", "web", "localhost/web"),
        ("registry:5000/team/web", "registry:5000", "team/web", "registry:5000/team/web"),
        ("[::1]:5000/web", "[::1]:5000", "web", "[::1]:5000/web"),
        ("ghcr.io/team/web", "ghcr.io", "team/web", "ghcr.io/team/web"),
    ],
)
def test_where_a_repository_is(repository: str, host: str, path: str, short: str) -> None:
    assert (registry_host(repository), path_in_registry(repository)) == (host, path)
    assert familiar(repository) == short
    assert normalised(short) == normalised(repository) == f"{host}/{path}"
    assert repository_problem(repository) == ""


@pytest.mark.parametrize("tag", ["v1.0.0", "latest", "_x", "1", "A-b_c.d", "x" * 128])
def test_tags_that_are_allowed(tag: str) -> None:
    assert valid_tag(tag) == ""


@pytest.mark.parametrize(
    ("tag", "why"),
    [
        ("", "empty"),
        ("x" * 129, "at most 128 characters, this one 129"),
        ("-rc", 'begin with "-"'),
        (".x", 'begin with "."'),
        ("v1+2", 'not "+"'),
        ("v1 2", 'not " "'),
        ("vé", 'not "é"'),
        ("v1\n", r"not '\n'"),
        ("team/v1", 'not "/"'),
        ("v1:2", 'not ":"'),
    ],
)
def test_why_a_tag_is_refused(tag: str, why: str) -> None:
    assert why in valid_tag(tag)


@given(st.text(max_size=140))
def test_a_tag_is_allowed_or_there_is_a_reason(text: str) -> None:
    allowed = 0 < len(text) <= 128 and text[0] not in ".-" and text.isascii()
    allowed = allowed and all(character.isalnum() or character in "_.-" for character in text)
    assert (valid_tag(text) == "") == allowed


@pytest.mark.parametrize(
    ("repository", "why"),
    [
        ("", "empty"),
        ("Web", "lower case"),
        ("registry:5000/team/Web", 'lower case: "Web"'),
        ("https://registry/web", 'leave out "https://"'),
        ("registry:5000/", "missing"),
        ("registry.example.com/team//web", "empty"),
        ("web:v1", "no tag"),
        ("registry:5000/web:v1", "no tag"),
        ("web@sha256:00", "no digest"),
        ("team/we b", "letters and digits"),
        ("team/-web", "letters and digits"),
        ("bad_host.com/web", "no name of a registry"),
        ("a" * 64, "ID of an image"),
        ("team/" + "x" * 255, "at most 255"),
    ],
)
def test_why_a_repository_is_refused(repository: str, why: str) -> None:
    assert why in repository_problem(repository)


def test_how_to_log_in() -> None:
    assert login_command("docker.io") == "docker login"
    assert login_command("registry:5000") == "docker login registry:5000"
