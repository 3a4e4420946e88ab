"""References as Docker takes them: the cases of the distribution project's `reference` package.

https://github.com/distribution/reference: reference_test.go, normalize_test.go, regexp_test.go.
"""

from __future__ import annotations

import pytest

from tui.model.reference import familiar, normalised, path_in_registry, repository_problem
from tui.model.reference import split_reference as split
from tui.model.registry_name import registry_host

DIGEST = "sha256:" + "f" * 64
ID = "1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a"
SONG = "thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev"

TAKEN_APART = {
    "test_com": ("test_com", "", ""),
    "test.com:tag": ("test.com", "tag", ""),
    "test.com:5000": ("test.com", "5000", ""),
    "test.com/repo:tag": ("test.com/repo", "tag", ""),
    "test:5000/repo": ("test:5000/repo", "", ""),
    "test:5000/repo:tag": ("test:5000/repo", "tag", ""),
    f"test:5000/repo@{DIGEST}": ("test:5000/repo", "", DIGEST),
    f"test:5000/repo:tag@{DIGEST}": ("test:5000/repo", "tag", DIGEST),
    "lowercase:Uppercase": ("lowercase", "Uppercase", ""),
    "a/" * 127 + "a:tag-puts-this-over-max": ("a/" * 127 + "a", "tag-puts-this-over-max", ""),
    "sub-dom1.foo.com/bar/baz/quux:some-long-tag": ("sub-dom1.foo.com/bar/baz/quux", "some-long-tag", ""),
    "b.gcr.io/test.example.com/my-app:test.example.com": (
        "b.gcr.io/test.example.com/my-app",
        "test.example.com",
        "",
    ),
    f"xn--7o8h.com/myimage:xn--7o8h.com@{DIGEST}": ("xn--7o8h.com/myimage", "xn--7o8h.com", DIGEST),
    "foo_bar.com:8080": ("foo_bar.com", "8080", ""),
    "foo/foo_bar.com:8080": ("foo/foo_bar.com", "8080", ""),
    "192.168.1.1:5000": ("192.168.1.1", "5000", ""),
    "192.168.1.1:5000/repo:5050": ("192.168.1.1:5000/repo", "5050", ""),
    "[2001:db8::1]:5000/repo:tag": ("[2001:db8::1]:5000/repo", "tag", ""),
    f"[2001:db8::1]:5000/repo:tag@{DIGEST}": ("[2001:db8::1]:5000/repo", "tag", DIGEST),
    "example.com/" + "a" * 255 + ":tag": ("example.com/" + "a" * 255, "tag", ""),
}


@pytest.mark.parametrize(("text", "parts"), TAKEN_APART.items())
def test_a_reference_is_taken_apart_as_docker_does(text: str, parts: tuple[str, str, str]) -> None:
    assert split(text) == parts
    assert repository_problem(split(text).repository) == ""


REPOSITORIES = (
    "docker/docker", "library/debian", "debian", "localhost/library/debian", "localhost/debian",
    "LOCALDOMAIN/library/debian", "LOCALDOMAIN/debian", "docker.io/docker/docker",
    "docker.io/library/debian", "docker.io/debian", "index.docker.io/docker/docker",
    "index.docker.io/library/debian", "index.docker.io/debian", "127.0.0.1:5000/docker/docker",
    "127.0.0.1:5000/debian", "192.168.0.1", "192.168.0.1:8/debian", "192.168.0.2:25000/debian",
    "[fc00::1]:5000/docker", "[fc00:1:2:3:4:5:6:7]:5000/library/debian", f"docker.io/{ID}", "Docker/docker",
    "DOCKER/docker", "docker-rules/docker", "docker---rules/docker", "doc/docker", "d/docker", "jess/t",
    "dock__er/docker", "short", "simple/name", "aa/aa/aa/aa/aa/aa/aa/aa/aa/bb/bb/bb/bb/bb/bb", "a/a/a/a",
    "foo.com", "foo.com:8080/bar", "blog.foo.com/bar/baz", "aa-a/a", "a/" * 127 + "a", "foo_bar",
    "foo_bar.com", "foo.com/foo_bar", "xn--n3h.com/myimage", "example.com/xn--7o8h.com/myimage",
    "example.com/some_separator__underscore/myimage", "test.com:10304/x", "0101.com/x", "Asdf.com/x",
    "192.168.1.1:75050/x", "[fd00123123123]:75050/x", "[2001:0db8:85a3:0000:0000:8a2e:0370:7334]:75050/x",
    "example.com/" + "a" * 255,
)  # fmt: skip

NO_REPOSITORIES = (
    "", ":justtag", "Uppercase", "https://github.com/docker/docker", "docker/Docker", "-docker",
    "-docker/docker", "-docker.io/docker/docker", "docker///docker", "docker.io/docker/Docker",
    "docker.io/docker///docker", "test:5000/Uppercase/lowercase", "[fc00::1]", "[2001:db8::1]",
    "fc00::1:5000/debian", "[fe80::1%eth0]:5000/debian", "[2001:db8:3:4::192.0.2.33]:5000/debian",
    "docker-/docker", "-docker-/docker", "____/____", "_docker/_docker", "docker_/docker_",
    "dock..er/docker", "dock_.er/docker", "dock-.er/docker", "docker/", "aa/asdf$$^/aa", "asdf$$^/aa",
    "a^a", "a/a/a/a/", "a//a/a", "foo.com/", "foo.com:http/bar", "a-/a/a/a", "foo.com/a-/a/a", "-foo/bar",
    "foo/bar-", "foo-/bar", "foo/-bar", "_foo/bar", "foo_bar.com:8080/app", "ab-.com/x", "ab.-com/x",
    "ab.com-/x", "[fd00:1:2::3]75050/x", "[fd00:1:2::3]::75050/x", "example.com/" + "a" * 256,
    "domain/" + "a" * 256,
)  # fmt: skip


@pytest.mark.parametrize("name", REPOSITORIES)
def test_what_docker_takes_is_a_repository(name: str) -> None:
    assert repository_problem(name) == ""


@pytest.mark.parametrize("name", NO_REPOSITORIES)
def test_what_docker_refuses_is_none(name: str) -> None:
    assert repository_problem(name)


@pytest.mark.parametrize(
    ("host", "path", "short", "others"),
    [
        ("localhost", "fooo", "localhost/fooo", ()),
        ("localhost", "fooo/bar", "localhost/fooo/bar", ()),
        ("LOCALDOMAIN", "fooo", "LOCALDOMAIN/fooo", ()),
        ("LOCALDOMAIN", "fooo/bar", "LOCALDOMAIN/fooo/bar", ()),
        ("docker.io", "fooo/bar", "fooo/bar", ("index.docker.io/fooo/bar",)),
        ("docker.io", "library/ubuntu", "ubuntu", ("library/ubuntu",)),
        ("docker.io", "nonlibrary/ubuntu", "nonlibrary/ubuntu", ()),
        ("docker.io", "other/library", "other/library", ()),
        ("127.0.0.1:8000", "private/moonbase", "127.0.0.1:8000/private/moonbase", ()),
        ("example.com:8000", "privatebasee", "example.com:8000/privatebasee", ()),
        (
            "docker.io",
            "library/ubuntu-12.04-base",
            "ubuntu-12.04-base",
            ("index.docker.io/ubuntu-12.04-base",),
        ),
        ("docker.io", "library/foo", "foo", ("docker.io/foo",)),
        ("docker.io", "library/foo/bar", "library/foo/bar", ()),
        ("docker.io", "store/foo/bar", "store/foo/bar", ()),
        ("Foo", "bar", "Foo/bar", ()),
        ("FOO", "bar", "FOO/bar", ()),
    ],
)
def test_a_repository_is_where_docker_looks_for_it(
    host: str, path: str, short: str, others: tuple[str, ...]
) -> None:
    for name in (short, f"{host}/{path}", *others):
        assert (registry_host(name), path_in_registry(name)) == (host, path)
        assert (familiar(name), normalised(name)) == (short, f"{host}/{path}")
