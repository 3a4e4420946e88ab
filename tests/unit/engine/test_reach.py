"""Where what an engine's host publishes is reached from here."""

from __future__ import annotations

import pytest

from tui.engine.endpoint import Endpoint
from tui.engine.endpoint_tls import Tls
from tui.engine.reach import dialled, forwards

NEAR = ["unix:///run/docker.sock", "ssh://deploy@web-1", "tcp://127.0.0.1:2376", "tcp://localhost:2375"]


@pytest.mark.parametrize("url", NEAR)
@pytest.mark.parametrize(
    ("published", "found"),
    [
        ("", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("::", "::1"),
        ("127.0.0.1", "127.0.0.1"),
        ("10.1.1.1", "10.1.1.1"),
    ],
)
def test_where_all_is_forwarded_it_is_reached_as_on_that_host(url: str, published: str, found: str) -> None:
    endpoint = Endpoint(url, "--host")
    assert forwards(endpoint)
    assert dialled(endpoint, published) == found


@pytest.mark.parametrize(
    ("published", "found"),
    [
        ("", "web-1"),
        ("0.0.0.0", "web-1"),
        ("::", "web-1"),
        ("10.1.1.1", "10.1.1.1"),
        ("127.0.0.1", ""),
        ("::1", ""),
    ],
)
def test_beyond_a_port_only_what_is_published_for_others_is_reached(published: str, found: str) -> None:
    endpoint = Endpoint("tcp://web-1:2376", "--host", Tls())
    assert not forwards(endpoint)
    assert dialled(endpoint, published) == found
